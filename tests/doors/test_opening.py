"""A door is opened from the command line, and its secret is shown this once."""

import io

import pytest
from django.core.management import CommandError, call_command

from channels.models import Door
from channels.selectors import door_seat
from core.scope import tenant_atomic
from tenants.models import AuditRow
from tests.channels.factories import make_partner
from tests.doors.callers import APP_ID, GOOFISH_SECRET
from tests.times import NOON

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def partner(shop, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda _prompt: GOOFISH_SECRET)
    with tenant_atomic():
        return make_partner()


def opened(*args, **options):
    said = io.StringIO()
    call_command("open_door", "cloud.localhost", *args, stdout=said, **options)
    return dict(line.rsplit(" ", 1) for line in said.getvalue().splitlines())


def test_what_the_platform_is_to_be_told_is_printed(partner):
    told = opened(partner.ref, "goofish", app_id=APP_ID, callback=["open.goofish.pro"])

    with tenant_atomic():
        door = Door.objects.select_related("partner__tier").get()
        seat = door_seat(door, now=NOON)
        assert AuditRow.objects.get(action="door.opened").target == partner.ref
    address, number, secret = (value.strip() for value in told.values())
    assert address.partition("://")[2].startswith("cloud.localhost")
    assert address.endswith(f"/door/{door.uid}/goofish")
    assert (number, secret) == (door.merchant_id, seat.secrets[0].merchant.reveal())
    assert (seat.hosts, seat.seat.partner_ref) == (("open.goofish.pro",), partner.ref)


@pytest.mark.parametrize(
    ("host", "ref", "app_id", "said"),
    [
        ("nowhere.localhost", "", APP_ID, "host"),
        ("cloud.localhost", "NOBODY", APP_ID, "partner"),
        ("cloud.localhost", "", "abc", "app_id"),
    ],
)
def test_what_cannot_be_opened_says_why(partner, host, ref, app_id, said):
    with pytest.raises(CommandError, match=said):
        call_command("open_door", host, ref or partner.ref, "goofish", app_id=app_id)

    with tenant_atomic():
        assert not Door.objects.exists()
