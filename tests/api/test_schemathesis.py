"""Whatever a program sends, right or wrong: no fault of ours, no answer that is not described.

Schemathesis makes the calls from the description: each value at its limits, wrong types, missing
and unknown fields, other methods, no key; and then some by chance.
"""

import copy
import re
from itertools import chain
from typing import Any

import pytest
import schemathesis
from schemathesis.config import PhasesConfig, SchemathesisConfig
from schemathesis.engine import events, from_schema

from api.described.document import document
from api.paging import CURSOR
from tests.api.things import Place, make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
EXAMPLES = 4  # of each operation by chance, beside its limits one by one


def described(place: Place, url: str) -> schemathesis.BaseSchema:
    given = copy.deepcopy(document(language="en"))
    schema = schemathesis.openapi.from_dict(given, config=SchemathesisConfig())
    schema.hook("map_body")(lambda _context, body: for_any_product(whole(body)))
    schema.hook("map_query")(lambda _context, query: from_the_newest(query))
    config = schema.config
    config.update(
        base_url=url,
        headers={"Host": place.host, "Authorization": f"Bearer {place.keyed.key}"},
        continue_on_failure=True,
    )
    config.generation.update(max_examples=EXAMPLES, deterministic=True, database="none")
    config.phases = PhasesConfig()
    config.phases.stateful.enabled = False
    return schema


def whole(value: Any) -> Any:
    """JSON has one kind of number, and a schema takes 52.0 for whole; the API does not."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(inner) for name, inner in value.items()}
    return [whole(inner) for inner in value] if isinstance(value, list) else value


def for_any_product(body: Any) -> Any:
    """Which fields of the buyer a product wants, the catalogue says and no description can: what is
    called by chance is not sent, what is no field at all is."""
    orders = body.get("orders") if isinstance(body, dict) else None
    for one in [body, *(orders if isinstance(orders, list) else [])]:
        fields = one.get("buyer") if isinstance(one, dict) else None
        if isinstance(fields, dict) and all(isinstance(text, str) for text in fields.values()):
            one["buyer"] = {}
    return body


def from_the_newest(query: Any) -> Any:
    """A cursor is enciphered: which of its form is one of the shop's, no description can say."""
    if isinstance(query, dict) and re.fullmatch(CURSOR, str(query.get("after"))):
        query["after"] = ""
    return query


def failures_of(found: events.EngineEvent) -> list[str]:
    """What went wrong, each with the call that shows it."""
    if isinstance(found, events.NonFatalError | events.FatalError):
        return [repr(found)]
    if not isinstance(found, events.ScenarioFinished):
        return []
    told = []
    for check in chain.from_iterable(found.recorder.checks.values()):
        if (why := check.failure_info) is not None:
            failure = f"{why.failure.title}\n{why.failure.message}\n{why.code_sample}"
            told.append(f"{found.label}: {check.name}: {failure}")
    return told


@pytest.mark.timeout(300)
def test_no_call_breaks_the_api_or_is_answered_otherwise_than_described(live_server):
    place, failures, calls = make_place("cloud"), [], 0

    for found in from_schema(described(place, live_server.url)).execute():
        failures += failures_of(found)
        calls += len(found.recorder.cases) if isinstance(found, events.ScenarioFinished) else 0

    if failures:
        pytest.fail("\n\n".join(failures), pytrace=False)
    assert calls > 500
