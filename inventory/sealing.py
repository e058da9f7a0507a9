"""How a code's texts are sealed, and found again by a keyed hash. The only place that knows."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

from core.crypto import Place, indexer, sealer

CARD_NO = Place("inventory_code", "card_no")
SECRET = Place("inventory_code", "secret")
CONTENT = Place("inventory_content", "body")

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_BETWEEN = "\x1f"
# A code this long is one by itself. Shorter ones are PINs: many cards may share one, each with a
# number of its own.
SPEAKS_FOR_ITSELF = 10


def normalised(text: str) -> str:
    """What two spellings of one code share: full-width letters, blanks, invisible characters."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def _identity(card_no: str, secret: str) -> str:
    """What is sold once: a number beside a code, or small letters in it, make no new one of it."""
    if len(secret) >= SPEAKS_FOR_ITSELF:
        # Links differ by the size of their letters: a short one has few others.
        return f"{_BETWEEN}{secret if '://' in secret else secret.upper()}"
    return f"{normalised(card_no)}{_BETWEEN}{secret}"


@dataclass(frozen=True, slots=True)
class SealedCode:
    card_no: bytes | None
    secret: bytes
    index_hash: bytes
    secret_hash: bytes


class CodeSealer:
    """The bound tenant's keys at hand, for loops over many codes."""

    def __init__(self) -> None:
        self._seal, self._open = sealer().seal, sealer().open
        self._index = indexer(field="inventory_code")
        self._secret_index = indexer(field="inventory_code.secret")

    def hashes(self, *, card_no: str, secret: str) -> tuple[bytes, bytes]:
        """(index_hash, secret_hash): the duplicate check's key, and the search's."""
        secret = normalised(secret)
        return self._index(_identity(card_no, secret)), self._secret_index(secret)

    def secret_hash(self, secret: str) -> bytes:
        return self._secret_index(normalised(secret))

    def index_of(self, *, card_no: bytes | None, secret: bytes, uid: UUID) -> bytes:
        """The duplicate check's key of a code that is sealed already."""
        number = self._open(card_no, place=CARD_NO, uid=uid) if card_no else ""
        text = self._open(secret, place=SECRET, uid=uid)
        return self.hashes(card_no=number, secret=text)[0]

    def seal(self, *, card_no: str, secret: str, uid: UUID) -> SealedCode:
        index_hash, secret_hash = self.hashes(card_no=card_no, secret=secret)
        return SealedCode(
            card_no=self._seal(card_no, place=CARD_NO, uid=uid) if card_no else None,
            secret=self._seal(secret, place=SECRET, uid=uid),
            index_hash=index_hash,
            secret_hash=secret_hash,
        )
