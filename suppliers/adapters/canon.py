"""How these protocols write what they sign."""

import json
from typing import Any
from urllib.parse import parse_qsl

from suppliers.errors import NoAnswer
from suppliers.types import Reply


def compact(said: Any) -> str:
    """JSON without white space, everything but its own quotes and backslashes as it is."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read_form(body: bytes, *, encoding: str = "utf-8") -> dict[str, str]:
    return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding=encoding))


def read_body(body: bytes) -> dict[str, Any]:
    """A callback's fields, sent as a JSON object or as a form; raises ValueError."""
    if not body.lstrip().startswith(b"{"):
        return dict[str, Any](read_form(body))
    found: dict[str, Any] = json.loads(body)
    return found


def read_exact(reply: Reply) -> Any:
    """The reply's JSON with its numbers as the text they came as; raises NoAnswer for no JSON."""
    try:
        return json.loads(reply.body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        raise NoAnswer(f"HTTP {reply.status}, and no JSON") from None
