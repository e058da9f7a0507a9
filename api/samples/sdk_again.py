import os
import time

from quanyi import Client, NotReached

shop = Client(os.environ["QY_KEY"], "https://shop.example.com")
number = "P-2002"  # of your own order, kept before the first try

while True:
    try:
        order = shop.place_order(
            sku="TEST_SUCCESS", partner_order_no=number, idempotency_key=number
        )
    except NotReached:  # after four tries by itself; whether it was ordered is not known
        time.sleep(5)  # the same number and key: never ordered twice
    else:
        break

print(order["ref"], order["state"])
