"""How Kakayun signs (v3, requests and pushes)."""

import hashlib
import json
from collections.abc import Mapping


def sign(given: Mapping[str, object], key: str) -> str:
    """Empty and null fields are left out, nought and false are not; the key follows at once."""
    joined = "&".join(
        f"{name}={_text(given[name])}"
        for name in sorted(given)
        if name != "sign" and given[name] not in ("", None)
    )
    return hashlib.md5((joined + key).encode()).hexdigest()  # noqa: S324 -- the protocol's own


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float)
    return str(value)
