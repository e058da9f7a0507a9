"""The suppliers' simulators: where they listen, and what they know of the demo shops."""

import json
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from devkit.place import CLONE, VENV_PYTHON, Place
from devkit.say import Problem

BOOK = CLONE / "dashboard" / "demo" / "sandbox.toml"
READY_WITHIN = 20.0  # seconds
_E4 = 10_000


def command(place: Place, port: str) -> list[str]:
    folder = place.run / "simulators"
    folder.mkdir(exist_ok=True)
    return [str(VENV_PYTHON), "-m", "simulators", "--port", port, "--data", str(folder)]


def base_url(port: str) -> str:
    return f"http://127.0.0.1:{port}"


def furnish(port: str) -> None:
    """Tell the simulators of the accounts and products that they lack; money spent stays spent."""
    desk = base_url(port) + "/control/"
    known = {(each["protocol"], each["id"]) for each in _when_ready(desk + "accounts")}
    book = tomllib.loads(BOOK.read_text(encoding="utf-8"))
    for given in (*book["suppliers"], *book["texts"]):
        if (given["protocol"], given["app_id"]) in known:
            continue
        _post(desk + "accounts", _account(given))
        for product in given["products"]:
            _post(desk + "products", _product(given["protocol"], product))


def _account(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "protocol": given["protocol"],
        "id": given["app_id"],
        "secret": given["secret"],
        "balance_e4": _e4(given["balance"]),
        "options": given.get("options", {}),
    }


def _product(protocol: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "protocol": protocol,
        "id": given["id"],
        "kind": given["kind"],
        "name": given["name"],
        "price_e4": _e4(given["price"]),
        "magic": True,
    }


def _e4(text: str) -> int:
    return int(Decimal(text) * _E4)


def _when_ready(url: str) -> Any:
    end = time.monotonic() + READY_WITHIN
    while True:
        try:
            with urllib.request.urlopen(url, timeout=3) as answer:
                return json.load(answer)
        except (OSError, urllib.error.URLError) as why:
            if time.monotonic() > end:
                raise Problem("The simulated suppliers do not answer.") from why
            time.sleep(0.1)


def _post(url: str, fields: Mapping[str, Any]) -> None:
    request = urllib.request.Request(url, data=json.dumps(fields).encode())
    with urllib.request.urlopen(request, timeout=10):
        pass
