import hashlib
import json
import os
import time

import requests

DOOR = os.environ["QY_DOOR"]  # https://shop.example.com/door/…
USER, KEY = os.environ["QY_MERCHANT"], os.environ["QY_MERCHANT_SECRET"]


def call(path, **fields):
    body = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    stamp = str(int(time.time() * 1000))
    sign = hashlib.sha1((stamp + body + KEY).encode()).hexdigest()
    headers = {"UserId": USER, "Timestamp": stamp, "Sign": sign}
    return requests.post(f"{DOOR}/api/v1/{path}", body.encode(), headers=headers, timeout=30).json()


print(call("user/info"))
print(call("goods/list", limit=1, page=1)["data"]["total"])
