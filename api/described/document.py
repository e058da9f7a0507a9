"""The API's description as one document, made once in each language."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from api.described.hooks import sent
from api.described.operations import TAGS
from api.versions import NEWEST

PREFIX = "/api/v1/"
Endpoint = tuple[str, str, str, Any]


def only_ours(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Neither suppliers' callbacks nor the doors that speak others' protocols."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(PREFIX)]


def tidy(result: dict[str, Any], **_framework: Any) -> dict[str, Any]:
    """A body has no fields but those named; and no marks of the framework's own."""
    shapes = result["components"]["schemas"]
    for name, shape in shapes.items():
        if name.endswith("Input"):
            shape["additionalProperties"] = False
        _unmark(shape.get("properties", {}).values())
    for methods in result["paths"].values():
        for operation in methods.values():
            _unmark(one["schema"] for one in operation.get("parameters", ()))
    return result


def _unmark(fields: Iterable[dict[str, Any]]) -> None:
    for field in fields:
        for part in (field, field.get("items", {})):
            part.pop("x-spec-enum-id", None)


@lru_cache(maxsize=4)
def document(*, language: str) -> dict[str, Any]:
    """The whole of it, OpenAPI 3.1; nobody changes what is kept here."""
    with translation.override(language):
        maker: Any = SchemaGenerator
        found: dict[str, Any] = maker(urlconf="config.urls").get_schema(public=True)
        parts = {"components": found["components"] | _security(), "webhooks": sent()}
        return found | _frame() | parts


def _frame() -> dict[str, Any]:
    return {
        "info": {
            "title": _("Partner API"),
            "version": NEWEST,
            "description": _(
                "Sell a shop's memberships, cards and top-ups in your own app. Begin with the "
                "quick start under /developers/."
            ),
        },
        "servers": [{"url": "/", "description": _("The shop's own host")}],
        "tags": [{"name": name, "description": str(text)} for name, text in TAGS.items()],
    }


def _security() -> dict[str, Any]:
    text = _("“Authorization: Bearer qy_live_…”, or “qy_test_…” in the sandbox.")
    return {"securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": text}}}
