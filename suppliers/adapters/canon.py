"""How these protocols write what they sign."""

import json
from typing import Any
from urllib.parse import parse_qsl


def compact(said: Any) -> str:
    """JSON without white space, everything but its own quotes and backslashes as it is."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def read_body(body: bytes) -> dict[str, Any]:
    """A callback's fields, sent as a JSON object or as a form; raises ValueError."""
    text = body.decode()
    if not text.lstrip().startswith("{"):
        return dict(parse_qsl(text, keep_blank_values=True))
    found: dict[str, Any] = json.loads(text)
    return found
