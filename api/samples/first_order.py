import os
import uuid

import requests

answer = requests.post(
    "https://shop.example.com/api/v1/orders",
    headers={
        "Authorization": f"Bearer {os.environ['QY_KEY']}",
        "Idempotency-Key": str(uuid.uuid4()),
    },
    json={"sku": "TEST_SUCCESS", "partner_order_no": "P-1001"},
    timeout=30,
)
answer.raise_for_status()
order = answer.json()
print(order["ref"], order["state"])
for unit in order["units"]:
    print(unit["state"], unit["code"])
