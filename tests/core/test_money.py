import pytest
from django.utils.translation import override

from core.errors import InvalidInput
from core.money import MOST_E4, Money, parse_e4


@pytest.mark.parametrize(
    ("text", "e4"),
    [
        ("148", 1_480_000),
        (" 0.01 ", 100),
        ("1,234.50", 12_345_000),
        ("1,234,567", 12_345_670_000),
        ("0", 0),
    ],
)
def test_an_amount_is_an_integer_of_ten_thousandths(text, e4):
    assert parse_e4(text) == e4


@pytest.mark.parametrize("text", ["-1", "0.001", "abc", "", "NaN", "Infinity"])
def test_an_amount_that_nobody_can_pay_is_refused(text):
    with pytest.raises(InvalidInput):
        parse_e4(text)


@pytest.mark.parametrize(
    "text",
    [
        *("1,5", "1,50", "12,34.50", "1234,567", ",123", "1,234,", "1.234,50", "1.5,000", "1,,000"),
        *(
            "1e9",
            "1E2",
            "1_000",
            "+1",
            "１２",
            "12.５",
            "١٢",
            "1，234",
            "1 000",
            "12.",
            ".5",
            "1\n2",
        ),
    ],
)
def test_an_amount_written_in_any_other_way_is_refused_and_not_guessed_at(text):
    with override("en"), pytest.raises(InvalidInput, match=r"^Write an amount such as 12\.50\.$"):
        parse_e4(text)


@pytest.mark.parametrize("text", ["1000000000.01", "9" * 30])
def test_an_amount_beyond_all_prices_is_told_how_much_it_may_be(text):
    assert parse_e4("1,000,000,000") == MOST_E4
    with override("en"), pytest.raises(InvalidInput, match=r"at most 1,000,000,000\.$"):
        parse_e4(text)


def test_a_currency_without_minor_units_takes_whole_numbers_only():
    with pytest.raises(InvalidInput):
        parse_e4("1.5", currency="JPY")


def test_a_suppliers_price_may_have_four_decimals_and_no_more():
    assert parse_e4("9.8750", digits=4) == 98_750
    with override("en"), pytest.raises(InvalidInput, match="at most 4 decimals"):
        parse_e4("9.87501", digits=4)


@pytest.mark.parametrize(
    ("e4", "shown"),
    [
        (1_480_000, "¥148.00"),
        (98_750, "¥9.8750"),
        (0, "¥0.00"),
        (1_000_000_098_750, "¥100,000,009.8750"),
        (-12_005_000, "-¥1,200.50"),
    ],
)
def test_money_shows_as_many_digits_as_matter(e4, shown):
    assert str(Money(e4, "CNY")) == shown
