"""The operator's back office, on its own host."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from dashboard import signing_in
from dashboard.ops import shops
from dashboard.ops import tables as _  # noqa: F401 -- registers the operator's tables
from dashboard.sites import platform


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("dashboard/platform.svg"))


urlpatterns = [
    path("", RedirectView.as_view(url="/office/")),
    path("favicon.ico", favicon, name="platform_favicon"),
    *signing_in.paths(under="office/"),
    path("office/shops/new/", shops.new_shop, name="platform_new_shop"),
    path("office/shops/<int:merchant_id>/", shops.shop, name="platform_shop"),
    path("office/shops/<int:merchant_id>/<slug:verb>/", shops.shop_do, name="platform_shop_do"),
    path("office/", platform.urls),
]
