import pytest

from core.errors import InvalidInput
from core.money import Money, parse_e4


@pytest.mark.parametrize(
    ("text", "e4"), [("148", 1_480_000), ("0.01", 100), ("1,234.50", 12_345_000), ("0", 0)]
)
def test_an_amount_is_an_integer_of_ten_thousandths(text, e4):
    assert parse_e4(text) == e4


@pytest.mark.parametrize("text", ["-1", "0.001", "abc", "", "NaN", "Infinity", "1e30"])
def test_an_amount_that_nobody_can_pay_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_e4(text)


def test_a_currency_without_minor_units_takes_whole_numbers_only():
    with pytest.raises(InvalidInput):
        parse_e4("1.5", currency="JPY")


@pytest.mark.parametrize(
    ("e4", "shown"), [(1_480_000, "¥148.00"), (98_750, "¥9.8750"), (0, "¥0.00")]
)
def test_money_shows_as_many_digits_as_matter(e4, shown):
    assert str(Money(e4, "CNY")) == shown
