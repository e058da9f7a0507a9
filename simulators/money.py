"""Money is an integer of 1/10,000 yuan (`_e4`); on the wire it is decimal text."""

from decimal import Decimal, InvalidOperation

UNIT = 10_000


def to_e4(text: object) -> int | None:
    """Read a price as a client sent it; None when it is no amount of whole 1/10,000 yuan."""
    try:
        amount = Decimal(str(text)) * UNIT
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount != amount.to_integral_value():
        return None
    return int(amount)


def four_places(amount_e4: int) -> str:
    return f"{Decimal(amount_e4) / UNIT:.4f}"


def two_places_or_more(amount_e4: int) -> str:
    """`10.00`, but `9.8750`: no digit of a price is lost to a short format."""
    return f"{Decimal(amount_e4) / UNIT:.{2 if amount_e4 % 100 == 0 else 4}f}"
