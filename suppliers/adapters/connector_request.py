"""What a recipe makes of an order: the request that goes out. Pure: it asks nobody anything."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from core.secrets import Secret
from suppliers.adapters.canon import compact
from suppliers.adapters.connector_call import SIGN, signable
from suppliers.adapters.connector_sealing import sign
from suppliers.adapters.connector_section import fill, names_in
from suppliers.adapters.connector_types import TIMES, Call, Recipe
from suppliers.errors import Unspeakable
from suppliers.types import Account, PurchaseOrder, Request

SOMEBODY = Account(app_id="10001", secret=Secret("secret"))  # for a dry run without an account
_TYPES = {True: "application/x-www-form-urlencoded; charset=utf-8", False: "application/json"}


def preview(
    recipe: Recipe,
    order: PurchaseOrder,
    number: str,
    now: datetime,
    *,
    account: Account = SOMEBODY,
) -> Request:
    """The order as it would go out; raises Unspeakable if the recipe has no words for it."""
    values = known_values(recipe, account, now) | {
        "number": number,
        "product": order.product,
        "quantity": str(order.quantity),
        "target": order.target,
        "face_value": str(order.face_value),
    }
    values |= {f"fields.{name}": value for name, value in order.fields.items()}
    return written(recipe.order, values, account)


def known_values(recipe: Recipe, account: Account, now: datetime) -> dict[str, str]:
    return {"app_id": account.app_id, "time": TIMES[recipe.time](now)}


def written(call: Call, values: Mapping[str, str], account: Account) -> Request:
    """A call with its names filled in, signed."""
    try:
        if call.signature is not None:
            parts = {name: _filled(each, values, call) for name, each in signable(call).items()}
            values = {**values, SIGN: sign(call, parts, account.secret)}
        return _request(call, values)
    except KeyError:
        raise Unspeakable("a field of the recipe that the order does not have") from None
    except UnicodeEncodeError:
        raise Unspeakable("a character that cannot be written") from None


def _request(call: Call, values: Mapping[str, str]) -> Request:
    path = fill(call.path, {name: _segment(values[name]) for name in names_in(call.path)})
    if call.params:
        path += "?" + urlencode(_filled(call.params, values, replace(call, numbers=frozenset())))
    headers = {name: _header(fill(each, values)) for name, each in call.headers.items()}
    body = b""
    if call.body is not None:
        found = _filled(call.body, values, call)
        body = (urlencode(found) if call.is_form else compact(found)).encode()
        if "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = _TYPES[call.is_form]
    return Request(method=call.method, path=path, body=body, headers=headers)


def _filled(template: Any, values: Mapping[str, str], call: Call) -> Any:
    if isinstance(template, str):
        is_number = not call.is_form and template[:1] == "{" and template[1:-1] in call.numbers
        return _whole(values[template[1:-1]]) if is_number else fill(template, values)
    if isinstance(template, Mapping):
        return {name: _filled(each, values, call) for name, each in template.items()}
    if isinstance(template, list):
        return [_filled(each, values, call) for each in template]
    return template


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Unspeakable("a number is wanted where the order has none")
    return int(text)


def _segment(text: str) -> str:
    if not text.strip("."):
        raise Unspeakable("a path with nothing, or with dots, where a word is wanted")
    return quote(text, safe="")


def _header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise Unspeakable("a header that cannot be sent")
    return text
