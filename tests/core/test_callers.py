"""A header is believed from a proxy of ours only."""

import pytest
from django.test import RequestFactory

from core.callers import caller_ip, network_of, subscriber_of


def seen(peer, forwarded=None):
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return caller_ip(RequestFactory().get("/", REMOTE_ADDR=peer, **more))


@pytest.mark.parametrize("forged", ["1.2.3.4", "1.2.3.4, 127.0.0.1", "::1", "nonsense", ""])
def test_a_forged_header_changes_nothing(settings, forged):
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]

    assert seen("203.0.113.9", forged) == "203.0.113.9"


def test_nobody_is_trusted_who_is_not_named(settings):
    settings.TRUSTED_PROXIES = []

    assert seen("127.0.0.1", "1.2.3.4") == "127.0.0.1"


@pytest.mark.parametrize(
    ("forwarded", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),  # what the client wrote stands before it
        ("2001:DB8::1", "2001:db8::1"),
        ("unknown", "127.0.0.1"),
        (None, "127.0.0.1"),
    ],
)
def test_our_proxys_last_word_is_the_caller(settings, forwarded, caller):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]

    assert seen("127.0.0.1", forwarded) == caller


def test_behind_a_socket_is_our_own_proxy(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]

    assert seen("", "203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_the_neighbourhood(address, network):
    assert network_of(address) == network


def test_an_address_has_one_name():
    assert seen("::ffff:203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:a::1", "2001:db8:1:2::/64"), ("", "")],
)
def test_who_has_a_whole_network_to_himself_is_one_subscriber(address, subscriber):
    assert subscriber_of(address) == subscriber
