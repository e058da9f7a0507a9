import hashlib
import json
import os
import time

import requests

DOOR = os.environ["QY_DOOR"]  # https://shop.example.com/door/…/goofish
APP = (os.environ["QY_APP_ID"], os.environ["QY_APP_SECRET"])
MERCHANT = (os.environ["QY_MERCHANT"], os.environ["QY_MERCHANT_SECRET"])


def md5(words):
    return hashlib.md5(words).hexdigest()


def call(path, **fields):
    body, stamp = json.dumps(fields).encode(), str(int(time.time()))
    sign = md5(",".join([*APP, md5(body), stamp, *MERCHANT]).encode())
    query = {"mch_id": MERCHANT[0], "timestamp": stamp, "sign": sign}
    return requests.post(f"{DOOR}/{path}", body, params=query, timeout=30).json()


print(call("user/info"))
