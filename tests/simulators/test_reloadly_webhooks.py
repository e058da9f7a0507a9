import hashlib
import hmac
import json
import time

import pytest

from simulators.reloadly_signing import sign_webhook
from tests.simulators.calling_reloadly import CLIENT, WHSEC
from tests.simulators.listening import Ear, listening


def with_ear(desk, ear):
    desk.account(protocol="reloadly", id=CLIENT, callback_url=ear.url)


def told(ear: Ear) -> list[tuple[str, bool]]:
    """The state that each webhook claims, and whether it is rightly signed."""
    return [
        (json.loads(body)["data"]["status"], is_rightly_signed(body, headers))
        for (_, body), headers in zip(ear.heard, ear.headers, strict=True)
    ]


def is_rightly_signed(body: bytes, headers: dict[str, str]) -> bool:
    text = body + b":" + headers["X-Reloadly-Request-Timestamp"].encode()
    right = hmac.new(WHSEC.encode(), text, hashlib.sha256).hexdigest()
    return headers["X-Reloadly-Signature"] == right


def test_the_signature_of_a_webhook_computed_from_the_recipe():
    body = b'{"type":"airtime_transaction.status","data":{}}'

    assert sign_webhook(body, "1700000000000", "whsec") == (
        "c160c231a9c40f824bd392529be30de9104593664d165548b0340d8364c919b4"
    )


@pytest.mark.parametrize("answer", [200, 202])
def test_a_webhook_is_signed_and_repeated_until_any_2xx(reloadly, desk, answer):
    with listening("") as ear:
        ear.statuses = [500, answer]
        options = {"webhook_secret": WHSEC, "callback_retry_s": 0.1}
        desk.account(protocol="reloadly", id=CLIENT, callback_url=ear.url, options=options)
        bought = reloadly.order("R009").json
        ear.wait_for(2)
        time.sleep(0.3)

    body = json.loads(ear.heard[0][1])
    assert told(ear) == [("SUCCESSFUL", True)] * 2
    assert body["type"] == "giftcard_transaction.status"
    assert body["data"]["transactionId"] == bought["transactionId"]


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("9915", [("SUCCESSFUL", True)] * 3),
        ("9916", [("SUCCESSFUL", True)]),
        ("9917", [("FAILED", True), ("SUCCESSFUL", True)]),
        ("9918", [("FAILED", False), ("SUCCESSFUL", True)]),
        ("9927", [("SUCCESSFUL", True), ("REFUNDED", True)]),
    ],
    ids=["thrice", "early", "out of order", "forged", "refunded"],
)
def test_webhooks_go_astray(reloadly, desk, suffix, expected):
    with listening("") as ear:
        with_ear(desk, ear)
        reloadly.order("R010", product="15" + suffix)
        ear.wait_for(len(expected))

    assert told(ear) == expected
