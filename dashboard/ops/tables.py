"""Every table that the operator's back office shows, read and written as `ops`."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.errors import NotFound
from dashboard.admin.base import OfficeAdmin
from dashboard.sites import platform
from dashboard.tones import state_tag
from tenants.models import Domain, Merchant, User

OPS = "ops"


class OpsAdmin(OfficeAdmin):
    """For operators, who have no tenant: rows are read as `ops`, for looking."""

    list_fullwidth = True
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = self.model._default_manager.using(OPS)  # noqa: SLF001 -- as Django's admin does
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Apart(SimpleListFilter):
    """Shops, and apart from them what is for trying things out."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("sandbox", _("Sandboxes")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, words in ((None, _("Shops")), *self.lookup_choices):
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(sandbox_of__isnull=self.value() != "sandbox")


class MerchantAdmin(OpsAdmin):
    list_display = ("shop_name", "slug", "state_word", "currency", "made_at")
    list_filter = (Apart, "state")
    search_fields = ("name", "name_en", "slug", "legal_name")
    ordering = ("slug",)
    list_display_links = None
    list_before_template = "dashboard/_merchants_before.html"

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kw: Any) -> Any:
        found = self.get_object(request, object_id)
        if found is None:
            raise NotFound
        return HttpResponseRedirect(reverse("platform_shop", args=[found.pk]))

    @display(description=_("Shop"), ordering="name")
    def shop_name(self, merchant: Merchant) -> Any:
        url = reverse("platform_shop", args=[merchant.pk])
        return format_html('<a class="qy-link" href="{}">{}</a>', url, merchant.name)

    @display(description=_("State"), ordering="state")
    def state_word(self, merchant: Merchant) -> Any:
        return state_tag(merchant.state, merchant.get_state_display())


class DomainAdmin(OpsAdmin):
    list_display = ("host", "merchant", "is_primary")
    search_fields = ("host",)
    list_select_related = ("merchant",)
    ordering = ("host",)


class UserAdmin(OpsAdmin):
    list_display = ("email", "name", "is_operator", "is_active", "last_login")
    list_filter = ("is_operator", "is_active")
    search_fields = ("email", "name")
    exclude = ("password",)
    ordering = ("email",)


platform.register(Merchant, MerchantAdmin)
platform.register(Domain, DomainAdmin)
platform.register(User, UserAdmin)
