"""What the web server hands over, whatever it is, is answered."""

import io
import json

import pytest
from django.test import RequestFactory

from core.entry import Entry
from core.scope import tenant_atomic
from tests.channels.factories import make_keyed

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
KINDS = ["text/plain; x*=bogus'en'%41", "text/plain; x*=\0'en'%41", "a; charset=\xff", ";;;"]


def answer(method="GET", path="/", *, entry=None, **environ):
    told = []
    given = {"HTTP_HOST": "cloud.localhost", "wsgi.input": io.BytesIO()} | environ
    base = RequestFactory().generic(method, path).environ | given
    body = (entry or Entry())(base, lambda status, _headers, _why=None: told.append(status))
    return told[-1], b"".join(body).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_body_that_cannot_be_read_is_none(shop, kind):
    status, _page = answer(CONTENT_TYPE=kind)

    assert status == "200 OK"


def ordered(keyed, body):
    given = {
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_AUTHORIZATION": f"Bearer {keyed.key}",
        "wsgi.input": io.BytesIO(body),
    }
    return answer("POST", "/api/v1/orders", **given)


def test_a_body_in_chunks_is_read(shop):
    with tenant_atomic():
        keyed = make_keyed()

    status, page = ordered(keyed, b'{"sku": "NONE", "partner_order_no": "N1"}')

    assert (status, json.loads(page)["error"]["code"]) == ("404 Not Found", "not_for_sale")


def test_a_body_in_chunks_that_is_too_long_is_refused(shop, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 300_000
    with tenant_atomic():
        keyed = make_keyed()

    status, page = ordered(keyed, b'{"sku": "' + b"x" * 400_000 + b'"}')

    assert status == "413 Request Entity Too Large"
    assert json.loads(page)["error"]["code"] == "body_too_large"


class Broken(io.BytesIO):
    def read(self, _size=-1):
        raise ValueError("no chunk")


def test_chunks_that_are_none_are_refused(shop):
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Broken()}

    assert answer("POST", "/orders/find/", **environ)[0] == "400 Bad Request"


def test_what_escapes_the_framework_is_answered_and_no_address_logged(caplog):
    class Falling(Entry):
        def get_response(self, request):
            raise RuntimeError(request.path)

    status, page = answer(path="/o/THE-KEY/", entry=Falling())

    assert status == "500 Internal Server Error"
    assert "Your order and money are safe" in page
    assert "broken_outside" in caplog.text
    assert "THE-KEY" not in caplog.text
