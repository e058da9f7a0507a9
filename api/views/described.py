"""The API's description, for whoever asks: no key is needed, so the bytes are made once."""

import json
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import yaml
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import etag, require_safe

from api.described.document import document
from core.middleware import opens_own_scope


class Written(NamedTuple):
    body: bytes
    etag: str


def _etag(request: HttpRequest) -> str:
    is_yaml = request.path.endswith(".yaml")
    return (_yaml if is_yaml else _json)(get_language() or "").etag


@csrf_exempt
@require_safe
@opens_own_scope
@gzip_page
@etag(_etag)
def as_json(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_json(get_language() or "").body, content_type="application/json")


@csrf_exempt
@require_safe
@opens_own_scope
@gzip_page
@etag(_etag)
def as_yaml(request: HttpRequest) -> HttpResponse:
    kind = "application/yaml; charset=utf-8"
    return HttpResponse(_yaml(get_language() or "").body, content_type=kind)


@lru_cache(maxsize=4)
def _json(language: str) -> Written:
    return _written(json.dumps(document(language=language), ensure_ascii=False, indent=2))


@lru_cache(maxsize=4)
def _yaml(language: str) -> Written:
    found = document(language=language)
    return _written(yaml.safe_dump(found, allow_unicode=True, sort_keys=False))


def _written(text: str) -> Written:
    body = text.encode()
    return Written(body, f'"{sha256(body).hexdigest()[:32]}"')
