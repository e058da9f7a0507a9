"""JSON as the API takes it: an object, small, flat enough, and text that can be stored."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.errors import BodyTooLarge, Unreadable

MOST_BYTES = 256 * 1024
DEEPEST = 8
_TOO_DEEP = _("The body is nested deeper than %(most)s levels.")
# Control characters but tab and the ends of lines, and half a character: no text has them.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """Refuses what Python's reader lets pass: NaN, a name twice, half a character, any depth."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        body = stream.read(MOST_BYTES + 1)
        check_size(len(body))
        return read_object(body) if body else {}


class OnlyJSON(DefaultContentNegotiation):
    """Who wants what we speak, or anything, is not weighed."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        wanted = request.META.get("HTTP_ACCEPT", "*/*")
        if wanted in {"*/*", "application/json"} and format_suffix is None:
            ours = next(iter(renderers))
            return ours, str(ours.media_type)
        found: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        return found


def check_size(length: int) -> None:
    """Raises BodyTooLarge."""
    if length > MOST_BYTES:
        raise BodyTooLarge(
            _("A request has at most %(most)s kB. Send less at once.")
            % {"most": MOST_BYTES // 1024}
        )


def read_object(body: bytes, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The JSON object; raises Unreadable, which names the text that is none."""
    try:
        # RecursionError: brackets nested deeper than Python's own stack.
        found = json.loads(
            body.decode(),
            parse_float=parse_float,
            parse_constant=_no_constant,
            object_pairs_hook=_each_name_once,
        )
        _check(found)
    except (ValueError, RecursionError) as why:
        raise Unreadable(_reason(why, body)) from None
    if not isinstance(found, dict):
        raise Unreadable(_("The body is a JSON object: {…}."))
    return found


class _Refused(ValueError):
    """Of what Python's reader lets pass, with the words that the caller is told."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__()
        self.words = words


def _reason(why: Exception, body: bytes) -> str | Promise:
    """What of it cannot be read, so that nobody has to guess."""
    match why:
        case _Refused():
            return why.words
        case UnicodeDecodeError():
            return _("The body is not UTF-8.")
        case RecursionError():
            return _TOO_DEEP % {"most": DEEPEST}
        case json.JSONDecodeError() if body.startswith(BOM_UTF8):
            return _("The body begins with a byte order mark (EF BB BF). Send it without.")
        case json.JSONDecodeError():
            said = _("The body is not JSON: line %(line)s, character %(column)s.")
            return said % {"line": why.lineno, "column": why.colno}
    return _("The body is not JSON that this API can read.")


def _no_constant(name: str) -> Any:
    raise _Refused(_("%(name)s is no number of JSON.") % {"name": name})


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = Counter(name for name, _value in pairs)
        twice = next(name for name, times in names.items() if times > 1)
        shown = twice[:40] if twice.isprintable() else "…"
        raise _Refused(_("The name “%(name)s” stands in an object twice.") % {"name": shown})
    return found


def _check(value: Any, path: str = "", depth: int = 0) -> None:
    """Neither too deep, nor with a text or a name in it that is none."""
    if depth > DEEPEST:
        raise _Refused(_TOO_DEEP % {"most": DEEPEST})
    if isinstance(value, str):
        _check_text(value, path)
        return
    if isinstance(value, dict):
        for name in value:
            _check_text(name, path)
        inner = value
    else:
        inner = dict(enumerate(value)) if isinstance(value, list) else {}
    for name, each in inner.items():
        _check(each, f"{path}.{name}" if path else str(name), depth + 1)


def _check_text(text: str, path: str) -> None:
    found = _NO_TEXT.search(text)
    if found is not None:
        raise Unreadable(
            _("The character %(which)s is no part of a text: take it out.")
            % {"which": f"U+{ord(found[0]):04X}"},
            param=path,
        )
