"""What the web server hands over, whatever it is, is answered."""

import io

import pytest
from django.test import RequestFactory

from core.entry import Entry

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


def test_what_escapes_the_framework_is_answered_and_no_address_logged(caplog):
    class Broken(Entry):
        def get_response(self, request):
            raise RuntimeError(request.path)

    status, page = answer(path="/o/THE-KEY/", entry=Broken())

    assert status == "500 Internal Server Error"
    assert "Your order and money are safe" in page
    assert "broken_outside" in caplog.text
    assert "THE-KEY" not in caplog.text
