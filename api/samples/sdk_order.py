import os

from quanyi import BalanceTooLow, Client, OutOfStock
from quanyi.types import Order

shop = Client(os.environ["QY_KEY"], "https://shop.example.com")


def codes(order: Order) -> list[str | None]:
    return [unit["code"] for unit in order["units"]]


try:
    order = shop.place_order(sku="TEST_SUCCESS", partner_order_no="P-2001", max_amount="2.00")
except OutOfStock as refusal:
    print("sold out, left:", refusal.data["found"])
except BalanceTooLow as refusal:
    print("pay in first:", refusal.message)
else:
    print(order["ref"], order["state"], codes(order))
