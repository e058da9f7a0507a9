"""An operator opens, refreshes and empties a sandbox from the command line."""

import pytest
from django.core.management import CommandError, call_command

from tenants.models import Merchant
from tests.conftest import make_shop

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def states():
    found = Merchant.objects.filter(sandbox_of__isnull=False).order_by("pk")
    return list(found.values_list("state", flat=True))


def test_it_is_opened_once_and_brought_up_to_date_after_that(capsys):
    make_shop("cloud")

    call_command("open_sandbox", "cloud")
    call_command("open_sandbox", "cloud")

    assert states() == ["active"]
    assert capsys.readouterr().out.count("://cloud-test.localhost") == 2


def test_it_is_emptied_when_that_is_said(capsys):
    make_shop("cloud")
    call_command("open_sandbox", "cloud")

    call_command("open_sandbox", "cloud", "--reset")

    assert states() == ["set_aside", "active"]


@pytest.mark.parametrize("options", [(), ("--reset",)])
def test_who_has_none_is_told_so(options):
    make_shop("cloud-test", sandbox_of=make_shop("cloud"))

    with pytest.raises(CommandError):
        call_command("open_sandbox", "nobody", *options)
    with pytest.raises(CommandError):
        call_command("open_sandbox", "cloud-test", *options)
