"""A ciphertext opens in its own place, for its own tenant, and nowhere else."""

import pickle
from uuid import uuid4

import pytest

from core import crypto
from core.crypto import CannotDecrypt, Place, blind_index, key_version, seal, unseal
from core.datakeys import add_data_key
from core.models import DataKey
from core.scope import tenant_atomic
from core.secrets import Secret, masked, masked_phone
from tests.conftest import as_tenant

CODE = Place("inventory_code", "secret")


def test_what_was_sealed_opens_in_its_place(shop):
    uid = uuid4()

    sealed = seal("YK9F-1234-5678-27QX", place=CODE, uid=uid)

    assert unseal(sealed, place=CODE, uid=uid) == "YK9F-1234-5678-27QX"
    assert b"YK9F" not in sealed


@pytest.mark.parametrize("place", [Place("inventory_code", "card_no"), Place("other", "secret")])
def test_a_ciphertext_moved_to_another_field_does_not_open(shop, place):
    uid = uuid4()
    sealed = seal("a code", place=CODE, uid=uid)

    with pytest.raises(CannotDecrypt):
        unseal(sealed, place=place, uid=uid)


def test_a_ciphertext_moved_to_another_row_does_not_open(shop):
    sealed = seal("a code", place=CODE, uid=uuid4())

    with pytest.raises(CannotDecrypt):
        unseal(sealed, place=CODE, uid=uuid4())


def test_a_flipped_bit_does_not_open(shop):
    uid = uuid4()
    sealed = bytearray(seal("a code", place=CODE, uid=uid))
    sealed[-1] ^= 1

    with pytest.raises(CannotDecrypt):
        unseal(bytes(sealed), place=CODE, uid=uid)


def test_another_tenants_ciphertext_does_not_open(shop, other_shop):
    uid = uuid4()
    with tenant_atomic():
        sealed = seal("a code", place=CODE, uid=uid)

    with as_tenant(other_shop.pk), pytest.raises(CannotDecrypt):
        unseal(sealed, place=CODE, uid=uid)


def test_the_blind_index_is_equal_for_equal_text_of_one_tenant_and_field(shop):
    assert blind_index("A", field="code") == blind_index("A", field="code")
    assert blind_index("A", field="code") != blind_index("A", field="phone")
    assert len(blind_index("A", field="code")) == 32


def test_a_new_key_version_seals_and_the_old_one_still_opens(shop):
    uid = uuid4()
    old = seal("a code", place=CODE, uid=uid)

    add_data_key()
    crypto.forget_keys()
    new = seal("a code", place=CODE, uid=uid)

    assert (key_version(old), key_version(new)) == (1, 2)
    assert unseal(old, place=CODE, uid=uid) == unseal(new, place=CODE, uid=uid) == "a code"


def test_a_key_made_by_another_process_is_looked_up(shop):
    uid = uuid4()
    seal("warm the cache", place=CODE, uid=uid)
    warm = crypto._keyring(shop.pk)
    add_data_key()
    crypto.forget_keys()
    sealed = seal("a code", place=CODE, uid=uid)
    crypto._keyring.cache_clear()

    assert not warm.knows(2)
    assert unseal(sealed, place=CODE, uid=uid) == "a code"


def test_data_keys_lie_wrapped_in_the_database(shop):
    with tenant_atomic():
        seal("x", place=CODE, uid=uuid4())
        key = DataKey.objects.get(purpose="data")

    assert len(bytes(key.wrapped)) == 12 + 32 + 16
    assert crypto.unwrap(key.wrapped, number=key.master, label=f"{shop.pk}|data|1")


def test_a_secret_does_not_print_or_pickle():
    secret = Secret("YK9F-1234")

    assert f"{secret} {secret!r}" == "Secret(***) Secret(***)"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("YK9F-1234-5678-27QX", "YK9F••••27QX"), ("12345678", "12••••78"), ("1234", "••••")],
)
def test_a_mask_shows_little(text, shown):
    assert masked(text) == shown


def test_a_phone_keeps_its_head_and_tail():
    assert masked_phone("13800138000") == "138****8000"
