"""A merchant blocks, allows and watches: one by one, many at once, and takes it back."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.scope import step_over, tenant_atomic
from risk import services as risk
from risk.models import ListEntry
from risk.types import NewListing
from tenants.models import AuditRow
from tenants.roles import RIGHTS, Role
from tests.dashboard.people import browser_of
from tests.risk.factories import ZHAO, a_case, assess

pytestmark = pytest.mark.django_db(databases="__all__")
LISTS = "/office/rules/lists/"
NEW = f"{LISTS}new/"
BLOCK_IP = {"listing": "block", "trait": "ip", "lines": "203.0.113.7"}


@pytest.fixture
def browser(shop):
    return browser_of(shop, Role.OPERATOR)


def listed():
    with tenant_atomic():
        return sorted(ListEntry.objects.values_list("listing", "trait", "shown", "reason"))


def verdict(**more):
    with tenant_atomic():
        return risk.look(case=a_case(**more), now=timezone.now()).verdict.action


def seen(browser, **given):
    return [row["entry"].shown for row in browser.get(LISTS, given).context["rows"]]


def test_one_is_listed_until_a_moment_of_the_shop(browser):
    answer = browser.post(NEW, BLOCK_IP | {"reason": "sweeps", "until": "2099-01-02T10:30"})

    assert answer["Location"] == LISTS
    assert listed() == [("block", "ip", "203.0.113.7", "sweeps")]
    assert verdict() == "deny"
    with tenant_atomic():
        until = ListEntry.objects.get().until
        [audited] = AuditRow.objects.filter(action="rule.listed")
    assert until == datetime(2099, 1, 2, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert audited.data == {"count": 1, "shown": "block 203.0.113.7"}


def test_each_line_may_say_why_and_how_long_and_a_bad_one_comes_back(browser):
    lines = (
        "13800138000\n13900139000,复购刷单,2099-12-31\nnonsense\n\n13700137000，套利\n"
        "13600136000\t表格\n13500135000,x,soon"
    )

    answer = browser.post(
        NEW, {"listing": "watch", "trait": "phone", "lines": lines, "reason": "usual"}
    )

    assert answer.status_code == 422
    assert listed() == [
        ("watch", "phone", "+86****6000", "表格"),
        ("watch", "phone", "+86****7000", "套利"),
        ("watch", "phone", "+86****8000", "usual"),
        ("watch", "phone", "+86****9000", "复购刷单"),
    ]
    assert [(one.number, one.text) for one in answer.context["bad"]] == [
        (3, "nonsense"), (7, "13500135000,x,soon"),
    ]  # fmt: skip
    assert answer.context["form"]["lines"].value() == "nonsense\n13500135000,x,soon"
    with tenant_atomic():
        until = ListEntry.objects.get(reason="复购刷单").until
    assert until == datetime(2100, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))  # the day counts whole


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_of_ten_thousand_is_listed_in_seconds(browser, encoding):
    text = "".join(f"+86138{at:08},批量\n" for at in range(10_000))
    file = SimpleUploadedFile("list.csv", text.encode(encoding))

    began = time.monotonic()
    browser.post(NEW, {"listing": "block", "trait": "phone", "file": file})
    took = time.monotonic() - began

    assert took < 20
    with tenant_atomic():
        assert ListEntry.objects.filter(reason="批量").count() == 10_000
    assert verdict(phone="+8613800000042") == "deny"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lines": "1.1.1.1\n" * 10_001}, "lines"),
        ({"lines": " \n"}, "lines"),
        ({"listing": "nobody"}, "listing"),
        ({"trait": "net"}, "trait"),
        ({"until": "soon"}, "until"),
        ({"file": SimpleUploadedFile("a.bin", b"\xff\xfe\xff\x00")}, "file"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_wrong_with_all_of_it_is_told_and_nobody_is_listed(browser, given, field, language):
    browser.cookies["qy_language"] = language

    answer = browser.post(NEW, BLOCK_IP | given)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert listed() == []


@pytest.mark.parametrize(
    ("value", "inside", "outside"),
    [
        ("198.51.100.0/24", "198.51.100.77", "198.51.101.1"),
        ("198.51.100.64/27", "198.51.100.77", "198.51.100.97"),
        ("198.48.0.0/12", "198.51.100.77", "198.64.0.1"),
        ("2001:db8:7::/48", "2001:db8:7::1", "2001:db8:8::1"),
    ],
)
def test_a_network_is_listed_by_any_length(browser, value, inside, outside):
    browser.post(NEW, BLOCK_IP | {"lines": f"{value}\n192.0.2.0/28"})

    assert (verdict(ip=inside), verdict(ip=outside)) == ("deny", "pass")


@pytest.mark.parametrize("value", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "1.2.3.4/33", "1.2.3"])
def test_a_network_that_is_too_large_or_none_is_refused(browser, value):
    answer = browser.post(NEW, BLOCK_IP | {"lines": value})

    assert [one.text for one in answer.context["bad"]] == [value]
    assert listed() == []


@pytest.mark.usefixtures("shop")
def test_a_look_asks_the_lists_once_however_many_networks_there_are():
    nets = [f"198.{at // 250}.{at % 250}.0/{24 + at % 4}" for at in range(3_000)]
    with tenant_atomic():
        entries = [risk_entry("net", net) for net in nets] + [risk_entry("mail_domain", "bad.cn")]
        risk.add_to_list(entries=entries, by=ZHAO, now=timezone.now())

    with tenant_atomic(), CaptureQueriesContext(connection) as asked:
        told = risk.look(case=a_case(ip="198.5.3.9", mail_domain="bad.cn"), now=timezone.now())

    assert told.verdict.action == "deny"
    [of_lists] = [one["sql"] for one in asked if '"risk_listentry"."listing"' in one["sql"]]
    assert of_lists.count("198.") == 4  # one network of each length that is listed


def risk_entry(trait, value):
    return NewListing(listing="block", trait=trait, value=value)


def test_a_network_that_is_over_blocks_nobody(shop):
    past = timezone.now() - timedelta(seconds=1)
    with tenant_atomic():
        entry = NewListing(listing="block", trait="net", value="203.0.113.0/24", until=past)
        risk.add_to_list(entries=[entry], by=ZHAO, now=timezone.now())

    assert verdict() == "pass"


def test_the_device_of_an_order_is_listed_by_the_orders_number(browser):
    assess(case=a_case(subject="20261128-AAAAAAAAAA", device="d1"), now=timezone.now())

    answer = browser.post(
        NEW,
        {
            "listing": "block",
            "trait": "device",
            "lines": "20261128-AAAAAAAAAA\n20261128-BBBBBBBBBB",
        },
    )

    assert [one.text for one in answer.context["bad"]] == ["20261128-BBBBBBBBBB"]
    assert listed() == [("block", "device", "20261128-AAAAAAAAAA", "")]
    assert (verdict(device="d1", ip=""), verdict(device="d2", ip="")) == ("deny", "pass")


def test_the_search_finds_by_what_is_shown_by_the_reason_and_by_the_whole_value(browser):
    browser.post(NEW, {"listing": "block", "trait": "phone", "lines": "13800138000,coupon thief"})
    browser.post(NEW, BLOCK_IP | {"lines": "198.51.100.0/24\n203.0.113.7"})

    assert seen(browser, q="138 0013 8000") == ["+86****8000"]
    assert seen(browser, q="thief") == ["+86****8000"]
    assert seen(browser, q="198.51.100.9") == ["198.51.100.0/24"]
    assert seen(browser, kind="ip") == ["203.0.113.7"]
    assert seen(browser, list="allow") == []
    assert seen(browser, q="%_", before="9" * 40) == []


def test_who_is_taken_off_can_be_put_back(browser):
    browser.post(NEW, BLOCK_IP)
    with tenant_atomic():
        ids = [ListEntry.objects.get().pk]

    browser.post(f"{LISTS}drop/", {"entry": [*ids, "x", "999999"]})
    assert (verdict(), seen(browser), seen(browser, over="yes")) == ("pass", [], ["203.0.113.7"])
    browser.post(f"{LISTS}back/", {"entry": ids})

    assert (verdict(), seen(browser)) == ("deny", ["203.0.113.7"])
    with tenant_atomic():
        acts = AuditRow.objects.filter(action__startswith="rule.").order_by("pk")
        assert [one.action for one in acts] == ["rule.listed", "rule.unlisted", "rule.listed"]


def test_the_csv_has_what_may_be_shown_and_no_formula(browser):
    browser.post(NEW, {"listing": "allow", "trait": "phone", "lines": "13800138000,=1+1"})

    answer = browser.get(f"{LISTS}csv/")

    text = answer.content.decode("utf-8-sig")
    assert "+86****8000" in text
    assert "13800138000" not in text
    assert "'=1+1" in text
    assert "no-store" in answer["Cache-Control"]


def test_another_shops_entry_stays(browser, other_shop):
    with step_over(other_shop.pk), tenant_atomic():
        risk.add_to_list(entries=[risk_entry("ip", "203.0.113.9")], by=ZHAO, now=timezone.now())
        pk = ListEntry.objects.get().pk

    browser.post(f"{LISTS}drop/", {"entry": pk})

    with step_over(other_shop.pk), tenant_atomic():
        assert ListEntry.objects.get().until is None


@pytest.mark.parametrize("role", Role.values)
def test_everybody_who_sees_rules_sees_lists_and_who_edits_has_the_buttons(shop, role):
    page = browser_of(shop, role).get(LISTS)

    sees = "risk.view" in RIGHTS[role]
    assert (page.status_code == 200) == sees
    assert (NEW in page.content.decode()) == ("risk.edit" in RIGHTS[role])


@pytest.mark.parametrize(
    "value", ["2001:db8::%eth0/64", "fe80::1%eth0", "fe80::1%" + "x" * 200, "fe80::1%\u202e"]
)
def test_an_address_with_a_zone_is_no_address(browser, value):
    answer = browser.post(NEW, BLOCK_IP | {"lines": value})

    assert answer.status_code == 422
    assert [one.text for one in answer.context["bad"]] == [value]
    assert listed() == []
    assert verdict() == "pass"


def test_a_network_of_ipv4_written_as_one_of_ipv6_is_that_of_ipv4(browser):
    browser.post(NEW, BLOCK_IP | {"lines": "::ffff:203.0.113.0/120"})

    assert listed() == [("block", "net", "203.0.113.0/24", "")]
    assert verdict() == "deny"


def test_a_network_that_was_listed_with_a_zone_closes_no_shop(browser):
    with tenant_atomic():
        ListEntry.objects.create(
            listing="block", trait="net", plain="2001:db8::%eth0/64", shown="2001:db8::%eth0/64",
            by="user:9", made_at=timezone.now(),
        )  # fmt: skip

    assert verdict() == "pass"


@pytest.mark.parametrize(
    "given",
    [
        {"lines": "203.0.113.7,,9999-12-31"}, {"lines": "203.0.113.7,,0001-01-01 00:00"},
        {"until": "0001-01-01T00:00"},
    ],
)  # fmt: skip
def test_a_moment_that_no_calendar_has_everywhere_is_refused(browser, given):
    assert browser.post(NEW, BLOCK_IP | given).status_code == 422
    assert seen(browser) == seen(browser, over="yes") == []
