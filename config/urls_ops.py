"""Routes on the operator's host."""

from django.urls import include, path

urlpatterns = [path("", include("dashboard.urls_ops"))]

handler400 = "core.pages.bad_request"
handler403 = "core.pages.not_allowed"
handler404 = "core.pages.not_found"
handler500 = "core.pages.broken"
