"""What a call of a recipe carries: its templates filled in, and its body as bytes."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from suppliers.adapters.canon import compact
from suppliers.adapters.connector_template import fill
from suppliers.adapters.connector_types import Call
from suppliers.errors import Unspeakable

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def filled(template: Mapping[str, Any], values: Mapping[str, str], call: Call) -> dict[str, Any]:
    """What is sent, by its names; raises KeyError for a name that has no value."""
    numbers = call.numbers if call.encoding == "json" else frozenset[str]()
    found = {name: _filled(each, values, numbers) for name, each in template.items()}
    if call.drops_empty:
        found = {name: each for name, each in found.items() if each != ""}
    return found


def body_of(call: Call, values: Mapping[str, str]) -> tuple[bytes, str]:
    """The body and its content type; nothing for a call that has none."""
    if call.body is None:
        return b"", ""
    found = filled(call.body, values, call)
    if call.encoding == "json":
        return compact(found).encode(), "application/json"
    return (urlencode(found).encode(), _FORM) if call.encoding == "form" else _multipart(found)


def _filled(template: Any, values: Mapping[str, str], numbers: frozenset[str]) -> Any:
    if isinstance(template, str):
        is_number = template[:1] == "{" and template[1:-1] in numbers
        return _number(values[template[1:-1]]) if is_number else fill(template, values)
    if isinstance(template, Mapping):
        return {name: _filled(each, values, numbers) for name, each in template.items()}
    if isinstance(template, list):
        return [_filled(each, values, numbers) for each in template]
    return template


def _number(text: str) -> int | float:
    whole, point, part = text.partition(".")
    if not (text.isascii() and whole.isdigit() and (part.isdigit() or not point)):
        raise Unspeakable("a number is wanted where the order has none")
    # JSON has no other number: what we call an amount goes through a float unchanged.
    return float(text) if part.strip("0") else int(whole)


def _multipart(found: Mapping[str, str]) -> tuple[bytes, str]:
    # Of the content itself: the same call is the same bytes, and no value holds its own digest.
    boundary = hashlib.sha256(compact(found).encode()).hexdigest()
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in found.items()
    ]
    body = "".join([*lines, f"--{boundary}--\r\n"]).encode()
    return body, f"multipart/form-data; boundary={boundary}"
