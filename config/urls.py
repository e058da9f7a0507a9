"""Routes on a shop's host: the storefront, and the merchant's back office under /office/."""

from django.urls import include, path

urlpatterns = [
    path("office/", include("dashboard.urls")),
    path("api/v1/", include("api.urls")),
    path("developers/console/", include("dashboard.urls_console")),
    path("developers/", include("api.urls_developers")),
    path("door/<uuid:uid>/", include("api.doors.urls")),
    path("supplier/", include("suppliers.urls")),
    path("", include("storefront.urls")),
]

handler400 = "core.pages.bad_request"
handler403 = "core.pages.not_allowed"
handler404 = "core.pages.not_found"
handler500 = "core.pages.broken"
