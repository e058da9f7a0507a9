import hashlib
import os
import time

import requests

DOOR = os.environ["QY_DOOR"]  # https://shop.example.com/door/…/agisoAcprSupplierApi
KEY = os.environ["QY_APP_SECRET"] + os.environ["QY_MERCHANT_SECRET"]


def call(path, **fields):
    fields |= {"userId": os.environ["QY_MERCHANT"], "version": "1.0", "timestamp": int(time.time())}
    words = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    fields["sign"] = hashlib.md5((KEY + words + KEY).encode()).hexdigest().upper()
    return requests.post(f"{DOOR}/{path}", json=fields, timeout=30).json()


print(call("product/getList", pageIndex=1, pageSize=1))
