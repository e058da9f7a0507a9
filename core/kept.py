"""Answers kept in the process for a moment: a question asked a hundred times a second is read once.

Only for what a visitor may see a moment late. What decides (an order, a payment) never asks here.
"""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.conf import settings

T = TypeVar("T")


class Kept(Generic[T]):
    """Up to `most` answers, each for `settings.KEPT_SECONDS`. "None" is an answer not kept.

    What is dear to ask and slow to change may name a longer time, `at_least` so many seconds.
    """

    def __init__(self, *, most: int, at_least: float = 0.0) -> None:
        self._most, self._at_least = most, at_least
        self._answers: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        found = self._answers.get(key)
        if found is not None and now < found[0]:
            return found[1]
        answer = ask()
        if answer is not None and settings.KEPT_SECONDS:
            if len(self._answers) >= self._most:
                self._answers.clear()
            seconds = max(settings.KEPT_SECONDS, self._at_least)
            self._answers[key] = (now + seconds, answer)
        return answer

    def forget(self) -> None:
        self._answers.clear()
