import os

from quanyi import Client, NotOurs, verified

shop = Client(os.environ["QY_KEY"], "https://shop.example.com")


def heard(headers: dict[str, str], body: bytes) -> int:
    """The status to answer with; `body` as it came."""
    try:
        event = verified(os.environ["QY_SECRET"], headers, body)
    except NotOurs:
        return 401
    if event["type"] == "order.completed":
        order = shop.order(event["data"]["order"])
        print(order["partner_order_no"], order["state"])
    return 204
