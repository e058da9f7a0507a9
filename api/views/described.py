"""The API's description, for whoever asks: no key is needed."""

import yaml
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from api.described.document import document
from core.middleware import opens_own_scope


@require_safe
@opens_own_scope
@gzip_page
def as_json(request: HttpRequest) -> HttpResponse:
    found = document(language=get_language() or "")
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_safe
@opens_own_scope
@gzip_page
def as_yaml(request: HttpRequest) -> HttpResponse:
    found = document(language=get_language() or "")
    text = yaml.safe_dump(found, allow_unicode=True, sort_keys=False)
    return HttpResponse(text, content_type="application/yaml; charset=utf-8")
