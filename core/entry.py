"""The web process's application: what escapes the framework is answered and logged in our words."""

import sys
from collections.abc import Iterable
from typing import Any

import structlog
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

log = structlog.get_logger(__name__)
_BROKEN = (
    "系统出了点问题，您的订单和资金都是安全的。\n"
    "Something broke on our side. Your order and money are safe.\n"
)


class Heard(WSGIRequest):
    def _set_content_type_params(self, meta: Any) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # -- not in its stubs
        except (LookupError, ValueError):
            # A kind that cannot be read is none: who needs one refuses the body.
            meta["CONTENT_TYPE"] = ""
            self.content_type, self.content_params = "", {}


class Entry(WSGIHandler):
    request_class = Heard

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        try:
            return super().__call__(environ, start_response)
        except Exception:
            log.exception("broken_outside")  # the server would log the address, which may be a key
            kind = [("Content-Type", "text/plain; charset=utf-8")]
            start_response("500 Internal Server Error", kind, sys.exc_info())
            return [_BROKEN.encode()]
