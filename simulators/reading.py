"""What several protocols read alike; whatever does not fit is refused as a wrong parameter."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from simulators.money import to_e4
from simulators.records import Refusal, Refused
from simulators.wire import Visit


def form_of(visit: Visit) -> dict[str, str]:
    """The fields of the address and of the form, in UTF-8."""
    try:
        body = visit.body.decode("ascii")
        return {
            name: value
            for text in (visit.url.query, body)
            for name, value in parse_qsl(text, keep_blank_values=True, errors="strict")
        }
    except ValueError as error:
        raise Refused(Refusal.PARAM, "not a form") from error


def object_of(body: bytes) -> dict[str, Any]:
    """A JSON object whose broken numbers keep the digits they were sent with."""
    try:
        read = json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise Refused(Refusal.PARAM, "not JSON") from error
    if not isinstance(read, dict):
        raise Refused(Refusal.PARAM, "not an object")
    return read


def text_of(given: Mapping[str, Any], name: str, *, pattern: str = ".+") -> str:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(Refusal.PARAM, name)
    if not re.fullmatch(pattern, str(value)):
        raise Refused(Refusal.PARAM, name)
    return str(value)


def count_of(given: Mapping[str, Any], name: str, *, most: int = 999_999) -> int:
    value = int(text_of(given, name, pattern=r"[1-9]\d{0,5}"))
    if value > most:
        raise Refused(Refusal.PARAM, name)
    return value


def limit_of(given: Mapping[str, Any], name: str) -> int | None:
    """An amount of money that may be missing."""
    if given.get(name) in (None, ""):
        return None
    limit = to_e4(given[name])
    if limit is None:
        raise Refused(Refusal.PARAM, name)
    return limit
