"""The developers' portal on a shop's host: for whoever comes, in both languages."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from api.described import trials
from api.described.client import client_archive
from api.described.doors import doors
from api.described.pages import PAGES, explained
from api.described.reference import chapters, sample_sent, webhooks
from api.described.samples import expected, samples
from api.refusals import body_of
from api.versions import NEWEST, VERSIONS
from channels.states import EventKind, KeyScope
from core.errors import NotFound
from payments.errors import BalanceTooLow


@require_safe
@gzip_page
def page(request: HttpRequest, name: str = "") -> HttpResponse:
    found = next((each for each in PAGES if each.name == name), None)
    if found is None:
        raise NotFound
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    own = f"developers/{language}/{name or 'overview'}.html"
    at = PAGES.index(found)
    frame = {
        "page": found,
        "pages": PAGES,
        "before": PAGES[at - 1] if at else None,
        "after": PAGES[at + 1] if at + 1 < len(PAGES) else None,
    }
    return render(request, own, _told(request, name, language) | frame)


def _told(request: HttpRequest, name: str, language: str) -> dict[str, Any]:
    root = _root(request)
    told = {"root": root, "newest": NEWEST, "samples": samples(root=root)}
    more = _MORE.get(name)
    return told | (more(request, language) if more else {})


def _root(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _quick_start(request: HttpRequest, language: str) -> dict[str, Any]:
    return {
        "told": expected(),
        "local": _local(request),
        "is_home": settings.WEBHOOKS_MAY_BE_LOCAL,
        "sample": sample_sent(language=language, kind=EventKind.ORDER_COMPLETED),
    }


def _local(request: HttpRequest) -> dict[str, str] | None:
    """Of a shop whose name only this machine knows: what its readers' programs need."""
    name = request.get_host()
    host = name.partition(":")[0]
    if not host.endswith(".localhost"):
        return None
    return {
        "name": name,
        "host": host,
        "by_number": f"{request.scheme}://127.0.0.1:{request.get_port()}",
        "check": f"python3 -c \"import socket; print(socket.gethostbyname('{host}'))\"",
        "line": f'echo "127.0.0.1 {host}" | sudo tee -a /etc/hosts',
    }


def _refusal(request: HttpRequest) -> str:
    """As the API would say it here."""
    refusal = BalanceTooLow(_("The balance is too low. Top it up and try again."))
    return json.dumps(body_of(request, refusal), ensure_ascii=False, indent=2)


_MORE: Mapping[str, Callable[[HttpRequest, str], dict[str, Any]]] = {
    "quickstart": _quick_start,
    "test-mode": lambda request, _language: trials.of_test_mode(root=_root(request)),
    "authentication": lambda _request, _language: {
        "scopes": [(scope.value, scope.label) for scope in KeyScope]
    },
    "errors": lambda request, _language: {
        "errors": list(explained()),
        "refusal": _refusal(request),
    },
    "versions": lambda _request, _language: {"versions": VERSIONS},
    "webhooks": lambda _request, language: (
        {"events": webhooks(language=language)} | trials.of_webhooks()
    ),
    "doors": lambda _request, language: {"doors": doors(language=language)},
    "reference": lambda _request, language: {"chapters": chapters(language=language)},
}


@require_safe
def client(request: HttpRequest) -> HttpResponse:
    """The Python client, for pip."""
    return HttpResponse(client_archive(), content_type="application/zip")


@require_safe
@gzip_page
def for_machines(request: HttpRequest) -> HttpResponse:
    """`llms.txt`: where everything is, in plain words."""
    told = {
        "pages": PAGES,
        "root": _root(request),
        "chapters": chapters(language=get_language() or ""),
    }
    kind = "text/plain; charset=utf-8"
    return render(request, "developers/llms.txt", told, content_type=kind)
