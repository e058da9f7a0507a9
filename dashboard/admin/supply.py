"""Tries to buy from suppliers: found here, each told on a page of its own."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.money import Money
from dashboard.access import allows
from dashboard.admin.base import TenantAdmin
from dashboard.sites import office
from dashboard.tones import state_tag
from dashboard.viewing import Empty
from dashboard.words import goods_words
from fulfillment.models import Unit
from suppliers.models import Attempt, Supplier
from suppliers.words import said_words


class SupplierFilter(SimpleListFilter):
    title = _("supplier")
    parameter_name = "supplier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(one.pk), one.name) for one in Supplier.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Attempt]) -> QuerySet[Attempt]:
        chosen = str(self.value() or "")
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(offer__supplier_id=int(chosen)) if chosen in known else queryset


class AttemptAdmin(TenantAdmin):
    look = "stock.view"
    page = "office_attempt"
    exported = "attempts"
    list_before_template = "dashboard/_export_before.html"
    list_display = (
        "attempt_number", "goods", "supplier_name", "state_word", "cost", "said", "made",
    )  # fmt: skip
    list_filter = ("state", SupplierFilter)
    search_fields = ("number",)
    search_help_text = _("Number, the supplier's number, or an order number")
    empty = Empty(
        _("What is bought from suppliers stands here, each with what they answered."),
        _("See the suppliers"),
        "office_suppliers",
    )
    ordering = ("-id",)
    list_display_links = None
    actions = None

    def every_column(self, request: HttpRequest) -> list[str]:
        may_see_cost = allows(request, "cost.view")
        return [name for name in self.list_display if may_see_cost or name != "cost"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        found: QuerySet[Attempt] = super().get_queryset(request)
        return found.select_related("offer__supplier", "offer__sku__product")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Attempt], search_term: str
    ) -> tuple[QuerySet[Attempt], bool]:
        """Whole numbers only: ours, theirs, or the order's, which leads to its tries."""
        text = search_term.strip()
        if not text:
            return queryset, False
        units = Unit.objects.filter(order__number=text.upper()).values_list("pk", flat=True)
        wanted = Q(number=text.upper()) | Q(supplier_ref=text) | Q(unit_id__in=list(units))
        return queryset.filter(wanted), False

    @display(description=_("Number"), ordering="number")
    def attempt_number(self, attempt: Attempt) -> Any:
        return self.row_link(attempt, attempt.number)

    @display(description=_("Goods"))
    def goods(self, attempt: Attempt) -> str:
        return goods_words(attempt.offer.sku)

    @display(description=_("Supplier"))
    def supplier_name(self, attempt: Attempt) -> str:
        return attempt.offer.supplier.name

    @display(description=_("State"), ordering="state")
    def state_word(self, attempt: Attempt) -> Any:
        return state_tag(attempt.state, attempt.get_state_display())

    @display(description=_("Cost"), ordering="cost_e4")
    def cost(self, attempt: Attempt) -> str:
        if attempt.cost_e4 is None:
            return "-"
        return str(Money(attempt.cost_e4, attempt.offer.supplier.currency))

    @display(description=_("What the supplier says"))
    def said(self, attempt: Attempt) -> str:
        return said_words(attempt.reason) or "-"

    @display(description=_("Made at"), ordering="id")
    def made(self, attempt: Attempt) -> str:
        return date_format(localtime(attempt.made_at), "Y-m-d H:i")


office.register(Attempt, AttemptAdmin)
