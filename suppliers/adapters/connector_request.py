"""What a recipe makes of an order: the request that goes out. Pure: it asks nobody anything."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

from core.money import write_e4
from core.secrets import Secret
from suppliers.adapters.connector_body import body_of, filled
from suppliers.adapters.connector_call import SIGN, signable
from suppliers.adapters.connector_sealing import BODY, sign, sign_text
from suppliers.adapters.connector_template import fill, names_in
from suppliers.adapters.connector_types import TIMES, Call, Exchange, Recipe
from suppliers.errors import Unspeakable
from suppliers.types import Account, PurchaseOrder, Request

SOMEBODY = Account(app_id="10001", secret=Secret("secret"))  # for a dry run without an account


def preview(
    recipe: Recipe,
    order: PurchaseOrder,
    number: str,
    now: datetime,
    *,
    account: Account = SOMEBODY,
) -> Request:
    """The order as it would go out; raises Unspeakable if the recipe has no words for it."""
    call = known(recipe.order).call
    if order.kind not in recipe.sells:
        raise Unspeakable("the recipe does not buy such goods")
    if recipe.most_quantity is not None and order.quantity > recipe.most_quantity:
        raise Unspeakable(f"the recipe buys at most {recipe.most_quantity} at once")
    values = known_values(recipe, account, now) | {
        "number": number,
        "product": order.product,
        "quantity": str(order.quantity),
        "target": order.target,
        "face_value": str(order.face_value),
    }
    if order.most_e4 is not None:
        values["most"] = write_e4(order.most_e4)
        values["most_each"] = write_e4(order.most_e4 // order.quantity)
    values |= {f"fields.{name}": value for name, value in order.fields.items()}
    return written(call, values, account)


def known(exchange: Exchange | None) -> Exchange:
    if exchange is None:
        raise Unspeakable("the recipe knows how the balance is asked, and no more")
    return exchange


def known_values(recipe: Recipe, account: Account, now: datetime) -> dict[str, str]:
    return {"app_id": account.app_id, "time": TIMES[recipe.time](now)}


def written(call: Call, values: Mapping[str, str], account: Account) -> Request:
    """A call with its names filled in, signed."""
    try:
        if call.signature is not None:
            values = {**values, SIGN: _signature(call, values, account.secret)}
        return _request(call, values)
    except KeyError:
        raise Unspeakable("a field of the recipe that the order does not have") from None
    except UnicodeEncodeError:
        raise Unspeakable("a character that cannot be written") from None


def _signature(call: Call, values: Mapping[str, str], key: Secret) -> str:
    assert call.signature is not None  # who calls has looked
    if call.signature.text:
        # Where the body holds the signature, the text does not speak of it.
        has_body = BODY in names_in(call.signature.text)
        body = body_of(call, values)[0].decode() if has_body else ""
        return sign_text(call.signature, {**values, BODY: body}, key)
    return sign(call, filled(signable(call), values, call), key)


def _request(call: Call, values: Mapping[str, str]) -> Request:
    path = fill(call.path, {name: _segment(values[name]) for name in names_in(call.path)})
    if call.params:
        path += "?" + urlencode(filled(call.params, values, replace(call, numbers=frozenset())))
    headers = {name: _header(fill(each, values)) for name, each in call.headers.items()}
    body, content_type = body_of(call, values)
    if content_type and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = content_type
    return Request(method=call.method, path=path, body=body, headers=headers)


def _segment(text: str) -> str:
    if not text.strip("."):
        raise Unspeakable("a path with nothing, or with dots, where a word is wanted")
    return quote(text, safe="")


def _header(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise Unspeakable("a header that cannot be sent")
    return text
