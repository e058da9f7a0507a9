"""JSON as the API takes it: an object, small, flat enough, and text that can be stored."""

import json
import re
from collections.abc import Callable
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import JSONParser

from api.errors import BodyTooLarge, Unreadable

MOST_BYTES = 256 * 1024
DEEPEST = 8
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
    except (ValueError, RecursionError):
        raise Unreadable(_("The body is not JSON that this API can read.")) from None
    if not isinstance(found, dict):
        raise Unreadable(_("The body is a JSON object: {…}."))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _check(value: Any, path: str = "", depth: int = 0) -> None:
    """Neither too deep, nor with a text or a name in it that is none."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
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
