"""The developers' portal on a shop's host: for whoever comes, in both languages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from api.described import trials
from api.described.pages import PAGES, explained
from api.described.reference import chapters, sample_sent, webhooks
from api.described.samples import expected, samples
from api.versions import NEWEST, VERSIONS
from channels.states import EventKind, KeyScope
from core.errors import NotFound


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
    root = request.build_absolute_uri("/").rstrip("/")
    told: dict[str, Any] = {"root": root, "newest": NEWEST, "samples": samples(root=root)}
    match name:
        case "errors":
            told["errors"] = list(explained())
        case "reference":
            told["chapters"] = chapters(language=language)
        case "versions":
            told["versions"] = VERSIONS
        case "authentication":
            told["scopes"] = [(scope.value, scope.label) for scope in KeyScope]
        case "test-mode":
            told |= trials.of_test_mode(root=root)
        case "webhooks":
            told |= {"events": webhooks(language=language)} | trials.of_webhooks()
        case "quickstart":
            told |= {"told": expected(), "local": _local(request)}
            told["is_home"] = settings.WEBHOOKS_MAY_BE_LOCAL
            told["sample"] = sample_sent(language=language, kind=EventKind.ORDER_COMPLETED)
    return told


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


@require_safe
@gzip_page
def for_machines(request: HttpRequest) -> HttpResponse:
    """`llms.txt`: where everything is, in plain words."""
    told = {
        "pages": PAGES,
        "root": request.build_absolute_uri("/").rstrip("/"),
        "chapters": chapters(language=get_language() or ""),
    }
    kind = "text/plain; charset=utf-8"
    return render(request, "developers/llms.txt", told, content_type=kind)
