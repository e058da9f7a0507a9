"""How a recipe describes one call, and how it is signed."""

import re
from collections.abc import Mapping
from typing import Any

from suppliers.adapters.connector_section import Section, check_template, names_in
from suppliers.adapters.connector_types import Call, Signature

SIGN, FIELDS = "sign", "fields."
_HMAC, _KEY, _ALL = "hmac-sha256", "key", ("all",)
_HEADER = re.compile(r"[A-Za-z0-9_-]+")
# The transport's own: another of them would send a call elsewhere, or end it elsewhere.
_OURS = {
    *("host", "connection", "keep-alive", "upgrade", "proxy-authorization", "user-agent"),
    *("content-length", "transfer-encoding", "accept-encoding", "te", "trailer", "expect"),
}


def read_signature(part: Section) -> Signature:
    method = part.text("hash", among=("md5", "sha256", _HMAC))
    secret = part.text("secret", among=("before", "after", "around", _KEY))
    if (method == _HMAC) != (secret == _KEY):
        raise part.wrong("secret", f"{_KEY} is for {_HMAC}, which has no other place for it")
    fields = part.texts("fields")
    found = Signature(
        fields=None if fields == _ALL else fields,
        is_sorted=part.text("order", "given", among=("given", "sorted")) == "sorted",
        shape=part.text("shape", among=("name=value", "namevalue", "value")),
        joiner=part.text("joiner", ""),
        secret=secret,
        glue=part.text("glue", ""),
        method=method,
        is_upper=part.text("case", "lower", among=("lower", "upper")) == "upper",
        skips_empty=part.flag("skip_empty"),
    )
    part.close()
    return found


def read_call(part: Section, signature: Signature | None, known: frozenset[str]) -> Call:
    """`signature` is everybody's, `known` what may stand in braces here; raises ValueError."""
    method = part.text("method", "POST", among=("POST", "GET"))
    is_form = part.has("form")
    call = Call(
        method=method,
        path=_path(part, known - {SIGN}),
        params=part.table("params"),
        headers=_headers(part),
        body=_body(part, method),
        is_form=is_form,
        signature=read_signature(part.part(SIGN)) if part.has(SIGN) else signature,
        numbers=_numbers(part, known - {SIGN, FIELDS}),
    )
    check_template(call.params, key=part.key("params"), known=known)
    check_template(call.headers, key=part.key("headers"), known=known)
    check_template(call.body, key=part.key("form" if is_form else "json"), known=known)
    _check_signed(part, call)
    return call


def signable(call: Call) -> dict[str, Any]:
    """What a signature may speak of: the templates of all that is sent but the signature."""
    sent = {**call.headers, **call.params, **(call.body or {})}
    return {name: each for name, each in sent.items() if SIGN not in names_in(each)}


def _path(part: Section, known: frozenset[str]) -> str:
    path = part.text("path")
    is_odd = any(letter in "?#\\" or not letter.isascii() or letter <= " " for letter in path)
    if not path.startswith("/") or is_odd or ".." in path:
        raise part.wrong("path", "a path is wanted here: /orders (what follows a ? is params)")
    check_template(path, key=part.key("path"), known=known)
    return path


def _headers(part: Section) -> Mapping[str, str]:
    headers = part.table("headers")
    for name in headers:
        if not _HEADER.fullmatch(name) or name.lower() in _OURS:
            raise part.wrong(f"headers.{name}", "is no header that may be sent")
    return headers


def _body(part: Section, method: str) -> Mapping[str, Any] | None:
    given = [name for name in ("json", "form") if part.has(name)]
    if not given:
        return None
    if len(given) > 1 or method == "GET":
        raise part.wrong(given[0], "either json or form, and neither with GET")
    if given == ["form"]:
        return part.table("form")
    body = part.take("json")
    if not isinstance(body, dict):
        raise part.wrong("json", "an object is wanted here")
    return body


def _numbers(part: Section, known: frozenset[str]) -> frozenset[str]:
    names = frozenset(part.texts("numbers")) if part.has("numbers") else frozenset[str]()
    if not names <= known:
        raise part.wrong("numbers", "a name that is not known here")
    return names


def _check_signed(part: Section, call: Call) -> None:
    is_used = SIGN in names_in([dict(call.params), dict(call.headers), call.body])
    if is_used != (call.signature is not None):
        raise part.wrong(SIGN, "is to be described, and to stand in braces in what is sent")
    fields = call.signature.fields if call.signature else None
    if fields is not None and not set(fields) <= set(signable(call)):
        raise part.wrong(f"{SIGN}.fields", "a field that is not sent, or holds the signature")
