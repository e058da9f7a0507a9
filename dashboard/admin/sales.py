"""Orders and complaints: found here, worked on at pages of their own."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.money import Money
from dashboard.admin.base import TenantAdmin
from dashboard.admin.days import DaysFilter
from dashboard.finding import orders_found
from dashboard.sites import office
from dashboard.tones import state_tag
from dashboard.viewing import Empty
from dashboard.words import CHANNELS, channel_words
from orders.models import Case, Order


class ChannelFilter(SimpleListFilter):
    """Where orders come from, in words."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(code, str(words)) for code, words in CHANNELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        return queryset.filter(channel=self.value()) if self.value() else queryset


class OrderAdmin(TenantAdmin):
    look = "orders.view"
    empty = Empty(
        _("Orders stand here as soon as somebody buys. Try it: the guide leads to a test sale."),
        _("Open the guide"),
        "office_guide",
    )
    page = "office_order"
    exported = "orders"
    list_before_template = "dashboard/_export_before.html"
    list_display = (
        "order_number",
        "goods",
        "total",
        "state_word",
        "phone_end",
        "channel_word",
        "placed",
    )
    list_filter = ("state", ChannelFilter, ("placed_at", DaysFilter))
    list_filter_submit = True
    search_fields = ("number",)
    search_help_text = _("Order number, last 4 digits of the phone, mail address, or a whole code")
    ordering = ("-placed_at",)
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        found: QuerySet[Order] = super().get_queryset(request)
        return found.prefetch_related("items")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        text = search_term.strip()
        return (queryset.filter(pk__in=orders_found(text=text)) if text else queryset), False

    @display(description=_("Order number"), ordering="number")
    def order_number(self, order: Order) -> Any:
        return self.row_link(order, order.number)

    @display(description=_("Goods"))
    def goods(self, order: Order) -> str:
        return _goods_words(order)

    @display(description=_("Total"), ordering="total_e4")
    def total(self, order: Order) -> str:
        return str(Money(order.total_e4, order.currency))

    @display(description=_("State"), ordering="state")
    def state_word(self, order: Order) -> Any:
        return state_tag(order.state, order.get_state_display())

    @display(description=_("Phone"))
    def phone_end(self, order: Order) -> str:
        return f"****{order.phone_tail}" if order.phone_tail else "-"

    @display(description=_("Channel"), ordering="channel")
    def channel_word(self, order: Order) -> str:
        return channel_words(order.channel)

    @display(description=_("Placed at"), ordering="placed_at")
    def placed(self, order: Order) -> str:
        return date_format(localtime(order.placed_at), "Y-m-d H:i")


def _goods_words(order: Order) -> str:
    """The first line, and how many more there are; the order comes with its lines."""
    items = list(order.items.all())
    if not items:
        return "-"
    more = f" +{len(items) - 1}" if len(items) > 1 else ""
    return f"{items[0].shown_name} × {items[0].quantity}{more}"


def _unbroken(number: str) -> Any:
    """A number that stays on one line, however many columns there are."""
    return format_html('<span class="qy-nowrap">{}</span>', number)


class CaseAdmin(TenantAdmin):
    look = "cases.view"
    empty = Empty(
        _("No buyer has complained. What they write of an order, and your answers, stand here.")
    )
    page = "office_case"
    exported = "cases"
    list_before_template = "dashboard/_export_before.html"
    list_display = (
        "case_ref",
        "order_number",
        "goods",
        "kind_word",
        "state_word",
        "due",
        "opened_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("ref", "order__number")
    search_help_text = _("Case or order number")
    # What has not ended comes first, by its deadline; then the latest end.
    ordering = (F("ended_at").desc(nulls_first=True), "due_at")
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        found: QuerySet[Case] = super().get_queryset(request)
        return found.select_related("order").prefetch_related("order__items")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        text = search_term.strip()
        wanted = Q(ref__iexact=text) | Q(order__number__iexact=text)
        return (queryset.filter(wanted) if text else queryset), False

    @display(description=_("Case"), ordering="ref")
    def case_ref(self, case: Case) -> Any:
        return self.row_link(case, _unbroken(case.ref))

    @display(description=_("Order"))
    def order_number(self, case: Case) -> Any:
        return _unbroken(case.order.number)

    @display(description=_("Goods"))
    def goods(self, case: Case) -> str:
        return _goods_words(case.order)

    @display(description=_("What is wrong"), ordering="kind")
    def kind_word(self, case: Case) -> str:
        return case.get_kind_display()

    @display(description=_("State"), ordering="state")
    def state_word(self, case: Case) -> Any:
        return state_tag(case.state, case.get_state_display())

    @display(description=_("To be answered by"), ordering="due_at")
    def due(self, case: Case) -> Any:
        shown = date_format(localtime(case.due_at), "Y-m-d H:i")
        if case.is_live and case.overdue_at:
            return format_html('<span class="qy-state qy-bad">{}</span>', shown)
        return shown


office.register(Order, OrderAdmin)
office.register(Case, CaseAdmin)
