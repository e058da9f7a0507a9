"""One shape for every state machine: a table of allowed moves, a history row per move."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import AppError
from core.scope import TenantModel

S = TypeVar("S", bound=StrEnum | models.TextChoices)


class MoveRefused(AppError):
    code = "move_refused"


def check_move(moves: Mapping[S, frozenset[S]], old: S, new: S) -> None:
    if new not in moves[old]:
        raise MoveRefused(
            _("It has moved on meanwhile. Reload the page to see how it stands."),
            old=str(old),
            new=str(new),
        )


class Move(TenantModel):
    """One step of one thing's life: who or what moved it, from, to, why, when.

    Concrete histories add a `TenantForeignKey` to the thing. `reason` is a stable code that pages
    translate, with its details in `data`; it never holds a secret.
    """

    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=60)
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.old} -> {self.new}"


def state_known(states: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """The database knows the same states as the code does."""
    return models.CheckConstraint(condition=models.Q(state__in=states.values), name=name)
