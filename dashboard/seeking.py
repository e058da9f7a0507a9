"""What is looked for stands sealed in an address.

People type whole codes, phone numbers and mail addresses into a list's search. It is posted, and
the list's address then holds a token that opens at this shop and this list only: no history of a
browser and no access log keeps the text. On the operator's host, which is no shop's, it is under
the platform's own key. A plain text, as our own links have it, is taken as well.
"""

import base64
import binascii
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from unfold.views import ChangeList

from core.crypto import CannotDecrypt, Place, seal, unseal
from core.scope import bound_tenant
from dashboard.factors import platform_cipher
from dashboard.viewing import COLUMNS

MARK = "~"
SEEK = "seek"  # what the form of a search is known by
LONGEST = 200
_UID = UUID(int=0)  # a token is no row


def sealed(text: str, *, of: str) -> str:
    """A token of what is looked for in the list `of`; empty of nothing."""
    text = text.strip()[:LONGEST]
    if not text:
        return ""
    if bound_tenant() is None:
        return MARK + _platforms(of).encrypt(text.encode()).decode()
    return MARK + base64.urlsafe_b64encode(seal(text, place=_place(of), uid=_UID)).decode()


def opened(given: str, *, of: str) -> str:
    """What a token was made of; any other text, and a token of elsewhere, as it is."""
    if not given.startswith(MARK):
        return given
    try:
        if bound_tenant() is None:
            return _platforms(of).decrypt(given[1:]).decode()
        return unseal(base64.urlsafe_b64decode(given[1:]), place=_place(of), uid=_UID)
    except (CannotDecrypt, InvalidToken, binascii.Error, ValueError):
        return given


def to_sealed(request: HttpRequest, *, of: str, name: str = SEARCH_VAR) -> HttpResponseRedirect:
    """To the same list, of what was posted: at its first page, with its other filters kept."""
    return to_address(request.path, request.GET, sealed(request.POST.get(name, ""), of=of), name)


def to_address(path: str, given: QueryDict, token: str, name: str) -> HttpResponseRedirect:
    query = given.copy()
    for gone in (name, "p"):
        query.pop(gone, None)
    if token:
        query[name] = token
    return HttpResponseRedirect(f"{path}?{query.urlencode()}" if query else path)


def _platforms(of: str) -> MultiFernet:
    return platform_cipher(f"search {of}".encode())


def _place(of: str) -> Place:
    return Place(f"search {of}", "text")


class SealedChangeList(ChangeList):
    """A list whose links keep the token, and whose search box shows what it was made of."""

    query: str

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self._request = request

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str] | None = None
    ) -> QuerySet[Any]:
        self.query = opened(self.query, of=self.opts.label_lower)
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return found

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """Which columns are shown filters nothing."""
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop(COLUMNS, None)
        return found

    @property
    def empty(self) -> dict[str, Any]:
        """What is said when nothing is in it."""
        empty = getattr(self.model_admin, "empty", None)
        return empty.told(self._request) if empty else {}

    @property
    def seek_url(self) -> str:
        """Where its search is posted to."""
        return str(self.get_query_string(remove=[SEARCH_VAR, "p"]))
