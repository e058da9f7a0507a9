"""The developers' portal on a shop's host: for whoever comes, in both languages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from api.described.pages import PAGES, explained
from api.described.reference import chapters, sample_sent, webhooks
from api.described.samples import samples
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
    return render(request, own, _told(request, name, language) | {"page": found, "pages": PAGES})


def _told(request: HttpRequest, name: str, language: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "root": request.build_absolute_uri("/").rstrip("/"),
        "newest": NEWEST,
        "samples": samples(root=request.build_absolute_uri("/").rstrip("/")),
    }
    match name:
        case "errors":
            told["errors"] = list(explained())
        case "reference":
            told["chapters"] = chapters(language=language)
        case "versions":
            told["versions"] = VERSIONS
        case "authentication":
            told["scopes"] = [(scope.value, scope.label) for scope in KeyScope]
        case "webhooks":
            told["events"] = webhooks(language=language)
        case "quickstart":
            told["sample"] = sample_sent(language=language, kind=EventKind.ORDER_COMPLETED)
    return told


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
