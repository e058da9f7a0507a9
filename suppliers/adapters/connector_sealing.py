"""A recipe's signature over what is sent."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from core.secrets import Secret
from suppliers.adapters.canon import compact
from suppliers.adapters.connector_types import Call


def sign(call: Call, parts: Mapping[str, Any], key: Secret) -> str:
    """`parts` is what is sent, by its names and in its order, but the signature's place."""
    recipe = call.signature
    assert recipe is not None  # who calls has looked
    names = recipe.fields
    if names is None:
        names = tuple(name for name in {**call.params, **(call.body or {})} if name in parts)
    if recipe.is_sorted:
        names = tuple(sorted(names))
    texts = [(name, _text(parts[name])) for name in names]
    pieces = [
        _piece(name, text, recipe.shape) for name, text in texts if text or not recipe.skips_empty
    ]
    said, secret = recipe.joiner.join(pieces), key.reveal()
    if recipe.secret in {"before", "around"}:
        said = secret + recipe.glue + said
    if recipe.secret in {"after", "around"}:
        said = said + recipe.glue + secret
    found = _hash(recipe.method, said.encode(), secret.encode())
    return found.upper() if recipe.is_upper else found


def _piece(name: str, text: str, shape: str) -> str:
    return {"name=value": f"{name}={text}", "namevalue": name + text, "value": text}[shape]


def _text(value: Any) -> str:
    """As it stands in JSON; nothing for nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)


def _hash(method: str, said: bytes, key: bytes) -> str:
    if method == "hmac-sha256":
        return hmac.new(key, said, hashlib.sha256).hexdigest()
    return hashlib.new(method, said).hexdigest()
