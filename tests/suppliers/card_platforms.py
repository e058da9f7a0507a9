"""Recipes of card platforms: as they are brought, and as their simulator wants them."""

import json

from suppliers.selectors.recipes import card_platforms

# The simulator's author knew the signature and nothing else: these are its guesses, as its module
# says. Of the preset is left what the two agree on: path, headers, signature, code of success.
_GUESSED_ORDER = {
    "json": {
        "goodsid": "{product}",
        "buynum": "{quantity}",
        "usorderno": "{number}",
        "maxmoney": "{most}",
        "attach": "{target}",
    },
    "numbers": ["quantity"],
    "message": "message",
    "number": "data.usorderno",
    "reference": "data.orderno",
}
_GUESSED_QUERY = {
    "path": "/api/v3/order/get",
    "json": {"usorderno": "{number}"},
    "state": ["code", "data.status", "data.refundstatus"],
    "message": "message",
    "number": "data.usorderno",
    "reference": "data.orderno",
    "outcomes": {
        "1000/1/0": "accepted",
        "1000/3/0": "accepted",
        "1000/5/0": "success",
        "1000/4/1": "failed",
    },
    "codes": {"list": "data.cards", "secret": "card_pwd", "number": "card_no"},
}


def preset(name):
    (found,) = [each for each in card_platforms() if each.name == name]
    return json.loads(found.recipe)


def simulated_kayixin():
    """The preset in the words that the simulator guessed; it wants milliseconds too."""
    found = preset("kayixin")
    query = found["query"] | _GUESSED_QUERY
    for unsaid in ("quantity", "cost"):
        del query[unsaid]
    balance = found["balance"] | {"amount": "data.money", "message": "message"}
    return found | {
        "time": "milliseconds",
        "order": found["order"] | _GUESSED_ORDER,
        "query": query,
        "balance": balance,
    }
