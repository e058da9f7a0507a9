"""A recipe's signature: how it is described, and what it is over what is sent."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from core.secrets import Secret
from suppliers.adapters.canon import compact
from suppliers.adapters.connector_section import Section
from suppliers.adapters.connector_template import check_template, fill, names_in
from suppliers.adapters.connector_types import Call, Signature

BODY, SECRET = "body", "secret"
_HMAC, _KEY, _AMONG, _ALL = "hmac-sha256", "key", "among", ("all",)
_METHODS = ("md5", "sha1", "sha256", _HMAC)
_PLACES = ("before", "after", "around", _AMONG, _KEY)
_IN_TEXT = frozenset({"app_id", "time", SECRET, BODY})


def read_signature(part: Section) -> Signature:
    method = part.text("hash", among=_METHODS)
    is_upper = part.text("case", "lower", among=("lower", "upper")) == "upper"
    found = (_by_text if part.has("text") else _by_fields)(part, method, is_upper=is_upper)
    part.close()
    return found


def _by_text(part: Section, method: str, *, is_upper: bool) -> Signature:
    text = part.text("text")
    check_template(text, key=part.key("text"), known=_IN_TEXT)
    if (SECRET in names_in(text)) == (method == _HMAC):
        raise part.wrong("text", "the secret stands in it, or is the key of an HMAC")
    return Signature(method=method, is_upper=is_upper, text=text)


def _by_fields(part: Section, method: str, *, is_upper: bool) -> Signature:
    secret = part.text("secret", among=_PLACES)
    if (method == _HMAC) != (secret == _KEY):
        raise part.wrong("secret", f"{_KEY} is for {_HMAC}, which has no other place for it")
    fields = part.texts("fields")
    return Signature(
        method=method,
        is_upper=is_upper,
        fields=None if fields == _ALL else fields,
        is_sorted=part.text("order", "given", among=("given", "sorted")) == "sorted",
        shape=part.text("shape", among=("name=value", "namevalue", "value")),
        joiner=part.text("joiner", ""),
        secret=secret,
        secret_name=part.text("secret_name") if secret == _AMONG else "",
        glue=part.text("glue", ""),
        skips_empty=part.flag("skip_empty"),
    )


def sign_text(recipe: Signature, values: Mapping[str, str], key: Secret) -> str:
    """`values` has the body as it is sent, beside what is known of every call."""
    said = fill(recipe.text, {**values, SECRET: key.reveal()})
    return _hash(recipe, said, key.reveal())


def sign(call: Call, parts: Mapping[str, Any], key: Secret) -> str:
    """`parts` is what is sent, by its names and in its order, but the signature's place."""
    recipe, secret = call.signature, key.reveal()
    assert recipe is not None  # who calls has looked
    names = recipe.fields
    if names is None:
        names = tuple(name for name in {**call.params, **(call.body or {})} if name in parts)
    said = [(name, _text(parts.get(name))) for name in names]
    if recipe.secret == _AMONG:
        said.append((recipe.secret_name, secret))
    if recipe.is_sorted:
        said.sort(key=lambda pair: pair[0])
    pieces = [_piece(*pair, recipe.shape) for pair in said if pair[1] or not recipe.skips_empty]
    text = recipe.joiner.join(pieces)
    if recipe.secret in {"before", "around"}:
        text = secret + recipe.glue + text
    if recipe.secret in {"after", "around"}:
        text = text + recipe.glue + secret
    return _hash(recipe, text, secret)


def _piece(name: str, text: str, shape: str) -> str:
    return {"name=value": f"{name}={text}", "namevalue": name + text, "value": text}[shape]


def _text(value: Any) -> str:
    """As it stands in JSON; nothing for nothing."""
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)


def _hash(recipe: Signature, said: str, secret: str) -> str:
    if recipe.method == _HMAC:
        found = hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
    else:
        found = hashlib.new(recipe.method, said.encode()).hexdigest()
    return found.upper() if recipe.is_upper else found
