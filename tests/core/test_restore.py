"""A restored database is read with the kept key, or the command says that it cannot be."""

import base64
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import crypto
from core.scope import tenant_atomic
from tests.inventory.factories import make_codes, make_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_sealed_texts_open_with_the_key_they_were_sealed_under_and_no_other(
    shop, settings, tmp_path
):
    with tenant_atomic():
        make_codes(make_sku(), 3)
    said = StringIO()
    call_command("check_restore", stdout=said)
    other = tmp_path / "master.key"
    other.write_text(base64.b64encode(os.urandom(32)).decode())

    settings.MASTER_KEYS_FILE = str(other)
    crypto.forget_keys()

    assert said.getvalue() == "3 sealed texts of 1 tenants opened\n"
    with pytest.raises(CommandError, match=f"tenant {shop.pk} does not open"):
        call_command("check_restore")
