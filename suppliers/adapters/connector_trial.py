"""A recipe tried out: what it would send, and how it would read an answer. Nothing is sent.

What goes wrong is told in words that end with the merchant who wrote the recipe.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.secrets import MASK
from suppliers.adapters.connector_answer import object_of, read_answer, read_balance
from suppliers.adapters.connector_request import known, known_values, preview, written
from suppliers.adapters.connector_template import names_in
from suppliers.adapters.connector_types import Call, Recipe
from suppliers.errors import NoAnswer, Unspeakable
from suppliers.types import Account, Answer, Outcome, PurchaseOrder, Reply, Request

NUMBER = "A1B2C3D4E5F6G7H8"
_FIELD = "fields."


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """One call of a recipe: `text` is the request as it would go out, without the address before
    its path; or `why` there is none."""

    call: str
    text: str = ""
    why: str = ""


def requests_of(
    recipe: Recipe, order: PurchaseOrder, *, account: Account, now: datetime
) -> list[Tried]:
    """What is asked: the order, the query and the balance, as far as the recipe has them.

    A field that the order lacks is shown by its own name: the buyer will fill it in. Its kind gives
    way to one that the recipe buys.
    """
    values = known_values(recipe, account, now)

    def ask_order() -> Request:
        call = known(recipe.order).call
        kind = order.kind if order.kind in recipe.sells else min(recipe.sells)
        filled = replace(order, kind=kind, fields={**_named(call), **order.fields})
        return preview(recipe, filled, NUMBER, now, account=account)

    def ask_query() -> Request:
        return written(known(recipe.query).call, {**values, "number": NUMBER}, account)

    found = [] if recipe.order is None else [("order", ask_order), ("query", ask_query)]
    if balance := recipe.balance:
        found.append(("balance", lambda: written(balance.call, values, account)))
    return [_tried(call, ask, account) for call, ask in found]


def read_sample(recipe: Recipe, call: str, body: bytes) -> Answer:
    """How `body` would be read as the answer to `call`; a balance is a success that costs it.

    The number in it is taken for ours: the sample is of another order. Raises as reading does.
    """
    found = object_of(Reply(status=200, body=body))
    if call == "balance":
        if recipe.balance is None:
            raise NoAnswer("the recipe has no balance")
        return Answer(outcome=Outcome.SUCCESS, cost_e4=read_balance(found, recipe.balance))
    reading = known(recipe.order if call == "order" else recipe.query).reading
    return read_answer(found, replace(reading, number=""), number=NUMBER)


def _tried(call: str, ask: Callable[[], Request], account: Account) -> Tried:
    try:
        request = ask()
    except Unspeakable as why:
        return Tried(call=call, why=str(why))
    secret = account.secret.reveal()
    return Tried(call=call, text=_text(request).replace(secret, MASK) if secret else _text(request))


def _text(request: Request) -> str:
    lines = [f"{request.method} {request.path}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    body = request.body.decode()
    return "\n".join([*lines, "", body]) if body else "\n".join(lines)


def _named(call: Call) -> Mapping[str, str]:
    sent: list[Any] = [call.path, dict(call.params), dict(call.headers), call.body]
    wanted = {name.removeprefix(_FIELD) for name in names_in(sent) if name.startswith(_FIELD)}
    return {name: name for name in wanted}
