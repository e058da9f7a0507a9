"""A bare HTTP client and, for each protocol, a client written from its signing rules alone."""

import hashlib
import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

FULU_SECRET = "0a091b3aa4324435aab703142518a8f7"
FULU_KEY = "i4esv1l+76l/7NQCL3QudG90Fq+YgVfFGJAWgT+7qO1Bm9o/adG/1iwO2qXsAXNB"
KASUSHOU_KEY = "H0YnuPpcVtx7rQdMTbjN6932s5oDOqFa"


@dataclass(frozen=True)
class Said:
    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def post(url: str, body: bytes, headers: dict[str, str] | None = None, timeout: float = 20) -> Said:
    return _send("POST", url, body, headers, timeout)


def get(url: str, headers: dict[str, str] | None = None, timeout: float = 20) -> Said:
    return _send("GET", url, None, headers, timeout)


def _send(
    method: str, url: str, body: bytes | None, headers: dict[str, str] | None, timeout: float
) -> Said:
    parts = urlsplit(url)
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Said(response.status, response.read(), dict(response.getheaders()))
    finally:
        connection.close()


@dataclass(frozen=True)
class FuluClient:
    base_url: str
    app_key: str = FULU_KEY
    secret: str = FULU_SECRET

    def call(self, method: str, *, timeout: float = 20, **biz: Any) -> Said:
        return self.send(self.envelope(method, **biz), timeout=timeout)

    def send(self, envelope: dict[str, str], *, timeout: float = 20) -> Said:
        body = json.dumps(envelope).encode()
        return post(f"{self.base_url}/fulu/api/getway", body, timeout=timeout)

    def envelope(self, method: str, **biz: object) -> dict[str, str]:
        fields = {
            "app_key": self.app_key,
            "method": method,
            "timestamp": "2024-01-02 03:04:05",
            "version": "2.0",
            "format": "json",
            "charset": "utf-8",
            "sign_type": "md5",
            "app_auth_token": "",
            "biz_content": json.dumps(biz, ensure_ascii=False, separators=(",", ":")),
        }
        return fields | {"sign": fulu_sign(fields, self.secret)}

    def result(self, method: str, **biz: Any) -> Any:
        said = self.call(method, **biz).json
        assert said["code"] == 0, said
        text = "".join(sorted(said["result"])) + self.secret
        assert said["sign"] == hashlib.md5(text.encode()).hexdigest()  # noqa: S324 -- the protocol's own
        return json.loads(said["result"])

    def wait(self, number: str, *, state: str = "success") -> Any:
        return until(
            lambda: self.result("fulu.order.info.get", customer_order_no=number),
            lambda order: order["order_state"] == state,
        )


def fulu_sign(fields: dict[str, str], secret: str) -> str:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.md5(("".join(sorted(text)) + secret).encode()).hexdigest()  # noqa: S324 -- the protocol's own


@dataclass(frozen=True)
class KasushouClient:
    base_url: str
    user: str = "10001"
    key: str = KASUSHOU_KEY

    def call(self, path: str, *, timeout: float = 20, **given: Any) -> Said:
        ordered = dict(sorted(given.items()))
        body = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
        return self.send(path, body, timeout=timeout)

    def send(self, path: str, body: str, *, timeout: float = 20, sign: str = "") -> Said:
        stamp = str(int(time.time() * 1000))
        right = hashlib.sha1((stamp + body + self.key).encode()).hexdigest()  # noqa: S324 -- the protocol's own
        headers = {"UserId": self.user, "Timestamp": stamp, "Sign": sign or right}
        return post(f"{self.base_url}/kasushou/api/v1/{path}", body.encode(), headers, timeout)

    def data(self, path: str, **given: Any) -> Any:
        said = self.call(path, **given).json
        assert said["code"] == 200, said
        return said["data"]

    def wait(self, number: str, *, status: int = 3) -> Any:
        return until(
            lambda: self.data("order/info", external_orderno=number)[0],
            lambda order: order["status"] == status,
        )


@dataclass(frozen=True)
class OfpayClient:
    base_url: str
    userid: str = "A08566"
    password: str = "of111111"
    key: str = "OFCARD"

    def order(self, number: str, *, phone: str, timeout: float = 20, **changed: str) -> Said:
        fields = {
            "userid": self.userid,
            "userpws": hashlib.md5(self.password.encode()).hexdigest(),  # noqa: S324 -- the protocol's own
            "cardid": "140101",
            "cardnum": "50",
            "sporder_id": number,
            "sporder_time": "20240102030405",
            "game_userid": phone,
        }
        text = "".join(fields.values()) + self.key
        sign = hashlib.md5(text.encode()).hexdigest().upper()  # noqa: S324 -- the protocol's own
        body = urlencode(fields | {"md5_str": sign, "version": "6.0"} | changed).encode()
        return post(
            f"{self.base_url}/ofpay/onlineorder.do",
            body,
            {"Content-Type": "application/x-www-form-urlencoded"},
            timeout,
        )

    def query(self, number: str) -> str:
        asked = urlencode({"userid": self.userid, "spbillid": number})
        return self.ask(f"api/query.do?{asked}").body.decode()

    def ask(self, path: str) -> Said:
        return post(f"{self.base_url}/ofpay/{path}", b"")


def until(ask: Any, done: Any) -> Any:
    """Ask until the answer is the wanted one, ten seconds at most."""
    end = time.monotonic() + 10
    while not done(answer := ask()):
        assert time.monotonic() < end, answer
        time.sleep(0.03)
    return answer
