"""How an operation of `described.operations` becomes OpenAPI: errors, headers and names alike."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiRequest, OpenApiResponse
from rest_framework.serializers import Serializer

from api import errors as own
from api.described.advice import ADVICE
from api.described.examples import ANSWERS, BODIES
from api.described.operation import Operation
from api.described.operations import OPERATIONS
from api.fields import Shape, Text
from api.paging import CURSOR, MOST, USUAL
from api.refusals import type_of
from api.schemas import Error
from api.versions import HEADER, KNOWN
from channels import errors as channels
from core.errors import (
    AddressTooLong,
    AddressUnreadable,
    AppError,
    Broken,
    InvalidInput,
    NotFound,
    RequestUnreadable,
    TooManyTries,
    Unavailable,
    UnknownField,
)
from tenants.errors import ShopSuspended, ShopUnknown

ALWAYS: tuple[type[AppError], ...] = (
    own.KeyMissing, channels.KeyRefused, channels.AddressRefused, channels.ScopeMissing,
    channels.PartnerSuspended, own.TooFast, own.VersionUnknown, own.VersionEnded,
    own.UnknownParameter, own.AnswerKindUnknown, TooManyTries, AddressTooLong,
    AddressUnreadable, RequestUnreadable, ShopUnknown, ShopSuspended, Broken, Unavailable,
)  # fmt: skip
WITH_BODY: tuple[type[AppError], ...] = (
    own.Unreadable, own.BodyTooLarge, own.BodyKindUnknown, UnknownField, InvalidInput,
)  # fmt: skip
PAGED: tuple[type[AppError], ...] = (InvalidInput, own.CursorUnknown)
# Of a version that is to end alone.
ENDING = {
    "Deprecation": _("Of a version that is to end: since when there is a newer one."),
    "Sunset": _("Of a version that is to end: until when it is answered."),
    "Link": _("Of a version that is to end: the page that tells what is to be changed."),
}
REQUEST_ID = "5f0c2a6b1d8e4b7f9a3c6d2e8b1f4a70"


def refusals_of(operation: Operation, *, has_body: bool, has_path: bool) -> list[type[AppError]]:
    """All that it may be refused with, each once."""
    given = [*ALWAYS, *operation.refuses]
    given += WITH_BODY if has_body else ()
    given += PAGED if operation.is_paged else ()
    given += [NotFound] if has_path else ()
    return list(dict.fromkeys(given))


def error_example(error: type[AppError]) -> dict[str, Any]:
    means, _todo = ADVICE[error]
    told = {"type": type_of(error.status), "code": error.code, "message": str(means)}
    page = f"https://shop.example.com/developers/errors/#{error.code}"
    more: dict[str, Any] = {"param": None, "data": {}, "doc_url": page, "request_id": REQUEST_ID}
    return {"error": told | more}


class PartnerSchema(AutoSchema):
    """The framework's describer, with our table instead of its guesses."""

    view: Any

    @property
    def operation(self) -> Operation:
        return OPERATIONS[f"{self.method} {type(self.view).__name__}"]

    def get_operation_id(self) -> str:
        return self.operation.id

    def get_tags(self) -> list[str]:
        return [self.operation.tag]

    def get_summary(self) -> str:
        return str(self.operation.summary)

    def get_description(self) -> str:  # type: ignore[override]  # -- as drf-spectacular has it
        text = str(self.operation.text)
        scope = self.view.needs.get(self.method)
        needed = _("Needs a key with the right “%(scope)s”.") % {"scope": scope} if scope else ""
        return " ".join(part for part in (text, str(needed)) if part)

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"key": []}]

    def get_extensions(self) -> dict[str, Any]:
        return {"x-scope": str(self.view.needs[self.method])}

    def get_request_serializer(self) -> Any:
        if self.method not in {"POST", "PATCH"}:
            return None
        example = OpenApiExample("example", value=BODIES[self.operation.id])
        return OpenApiRequest(self.view.Input, examples=[example])

    def get_response_serializers(self) -> Any:
        told: dict[int, Any] = {}
        for code, shape in self.operation.answers.items():
            told[code] = _answered(shape, str(self.operation.summary))
        errors = refusals_of(
            self.operation,
            has_body=self.method in {"POST", "PATCH"},
            has_path="{" in self.path,
        )
        for status in sorted({error.status for error in errors}):
            told[status] = _refused([error for error in errors if error.status == status])
        return told

    def get_override_parameters(self) -> list[Any]:
        return [*self._asked(), *self._answered()]

    def _asked(self) -> Iterator[OpenApiParameter | type[Shape]]:
        version = _("The API's version by date; without it, the one that the key keeps to.")
        yield OpenApiParameter(
            HEADER, str, OpenApiParameter.HEADER, description=str(version), enum=sorted(KNOWN)
        )
        if self.operation.is_idempotent:
            once = _("Send a new UUID with each order, and the same one when you repeat it.")
            yield OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                description=str(once),
                pattern=r"^[!-~]{0,255}$",
            )
        if self.operation.is_paged:
            yield from _paging()
        if self.operation.query is not None:
            yield self.operation.query

    def _answered(self) -> Iterator[OpenApiParameter]:
        everywhere = list(self.get_response_serializers())
        yield _told("X-Request-Id", str, _("Names the call in the request log."), everywhere)
        yield _told(HEADER, str, _("The version of the answer."), everywhere)
        for name, text in ENDING.items():
            yield _told(name, str, text, everywhere)
        for name in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
            yield _told(name, str, _("Calls in this second."), list(self.operation.answers))
        waits = _("Seconds until it is worth a new try.")
        yield _told("Retry-After", str, waits, [429, 503])
        if self.operation.is_idempotent:
            again = _("“true”: this was answered before.")
            yield _told("Idempotent-Replayed", str, again, list(self.operation.answers))

    def _map_serializer_field(self, field: Any, *given: Any, **named: Any) -> Any:
        found = super()._map_serializer_field(field, *given, **named)  # type: ignore[no-untyped-call]  # -- its own
        if isinstance(field, Text):
            return {"pattern": field.pattern} | found
        return found

    def get_serializer_name(self, serializer: Serializer, direction: str) -> str:
        """`Orders.Input` is nested in its view: the view's name tells it from the others."""
        return type(serializer).__qualname__.replace(".", "")


def _answered(shape: type[Serializer] | None, text: str) -> OpenApiResponse:
    examples = [OpenApiExample("example", value=ANSWERS[shape])] if shape else []
    return OpenApiResponse(shape, description=text, examples=examples)


def _refused(errors: list[type[AppError]]) -> OpenApiResponse:
    examples = [OpenApiExample(error.code, value=error_example(error)) for error in errors]
    lines = [f"- `{error.code}`: {ADVICE[error][0]}" for error in errors]
    return OpenApiResponse(Error, description="\n".join(lines), examples=examples)


def _told(name: str, kind: type, text: Any, statuses: list[int]) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, response=statuses, description=str(text)
    )


def _paging() -> Iterator[OpenApiParameter]:
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    yield OpenApiParameter("limit", limit, description=str(_("How many at most.")))
    after = {"type": "string", "pattern": f"^({CURSOR})?$"}
    yield OpenApiParameter("after", after, description=str(_("The last page's “next”.")))
