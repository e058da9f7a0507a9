"""How Kasushou signs (v2 API, signature of requests and of order callbacks)."""

import hashlib
import json
import re
from collections.abc import Mapping

UNSIGNED = frozenset({"sign", "card_list", "express_list"})
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED = re.compile(r"\\/|\\u(?!00[01])")  # a control character has no other spelling


def sign_body(timestamp: str, body: str, key: str) -> str:
    return hashlib.sha1((timestamp + body + key).encode()).hexdigest()  # noqa: S324 -- the protocol's own


def sign_callback(fields: Mapping[str, object], key: str) -> str:
    """`time` stands in front and among the fields; slashes are escaped, unlike in requests."""
    signed = {name: fields[name] for name in sorted(fields.keys() - UNSIGNED)}
    text = json.dumps(signed, ensure_ascii=False, separators=(",", ":")).replace("/", r"\/")
    return sign_body(str(fields["time"]), text, key)


def is_canonical(body: str) -> bool:
    """Compact, its top-level keys sorted, unicode and slashes as they are.

    Nested objects keep the order in which they were sent, and numbers their spelling, so the bytes
    are judged as they came and not written anew.
    """
    keys = list(json.loads(body))
    blanks = re.search(r"\s", _TEXT.sub("", body))
    return keys == sorted(keys) and blanks is None and not _ESCAPED.search(body.replace(r"\\", ""))
