"""The merchant's back office, under /office/ on the shop's host."""

from django.urls import path

from dashboard.admin import shop as _  # noqa: F401 -- registers the pages of the merchant's tables
from dashboard.sites import office
from dashboard.views import account, people

urlpatterns = [
    path("login/", account.Login.as_view(), name="account_login"),
    path("reauthenticate/", account.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("password/", account.PasswordChange.as_view(), name="account_change_password"),
    path("language/", account.set_language, name="office_language"),
    path("members/invite/", people.invite, name="office_invite"),
    path("members/<int:member_id>/", people.member, name="office_member"),
    path("members/<int:member_id>/change/", people.change_member, name="office_member_change"),
    path("", office.urls),  # type: ignore[arg-type] -- an include of a site
]
