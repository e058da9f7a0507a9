"""A log line holds no secret and no whole phone number."""

import json
import logging

import pytest
from structlog.stdlib import ProcessorFormatter

from core.logs import mask
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
