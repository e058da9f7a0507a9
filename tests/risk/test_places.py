"""Where addresses and phone numbers are from: what the data that is shipped says of known ones."""

import struct

import pytest

from core.scope import tenant_atomic
from risk import places
from risk.models import Assessment
from tests.risk.factories import a_case, assess, make_rule
from tests.times import NOON

NANJING = "114.114.114.114"
BEIJING_PHONE, SHANGHAI_PHONE, VIRTUAL_PHONE = "+8613800138000", "+8618616161616", "+8616712345678"


@pytest.fixture(autouse=True)
def _fresh():
    """Each test reads the files that its settings name."""
    yield
    places._addresses.cache_clear()
    places._phones.cache_clear()


@pytest.mark.parametrize(
    ("ip", "country", "province", "city", "isp"),
    [
        (NANJING, "中国", "江苏", "南京", None),
        ("223.5.5.5", "中国", "浙江", "杭州", "阿里云"),
        ("202.96.128.86", "中国", "广东", "广州", "电信"),
        ("202.106.0.20", "中国", "北京", "北京", "联通"),
        ("211.136.112.50", "中国", "上海", "上海", "移动"),
        ("166.111.4.100", "中国", "北京", "北京", "教育网"),
        ("168.95.1.1", "中国", "台湾", None, "中华电信"),
        ("::ffff:202.96.128.86", "中国", "广东", "广州", "电信"),
        ("52.95.110.1", "美国", None, None, "亚马逊"),
    ],
)
def test_an_address_has_a_country_a_province_and_a_network(ip, country, province, city, isp):
    found = places.of_ip(ip)

    told = [found.get(f"ip_{one}") for one in ("country", "province", "city", "isp")]
    assert told == [country, province, city, isp]


@pytest.mark.parametrize(
    "ip",
    ["", "10.0.0.1", "127.0.0.1", "192.168.1.9", "100.64.0.1", "255.255.255.255",
     "203.0.113.7", "2400:3200::1", "::1", "fe80::1%eth0", "no address"],
)  # fmt: skip
def test_nothing_is_known_of_a_private_address_one_of_ipv6_or_none(ip):
    assert places.of_ip(ip) == {}


@pytest.mark.parametrize(
    ("ip", "is_datacenter"),
    [("223.5.5.5", True), ("52.95.110.1", True), ("202.96.128.86", False), (NANJING, None)],
)
def test_a_data_center_is_known_by_its_network(ip, is_datacenter):
    assert places.of_ip(ip).get("is_datacenter") is is_datacenter


@pytest.mark.parametrize(
    ("phone", "province", "carrier", "is_virtual"),
    [
        (BEIJING_PHONE, "北京", "移动", False),
        ("13800138000", "北京", "移动", False),
        (SHANGHAI_PHONE, "上海", "联通", False),
        ("+8619912345678", "河北", "电信", False),
        ("+8619212345678", "重庆", "广电", False),
        (VIRTUAL_PHONE, "福建", "联通", True),
    ],
)
def test_a_phone_number_has_a_province_and_a_carrier(phone, province, carrier, is_virtual):
    assert places.of_phone(phone) == {
        "phone_province": province, "phone_carrier": carrier, "is_virtual_phone": is_virtual,
    }  # fmt: skip


@pytest.mark.parametrize(
    "phone", ["", "+8610001234567", "+12025550123", "+862583001234", "138001380", "someone"]
)
def test_nothing_is_known_of_a_number_that_is_no_mobile_of_the_mainland(phone):
    assert places.of_phone(phone) == {}


@pytest.mark.parametrize(
    ("ip", "phone", "differs"),
    [
        ("202.106.0.20", BEIJING_PHONE, False),
        ("202.106.0.20", SHANGHAI_PHONE, True),
        ("8.8.8.8", BEIJING_PHONE, None),
        ("202.106.0.20", "+12025550123", None),
        ("", "", None),
    ],
)
def test_provinces_differ_only_where_both_are_known(ip, phone, differs):
    assert places.facts_of(ip=ip, phone=phone, account="").get("province_differs") is differs


def xdb(path, text):
    """A file of one region for all of 1.2.x.x, as they are made since 2025."""
    head, index = 256 + 256 * 256 * 8, bytearray(256 * 256 * 8)
    region = text.encode()
    struct.pack_into("<II", index, (1 * 256 + 2) * 8, head + len(region), head + len(region))
    line = struct.pack("<IIHI", 0x01020000, 0x0102FFFF, len(region), head)
    path.write_bytes(struct.pack("<HHIII", 3, 1, 0, 0, 0).ljust(256, b"\0") + index + region + line)
    return str(path)


@pytest.mark.parametrize(
    "text",
    ["中国|广西壮族自治区|南宁市|中国移动|CN", "中国|0|广西|南宁市|移动", "中国|广西|南宁市|移动"],
)  # fmt: skip
def test_a_newer_file_is_read_in_either_form(settings, tmp_path, text):
    settings.IP_REGIONS_FILE = xdb(tmp_path / "new.xdb", text)
    places._addresses.cache_clear()

    assert places.of_ip("1.2.3.4") == {
        "ip_country": "中国", "ip_province": "广西", "ip_city": "南宁", "ip_isp": "移动",
        "is_datacenter": False,
    }  # fmt: skip
    assert places.of_ip(NANJING) == {}


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\xff" * 600_000])
def test_a_file_that_cannot_be_read_knows_nothing_and_stops_nobody(settings, tmp_path, content):
    path = tmp_path / "broken"
    path.write_bytes(content)
    settings.IP_REGIONS_FILE = settings.PHONE_REGIONS_FILE = str(path)
    places._addresses.cache_clear()
    places._phones.cache_clear()

    assert places.facts_of(ip=NANJING, phone=BEIJING_PHONE, account=BEIJING_PHONE) == {}


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("shop")
def test_a_look_knows_the_places_and_keeps_their_words_only():
    with tenant_atomic():
        make_rule({"all": [
            {"fact": "ip_province", "op": "in", "value": ["江苏", "浙江"]},
            {"fact": "province_differs", "op": "=", "value": True},
            {"fact": "is_own_account", "op": "=", "value": False},
        ]})  # fmt: skip
    people = {"phone": BEIJING_PHONE, "account": SHANGHAI_PHONE.removeprefix("+86")}

    actions = [assess(case=a_case(ip=ip, **people)).action for ip in (NANJING, "202.106.0.20", "")]

    assert actions == ["hold", "pass", "pass"]
    with tenant_atomic():
        kept = Assessment.objects.order_by("pk").first()
        assert kept.facts | {
            "ip_country": "中国", "ip_province": "江苏", "ip_city": "南京",
            "phone_province": "北京", "phone_carrier": "移动", "is_virtual_phone": False,
            "province_differs": True, "account_province": "上海", "is_own_account": False,
        } == kept.facts  # fmt: skip
        clear = (NANJING, "13800138000", "18616161616")
        assert not [one for one in clear if one in str(vars(kept))]


@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("account", "is_own"),
    [("13800138000", True), ("+8613800138000", True), ("a@example.com", True), ("b@qq.com", False)],
)
def test_an_account_is_the_buyers_own_or_somebody_elses(account, is_own):
    case = a_case(phone=BEIJING_PHONE, mail="a@example.com", account=account)

    assess(case=case, now=NOON)

    with tenant_atomic():
        assert Assessment.objects.get().facts["is_own_account"] is is_own
