"""A log line holds no secret and no whole phone number."""

import io
import json
import logging
from datetime import datetime, timedelta

import pytest
import structlog
from structlog.stdlib import ProcessorFormatter

from core.logs import mask, say_request
from tests.conftest import client_of


@pytest.mark.parametrize("name", ["password", "secret", "api_key", "card_no", "csrf_token"])
def test_what_is_named_like_a_secret_is_hidden(name):
    assert mask(None, "", {name: "YK9F"}) == {name: "***"}


def test_the_middle_of_a_phone_is_hidden_wherever_it_stands():
    shown = mask(None, "", {"event": "sent to 13800138000", "order_id": 13800138000123})

    assert shown == {"event": "sent to 138****8000", "order_id": 13800138000123}


def test_a_code_of_an_error_stays_readable():
    assert mask(None, "", {"code": "out_of_stock"}) == {"code": "out_of_stock"}


def line_of(name, words, *args):
    ours = next(
        one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter)
    )
    return ours.format(logging.LogRecord(name, logging.ERROR, "", 1, words, args, None))


def test_a_requests_line_is_what_a_logger_would_write(capsys):
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id="R1")

    say_request(method="GET", route="o/<token>/", status=200, ms=1.5, phone="13800138000")

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("timestamp")).utcoffset() == timedelta(0)
    assert told == {
        "event": "request", "level": "info", "logger": "request", "request_id": "R1",
        "method": "GET", "route": "o/<token>/", "status": 200, "ms": 1.5, "phone": "138****8000",
    }  # fmt: skip


def test_a_request_is_answered_when_nobody_reads_the_log(monkeypatch):
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stderr", closed)

    say_request(method="GET")


@pytest.mark.parametrize(
    ("name", "words", "args", "event"),
    [
        ("django.request", "%s: %s", ("Internal Server Error", "/o/KEY/"), "Internal Server Error"),
        ("gunicorn.error", "Error handling request %s %s", ("GET", "/o/KEY/"),
         "Error handling request"),
        ("gunicorn.error", "Invalid request from ip=::1: Bad line 'GET /o/KEY/ x'", (),
         "Invalid request"),
        ("gunicorn.error", "Listening at: %s (%s)", ("http://0.0.0.0", 1),
         "Listening at: http://0.0.0.0 (1)"),
    ],
)  # fmt: skip
def test_no_server_and_no_framework_writes_an_address_down(name, words, args, event):
    assert json.loads(line_of(name, words, *args))["event"] == event


def test_an_address_that_is_not_there_is_not_written_down(shop, caplog):
    answer = client_of(shop).get("/o/THE-KEY-OF-AN-ORDER/")

    assert answer.status_code == 404
    assert "THE-KEY-OF-AN-ORDER" not in caplog.text
