"""What is said of one operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from rest_framework.serializers import Serializer

from core.errors import AppError


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`id` is what programs call it; `is_paged` takes `limit` and `after`; `query` is what else may
    stand in the address, and its schema."""

    id: str
    tag: str
    summary: str | Promise
    answers: Mapping[int, type[Serializer] | None]
    text: str | Promise = ""
    refuses: tuple[type[AppError], ...] = ()
    is_paged: bool = False
    is_idempotent: bool = False  # takes an Idempotency-Key
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
