"""The file of a bill that a worker is to read: sealed on disk, its key sealed in the bill."""

import base64

from django.db import transaction

from core.crypto import seal, unseal
from core.uploads import SealedFile, seal_bytes
from suppliers.models import BILL_FILE_KEY, Bill


def keep_file(bill: Bill, body: bytes) -> None:
    """Of a new bill, which the caller stores."""
    sealed = seal_bytes(body)
    key = base64.b64encode(sealed.key).decode()
    assert bill.uid is not None
    bill.sealed_name = sealed.name
    bill.sealed_key = seal(key, place=BILL_FILE_KEY, uid=bill.uid)


def body_of(bill: Bill) -> bytes:
    """Raises FileNotFoundError or CannotDecrypt if it is gone or damaged."""
    if not bill.sealed_name or bill.sealed_key is None or bill.uid is None:
        raise FileNotFoundError(bill.sealed_name)
    key = base64.b64decode(unseal(bytes(bill.sealed_key), place=BILL_FILE_KEY, uid=bill.uid))
    return b"".join(SealedFile(name=bill.sealed_name, key=key).frames())


def forget_file(bill: Bill) -> None:
    """Of a locked bill. A kill between commit and unlink leaves what no key opens."""
    if not bill.sealed_name:
        return
    sealed = SealedFile(name=bill.sealed_name, key=b"")
    bill.sealed_name, bill.sealed_key = "", None
    bill.save(update_fields=["sealed_name", "sealed_key"])
    transaction.on_commit(sealed.delete, robust=True)
