"""The list of protocols: who is on it, and that a contract can name them."""

import pytest

from suppliers.adapters import PROTOCOLS
from suppliers.models import Supplier


def test_who_is_on_the_list():
    assert sorted(PROTOCOLS) == [
        "connector",
        "fulu",
        "iqiyi",
        "juhe",
        "kakayun",
        "kasushou",
        "kinguin",
        "ofpay",
        "reloadly_airtime",
        "reloadly_gift_cards",
        "sandbox",
    ]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_contract_can_name_it(name):
    assert len(name) <= Supplier._meta.get_field("protocol").max_length
