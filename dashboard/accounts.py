"""How staff sign in: allauth, with our own limits, which live in Postgres."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc] -- allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are invited, never self-made."""
        return False
