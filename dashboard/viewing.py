"""The head of a list: views of it that were kept, and which columns it has."""

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from dashboard.access import allows, member_of
from tenants.selectors import saved_views

COLUMNS = "cols"
# Where somebody stands in a list is no part of how they like to see it.
_PASSING = ("p", "e", "all", "_facets", "_popup", "_to_field")


@dataclass(frozen=True, slots=True)
class Shown:
    """A view in the head of its list."""

    name: str
    query: str
    ref: str
    is_shared: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what will be here, and for who has the right, what to do next."""

    words: str | Promise
    button: str | Promise = ""
    to: str = ""
    right: str = "home.view"

    def told(self, request: HttpRequest) -> dict[str, Any]:
        link = reverse(self.to) if self.to and allows(request, self.right) else ""
        return {"words": self.words, "button": self.button, "link": link}


def query_of(given: QueryDict) -> str:
    """An address's values in one order, for two that mean the same to be the same."""
    pairs = [(name, one) for name, many in given.lists() for one in many if name not in _PASSING]
    query = QueryDict(mutable=True)
    for name, one in sorted(pairs):
        query.appendlist(name, one)
    return query.urlencode()


def columns_of(request: HttpRequest, every: list[str]) -> list[str]:
    """Those that the address names, always with the first: it leads to the row."""
    named = request.GET.getlist(COLUMNS)
    return [name for at, name in enumerate(every) if not named or at == 0 or name in named]


def head_of(request: HttpRequest, admin: ModelAdmin, every: list[str]) -> dict[str, Any]:
    """What the list's head tells, asked for when it is drawn."""
    member, label = member_of(request), admin.opts.label_lower
    query = query_of(request.GET)
    found = saved_views(listing=label, member_id=member.pk) if member else []
    now = columns_of(request, every)
    # The order names columns by their place: with other columns it would mean others.
    kept = [
        (name, one)
        for name, many in request.GET.lists()
        for one in many
        if name not in (*_PASSING, COLUMNS, "o")
    ]
    return {
        "listing": label,
        "query": query,
        "views": [
            Shown(one.name, one.query, one.ref, one.member_id is None, one.query == query)
            for one in found
        ],
        "columns": [
            (name, capfirst(str(label_for_field(name, admin.model, admin))), name in now)
            for name in every[1:]
        ],
        "kept": kept,
        "may_share": allows(request, "settings.edit"),
    }
