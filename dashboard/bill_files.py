"""A bill's file between its two steps, look and store: sealed on disk, its key sealed in the form.

What is given up half-way is deleted with other files that nobody can open any more.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from core.crypto import CannotDecrypt, Place, seal, unseal
from core.errors import InvalidInput
from core.uploads import SealedFile

_PLACE = Place("form", "bill")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBill:
    """What was said of the file when it came."""

    supplier_id: int
    since: date
    until: date
    title: str
    sealed: SealedFile

    @property
    def token(self) -> str:
        """For the form's hidden field: nobody reads it, and no other shop can use it."""
        told = {
            "supplier": self.supplier_id,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "title": self.title,
            "name": self.sealed.name,
            "key": self.sealed.key.hex(),
        }
        uid = uuid4()
        sealed = seal(json.dumps(told), place=_PLACE, uid=uid)
        return f"{uid.hex}.{base64.urlsafe_b64encode(sealed).decode()}"

    def body(self) -> bytes:
        """Raises InvalidInput if the file is gone."""
        try:
            return b"".join(self.sealed.frames())
        except (OSError, CannotDecrypt):
            raise _gone() from None


def bill_of(token: str) -> KeptBill:
    """Raises InvalidInput for what is no token of this shop."""
    uid, _dot, sealed = token.partition(".")
    try:
        text = unseal(base64.urlsafe_b64decode(sealed), place=_PLACE, uid=UUID(uid))
    except (ValueError, binascii.Error, CannotDecrypt):
        raise _gone() from None
    told = json.loads(text)
    return KeptBill(
        supplier_id=told["supplier"],
        since=date.fromisoformat(told["since"]),
        until=date.fromisoformat(told["until"]),
        title=told["title"],
        sealed=SealedFile(name=told["name"], key=bytes.fromhex(told["key"])),
    )


def _gone() -> InvalidInput:
    return InvalidInput(_("The file is not here any more. Choose it again."), param="file")
