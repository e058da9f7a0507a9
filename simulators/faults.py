"""Misbehaviour on demand: its names, its numbers, and who gets which.

A fault is chosen in three ways, and several may meet in one order:

* by an account's setting, `{"reply_lost_after": 0.2, "delay:3": 1, "query:http_502_after": 0.5}`:
  name, optional `:argument`, probability. `query:` in front spoils the answers to queries instead
  of those to purchases. The choice follows from the account's seed, the client's number and how
  often that number was seen, so a run can be repeated;
* by the product's id, when it ends in `99` and the two digits of the fault's number (`MAGIC`);
* for phone credit, by the phone number in the same way.
"""

import random
from collections.abc import Mapping
from enum import StrEnum

QUERY = "query:"


class Fault(StrEnum):
    """In the order of their numbers, which are part of product ids: new ones go to the end."""

    DELAY = "delay"
    HANG = "hang"
    REPLY_LOST_BEFORE = "reply_lost_before"
    REPLY_LOST_AFTER = "reply_lost_after"
    HTTP_502_BEFORE = "http_502_before"
    HTTP_502_AFTER = "http_502_after"
    HTTP_500_AFTER = "http_500_after"
    GARBAGE_BODY = "garbage_body"
    EMPTY_BODY = "empty_body"
    BIG_BODY = "big_body"
    SLOW_DRIP = "slow_drip"
    GZIP_BOMB = "gzip_bomb"
    GBK_BODY = "gbk_body"
    BAD_SIGNATURE = "bad_signature"
    DUPLICATE_CALLBACKS = "duplicate_callbacks"
    EARLY_CALLBACK = "early_callback"
    OUT_OF_ORDER_CALLBACKS = "out_of_order_callbacks"
    FORGED_CALLBACK = "forged_callback"
    NO_CALLBACK = "no_callback"
    PARTIAL_CARDS = "partial_cards"
    CODES_LATER = "codes_later"
    FAILED = "failed"
    BALANCE_GONE = "balance_gone"
    OFF_SHELF = "off_shelf"
    PRICE_CHANGED = "price_changed"
    RATE_LIMITED = "rate_limited"
    REFUND_AFTER_SUCCESS = "refund_after_success"
    NOT_FOUND_THEN_FOUND = "not_found_then_found"
    CLOCK_SKEW = "clock_skew"
    BUSY_BEFORE = "busy_before"
    BUSY_AFTER = "busy_after"
    TAMPERED_CARDS = "tampered_cards"
    PARTIAL_REFUND = "partial_refund"


MEANINGS = {
    Fault.DELAY: "bought, answered after N seconds (2)",
    Fault.HANG: "bought, never answered; closed after N seconds (60, and never more)",
    Fault.REPLY_LOST_BEFORE: "nothing bought, connection closed",
    Fault.REPLY_LOST_AFTER: "bought, connection closed without a reply",
    Fault.HTTP_502_BEFORE: "nothing bought, a gateway's HTML page",
    Fault.HTTP_502_AFTER: "bought, a gateway's HTML page",
    Fault.HTTP_500_AFTER: "bought, HTTP 500",
    Fault.GARBAGE_BODY: "bought, HTTP 200 with bytes that are no text",
    Fault.EMPTY_BODY: "bought, HTTP 200 without a body",
    Fault.BIG_BODY: "bought, the right answer and 3 MB of blanks",
    Fault.SLOW_DRIP: "bought, one byte every N seconds (0.5), for 60 s at most",
    Fault.GZIP_BOMB: "bought, 128 MB of zeros in some 130 kB of gzip",
    Fault.GBK_BODY: "bought, answer in GBK (in UTF-8 where GBK is the rule)",
    Fault.BAD_SIGNATURE: "bought, the reply's signature is wrong (where replies are signed)",
    Fault.DUPLICATE_CALLBACKS: "the callback comes three times",
    Fault.EARLY_CALLBACK: "done at once, the callback comes before the reply",
    Fault.OUT_OF_ORDER_CALLBACKS: "signed callbacks: failed, then success (which is true)",
    Fault.FORGED_CALLBACK: "first a wrongly signed callback that tells the opposite",
    Fault.NO_CALLBACK: "done, no callback",
    Fault.PARTIAL_CARDS: "success, half of the cards; the rest after N seconds (5)",
    Fault.CODES_LATER: "success, no card; all of them after N seconds (5)",
    Fault.FAILED: "accepted, then failed and the money given back",
    Fault.BALANCE_GONE: "refused: no balance",
    Fault.OFF_SHELF: "refused: no longer on sale",
    Fault.PRICE_CHANGED: "costs half as much again; refused when above the client's limit",
    Fault.RATE_LIMITED: "nothing bought, HTTP 429",
    Fault.REFUND_AFTER_SUCCESS: "success, and N seconds later (1) refunded in full",
    Fault.NOT_FOUND_THEN_FOUND: "bought; the first N queries (2) know no such order",
    Fault.CLOCK_SKEW: "refused: timestamp out of range",
    Fault.BUSY_BEFORE: "nothing bought, a well-formed 'system busy'",
    Fault.BUSY_AFTER: "bought, a well-formed 'system busy'",
    Fault.TAMPERED_CARDS: "a rightly signed callback whose cards (unsigned) are false",
    Fault.PARTIAL_REFUND: "as refund_after_success, but half of the money",
}

DEFAULTS = {
    Fault.DELAY: 2.0,
    Fault.HANG: 60.0,
    Fault.SLOW_DRIP: 0.5,
    Fault.PARTIAL_CARDS: 5.0,
    Fault.CODES_LATER: 5.0,
    Fault.REFUND_AFTER_SUCCESS: 1.0,
    Fault.NOT_FOUND_THEN_FOUND: 2.0,
    Fault.PARTIAL_REFUND: 1.0,
}

MAGIC = {f"99{number:02d}": fault for number, fault in enumerate(Fault, start=1)}

Faults = Mapping[Fault, float]


def parse(spec: str) -> tuple[Fault, float]:
    """`delay:3`, with or without `query:`; raises ValueError for a name that is not on the list."""
    name, _, argument = spec.removeprefix(QUERY).partition(":")
    fault = Fault(name)
    return fault, float(argument) if argument else DEFAULTS.get(fault, 0.0)


def of_account(settings: Mapping[str, float], *, seed: int, key: str, query: bool) -> Faults:
    """What an account's setting does to the request called `key`."""
    return dict(
        parse(spec)
        for spec, probability in settings.items()
        if spec.startswith(QUERY) == query
        and random.Random(f"{seed}:{spec}:{key}").random() < probability  # noqa: S311 -- a repeatable dice, no secret
    )


def of_number(number: str) -> Faults:
    """What the last four characters of a product id or phone number ask for."""
    fault = MAGIC.get(number[-4:])
    return {} if fault is None else {fault: DEFAULTS.get(fault, 0.0)}
