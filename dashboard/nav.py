"""The side bar, the header's words and the account menu of both back offices."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from dashboard.access import allows, guest_of, shop_of
from dashboard.places import place_of

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the side bar: shown to who has the right, lit under its address."""

    title: Text
    icon: str
    url: str
    right: str = ""

    def line(self, request: HttpRequest) -> dict[str, Any]:
        link = reverse(self.url)
        is_home = self.url == "admin:index"
        here = request.path == link if is_home else request.path.startswith(link)
        return {
            "title": self.title,
            "icon": self.icon,
            "link": link,
            "active": here,
            "has_permission": _is_allowed(self, request),
        }


SHOP = (
    (
        "",
        (
            Place(_("Home"), "home", "admin:index", "home.view"),
            Place(_("Cockpit"), "monitoring", "office_cockpit", "risk.view"),
            Place(_("Questions"), "contact_support", "office_questions", "risk.view"),
        ),
    ),
    (
        _("Sales"),
        (
            Place(_("Orders"), "receipt_long", "admin:orders_order_changelist", "orders.view"),
            Place(_("Buyers and segments"), "groups", "office_buyers", "orders.view"),
            Place(_("Held orders"), "pause_circle", "office_held", "orders.view"),
            Place(_("Risk radar"), "radar", "office_radar", "risk.view"),
            Place(_("Risk rules"), "policy", "office_rules", "risk.view"),
            Place(
                _("After-sale cases"), "support_agent", "admin:orders_case_changelist", "cases.view"
            ),
            Place(_("Payments to look at"), "payments", "office_money", "money.view"),
        ),
    ),
    (
        _("Catalog"),
        (
            Place(_("Products"), "redeem", "admin:catalog_product_changelist", "catalog.view"),
            Place(_("Categories"), "category", "admin:catalog_category_changelist", "catalog.view"),
            Place(_("Brands"), "sell", "admin:catalog_brand_changelist", "catalog.view"),
            Place(
                _("Buyer forms"),
                "contact_page",
                "admin:catalog_buyertemplate_changelist",
                "catalog.view",
            ),
        ),
    ),
    (
        _("Stock"),
        (
            Place(_("Load codes"), "upload_file", "office_imports", "stock.import"),
            Place(_("Batches"), "inventory_2", "admin:inventory_batch_changelist", "stock.view"),
            Place(_("Codes"), "key", "admin:inventory_code_changelist", "stock.view"),
            Place(_("Shared content"), "share", "office_contents", "catalog.edit"),
        ),
    ),
    (
        _("Supply"),
        (
            Place(_("Suppliers"), "local_shipping", "office_suppliers", "stock.view"),
            Place(_("Offers"), "alt_route", "office_offers", "stock.view"),
            Place(_("Price changes"), "trending_up", "office_price_changes", "cost.view"),
            Place(_("Attempts"), "swap_horiz", "admin:suppliers_attempt_changelist", "stock.view"),
            Place(_("Came late"), "schedule", "office_lates", "stock.view"),
            Place(_("Bills"), "request_quote", "office_bills", "bills.settle"),
        ),
    ),
    (
        _("Partners"),
        (
            Place(_("Partners"), "handshake", "office_partners", "partners.view"),
            Place(_("Price tiers"), "percent", "office_tiers", "partners.view"),
            Place(_("Partners' money"), "account_balance", "office_claims", "partners.money"),
        ),
    ),
    (
        _("Shop"),
        (
            Place(_("Notices"), "notifications", "office_notices", "home.view"),
            Place(_("Reports"), "summarize", "office_reports", "home.view"),
            Place(_("Exports"), "download", "office_exports", "home.view"),
            Place(_("Members"), "group", "admin:tenants_member_changelist", "members.view"),
            Place(_("Audit log"), "history", "admin:tenants_auditrow_changelist", "audit.view"),
            Place(_("Settings"), "settings", "office_settings", "settings.edit"),
        ),
    ),
)
PLATFORM = (
    ("", (Place(_("Overview"), "monitoring", "admin:index"),)),
    (
        _("Platform"),
        (
            Place(_("Merchants"), "storefront", "admin:tenants_merchant_changelist"),
            Place(_("Usage"), "data_usage", "platform_usage"),
            Place(_("Suppliers"), "local_shipping", "platform_suppliers"),
            Place(_("Domains"), "language", "admin:tenants_domain_changelist"),
            Place(_("People"), "group", "admin:tenants_user_changelist"),
        ),
    ),
)

CONSOLE = (
    (_("Overview"), "office_partner"),
    (_("API keys"), "office_keys"),
    (_("Requests"), "office_partner_calls"),
    (_("Webhooks"), "office_webhooks"),
    (_("Balance"), "office_partner_statement"),
)


def of_console(request: HttpRequest) -> list[dict[str, Any]]:
    """The console's own line: each place, and whether the request is in it."""
    guest = guest_of(request)
    ref = guest.ref if guest else ""
    home = place_of(request, "office_partner", ref)
    links = [(title, place_of(request, name, ref)) for title, name in CONSOLE]
    return [
        {
            "title": title,
            "link": link,
            "is_here": request.path == link or (link != home and request.path.startswith(link)),
        }
        for title, link in links
    ]


def of_shop(request: HttpRequest) -> list[dict[str, Any]]:
    return _groups(SHOP, request)


def pages_named(request: HttpRequest, text: str) -> list[tuple[str, str, str]]:
    """(title, link, group) of the pages that the text is a part of the name of, in any language."""
    wanted = text.lower()
    return [
        (str(place.title), reverse(place.url, current_app="office"), str(group))
        for group, places in SHOP
        for place in places
        if _is_allowed(place, request) and any(wanted in name for name in _names(place.title))
    ]


def _is_allowed(place: Place, request: HttpRequest) -> bool:
    return not place.right or allows(request, place.right)


def _names(title: Text) -> set[str]:
    names = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.add(str(title).lower())
    return names


def of_platform(request: HttpRequest) -> list[dict[str, Any]]:
    return _groups(PLATFORM, request)


def _groups(places: Any, request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": title, "items": [place.line(request) for place in group]}
        for title, group in places
    ]


def shop_name(request: HttpRequest) -> str:
    return shop_of(request).name_in(get_language() or "")


def shop_title(request: HttpRequest) -> str:
    return shop_name(request)


def shop_subtitle(request: HttpRequest) -> Text:
    return _("Back office")


def platform_title(request: HttpRequest) -> Text:
    return _("Quanyi platform")


def platform_subtitle(request: HttpRequest) -> Text:
    return _("Operators")


def payments_badge(request: HttpRequest) -> list[Text] | None:
    """Nobody should take play money, or a sandbox, for sales."""
    if getattr(getattr(request, "shop", None), "sandbox_of_id", None) is not None:
        return [_("Sandbox: nothing here is real"), "warning"]
    return [_("Sandbox payments"), "warning"] if settings.SANDBOX_PAYMENTS else None


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    links = [
        {"title": _("Change password"), "link": reverse("account_change_password")},
        {"title": _("Security"), "link": reverse("mfa_index")},
    ]
    if getattr(request, "shop", None) is not None:
        links.insert(0, {"title": _("Setup guide"), "link": reverse("office_guide")})
    return links
