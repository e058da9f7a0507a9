"""Structured logs: one JSON line an event, with request id and tenant, and without secrets."""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import structlog

_HIDDEN = re.compile(
    r"password|secret|token|code_text|authorization|cookie|csrf|card|api_key", re.I
)
_SAFE = frozenset({"code", "status_code", "error_code"})
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")


def mask(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what is named like a secret, and the middle of anything that looks like a phone."""
    for key, value in event.items():
        if _HIDDEN.search(key) and key not in _SAFE:
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = _PHONE.sub(r"\1****\2", value)
    return event


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


_requests = logging.getLogger("request")
_LINE = json.JSONEncoder(ensure_ascii=False, default=str)


def say_request(**said: Any) -> None:
    """The line of a request that was answered, as a logger of this name would write it: the three
    records and two formatters of its way took a twentieth of an order's time."""
    if not _requests.isEnabledFor(logging.INFO):
        return
    event = said | structlog.contextvars.get_contextvars()
    event |= {
        "event": "request", "level": "info", "logger": "request",
        "timestamp": f"{datetime.now(UTC).replace(tzinfo=None).isoformat()}Z",
    }  # fmt: skip
    line = _LINE.encode(mask(None, "info", event))
    # Who reads it may be gone: the answer goes out all the same.
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")


# What the web server says in these words goes on with an address, or with a line that it could not
# read.
_SERVER = re.compile(r"Error handling request|Invalid request")


def _no_address(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Neither the framework nor the web server names an address: some are keys."""
    name, said = event["_record"].name, str(event["event"])
    if name == "django.request":
        event["event"] = said.partition(": ")[0]
    elif name == "gunicorn.error" and (found := _SERVER.match(said)):
        event["event"] = found[0]
    return event


def configure(options: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG hook; `options["level"]` is the root level."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_SHARED, _no_address],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # A traceback's text may quote values: name, place and message class only.
            _short_error,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": json_lines},
            "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["out"], "level": options["level"]},
            "loggers": {
                "django.server": {"level": "WARNING"},
                # Its warnings name the address asked for, and some addresses are keys. The line of
                # core.middleware says what was answered, by the route's pattern.
                "django.request": {"level": "ERROR"},
                "django.security.csrf": {"level": "ERROR"},
                "gunicorn.error": {"level": "INFO", "handlers": ["out"], "propagate": False},
                "celery": {"level": "WARNING"},
                "kombu": {"level": "WARNING"},
            },
        }
    )


def _short_error(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Type and places of an exception; its message and locals may hold a secret."""
    error = event.pop("exc_info", None)
    if error is True:
        import sys  # noqa: PLC0415 -- only when something broke

        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if error and error[0] is not None:
        event["error"] = error[0].__name__
        event["at"] = _places(error[2])
    return event


def _places(trace: Any) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


@contextmanager
def bind_task(name: str, tenant_id: int) -> Iterator[None]:
    with structlog.contextvars.bound_contextvars(task=name, tenant=tenant_id):
        yield
