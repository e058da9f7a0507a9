"""Money is an integer: 1/10,000 of the currency unit (`_e4`), with its currency. Never a float."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

E4 = 10_000
MINOR_DIGITS = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "SGD": 2, "GBP": 2, "JPY": 0, "KRW": 0}
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$", "SGD": "S$", "GBP": "£", "JPY": "JP¥"}
MOST_E4 = 10**9 * E4
CENT_E4 = 100  # shares are what a person can be paid back: whole minor units
# A comma stands between thousands only: `1,5` may mean 1.5 as well as 15. No exponent, and no
# digits but these ten, which Decimal alone would take.
_TYPED = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    e4: int
    currency: str

    def __str__(self) -> str:
        """`-¥1,148.00`: for people, who read thousands apart and the sign first."""
        sign, digits = ("-", self.decimal[1:]) if self.e4 < 0 else ("", self.decimal)
        return f"{sign}{SYMBOLS.get(self.currency, self.currency + ' ')}{Decimal(digits):,}"

    @property
    def decimal(self) -> str:
        """`148.00`, `9.8750`: as many digits as the currency has, more only where they matter."""
        digits = MINOR_DIGITS.get(self.currency, 2)
        exact = Decimal(self.e4) / E4
        shown = exact.quantize(Decimal(1).scaleb(-digits))
        return str(shown if shown == exact else exact.quantize(Decimal("0.0001")))


def parse_e4(
    text: str, *, currency: str = "CNY", param: str = "price", digits: int | None = None
) -> int:
    """An amount a person pays, typed as a decimal: whole minor units, not negative.

    What nobody pays alone, such as a supplier's price, may have more decimals: `digits`, up to 4.
    """
    typed = text.strip()
    if not _TYPED.fullmatch(typed):
        raise InvalidInput(_("Write an amount such as 12.50."), param=param)
    exact = Decimal(typed.replace(",", "")) * E4
    digits = MINOR_DIGITS.get(currency, 2) if digits is None else digits
    step = E4 // 10**digits
    if exact > MOST_E4:
        raise InvalidInput(_("An amount is at most 1,000,000,000."), param=param)
    if exact < 0 or exact % step:
        raise InvalidInput(
            _("An amount is not negative and has at most %(digits)s decimals.")
            % {"digits": digits},
            param=param,
        )
    return int(exact)


def read_e4(text: object) -> int:
    """As a program writes it: `"9.8750"` is 98750. Raises ValueError for what is no amount of four
    decimals."""
    try:
        exact = Decimal(str(text)) * E4
    except ArithmeticError:  # no number, or one beyond the decimals' reach
        raise ValueError("no amount") from None
    if not exact.is_finite() or not 0 <= exact <= MOST_E4 or exact != exact.to_integral_value():
        raise ValueError("no amount of four decimals")
    return int(exact)


def write_e4(amount: int) -> str:
    return str((Decimal(amount) / E4).quantize(Decimal("0.0001")))


def payable(field: str, *, name: str, unless: models.Q | None = None) -> models.CheckConstraint:
    """What a person pays: not negative, a whole number of 1/100 units.

    `unless`: the rows that nobody pays from his purse; they may have four decimals.
    """
    is_whole = models.Q(Exact(Mod(models.F(field), models.Value(100)), models.Value(0)))
    fine = is_whole if unless is None else is_whole | unless
    return models.CheckConstraint(condition=_in_reach(field) & fine, name=name)


def an_amount(field: str, *, name: str) -> models.CheckConstraint:
    """Not negative, in 1/10,000 of the currency unit."""
    return models.CheckConstraint(condition=_in_reach(field), name=name)


def _in_reach(field: str) -> models.Q:
    return models.Q(**{f"{field}__gte": 0, f"{field}__lte": MOST_E4})


def share_out(total_e4: int, *, weights: Sequence[int]) -> list[int]:
    """Split a total by weights; the shares sum to the total, exactly. Of a total in whole cents,
    they are whole cents."""
    whole = sum(weights) or len(weights)
    step = 1 if total_e4 % CENT_E4 else CENT_E4
    shares, given, weighed = [], 0, 0
    for weight in weights:
        weighed += weight if sum(weights) else 1
        upto = total_e4 * weighed // whole // step * step
        shares.append(upto - given)
        given = upto
    if shares:
        shares[-1] += total_e4 - given
    return shares
