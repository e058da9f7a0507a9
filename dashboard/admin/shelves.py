"""What products stand on: categories, brands, the forms that buyers fill in."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminColorInputWidget

from catalog import services as catalog
from catalog.models import Brand, BuyerTemplate, Category
from catalog.types import BuyerField
from dashboard.access import actor_of
from dashboard.admin.base import TenantAdmin, TenantForm
from dashboard.sites import office
from dashboard.viewing import Empty


class ShelfAdmin(TenantAdmin):
    """Categories and brands: small rows that a service saves whole."""

    look, edit = "catalog.view", "catalog.edit"
    actions = None
    names: ClassVar[tuple[str, ...]]
    # The service's verb, and what it calls the row's key.
    keep: ClassVar[Callable[..., Model]]
    key: ClassVar[str]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        given = {name: form.cleaned_data[name] for name in self.names}
        row = {self.key: obj.pk}
        made = self.keep(given=given, by=actor_of(request), now=timezone.now(), **row)
        obj.__dict__.update(made.__dict__)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The services have written it down."""

    log_change = log_addition


class CategoryAdmin(ShelfAdmin):
    names = catalog.CATEGORY_FIELDS
    empty = Empty(_("Categories are how shoppers find their way: each product is in one."))
    keep, key = staticmethod(catalog.save_category), "category_id"
    fields = names
    list_display = ("name", "name_en", "position", "is_shown")
    search_fields = ("name", "name_en")


class BrandForm(TenantForm):
    class Meta:
        model = Brand
        fields = catalog.BRAND_FIELDS
        widgets = {
            "tile_from": UnfoldAdminColorInputWidget(attrs={"type": "color"}),
            "tile_to": UnfoldAdminColorInputWidget(attrs={"type": "color"}),
        }


class BrandAdmin(ShelfAdmin):
    form = BrandForm
    names = catalog.BRAND_FIELDS
    empty = Empty(_("A brand gives its products their tile, and is found by its name."))
    keep, key = staticmethod(catalog.save_brand), "brand_id"
    fields = names
    list_display = ("drawn", "name", "name_en")
    list_display_links = ("name",)
    search_fields = ("name", "name_en")

    @display(description=_("Tile"))
    def drawn(self, brand: Brand) -> Any:
        return format_html(
            '<span class="qy-tile" style="background:linear-gradient(135deg,{},{})">{}</span>',
            brand.tile_from,
            brand.tile_to,
            brand.glyph,
        )


class TemplateAdmin(TenantAdmin):
    look, edit = "catalog.view", "catalog.edit"
    empty = Empty(
        _("A buyer form asks what a top-up needs, such as the phone number."),
        _("New buyer form"),
        "office_template_new",
        "catalog.edit",
    )
    page = "office_template"
    list_display = ("form_name", "asked")
    list_display_links = None
    actions = None
    list_before_template = "dashboard/_templates_before.html"

    @display(description=_("Name"))
    def form_name(self, template: BuyerTemplate) -> Any:
        return self.row_link(template, template.shown.name)

    @display(description=_("Asked for"))
    def asked(self, template: BuyerTemplate) -> str:
        fields = [BuyerField.from_json(field) for field in template.fields]
        return gettext(", ").join(field.label_in(get_language() or "") for field in fields)


office.register(Category, CategoryAdmin)
office.register(Brand, BrandAdmin)
office.register(BuyerTemplate, TemplateAdmin)
