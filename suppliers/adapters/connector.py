"""Any supplier whose protocol a merchant can describe: it is asked by a recipe, not by code.

What the recipe does not say is UNKNOWN, and what goes wrong with it before a call sends nothing.
It is polled: an unknown supplier's callback could not be verified.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from core.secrets import Secret
from suppliers.adapters.connector_answer import object_of, read_answer, read_balance
from suppliers.adapters.connector_recipe import read_recipe
from suppliers.adapters.connector_request import known, known_values, preview, written
from suppliers.adapters.connector_types import Recipe
from suppliers.errors import BadSignature, Unspeakable
from suppliers.types import (
    Account,
    Answer,
    Callback,
    PurchaseOrder,
    Transport,
    clean_words,
)

__all__ = ["Connector", "Recipe", "preview", "read_recipe"]


class Connector:
    """`further["recipe"]` holds the recipe's JSON; the secret is what it signs with."""

    name = "connector"
    acknowledgement = b""
    settle_window = timedelta(minutes=10)  # whose, nobody knows
    is_plain = False

    def __init__(self, *, account: Account, http: Transport, clock: Callable[[], float]) -> None:
        self._account, self._http, self._clock = account, http, clock

    @staticmethod
    def check_secrets(secrets: Mapping[str, Secret]) -> str:
        """What is wrong with the recipe, by its key; empty if nothing is."""
        try:
            read_recipe(secrets["recipe"].reveal() if "recipe" in secrets else "")
        except ValueError as why:
            return clean_words(str(why))
        return ""

    def buy(self, *, order: PurchaseOrder, number: str) -> Answer:
        recipe = self._recipe()
        request = preview(recipe, order, number, self._now(), account=self._account)
        found = object_of(self._http.send(request))
        return read_answer(found, known(recipe.order).reading, number=number)

    def query(self, *, number: str) -> Answer:
        recipe = self._recipe()
        query = known(recipe.query)
        values = known_values(recipe, self._account, self._now()) | {"number": number}
        found = object_of(self._http.send(written(query.call, values, self._account)))
        return read_answer(found, query.reading, number=number)

    def balance_e4(self) -> int:
        recipe = self._recipe()
        if recipe.balance is None:
            raise Unspeakable("the recipe has no balance")
        values = known_values(recipe, self._account, self._now())
        found = object_of(self._http.send(written(recipe.balance.call, values, self._account)))
        return read_balance(found, recipe.balance)

    def read_callback(self, *, body: bytes, headers: Mapping[str, str]) -> Callback:
        raise BadSignature("this supplier is polled")

    def _recipe(self) -> Recipe:
        text = self._account.further.get("recipe")
        if text is None:
            raise Unspeakable("a recipe is missing")
        try:
            return read_recipe(text.reveal())
        except ValueError as why:
            raise Unspeakable(f"the recipe: {why}") from None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
