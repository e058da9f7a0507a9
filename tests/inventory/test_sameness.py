"""What is one code, however it is written: it is loaded once and sold once."""

import pytest

from core.actors import SYSTEM
from core.crypto import blind_index, seal
from core.secrets import Secret
from inventory import services as inventory
from inventory.models import Code
from inventory.sealing import SECRET
from inventory.types import NewBatch, NewCode
from tests.inventory.factories import make_sku
from tests.times import NOON

LONG = "SB-CRG9-EX7J-NT9H"


@pytest.fixture
def sku(scope):
    return make_sku()


def add(sku, secret, card_no=""):
    """How many new codes it made."""
    code = NewCode(secret=Secret(secret), card_no=Secret(card_no) if card_no else None)
    return inventory.add_codes(
        given=NewBatch(sku_id=sku.pk), codes=[code], by=SYSTEM, now=NOON
    ).added


@pytest.mark.parametrize(
    ("secret", "card_no"),
    [
        (LONG, ""),
        (LONG, "SN-1"),  # a number beside it makes it no other code
        (LONG.lower(), ""),
        (f" {LONG.title()}\u200b", "SN-2"),
        ("ＳＢ-CRG9-EX7J-NT9H", ""),
    ],
)
def test_a_code_in_another_spelling_is_the_same_code(sku, secret, card_no):
    assert add(sku, LONG, card_no="SN-0") == 1

    assert add(sku, secret, card_no) == 0


def test_links_keep_their_letters(sku):
    assert add(sku, "https://x.cn/aB3x") == 1
    assert add(sku, "https://x.cn/Ab3x") == 1


def test_cards_may_share_a_pin(sku):
    assert add(sku, "123456", card_no="1") == 1
    assert add(sku, "123456", card_no="2") == 1
    assert add(sku, "123456", card_no="2") == 0


def test_short_codes_keep_their_letters(sku):
    assert add(sku, "aB3") == 1
    assert add(sku, "Ab3") == 1


def test_another_sku_may_have_the_same_text(sku):
    assert add(sku, LONG) == 1
    assert add(make_sku(), LONG) == 1


def spelt_as_before(code, text):
    """The key of the time when a number or a small letter made another code."""
    Code.objects.filter(pk=code.pk).update(index_hash=blind_index(text, field="inventory_code"))


def test_codes_of_before_get_their_new_keys_and_are_known_then(sku):
    add(sku, LONG, card_no="SN-1")
    code = Code.objects.get()
    key = bytes(code.index_hash)
    spelt_as_before(code, f"SN-1\x1f{LONG}")

    first, again = inventory.reindex_codes(), inventory.reindex_codes()

    code.refresh_from_db()
    assert (first, again, bytes(code.index_hash)) == ((1, 0), (0, 0), key)
    assert add(sku, LONG.lower()) == 0


def test_a_code_that_is_there_twice_already_is_counted_and_left(sku):
    add(sku, LONG)
    add(sku, "ANOTHER-0001")
    twin = Code.objects.order_by("pk").last()
    spelt_as_before(twin, f"\x1f{LONG.lower()}")
    Code.objects.filter(pk=twin.pk).update(secret=_resealed(LONG.lower(), twin), card_no=None)

    assert inventory.reindex_codes() == (0, 1)
    assert Code.objects.count() == 2


def _resealed(text, code):
    return seal(text, place=SECRET, uid=code.uid)
