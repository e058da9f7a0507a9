"""An answer is compared with what was ordered before it is believed."""

import pytest

from core.money import read_e4, write_e4
from core.secrets import Secret
from suppliers.errors import BadSignature, NoAnswer, NothingSent
from suppliers.transport import answered
from suppliers.types import Answer, BoughtCode, Kind, Outcome, PurchaseOrder

TWO = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2)
TOP_UP = PurchaseOrder(product="88", kind=Kind.TOP_UP, quantity=1, target="13800000000")


def codes(*texts):
    return tuple(BoughtCode(secret=Secret(text)) for text in texts)


def test_all_that_was_ordered_is_believed():
    said = Answer(outcome=Outcome.SUCCESS, codes=codes("007", "8 "), product="88", quantity=2)

    assert said.compared_with(TWO) is said


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"product": "89"}, "another product"),
        ({"quantity": 3}, "another quantity"),
        ({"codes": codes("1", "2", "3")}, "another number of codes"),
        ({"codes": codes("1", "1")}, "another number of codes"),
    ],
)
def test_an_answer_about_something_else_says_nothing(said, wrong):
    compared = Answer(outcome=Outcome.SUCCESS, supplier_ref="r", **said).compared_with(TWO)

    assert (compared.outcome, compared.reason, compared.codes) == (Outcome.UNKNOWN, wrong, ())
    assert compared.supplier_ref == "r"


def test_cards_may_share_a_pin():
    cards = tuple(BoughtCode(number=Secret(number), secret=Secret("1234")) for number in "AB")
    said = Answer(outcome=Outcome.SUCCESS, codes=cards)

    assert said.compared_with(TWO) is said


def test_a_refusal_of_another_order_is_no_refusal_of_ours():
    said = Answer(outcome=Outcome.FAILED, target="13900000000")

    assert said.compared_with(TOP_UP).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("texts", [(), ("1",)])
def test_codes_that_are_not_all_there_are_waited_for(texts):
    compared = Answer(outcome=Outcome.SUCCESS, codes=codes(*texts)).compared_with(TWO)

    assert compared.outcome is Outcome.ACCEPTED
    assert compared.codes == codes(*texts)


def test_a_top_up_needs_no_codes():
    said = Answer(outcome=Outcome.SUCCESS, target="13800000000")

    assert said.compared_with(TOP_UP) is said


def raising(error):
    def ask():
        raise error

    return ask


@pytest.mark.parametrize(
    ("error", "bought", "asked"),
    [
        (NothingSent("refused"), Outcome.REJECTED, Outcome.UNKNOWN),
        (NoAnswer("HTTP 502"), Outcome.UNKNOWN, Outcome.UNKNOWN),
        (BadSignature("not theirs"), Outcome.UNKNOWN, Outcome.UNKNOWN),
        (KeyError("order_id"), Outcome.UNKNOWN, Outcome.UNKNOWN),
        (RecursionError(), Outcome.UNKNOWN, Outcome.UNKNOWN),
    ],
)
def test_what_went_wrong_becomes_an_outcome(error, bought, asked):
    """Nothing sent refuses a purchase; it says nothing of one that is asked after."""
    assert answered(raising(error), is_purchase=True).outcome is bought
    assert answered(raising(error), is_purchase=False).outcome is asked


def test_amounts_have_four_decimals_and_no_floats():
    assert (read_e4("50.0000"), read_e4("9.875"), read_e4(3)) == (500_000, 98_750, 30_000)
    assert write_e4(98_750) == "9.8750"
    for wrong in ("0.00001", "NaN", "Infinity", "1e999999", "1e30", "-1", "", "ten"):
        with pytest.raises(ValueError, match="no amount"):
            read_e4(wrong)
