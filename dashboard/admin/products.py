"""Products, saved with their SKUs by the catalog's services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from catalog import services as catalog
from catalog.models import Product
from catalog.states import BOUGHT, Kind, ProductState
from core.money import Money
from core.uploads import SealedUpload
from dashboard import many_goods
from dashboard.access import actor_of, shop_of
from dashboard.admin.base import TenantAdmin, TenantForm
from dashboard.admin.skus import SkuInline
from dashboard.fields import UploadField
from dashboard.sites import office
from dashboard.tones import state_tag
from dashboard.viewing import Empty
from inventory.selectors import stock_of

MOST_PICTURE = 8 * 1024 * 1024
# The admin rewrites a form's Meta.fields: what the services take is named here.
PRODUCT_PLAIN = (
    "name", "name_en", "aliases", "summary", "summary_en", "what_arrives", "what_arrives_en",
    "where_works", "where_works_en", "refund_rule", "refund_rule_en", "how_to_use",
    "how_to_use_en", "redeem_url", "body", "body_en", "position",
)  # fmt: skip


def _web_address(field: "Field[Any, Any]", **options: Any) -> forms.Field | None:
    """An address typed without `https://` gets it."""
    if isinstance(field, URLField):
        options["assume_scheme"] = "https"
    return field.formfield(**options)


class ProductForm(TenantForm):
    upload = UploadField(
        most=MOST_PICTURE,
        label=_("New picture"),
        required=False,
        help_text=_("PNG, JPEG, WebP or GIF, up to 8 MB. Without one the brand's tile is drawn."),
    )

    class Meta:
        model = Product
        formfield_callback = _web_address
        fields = (*PRODUCT_PLAIN, "brand", "category")

    def given(self) -> dict[str, Any]:
        given = self.cleaned_data
        plain = {name: given[name] for name in PRODUCT_PLAIN}
        return {**plain, "brand_id": given["brand"].pk, "category_id": given["category"].pk}


class ProductAdmin(TenantAdmin):
    look, edit = "catalog.view", "catalog.edit"
    empty = Empty(
        _("What you sell stands here. Begin with a ready product, or write one of your own."),
        _("Choose a ready product"),
        "office_guide_product",
        "catalog.edit",
    )
    form = ProductForm
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    inlines = (SkuInline,)
    list_display = ("tile", "category_name", "prices", "stock", "state_word", "position")
    list_filter = ("state", "category", "brand")
    search_fields = ("name", "name_en", "aliases", "ref", "brand__name")
    search_help_text = _("Name, other names, brand or ref")
    list_display_links = None
    ordering = ("position", "id")
    actions = ("put_on_shelf", "take_off_shelf", "make_copies", "edit_many")
    list_before_template = "dashboard/_products_before.html"
    change_form_outer_before_template = "dashboard/_product_before.html"
    fieldsets = (
        (
            _("What it is"),
            {
                "fields": (
                    ("name", "name_en"),
                    ("brand", "category"),
                    ("aliases", "position"),
                    ("summary", "summary_en"),
                    ("upload", "redeem_url"),
                )
            },
        ),
        (
            _("What the shopper reads"),
            {
                "fields": (
                    ("what_arrives", "what_arrives_en"),
                    ("where_works", "where_works_en"),
                    ("refund_rule", "refund_rule_en"),
                    ("how_to_use", "how_to_use_en"),
                    ("body", "body_en"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        found: QuerySet[Product] = super().get_queryset(request)
        return found.select_related("brand", "category").prefetch_related("skus")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)
        rows = (getattr(answer, "context_data", None) or {}).get("cl")
        if rows is not None:
            skus = [sku.pk for product in rows.result_list for sku in product.skus.all()]
            counts = stock_of(skus) if skus else {}
            for product in rows.result_list:
                product.in_stock = sum(counts.get(sku.pk, 0) for sku in product.skus.all())
                product.currency = shop_of(request).currency
        return answer

    @display(description=_("Picture"))
    def upload(self, product: Product) -> Any:
        """For who may only read: in the place of the form's field."""
        if not product.picture:
            return _("the brand's tile")
        return format_html('<img src="/media/{}" alt="" width="96">', product.picture)

    @display(description=_("Product"), ordering="name")
    def tile(self, product: Product) -> Any:
        return self.row_link(product, product.shown.name)

    @display(description=_("Category"), ordering="category")
    def category_name(self, product: Product) -> str:
        return f"{product.category.shown.name} · {product.brand.shown.name}"

    @display(description=_("Price"))
    def prices(self, product: Any) -> str:
        amounts = sorted({sku.price_e4 for sku in product.skus.all() if sku.is_on_sale})
        ends = [amounts[0], amounts[-1]] if len(amounts) > 1 else amounts
        return " – ".join(str(Money(e4, product.currency)) for e4 in ends) or "-"

    @display(description=_("In stock"))
    def stock(self, product: Any) -> Any:
        kinds = {sku.kind for sku in product.skus.all()}
        if kinds and kinds <= {Kind.BY_HAND}:
            return _("by hand")
        if kinds and kinds <= BOUGHT:
            return _("from suppliers")
        if not product.in_stock and product.state == ProductState.PUBLISHED:
            return format_html('<span class="qy-state qy-bad">{}</span>', 0)
        return f"{min(product.in_stock, 9999)}{'+' if product.in_stock > 9999 else ''}"

    @display(description=_("State"), ordering="state")
    def state_word(self, product: Product) -> Any:
        return state_tag(product.state, product.get_state_display())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        given = form.given()
        by, now = actor_of(request), timezone.now()
        if form.cleaned_data.get("upload"):
            upload: SealedUpload = form.cleaned_data["upload"]
            given["picture"] = catalog.store_picture(
                body=upload.read_all(most=MOST_PICTURE), by=by, now=now
            )
        if change:
            made = catalog.change_product(product_id=obj.pk, given=given, by=by, now=now)
        else:
            made = catalog.create_product(given=given, by=by, now=now)
        obj.__dict__.update(made.__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:
        by, now = actor_of(request), timezone.now()
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if not row.has_changed():
                continue
            if row.instance.pk:
                catalog.change_sku(sku_id=row.instance.pk, given=row.given(), by=by, now=now)
            else:
                catalog.create_sku(product_id=form.instance.pk, given=row.given(), by=by, now=now)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The services have written it down."""

    log_change = log_addition

    @admin.action(description=_("Put on the shelf"))
    def put_on_shelf(self, request: HttpRequest, chosen: QuerySet[Product]) -> HttpResponse:
        return many_goods.ask_of(request, chosen, "publish")

    @admin.action(description=_("Take off the shelf"))
    def take_off_shelf(self, request: HttpRequest, chosen: QuerySet[Product]) -> HttpResponse:
        return many_goods.ask_of(request, chosen, "unpublish")

    @admin.action(description=_("Copy as drafts"))
    def make_copies(self, request: HttpRequest, chosen: QuerySet[Product]) -> HttpResponse:
        return many_goods.ask_of(request, chosen, "copy")

    @admin.action(description=_("Change category, brand or refund rule"))
    def edit_many(self, request: HttpRequest, chosen: QuerySet[Product]) -> HttpResponse:
        return many_goods.ask_of(request, chosen, "edit")


office.register(Product, ProductAdmin)
