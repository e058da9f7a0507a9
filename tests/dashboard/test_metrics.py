"""What Prometheus is told is true, kept from strangers, and all that its files ask for."""

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.models import OutboxRow
from core.scope import tenant_atomic
from core.sweeper import beat
from dashboard.ops import figures
from dashboard.ops.figures import BY_NAME, Reading
from fulfillment import services as fulfillment
from suppliers.models import Call
from suppliers.states import CallKind
from tests.catalog.factories import make_sku
from tests.conftest import client_of
from tests.emptying import new_tables
from tests.orders.factories import paid
from tests.suppliers.factories import make_offer

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROOT = Path(__file__).resolve().parents[2]
TOKEN = "for the tests only"
ASK = {"authorization": f"Bearer {TOKEN}"}
NAME = re.compile(r"quanyi_[a-z0-9_]+")
PARTS = re.compile(r"_(bucket|count|sum|total|created)$")


def names_in(text):
    return {PARTS.sub("", name) for name in NAME.findall(text)}


@pytest.fixture
def scrape(settings):
    settings.METRICS_TOKEN = TOKEN
    return lambda: Client(headers=ASK).get("/metrics").content.decode()


def test_metrics_are_closed_without_the_token(shop, settings):
    before = client_of(shop).get("/metrics", headers={"authorization": "Bearer "}).status_code

    settings.METRICS_TOKEN = TOKEN
    wrong = client_of(shop).get("/metrics", headers={"authorization": "Bearer guessed"})
    right = client_of(shop).get("/metrics", headers=ASK)

    assert (before, wrong.status_code, right.status_code) == (404, 404, 200)


def test_what_is_told_is_what_the_rows_say(shop, scrape):
    now = timezone.now()
    with tenant_atomic():
        done, _open = paid(now=now), paid(make_sku(kind="by_hand"), now=now)
        fulfillment.open_units(order_id=done.pk, now=now + timedelta(seconds=3))
        OutboxRow.objects.update(next_at=now - timedelta(minutes=5))
    beat("sweeper", now=now - timedelta(minutes=3))
    client_of(shop).get("/nothing/is/here/")

    told = scrape()

    value = dict(line.rsplit(" ", 1) for line in told.splitlines() if not line.startswith("#"))
    assert value['quanyi_orders_recent{state="completed"}'] == "1.0"
    assert value['quanyi_orders_recent{state="paid"}'] == "1.0"
    assert float(value['quanyi_delivery_seconds{quantile="0.95"}']) == 3
    assert float(value["quanyi_outbox_lag_seconds"]) >= 300
    assert float(value["quanyi_sweeper_age_seconds"]) >= 180
    assert value['quanyi_http_requests_total{method="GET",route="-",status="404"}'] >= "1.0"
    assert {v for name, v in value.items() if name.startswith("quanyi_reading_failed")} == {"0.0"}
    assert "cloud" not in told


def test_a_reading_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(figures, "PATIENCE", "10ms")

    assert figures.read(Reading("slow", "SELECT pg_sleep(9)", {}), now=timezone.now()) is None


@pytest.mark.parametrize(
    ("reading", "index"),
    [
        ("orders_open", "order_to_decide"), ("orders_recent", "order_newest"),
        ("delivery", "order_newest"), ("units", "unit_unfinished"), ("units_stuck", "unit_due"),
        ("outbox", "outbox_unheard"),
        ("webhooks", "webhook_event_old"), ("webhooks_due", "webhook_delivery_due"),
        ("risk", "assessment_oldest"), ("refunds", "refund_due"),
    ],
)  # fmt: skip
def test_a_reading_follows_its_index(reading, index):
    with new_tables():
        plan = plan_of(reading)

    assert index in plan, plan


def test_the_calls_of_suppliers_are_read_by_their_time(shop):
    """On rows: of an empty table any index will do."""
    now = timezone.now()
    with tenant_atomic():
        supplier = make_offer().supplier
        said = {"kind": CallKind.BUY, "outcome": "success", "is_bad": False, "took_ms": 9}
        hours = (now - timedelta(hours=hour) for hour in range(2000))
        Call.objects.bulk_create(Call(supplier=supplier, at=at, **said) for at in hours)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE suppliers_call, suppliers_supplier, suppliers_attempt")

    assert "calls_of_supplier" in plan_of("suppliers")


def plan_of(reading):
    now = timezone.now()
    with connections["ops"].cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        given = {"now": now, "recent": now, "late": now}
        cursor.execute(f"EXPLAIN {BY_NAME[reading].sql}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    return plan


def test_dashboard_alerts_and_handbook_name_what_there_is(scrape):
    there = names_in("\n".join(re.findall(r"^# HELP (\S+)", scrape(), re.M)))
    rules = (ROOT / "deploy/prometheus/rules.yml").read_text()
    board = (ROOT / "deploy/grafana/quanyi.json").read_text()
    handbook = (ROOT / "docs/operations/metrics.md").read_text()
    alerts = [rule["alert"] for group in yaml.safe_load(rules)["groups"] for rule in group["rules"]]

    assert names_in(rules) | names_in(board) <= there
    assert json.loads(board)["panels"]
    assert names_in(handbook) == there
    assert [name for name in alerts if f"### {name}\n" not in handbook] == []


COUNTING = """
import os, sys
from core import metrics

def count():
    child = os.fork()
    if child == 0:
        metrics.count_request(method="GET", route="o/<token>/", status=200, seconds=0.01)
        os._exit(0)
    os.waitpid(child, 0)
    return child

first, second = count(), count()
before = metrics.told()
metrics.fold(first), metrics.fold(second), metrics.fold(count())
print(len(os.listdir(sys.argv[1])), before.decode(), metrics.told().decode(), sep="\\n--\\n")
"""


def test_what_an_ended_worker_counted_is_kept_and_its_file_is_not(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", COUNTING, str(tmp_path)], cwd=ROOT, check=True, text=True,
        capture_output=True, env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
    ).stdout  # fmt: skip

    files, before, after = told.split("\n--\n")
    line = 'quanyi_http_requests_total{method="GET",route="o/<token>/",status="200"} '
    count = 'quanyi_http_request_seconds_count{face="shop"} '
    assert (f"{line}2.0" in before, f"{line}3.0" in after) == (True, True)
    assert (f"{count}2.0" in before, f"{count}3.0" in after) == (True, True)
    assert int(files) <= 5  # a lock, the folded ones, the parent's own
