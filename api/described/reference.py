"""The API's description as a page shows it: read from the same document that programs read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.described.document import document

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    kind: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: str
    text: str
    example: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One operation. `body` and `example` empty: it takes no body."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    example: str
    answers: tuple[Answer, ...]
    errors: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    name: str
    title: str
    operations: tuple[Shown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a partner's own server is called with."""

    name: str
    text: str
    example: str


@lru_cache(maxsize=4)
def webhooks(*, language: str) -> tuple[Sent, ...]:
    found = document(language=language)["webhooks"]
    return tuple(
        Sent(name=name, text=said["post"]["summary"], example=_written(_body(said)))
        for name, said in found.items()
    )


def sample_sent(*, language: str, kind: str) -> str:
    """The body of a made-up event, as it comes in a sandbox."""
    body = _body(document(language=language)["webhooks"][kind])
    return _written(body | {"livemode": False, "is_test": True})


def _body(said: Mapping[str, Any]) -> dict[str, Any]:
    return dict(said["post"]["requestBody"]["content"][JSON]["example"])


@lru_cache(maxsize=4)
def chapters(*, language: str) -> tuple[Chapter, ...]:
    found = document(language=language)
    shown = list(_operations(found))
    return tuple(
        Chapter(
            name=tag["name"],
            title=tag["description"],
            operations=tuple(one for name, one in shown if name == tag["name"]),
        )
        for tag in found["tags"]
    )


def _operations(found: dict[str, Any]) -> Iterator[tuple[str, Shown]]:
    for path, methods in found["paths"].items():
        for method, said in methods.items():
            yield said["tags"][0], _shown(found, path, method, said)


def _shown(found: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Shown:
    media = said.get("requestBody", {}).get("content", {}).get(JSON)
    answers = [_answer(status, one) for status, one in said["responses"].items()]
    return Shown(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=said.get("description", ""),
        parameters=tuple(_parameter(one) for one in said.get("parameters", ())),
        body=tuple(_fields(found, media["schema"])) if media else (),
        example=_example(media) if media else "",
        answers=tuple(one for one in answers if one.status < "400"),
        errors=tuple(one for one in answers if one.status >= "400"),
    )


def _parameter(said: Mapping[str, Any]) -> Field:
    return Field(
        name=said["name"],
        kind=_kind(said["schema"]),
        is_required=said.get("required", False),
        text=said.get("description", ""),
    )


def _fields(found: dict[str, Any], schema: Mapping[str, Any]) -> Iterator[Field]:
    shape = found["components"]["schemas"][_name(schema)]
    for name, said in shape.get("properties", {}).items():
        yield Field(
            name=name,
            kind=_kind(said),
            is_required=name in shape.get("required", ()),
            text=said.get("description", ""),
        )


def _kind(schema: Mapping[str, Any]) -> str:
    """`string ≤ 40`, `a | b`, `array of OrdersInput`: short enough for a phone."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "$ref" in schema:
        return _name(schema)
    kind = schema.get("type", "object")
    kind = " | ".join(kind) if isinstance(kind, list) else kind
    if kind == "array":
        return f"array: {_kind(schema['items'])}"
    low, high = schema.get("minimum"), schema.get("maximum", schema.get("maxLength"))
    span = f"{low}–{high}" if low is not None and high is not None else f"≤ {high}"
    return f"{kind} {span}" if high is not None else kind


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _answer(status: str, said: Mapping[str, Any]) -> Answer:
    media = said.get("content", {}).get(JSON, {})
    told = [one["value"] for one in media.get("examples", {}).values()]
    is_error = status >= "400"
    return Answer(
        status=status,
        text=said.get("description", ""),
        example="" if is_error or not told else _written(told[0]),
        codes=tuple(one["error"]["code"] for one in told) if is_error else (),
    )


def _example(media: Mapping[str, Any]) -> str:
    return _written(next(iter(media["examples"].values()))["value"])


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
