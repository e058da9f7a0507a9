"""Answers kept in the process for a moment: a question asked a hundred times a second is read once.

Only for what a visitor may see a moment late. What decides (an order, a payment) never asks here;
but for the risk rules, of which nobody expects that they hold sooner than in seconds.
"""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.conf import settings

T = TypeVar("T")
MEANWHILE = 0.5  # seconds that a question may take before another visitor asks it, too


class Kept(Generic[T]):
    """Up to `most` answers, each for `settings.KEPT_SECONDS`. "None" is an answer not kept.

    What is dear to ask and slow to change may name a longer time, `at_least` so many seconds. When
    its time is over, one visitor asks again; who comes meanwhile is still told the old answer.
    """

    def __init__(self, *, most: int, at_least: float = 0.0) -> None:
        self._most, self._at_least = most, at_least
        self._answers: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        found = self._answers.get(key)
        if found is not None:
            if now < found[0]:
                return found[1]
            # The many who see a page run out in the same moment do not all draw it anew.
            self._answers[key] = (now + MEANWHILE, found[1])
        try:
            answer = ask()
        except Exception:
            self._answers.pop(key, None)  # a refusal is news as well
            raise
        if answer is None or not settings.KEPT_SECONDS:
            self._answers.pop(key, None)
            return answer
        if len(self._answers) >= self._most:
            self._answers.clear()
        seconds = max(settings.KEPT_SECONDS, self._at_least)
        self._answers[key] = (now + seconds, answer)
        return answer

    def forget(self) -> None:
        self._answers.clear()
