"""What there is to try in a sandbox, and how it ends: read from what makes it so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any

from channels.services.sandbox.partners import LEAST_E4, MOST_PER_SECOND, PLAY_E4
from channels.services.sandbox.trials import accounts, goods
from channels.services.webhooks.endpoints import OVERLAP
from channels.services.webhooks.sending import GIVES_UP_AFTER, MOST_TRIES, PATIENCE, WAITS
from core.money import write_e4
from core.spans import plain_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """`wait` before it, `since` the first one; the first has neither."""

    number: int
    wait: str
    since: str


def tries() -> Iterator[Try]:
    """When a webhook that nobody hears is sent."""
    yield Try(number=1, wait="", since="")
    for number, (wait, since) in enumerate(zip(WAITS, accumulate(WAITS), strict=True), start=2):
        yield Try(number=number, wait=_written(wait), since=_written(since))


def of_test_mode(*, root: str) -> dict[str, Any]:
    """What the page about the sandbox of the shop at `root` shows."""
    scheme, _slashes, host = root.partition("://")
    first, _dot, rest = host.partition(".")
    return {
        "goods": goods(),
        "accounts": accounts(),
        "play": write_e4(PLAY_E4),
        "least": write_e4(LEAST_E4),
        "pace": MOST_PER_SECOND,
        "twin": root if first.endswith("-test") else f"{scheme}://{first}-test.{rest}",
    }


def of_webhooks() -> dict[str, Any]:
    return {
        "tries": list(tries()),
        "most": MOST_TRIES,
        "patience": _written(timedelta(seconds=PATIENCE.in_all)),
        "given_up": GIVES_UP_AFTER.days,
        "overlap": _written(OVERLAP),
    }


def _written(span: timedelta) -> str:
    return plain_words(round(span.total_seconds()))
