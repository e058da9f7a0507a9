"""The operator's back office, on its own host."""

from django.urls import path
from django.views.generic import RedirectView

from dashboard.admin import ops as _  # noqa: F401 -- registers the operator's tables
from dashboard.sites import platform
from dashboard.views import account
from dashboard.views import platform as shops

urlpatterns = [
    path("", RedirectView.as_view(url="/office/")),
    *account.paths(under="office/"),
    path("office/shops/new/", shops.new_shop, name="platform_new_shop"),
    path("office/shops/<int:merchant_id>/", shops.shop, name="platform_shop"),
    path("office/shops/<int:merchant_id>/<slug:verb>/", shops.shop_do, name="platform_shop_do"),
    path("office/", platform.urls),  # type: ignore[arg-type]  # -- an include of a site
]
