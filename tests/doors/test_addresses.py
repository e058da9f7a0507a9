"""From where a door is called, where it calls back, and when it was last used."""

from datetime import timedelta

import pytest

from channels import services as channels
from channels.models import Door, DoorRefusal
from channels.selectors import door_address
from core.errors import InvalidInput
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tests.channels.factories import WANG
from tests.doors.callers import open_door
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
HERE, ELSEWHERE = "127.0.0.0/8", "203.0.113.7"


def change(door_id, *, hosts=(), networks=()):
    channels.change_door(door_id=door_id, hosts=hosts, networks=networks, by=WANG, now=NOON)


@tenant_atomic
def refusals():
    return list(DoorRefusal.objects.order_by("pk").values_list("path", "why", "last_from"))


@tenant_atomic
def the_door():
    return Door.objects.get()


def test_agiso_from_another_address_is_refused_in_its_words(agiso):
    change(agiso.opened.door.door_id, networks=(ELSEWHERE,))

    told = agiso.call("product/getList")

    assert (told["code"], told["data"]) == (401, None)
    assert told["message"] == "此对接口不接受来自该地址的请求。"
    assert agiso.post("app/getAppId", {})["code"] == 401
    assert refusals() == [
        ("product/getList", "address", "127.0.0.1"),
        ("app/getAppId", "address", "127.0.0.1"),
    ]
    assert the_door().last_used_at is None


def test_goofish_from_another_address_is_refused_in_its_words(goofish):
    change(goofish.opened.door.door_id, networks=(ELSEWHERE,))

    told = goofish.call("goods/list")

    assert told == {"code": 401, "msg": "此对接口不接受来自该地址的请求。"}


def test_a_listed_address_is_heard(agiso):
    change(agiso.opened.door.door_id, networks=(ELSEWHERE, HERE))

    assert agiso.call("product/getList")["code"] == 200


def test_when_and_from_where_it_was_used_is_remembered_about_once_a_minute(agiso):
    agiso.call("product/getList", userId="1")
    assert the_door().last_used_at is None

    agiso.call("product/getList")
    first = the_door()
    agiso.call("product/getList")

    assert first.last_used_from == "127.0.0.1"
    assert the_door().last_used_at == first.last_used_at
    with tenant_atomic():
        Door.objects.update(last_used_at=first.last_used_at - timedelta(minutes=2))
    agiso.call("product/getList")
    assert the_door().last_used_at > first.last_used_at


def test_a_change_is_written_down_and_holds_at_once(agiso):
    change(agiso.opened.door.door_id, hosts=("Open.Example.com",), networks=("203.0.113.9/24",))

    door = the_door()
    assert (door.hosts, door.networks) == (["open.example.com"], ["203.0.113.0/24"])
    with tenant_atomic():
        row = AuditRow.objects.get(action="door.changed")
    assert row.target == agiso.opened.partner.ref


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"networks": ("here",)}, "networks"),
        ({"networks": tuple(f"203.0.113.{n}" for n in range(51))}, "networks"),
        ({"hosts": ("https://a.example/path",)}, "hosts"),
    ],
)
def test_what_is_no_address_is_refused(agiso, given, param):
    before = the_door()

    with pytest.raises(InvalidInput) as refusal:
        change(agiso.opened.door.door_id, **given)

    assert refusal.value.param == param
    assert (the_door().hosts, the_door().networks) == (before.hosts, before.networks)


def test_prices_are_told_at_a_host_that_is_called_back_only(shop):
    options = {"price_url": "https://prices.example.com/told"}

    with tenant_atomic(), pytest.raises(InvalidInput) as refusal:
        open_door("agiso", hosts=("open.example.com",), options=options)
    assert refusal.value.param == "price_url"

    with tenant_atomic():
        opened = open_door("agiso", hosts=("*.example.com",), options=options)
    with pytest.raises(InvalidInput):
        change(opened.door.door_id, hosts=("open.example.com",))


@pytest.mark.parametrize(
    ("kind", "end"),
    [("agiso", "/agisoAcprSupplierApi/"), ("goofish", "/goofish"), ("kasushou", "")],
)
def test_the_protocol_adds_its_words_to_the_address_that_is_entered(shop, kind, end):
    with tenant_atomic():
        door = open_door(kind).door

        assert door_address(uid=door.uid, kind=kind).endswith(f"/door/{door.uid}{end}")


def test_a_closed_door_is_not_changed_or_given_new_secrets(goofish):
    door_id = goofish.opened.door.door_id
    channels.close_door(door_id=door_id, by=WANG, now=NOON)

    with pytest.raises(InvalidInput):
        change(door_id)
    with pytest.raises(InvalidInput):
        channels.roll_door(door_id=door_id, overlap=timedelta(0), by=WANG, now=NOON)
