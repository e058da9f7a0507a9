import os

import requests

session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['QY_KEY']}"


def all_orders():
    after = None
    while True:
        query = {"limit": 100} | ({"after": after} if after else {})
        answer = session.get("https://shop.example.com/api/v1/orders", params=query, timeout=30)
        answer.raise_for_status()
        page = answer.json()
        yield from page["data"]
        if not page["has_more"]:
            return
        after = page["next"]


for order in all_orders():
    print(order["ref"], order["partner_order_no"], order["state"])
