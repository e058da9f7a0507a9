"""A file of codes is on disk as ciphertext only, and a cut or changed one is noticed."""

import pytest
from django.db import transaction

from core.crypto import CannotDecrypt
from core.uploads import FRAME, SealedFile, SealedUpload, SealedWriter, open_bytes, seal_bytes


def test_what_was_written_comes_back_and_is_not_on_disk_in_the_clear():
    writer = SealedWriter()
    clear = b"CANARY-0001\n" * 200_000
    writer.write(clear)

    sealed = writer.close()

    assert b"".join(sealed.frames()) == clear
    assert b"CANARY" not in sealed.path.read_bytes()


def test_reading_can_start_at_a_later_frame():
    sealed = seal_bytes(b"a" * FRAME + b"b" * 10)

    assert b"".join(sealed.frames(start=1)) == b"b" * 10


def test_a_file_that_was_cut_raises():
    sealed = seal_bytes(b"a" * (FRAME + 5))
    sealed.path.write_bytes(sealed.path.read_bytes()[:-28])

    with pytest.raises(CannotDecrypt):
        list(sealed.frames())


def test_another_key_does_not_open_it():
    sealed = seal_bytes(b"codes")

    with pytest.raises(CannotDecrypt):
        list(SealedFile(name=sealed.name, key=bytes(32)).frames())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_committed", [True, False])
def test_an_upload_stays_only_if_the_row_that_keeps_it_was_committed(is_committed):
    sealed = seal_bytes(b"codes")
    upload = SealedUpload(sealed=sealed, name="a.csv", size=5, content_type="text/csv")

    with transaction.atomic():
        upload.keep()
        transaction.set_rollback(not is_committed)
    upload.close()

    assert sealed.path.exists() == is_committed


def test_a_row_keeps_the_sealed_file_and_the_key_opens_it():
    clear = b"a" * (FRAME + 5)
    sealed = seal_bytes(clear)

    kept = sealed.read_sealed()

    assert open_bytes(kept, key=sealed.key) == clear
    assert b"aaaa" not in kept


def test_what_a_row_keeps_is_noticed_when_it_was_cut_or_has_another_key():
    sealed = seal_bytes(b"codes")
    kept = sealed.read_sealed()

    for body, key in ((kept[:-28], sealed.key), (kept, bytes(32))):
        with pytest.raises(CannotDecrypt):
            open_bytes(body, key=key)
