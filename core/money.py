"""Money is an integer: 1/10,000 of the currency unit (`_e4`), with its currency. Never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.db import models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from core.errors import InvalidInput

E4 = 10_000
MINOR_DIGITS = {"CNY": 2, "USD": 2, "EUR": 2, "HKD": 2, "SGD": 2, "GBP": 2, "JPY": 0, "KRW": 0}
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$", "SGD": "S$", "GBP": "£", "JPY": "JP¥"}
MOST_E4 = 10**9 * E4


@dataclass(frozen=True, slots=True, order=True)
class Money:
    e4: int
    currency: str

    def __str__(self) -> str:
        return f"{SYMBOLS.get(self.currency, self.currency + ' ')}{self.decimal}"

    @property
    def decimal(self) -> str:
        """`148.00`, `9.8750`: as many digits as the currency has, more only where they matter."""
        digits = MINOR_DIGITS.get(self.currency, 2)
        exact = Decimal(self.e4) / E4
        shown = exact.quantize(Decimal(1).scaleb(-digits))
        return str(shown if shown == exact else exact.quantize(Decimal("0.0001")))


def parse_e4(text: str, *, currency: str = "CNY", param: str = "price") -> int:
    """An amount a person pays, typed as a decimal: whole minor units, not negative."""
    try:
        exact = Decimal(text.strip().replace(",", "")) * E4
    except InvalidOperation:
        raise InvalidInput(_("Write an amount such as 12.50."), param=param) from None
    step = E4 // 10 ** MINOR_DIGITS.get(currency, 2)
    if not exact.is_finite() or not 0 <= exact <= MOST_E4 or exact % step:
        raise InvalidInput(
            _("An amount is not negative and has at most %(digits)s decimals.")
            % {"digits": MINOR_DIGITS.get(currency, 2)},
            param=param,
        )
    return int(exact)


def payable(field: str, *, name: str) -> models.CheckConstraint:
    """What a person pays: not negative, a whole number of 1/100 units."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 0, f"{field}__lte": MOST_E4})
        & models.Q(Exact(Mod(models.F(field), models.Value(100)), models.Value(0))),
        name=name,
    )
