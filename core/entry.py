"""The web process's application: what escapes the framework is answered and logged in our words."""

import io
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
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

    def __call__(  # type: ignore[override]  # -- a server takes any such iterable
        self, environ: Any, start_response: Any
    ) -> Iterable[bytes]:
        try:
            _measure(environ)
            return super().__call__(environ, start_response)
        except OSError as why:
            log.warning("body_broken_off", why=type(why).__name__)
            start_response("400 Bad Request", [("Content-Type", "text/plain")], sys.exc_info())
            return [b"The request could not be read.\n"]
        except Exception:
            log.exception("broken_outside")  # the server would log the address, which may be a key
            kind = [("Content-Type", "text/plain; charset=utf-8")]
            start_response("500 Internal Server Error", kind, sys.exc_info())
            return [_BROKEN.encode()]


def _measure(environ: Any) -> None:
    """Give a body that comes in chunks its length: without one the framework reads none of it.

    Of one that is too long so much is read that everybody who measures refuses it.
    """
    if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return
    try:
        body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    except Exception as why:  # every web server has its own
        raise OSError("the body cannot be read") from why
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
