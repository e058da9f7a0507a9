"""How a recipe describes one call, and how it is signed."""

import re
from collections.abc import Mapping
from typing import Any

from suppliers.adapters.connector_sealing import BODY, read_signature
from suppliers.adapters.connector_section import Section
from suppliers.adapters.connector_template import check_template, names_in
from suppliers.adapters.connector_types import Call, Signature

SIGN, FIELDS = "sign", "fields."
_ENCODINGS = ("json", "form", "multipart")
_HEADER = re.compile(r"[A-Za-z0-9_-]+")
# The transport's own: another of them would send a call elsewhere, or end it elsewhere.
_OURS = {
    *("host", "connection", "keep-alive", "upgrade", "proxy-authorization", "user-agent"),
    *("content-length", "transfer-encoding", "accept-encoding", "te", "trailer", "expect"),
}


def read_call(part: Section, signature: Signature | None, known: frozenset[str]) -> Call:
    """`signature` is everybody's, `known` what may stand in braces here; raises ValueError."""
    method = part.text("method", "POST", among=("POST", "GET"))
    encoding = _encoding(part, method)
    call = Call(
        method=method,
        path=_path(part, known - {SIGN}),
        params=part.table("params"),
        headers=_headers(part),
        body=_body(part, encoding),
        encoding=encoding,
        signature=read_signature(part.part(SIGN)) if part.has(SIGN) else signature,
        numbers=_numbers(part, known - {SIGN, FIELDS}),
        drops_empty=part.flag("drop_empty"),
    )
    check_template(call.params, key=part.key("params"), known=known)
    check_template(call.headers, key=part.key("headers"), known=known)
    check_template(call.body, key=part.key(encoding), known=known)
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


def _encoding(part: Section, method: str) -> str:
    """The name of the body's key; of a call without a body, the first."""
    given = [name for name in _ENCODINGS if part.has(name)]
    if len(given) > 1 or (given and method == "GET"):
        raise part.wrong(given[0], "one of json, form and multipart, and none with GET")
    return given[0] if given else _ENCODINGS[0]


def _body(part: Section, encoding: str) -> Mapping[str, Any] | None:
    if not part.has(encoding):
        return None
    if encoding != "json":
        return part.table(encoding)
    body = part.take(encoding)
    if not isinstance(body, dict):
        raise part.wrong(encoding, "an object is wanted here")
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
    if call.signature is None:
        return
    if BODY in names_in(call.signature.text) and SIGN in names_in(call.body):
        raise part.wrong(f"{SIGN}.text", "it signs the body, which holds the signature")
    if not set(call.signature.fields or ()) <= set(signable(call)):
        raise part.wrong(f"{SIGN}.fields", "a field that is not sent, or holds the signature")
