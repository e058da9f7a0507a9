"""How the two back offices look. Names of functions are read by Unfold at each request."""

from typing import Any

from django.templatetags.static import static


def _platform_icon(request: Any) -> str:
    return static("dashboard/platform.svg")


def _office(**own: Any) -> dict[str, Any]:
    return {
        "SITE_SYMBOL": "loyalty",
        "SHOW_HISTORY": False,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_LANGUAGES": True,
        "SHOW_BACK_BUTTON": True,
        "BORDER_RADIUS": "8px",
        "STYLES": [lambda request: static("dashboard/office.css")],
        "SCRIPTS": [
            lambda request: static("dashboard/theme.js"),
            lambda request: static("dashboard/office.js"),
        ],
        "LANGUAGES": {"action": "/office/language/"},
        # The command search keeps its results under the user alone: at another shop the same person
        # would see the first one's.
        "SIDEBAR": {"show_search": False, "command_search": False, "navigation": []},
        **own,
    }


UNFOLD_MERCHANT = _office(
    SITE_TITLE="dashboard.nav.shop_title",
    SITE_HEADER="dashboard.nav.shop_name",
    SITE_SUBHEADER="dashboard.nav.shop_subtitle",
    SITE_URL="/",
    SITE_FAVICONS=[{"rel": "icon", "type": "image/svg+xml", "href": "/icon.svg"}],
    ENVIRONMENT="dashboard.nav.payments_badge",
    ACCOUNT={"navigation": "dashboard.nav.account_links"},
    SCRIPTS=[
        lambda request: static("dashboard/theme.js"),
        lambda request: static("dashboard/office.js"),
        lambda request: static("dashboard/find.js"),
        lambda request: static("dashboard/sheet.js"),
    ],
    COLORS={"primary": {
        "50": "oklch(97% .014 265)", "100": "oklch(93.5% .032 265)", "200": "oklch(88% .059 265)",
        "300": "oklch(80.5% .105 265)", "400": "oklch(70.5% .165 265)",
        "500": "oklch(61.5% .21 265)",
        "600": "oklch(54% .235 265)", "700": "oklch(48% .23 265)", "800": "oklch(41.5% .19 266)",
        "900": "oklch(37% .146 266)", "950": "oklch(28% .09 268)",
    }},
)  # fmt: skip
UNFOLD_OPERATOR = _office(
    SITE_TITLE="dashboard.nav.platform_title",
    SITE_HEADER="dashboard.nav.platform_title",
    SITE_SUBHEADER="dashboard.nav.platform_subtitle",
    SITE_SYMBOL="shield_person",
    SITE_URL=None,
    SITE_FAVICONS=[{"rel": "icon", "type": "image/svg+xml", "href": _platform_icon}],
    ACCOUNT={"navigation": "dashboard.nav.account_links"},
    COLORS={"primary": {
        "50": "oklch(98.4% .014 181)", "100": "oklch(95.3% .051 181)", "200": "oklch(91% .096 181)",
        "300": "oklch(85.5% .138 181)", "400": "oklch(77.7% .152 182)",
        "500": "oklch(70.4% .14 182)",
        "600": "oklch(51% .1 185)", "700": "oklch(46% .09 186)", "800": "oklch(43.7% .078 188)",
        "900": "oklch(38.6% .063 188)", "950": "oklch(27.7% .046 193)",
    }},
)  # fmt: skip
