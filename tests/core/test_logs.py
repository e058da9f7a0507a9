"""A log line holds no secret and no whole phone number."""

import pytest

from core.logs import mask
from tests.conftest import client_of


@pytest.mark.parametrize("name", ["password", "secret", "api_key", "card_no", "csrf_token"])
def test_what_is_named_like_a_secret_is_hidden(name):
    assert mask(None, "", {name: "YK9F"}) == {name: "***"}


def test_the_middle_of_a_phone_is_hidden_wherever_it_stands():
    shown = mask(None, "", {"event": "sent to 13800138000", "order_id": 13800138000123})

    assert shown == {"event": "sent to 138****8000", "order_id": 13800138000123}


def test_a_code_of_an_error_stays_readable():
    assert mask(None, "", {"code": "out_of_stock"}) == {"code": "out_of_stock"}


def test_an_address_that_is_not_there_is_not_written_down(shop, caplog):
    answer = client_of(shop).get("/o/THE-KEY-OF-AN-ORDER/")

    assert answer.status_code == 404
    assert "THE-KEY-OF-AN-ORDER" not in caplog.text
