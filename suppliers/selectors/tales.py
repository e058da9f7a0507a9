"""How a sandbox's supplier plays what is ordered of it."""

from collections.abc import Mapping
from types import MappingProxyType

from suppliers.abilities import Verdict
from suppliers.adapters.sandbox import ACCOUNTS, MISSED, TALES, VERDICTS
from suppliers.types import Tale


def tales_of_products() -> Mapping[str, Tale]:
    """Of codes, by the supplier's product; any other comes at once."""
    return MappingProxyType(TALES)


def tales_of_accounts() -> Mapping[str, Tale]:
    """Of top-ups, by the account; any other succeeds."""
    return MappingProxyType(ACCOUNTS)


def verdicts_of_accounts() -> Mapping[str, str]:
    """What a check says of those accounts; of any other, yes."""
    return MappingProxyType({one: str(VERDICTS.get(one, Verdict.YES)) for one in ACCOUNTS})


def every_so_many_missed() -> int:
    """Of a partial order one in so many things is not to be had."""
    return MISSED
