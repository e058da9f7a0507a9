"""Forms of a price tier: how it makes prices, and the SKUs that have one of their own."""

import re
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Sku
from channels.models import PriceTier
from channels.states import PriceWay
from channels.types import TierTerms
from core.errors import AppError, InvalidInput
from core.money import parse_e4

PERCENT = 100  # of the 1/10,000 that rates are in
MOST_LINES = 2_000
DIGITS = 4  # of a partner's price
# A SKU's number and its price, with any of the gaps that tables are pasted with.
_LINE = re.compile(r"([^\s,;，；]+)[\s,;，；]+(\S.*)")


class TierForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    way = forms.ChoiceField(
        label=_("Prices"), choices=[(one.value, capfirst(one.label)) for one in PriceWay]
    )
    rate = forms.DecimalField(
        label=_("Percent"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        initial=100,
        help_text=_("98.5 of the list price is 1.5 % off; 105 of the cost is 5 % on top."),
    )
    floor_rate = forms.DecimalField(
        label=_("Never below so many percent of the cost"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        initial=100,
        help_text=_("Where the cost is known. 0: no floor."),
    )

    def __init__(self, given: Any, *, tier: PriceTier | None = None) -> None:
        super().__init__(given, initial=_rates(tier) if tier else None)

    def terms(self) -> TierTerms:
        told = self.cleaned_data
        return TierTerms(
            name=told["name"],
            way=told["way"],
            rate=int(told["rate"] * PERCENT),
            floor_rate=int(told["floor_rate"] * PERCENT),
        )


def _rates(tier: PriceTier) -> dict[str, Any]:
    return {
        "name": tier.name,
        "way": tier.way,
        "rate": percent_words(tier.rate),
        "floor_rate": percent_words(tier.floor_rate),
    }


def percent_words(rate: int) -> str:
    """`9850` as `98.5`."""
    whole, rest = divmod(rate, PERCENT)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


class PricesForm(forms.Form):
    """Prices pasted from a table: a SKU's number and its price in each line."""

    lines = forms.CharField(
        label=_("Own prices"),
        max_length=200_000,
        help_text=_("A line each: the SKU's number, then its price, four decimals at most."),
        widget=forms.Textarea(
            attrs={
                "rows": 6, "spellcheck": "false", "class": "qy-mono",
                "placeholder": "ABC2346789 9.8750",
            }
        ),
    )  # fmt: skip

    def __init__(self, given: Any, *, currency: str) -> None:
        super().__init__(given)
        self._currency = currency

    def clean(self) -> Any:
        cleaned = super().clean()
        lines = self.cleaned_data.get("lines", "").splitlines()
        if len(lines) > MOST_LINES:
            self.add_error("lines", gettext("Paste at most %(most)s lines.") % {"most": MOST_LINES})
            return cleaned
        rows = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
        read = [(number, _LINE.fullmatch(line)) for number, line in rows if line]
        wrong = next((number for number, found in read if found is None), None)
        if wrong is not None:
            self._tell(wrong, gettext("write a SKU's number and a price"))
        else:
            self.cleaned_data["prices"] = self._prices(
                [(number, found[1], found[2]) for number, found in read if found]
            )
        return cleaned

    def _prices(self, rows: list[tuple[int, str, str]]) -> dict[int, int]:
        refs = {ref for _number, ref, _price in rows}
        known = dict(Sku.objects.filter(ref__in=refs).values_list("ref", "pk"))
        prices: dict[int, int] = {}
        for number, ref, price in rows:
            if ref not in known:
                self._tell(number, gettext("no SKU has the number %(ref)s") % {"ref": ref})
                return {}
            try:
                prices[known[ref]] = self._price(price)
            except AppError as refusal:
                self._tell(number, str(refusal.message))
                return {}
        return prices

    def _price(self, text: str) -> int:
        price_e4 = parse_e4(text, currency=self._currency, digits=DIGITS)
        if not price_e4:
            raise InvalidInput(_("Write an amount above zero."), param="lines")
        return price_e4

    def _tell(self, number: int, why: str) -> None:
        said = gettext("Line %(number)s: %(why)s") % {"number": number, "why": why}
        self.add_error("lines", said)
