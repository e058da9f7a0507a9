"""Guessers get nowhere, and who is honest is served beside them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from core import meters
from core.guards import By
from core.models import Tries
from storefront import guessing
from tests.conftest import client_of
from tests.storefront.factories import PHONE, bought, delivered, path_of, stocked

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ADDRESSES, GUESSES = 200, 1_500
NAT = "203.0.113.9"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as stopped:
        yield stopped


@pytest.fixture
def buyer(shop):
    return client_of(shop, REMOTE_ADDR=NAT)


@pytest.fixture
def order(buyer):
    return delivered(buyer, stocked())


def guess(client, number, proof=PHONE, **more):
    return client.post("/orders/find/", {"number": number, "proof": proof, **more})


def seeded(seed):
    return random.Random(seed)  # noqa: S311 -- repeatable, not secret


def a_number(rng):
    return "20261122-" + "".join(rng.choices(ALPHABET, k=10))


def attack(shop, *, guesses=GUESSES, seed=7, **headers):
    """How many guesses were compared, and how many were refused."""
    rng = seeded(seed)
    told = {}
    client = client_of(shop)
    for number in range(guesses):
        address = f"198.51.{number % 20}.{number % ADDRESSES}"
        given = {"number": a_number(rng), "proof": f"138{rng.randrange(10**8):08}"}
        answer = client.post("/orders/find/", given, REMOTE_ADDR=address, **headers)
        told[answer.status_code] = told.get(answer.status_code, 0) + 1
    return told


def crowd(shop, address=NAT):
    """Neighbours behind the address spend its budget."""
    rng = seeded(1)
    client = client_of(shop, REMOTE_ADDR=address)
    while guess(client, a_number(rng)).status_code != 429:
        pass


def test_few_of_many_guesses_are_compared_and_none_hits(shop, order, clock):
    told = attack(shop)

    assert set(told) == {404, 429}
    assert told[404] == guessing.LOOKUP.budgets[By.SHOP].free
    assert Tries.objects.count() <= told[404]


def test_without_the_guard_every_guess_is_compared(shop, order, clock, monkeypatch):
    open_door = replace(guessing.LOOKUP, budgets={}, fair={}, floor=None)
    monkeypatch.setattr(guessing, "LOOKUP", open_door)

    assert attack(shop, guesses=500) == {404: 500}


def test_forged_headers_change_nothing(shop, clock, settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
    client = client_of(shop, REMOTE_ADDR=NAT)
    rng = seeded(2)

    answers = [
        client.post(
            "/orders/find/",
            {"number": a_number(rng), "proof": PHONE},
            headers={"x-forwarded-for": f"10.0.{number}.1", "x-real-ip": f"10.0.{number}.1"},
        ).status_code
        for number in range(40)
    ]

    assert answers == [404] * 30 + [429] * 10


def test_the_browser_that_bought_is_served_beside_guessers(shop, order, buyer, clock):
    crowd(shop)

    assert guess(buyer, order.number)["Location"] == path_of(order)


def test_a_stranger_behind_the_address_is_served_within_a_minute(shop, order, clock):
    crowd(shop)
    honest = client_of(shop, REMOTE_ADDR=NAT)

    refused = guess(honest, order.number)
    assert (refused.status_code, refused["Retry-After"]) == (429, "20")
    clock.shift(timedelta(seconds=20))
    crowd(shop)  # they never stop
    answer = guess(honest, order.number, ticket=refused.context["ticket"])

    assert (answer.status_code, answer["Location"]) == (302, path_of(order))


def test_the_page_says_how_long_in_both_languages(shop, order, clock):
    crowd(shop)
    honest = client_of(shop, REMOTE_ADDR=NAT)

    chinese = guess(honest, order.number).content.decode()
    english = honest.post(
        "/orders/find/", {"number": order.number, "proof": PHONE}, headers=ENGLISH
    ).content.decode()

    assert "请等待 20 秒后再次提交此表单" in chinese
    assert "Wait 20 seconds, then send this form again" in english
    assert f'value="{order.number}"' in english
    assert PHONE not in english


def test_a_ticket_that_is_sent_too_early_is_not_begun_anew(shop, order, clock):
    crowd(shop)
    honest = client_of(shop, REMOTE_ADDR=NAT)
    ticket = guess(honest, order.number).context["ticket"]
    clock.shift(timedelta(seconds=15))
    crowd(shop)

    answer = guess(honest, order.number, ticket=ticket)

    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert answer.context["ticket"] == ticket


def test_a_ticket_is_for_one_order_one_address_and_ten_minutes(shop, order, clock):
    for address in (NAT, "203.0.113.10"):
        crowd(shop, address)
    honest = client_of(shop, REMOTE_ADDR=NAT)
    ticket = guess(honest, order.number).context["ticket"]
    clock.shift(timedelta(seconds=20))
    for address in (NAT, "203.0.113.10"):
        crowd(shop, address)

    other_order = guess(honest, "20261122-AAAAAAAAAA", ticket=ticket)
    other_address = guess(client_of(shop, REMOTE_ADDR="203.0.113.10"), order.number, ticket=ticket)
    forged = guess(honest, order.number, ticket=ticket[:-1] + "x")
    clock.shift(timedelta(minutes=11))
    crowd(shop)
    too_old = guess(honest, order.number, ticket=ticket)

    statuses = [one.status_code for one in (other_order, other_address, forged, too_old)]
    assert statuses == [429] * 4


def test_an_order_that_nobody_paid_is_no_evidence(shop, order, clock):
    fresh = client_of(shop, REMOTE_ADDR=NAT)
    bought(fresh, stocked(), request_key="fresh")
    crowd(shop)

    assert guess(fresh, order.number).status_code == 429


def test_a_right_answer_forgives_the_browser_and_never_the_address(shop, order, buyer, clock):
    rng = seeded(3)
    told = []
    for _ in range(8):
        told += [guess(buyer, a_number(rng)).status_code for _ in range(6)]
        told.append(guess(buyer, order.number).status_code)
    stranger = guess(client_of(shop, REMOTE_ADDR=NAT), a_number(rng))

    assert told == ([404] * 6 + [302]) * 8
    assert stranger.status_code == 429


def test_a_network_is_one_neighbourhood(shop, clock):
    rng = seeded(4)
    told = [
        guess(client_of(shop, REMOTE_ADDR=f"2001:db8::{n + 1:x}"), a_number(rng)).status_code
        for n in range(91)
    ]

    assert told == [404] * 90 + [429]
    elsewhere = client_of(shop, REMOTE_ADDR="2001:db8:0:1::1")
    assert guess(elsewhere, a_number(rng)).status_code == 404


def test_the_platform_has_a_budget_of_its_own(shop, other_shop, clock, monkeypatch):
    budgets = guessing.LOOKUP.budgets | {By.PLATFORM: meters.Budget(free=10, every=60)}
    monkeypatch.setattr(guessing, "LOOKUP", replace(guessing.LOOKUP, budgets=budgets))

    assert attack(shop, guesses=12) == {404: 10, 429: 2}


def test_the_waits_of_one_order_grow(shop, order, clock):
    waits = []
    for number in range(16):
        client = client_of(shop, REMOTE_ADDR=f"10.{number}.0.1")
        answer = guess(client, order.number, "13900139000")
        if answer.status_code == 429:
            waits.append(int(answer["Retry-After"]))
            clock.shift(timedelta(seconds=waits[-1]))

    assert waits == [5, 10, 20, 40, 79, 156]


def test_redis_that_stops_in_the_middle_opens_nothing(shop, order, clock, monkeypatch):
    attack(shop, guesses=400)

    def away():
        raise RedisAway

    monkeypatch.setattr(cache, "client", away, raising=False)
    monkeypatch.setattr(meters, "_away_until", 0.0)
    told = attack(shop, guesses=600, seed=8)

    assert told == {404: 300, 429: 300}  # one budget of this process


def test_after_a_flush_an_order_keeps_its_limit(shop, order, clock):
    compared = 0
    for number in range(60):
        client = client_of(shop, REMOTE_ADDR=f"10.{number}.0.1")
        compared += guess(client, order.number, "13900139000").status_code == 404
        for key in cache.client().keys(f"{meters._space}:*"):
            cache.client().delete(key)

    assert compared == guessing.LOOKUP.floor.most


def test_addresses_that_nobody_was_given_are_counted_and_a_right_one_is_served(shop, order, clock):
    guesser = client_of(shop, REMOTE_ADDR=NAT)

    told = [guesser.get(f"/o/{number:022}/").status_code for number in range(32)]
    balances = guesser.get("/balance/AAAAAAAAAAAAAAAAAAAAAA/").status_code

    assert told == [404] * 30 + [429] * 2
    assert balances == 429
    assert client_of(shop, REMOTE_ADDR=NAT).get(path_of(order)).status_code == 403  # asks whose
