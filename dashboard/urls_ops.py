"""The operator's back office, on its own host."""

from django.urls import path
from django.views.generic import RedirectView

from dashboard import signing_in
from dashboard.ops import shops, usage
from dashboard.ops import tables as _  # noqa: F401 -- registers the operator's tables
from dashboard.sites import platform
from dashboard.views import files

urlpatterns = [
    path("", RedirectView.as_view(url="/office/")),
    path("favicon.ico", files.favicon, name="platform_favicon"),
    *signing_in.paths(under="office/"),
    path("office/shops/new/", shops.new_shop, name="platform_new_shop"),
    path("office/shops/<int:merchant_id>/", shops.shop, name="platform_shop"),
    path("office/shops/<int:merchant_id>/visit/", shops.visit, name="platform_visit"),
    path("office/shops/<int:merchant_id>/<slug:verb>/", shops.shop_do, name="platform_shop_do"),
    path("office/usage/", usage.usage, name="platform_usage"),
    path("office/suppliers/", usage.suppliers, name="platform_suppliers"),
    path("office/", platform.urls),
]
