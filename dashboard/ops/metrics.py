"""`/metrics` for Prometheus, on any host; closed to whoever does not say the token."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.errors import NotFound
from core.metrics import told
from core.nudge import count_waiting
from core.pages import refused
from dashboard.ops.figures import Reading, Row, read_all
from dashboard.ops.health import LINES


class Figures(Collector):
    """The readings as metrics; one that failed is missing, and counted."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        failed = GaugeMetricFamily(
            "quanyi_reading_failed", "Readings that the database did not answer.", labels=["name"]
        )
        for reading, rows in read_all(now=self._now):
            failed.add_metric([reading.name], float(rows is None))
            yield from _metrics(reading, rows or [])
        yield failed
        yield _lines()


def _metrics(reading: Reading, rows: list[Row]) -> Iterator[Metric]:
    width = len(reading.labels)
    for place, (name, says) in enumerate(reading.gauges.items(), start=width):
        metric = GaugeMetricFamily(name, says, labels=reading.labels)
        for row in rows:
            metric.add_metric([str(word) for word in row[:width]], float(row[place]))
        yield metric


def _lines() -> Metric:
    metric = GaugeMetricFamily(
        "quanyi_line_length",
        "Nudges that wait for a worker; none: no broker.",
        labels=["line"],
    )
    for line in LINES:
        waiting = count_waiting(line)
        if waiting is not None:
            metric.add_metric([line], waiting)
    return metric


def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        return refused(request, NotFound())
    body = told(Figures(now=timezone.now()))
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)
