import json
import time

import pytest

from tests.simulators.calling_kinguin import STORE, WHSEC
from tests.simulators.listening import Ear, listening


def with_ear(desk, ear: Ear, **options):
    options = {"webhook_secret": WHSEC, **options}
    desk.account(protocol="kinguin", id=STORE, callback_url=ear.url, options=options)


def told(ear: Ear) -> list[tuple[str, bool]]:
    """The state that each webhook claims, and whether the secret is ours."""
    return [
        (json.loads(body)["status"], headers["X-Event-Secret"] == WHSEC)
        for (_, body), headers in zip(ear.heard, ear.headers, strict=True)
    ]


def moments(ear: Ear) -> list[str]:
    return [json.loads(body)["updatedAt"] for _, body in ear.heard]


@pytest.mark.parametrize("answer", [200, 204])
def test_a_webhook_is_repeated_until_any_2xx(kinguin, desk, answer):
    with listening("") as ear:
        ear.statuses = [500, answer]
        with_ear(desk, ear, callback_retry_s=0.1)
        bought = kinguin.order("K030").json
        ear.wait_for(2)
        time.sleep(0.3)

    body = json.loads(ear.heard[0][1])
    assert told(ear) == [("completed", True)] * 2
    assert ear.headers[0]["X-Event-Name"] == "order.status"
    assert body.keys() == {"orderId", "orderExternalId", "status", "updatedAt"}
    assert (body["orderId"], body["orderExternalId"]) == (bought["orderId"], "K030")


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("9915", [("completed", True)] * 3),
        ("9916", [("completed", True)]),
        ("9917", [("canceled", True), ("completed", True)]),
        ("9918", [("canceled", False), ("completed", True)]),
        ("9922", [("canceled", True)]),
        ("9927", [("completed", True), ("refunded", True)]),
    ],
    ids=["thrice", "early", "out of order", "forged", "failed", "refunded"],
)
def test_webhooks_go_astray(kinguin, desk, suffix, expected):
    with listening("") as ear:
        with_ear(desk, ear)
        kinguin.order("K031", product="5c9b" + suffix)
        ear.wait_for(len(expected))

    assert told(ear) == expected


@pytest.mark.parametrize("suffix", ["9917", "9927"], ids=["out of order", "refunded"])
def test_the_latest_moment_is_the_truth(kinguin, desk, suffix):
    with listening("") as ear:
        with_ear(desk, ear)
        kinguin.order("K032", product="5c9b" + suffix)
        ear.wait_for(2)

    first, second = moments(ear)
    assert first < second


def test_the_secret_is_the_api_key_where_none_is_set(kinguin, desk):
    with listening("") as ear:
        desk.account(protocol="kinguin", id=STORE, callback_url=ear.url)
        kinguin.order("K033")
        ear.wait_for(1)

    assert ear.headers[0]["X-Event-Secret"] == kinguin.key


def test_a_product_is_told_of_after_the_order_where_it_is_wanted(kinguin, desk):
    with listening("") as ear:
        with_ear(desk, ear, events=["order.status", "product.update"])
        kinguin.order("K034")
        ear.wait_for(2)

    heard = dict(zip([headers["X-Event-Name"] for headers in ear.headers], ear.heard, strict=True))
    product = json.loads(heard["product.update"][1])
    assert heard.keys() == {"order.status", "product.update"}
    assert (product["productId"], product["qty"], product["textQty"]) == ("5c9b", 998, 998)
