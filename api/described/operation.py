"""What is said of one operation."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from rest_framework.serializers import Serializer

from api.fields import Shape
from api.paging import PARAMETERS
from core.errors import AppError


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`id` is what programs call it; `is_paged` takes `limit` and `after`; `query` is what else may
    stand in the address."""

    id: str
    tag: str
    summary: str | Promise
    answers: Mapping[int, type[Serializer] | None]
    text: str | Promise = ""
    refuses: tuple[type[AppError], ...] = ()
    is_paged: bool = False
    is_idempotent: bool = False  # takes an Idempotency-Key
    query: type[Shape] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """All that may stand in the address."""
        own = () if self.query is None else tuple(self.query().fields)
        return (*own, *(PARAMETERS if self.is_paged else ()))
