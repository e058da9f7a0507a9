"""Every route of both hosts, read from the resolver: a new one is in the matrix by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """`key` is what a rule is found by; a route without a name is known by its pattern."""

    host: str
    key: str
    pattern: str


def all_routes() -> list[Route]:
    shop = [Route("shop", *found) for found in _walk(get_resolver("config.urls"))]
    return shop + [Route("ops", *found) for found in _walk(get_resolver("config.urls_ops"))]


def _walk(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (f"{space}{entry.name}" if entry.name else here), here
        else:
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from _walk(entry, here, space + inner)
