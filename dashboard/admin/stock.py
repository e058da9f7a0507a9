"""Batches and codes, masked, for looking; what is done to them has pages of its own."""

from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard.admin.base import TenantAdmin
from dashboard.admin.days import DaysFilter
from dashboard.sites import office
from dashboard.tones import state_tag
from dashboard.viewing import Empty
from dashboard.words import day_or_never, days_words, goods_words
from inventory.models import Batch, Code
from inventory.selectors import find_code_by_text
from inventory.services import masks_of
from inventory.states import CodeState


class BatchAdmin(TenantAdmin):
    look = "stock.view"
    empty = Empty(
        _("Codes come in batches: each file or paste is one, and can be frozen or undone whole."),
        _("Load codes"),
        "office_imports",
        "stock.import",
    )
    page = "office_batch"
    exported = "batches"
    list_before_template = "dashboard/_export_before.html"
    list_display = (
        "number",
        "sku_name",
        "state_word",
        "left",
        "sold",
        "expires",
        "supplier_name",
        "made_at",
    )
    list_filter = ("state",)
    search_fields = ("ref", "supplier_name", "note", "sku__name", "sku__product__name")
    search_help_text = _("Batch number, product, supplier or note")
    ordering = ("-made_at",)
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        found: QuerySet[Batch] = super().get_queryset(request)
        return found.select_related("sku__product").annotate(
            left_now=Count("codes", filter=Q(codes__state=CodeState.AVAILABLE)),
            sold_now=Count("codes", filter=Q(codes__state=CodeState.SOLD)),
            first_day=Min("codes__expires_on"),
            last_day=Max("codes__expires_on"),
        )

    @display(description=_("Batch"), ordering="ref")
    def number(self, batch: Batch) -> Any:
        return self.row_link(batch, batch.ref)

    @display(description=_("Goods"), ordering="sku")
    def sku_name(self, batch: Batch) -> str:
        return goods_words(batch.sku)

    @display(description=_("State"), ordering="state")
    def state_word(self, batch: Batch) -> Any:
        return state_tag(
            batch.state if batch.state != "open" else "active", batch.get_state_display()
        )

    @display(description=_("In stock"), ordering="left_now")
    def left(self, batch: Any) -> int:
        return int(batch.left_now)

    @display(description=_("Sold"), ordering="sold_now")
    def sold(self, batch: Any) -> int:
        return int(batch.sold_now)

    @display(description=_("Expires on"), ordering="first_day")
    def expires(self, batch: Any) -> str:
        return days_words(batch.first_day, batch.last_day)


class CodeAdmin(TenantAdmin):
    look = "stock.view"
    empty = Empty(
        _("Every code stands here, masked, with what became of it."),
        _("Load codes"),
        "office_imports",
        "stock.import",
    )
    page = "office_code"
    list_display = ("masked_code", "sku_name", "state_word", "batch_ref", "expires", "loaded_at")
    list_filter = ("state", ("expires_on", DaysFilter))
    list_filter_submit = True
    search_fields = ("batch__ref",)
    search_help_text = _("A whole code, card number or batch number")
    ordering = ("-id",)
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Code]:
        found: QuerySet[Code] = super().get_queryset(request)
        return found.select_related("sku__product", "batch")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Code], search_term: str
    ) -> tuple[QuerySet[Code], bool]:
        """A code is sealed: it is found by its blind index, whole, never by a part of it."""
        text = search_term.strip()
        if not text:
            return queryset, False
        codes = [code.pk for code in find_code_by_text(text=text)]
        return queryset.filter(Q(pk__in=codes) | Q(batch__ref__iexact=text)), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The page's masks are made at once: the keys are asked for one time."""
        answer: HttpResponse = super().changelist_view(request, extra_context)
        rows = (getattr(answer, "context_data", None) or {}).get("cl")
        if rows is not None:
            masks = masks_of(codes=rows.result_list)
            for code in rows.result_list:
                code.mask = masks[code.pk]
        return answer

    @display(description=_("Code"))
    def masked_code(self, code: Any) -> Any:
        return self.row_link(code, code.mask)

    @display(description=_("Goods"), ordering="sku")
    def sku_name(self, code: Code) -> str:
        return goods_words(code.sku)

    @display(description=_("State"), ordering="state")
    def state_word(self, code: Code) -> Any:
        return state_tag(code.state, code.get_state_display())

    @display(description=_("Batch"))
    def batch_ref(self, code: Code) -> str:
        return code.batch.ref

    @display(description=_("Expires on"), ordering="expires_on")
    def expires(self, code: Code) -> Any:
        return day_or_never(code.expires_on)


office.register(Batch, BatchAdmin)
office.register(Code, CodeAdmin)
