"""A rule is held against the past."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.scope import tenant_atomic
from risk.bodies import read_body
from risk.selectors import tried_on_past
from tests.risk.factories import a_case, assess, body
from tests.times import NOON

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("shop")]


def test_of_the_past_only_what_a_rule_asks_is_read():
    assess(case=a_case())
    for _each in range(3):
        assess(case=a_case(moment="look_up"))
    tried = read_body(body({"fact": "channel", "op": "=", "value": "web"}))

    with tenant_atomic(), CaptureQueriesContext(connection) as asked:
        found = tried_on_past(body=tried, days=7, now=NOON)

    assert (found.looked_at, found.spoken) == (1, 1)
    [sql] = [one["sql"] for one in asked if "risk_assessment" in one["sql"]]
    assert """"moment" IN ('order')""" in sql
