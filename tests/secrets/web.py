"""A browser without pictures: forms with their tokens, at a shop's host on a port."""

import re
import time
from collections.abc import Callable
from typing import Any

import requests

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="request_key" value="([^"]+)"')
BANK = re.compile(r'href="(/sandbox/pay/[^"]+)"')
FACTOR_KEY = re.compile(r'class="qy-secret">([A-Z2-7]+)<')
PATIENCE = 90.0


class Browser:
    def __init__(self, port: int, host: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Host"] = f"{host}:{port}"
        self._token = ""

    def get(self, path: str) -> requests.Response:
        answer = self._session.get(self._base + path, allow_redirects=False, timeout=60)
        found = TOKEN.search(answer.text)
        self._token = found[1] if found else self._token
        return answer

    def post(self, path: str, form: dict[str, Any], **more: Any) -> requests.Response:
        given = form | {"csrfmiddlewaretoken": self._token}
        url = self._base + path
        return self._session.post(url, given, allow_redirects=False, timeout=60, **more)

    def done(self, path: str, form: dict[str, Any], **more: Any) -> requests.Response:
        answer = self.post(path, form, **more)
        assert answer.status_code in {200, 302}, (path, answer.status_code, answer.text[-2000:])
        return answer


def until(is_so: Callable[[], object], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (answer := is_so()):
        assert time.monotonic() < end, f"still waiting: {what}"
        time.sleep(0.3)
    return answer
