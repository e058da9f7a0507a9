"""What a supplier says in free text may hold a card or its password: neither is kept or shown."""

import pytest

from core.scope import tenant_atomic
from core.secrets import MASK, Secret
from suppliers.adapters.kasushou_words import read_order
from suppliers.hiding import hide_codes
from suppliers.models import AttemptMove, Call
from suppliers.types import Answer, BoughtCode, Outcome
from suppliers.words import _WIRE
from tests.suppliers.factories import sent, told

CARD, PASSWORD = "ZQX7CANARY-000001", "hushhush"
HIDDEN = [
    "XK4T-9QPL-27MV",
    "ABCDE-FGHIJ-KLMNO",
    "6222021234567890",
    "6222 0212 3456 7890",
    "888888",
    "ab12cd",
    "QWERTYUIOP",
    "aBcDeFgHiJ",
    "１２３４５６７８",
    "ABCD_1234_EFGH",
    "thisisnotawordbutapassword",
]
KEPT = [
    *_WIRE,
    "208515 no money",
    "Q00301 the parameter is wrong",
    "HTTP 502",
    "unreadable: UnicodeDecodeError",
    "not sent: no token: HTTP 403",
    "another number of codes",
    "0 of 2 codes",
    "INSUFFICIENT_BALANCE: the balance is insufficient",
    "充值成功",
    "out-of-stock",
    "status 4, refund none",
]


@pytest.mark.parametrize("code", HIDDEN)
def test_what_looks_like_a_code_is_masked(code):
    assert hide_codes(f"卡密{code}，请查收") == f"卡密{MASK}，请查收"


@pytest.mark.parametrize("words", KEPT)
def test_plain_words_stay_as_they_came(words):
    assert hide_codes(words) == words


def test_the_codes_of_an_answer_are_masked_in_its_reason_whatever_they_look_like():
    code = BoughtCode(secret=Secret(PASSWORD), number=Secret("7"))

    answer = Answer(outcome=Outcome.SUCCESS, codes=(code,), reason=f"card 7, password {PASSWORD}")

    assert answer.reason == f"card {MASK}, password {MASK}"


def kasushou(said):
    card = {"card_no": CARD, "card_password": PASSWORD}
    words = {"status": 3, "total_price": "1", "ordersn": "S1", "card_list": [card]}
    return read_order(words | {"recharge_hints": said})


@pytest.mark.parametrize("said", [f"{CARD} / {PASSWORD}", f"卡号{CARD}密码{PASSWORD}"])
def test_the_codes_of_a_delivered_card_are_in_no_reason(scope, said):
    answer = kasushou(said)
    attempt = told(sent(), "success", codes=answer.codes, reason=answer.reason)

    with tenant_atomic():
        kept = [
            attempt.reason,
            *Call.objects.values_list("said", flat=True),
            *AttemptMove.objects.values_list("data", flat=True),
        ]
    assert attempt.reason
    assert [text for text in kept if CARD in str(text) or PASSWORD in str(text)] == []
