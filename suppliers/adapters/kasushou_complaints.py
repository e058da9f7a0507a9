"""Complaints at Kasushou: how one is made, and what is told of it afterwards.

Its quirk: orders and complaints are told of in much the same words under the same signature, so
that one told in the other's place must be known by the fields that it has.
"""

from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from suppliers.abilities import AfterSale, Complaint, Handling
from suppliers.adapters.canon import compact, read_body
from suppliers.errors import BadSignature, NoAnswer
from suppliers.types import Answer, Outcome

Ask = Callable[[str, Mapping[str, Any]], tuple[int, str, Any]]
_OK, _REFUSED = 200, 400
_HANDLING = {2: Handling.PROCESSING, 3: Handling.DONE, 4: Handling.ENDED}
_FIELDS = {"ordersn", "status", "content", "screenshot", "time", "sign"}


def complain(ask: Ask, complaint: Complaint, *, no_refusal: tuple[str, ...]) -> Answer:
    """`no_refusal` are words of theirs after which it may stand there all the same."""
    said = {
        "ordersn": complaint.supplier_ref,
        "content": complaint.text,
        "screenshot": "",
        "url": complaint.callback_url,
    }
    code, message, _ticket = ask("order/complain", said)
    if code == _REFUSED and message and not any(word in message for word in no_refusal):
        return Answer(outcome=Outcome.REJECTED, reason=message)
    if code != _OK:
        raise NoAnswer(f"{code} {message}")
    return Answer(outcome=Outcome.ACCEPTED, supplier_ref=complaint.supplier_ref)


def read_after_sale(body: bytes, *, sign: Callable[[str, str], str]) -> AfterSale:
    said = read_body(body)
    signed = {name: said[name] for name in sorted(said) if name != "sign"}
    words = compact(signed).replace("/", "\\/")
    signature = sign(str(said["time"]), words)
    if not compare_digest(str(said["sign"]).encode(), signature.encode()):
        raise BadSignature("the callback is not signed by this supplier")
    if said.keys() != _FIELDS:
        raise NoAnswer("it tells of something else than a complaint")
    return AfterSale(
        supplier_ref=str(said["ordersn"]),
        handling=_HANDLING[int(said["status"])],
        said=str(said["content"] or ""),
    )
