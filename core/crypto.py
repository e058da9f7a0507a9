"""Secrets at rest: AES-256-GCM under a data key per tenant, wrapped by a master key.

A ciphertext is: scheme (1 byte) | data key version (2 bytes) | nonce (12 bytes) | text and tag.
Associated data: scheme | tenant | table | row's uid | field, so that a ciphertext moved to another
row or tenant does not open. The blind index is HMAC-SHA256 under a key of its own per
tenant and field, derived with HKDF (RFC 5869) from a tenant key that is not the data key.

Master keys live in a file outside the database, one `number:base64` a line (or one bare key, number
1); the highest number wraps, all of them unwrap.
"""

import base64
import hashlib
import hmac
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.scope import require_tenant, tenant_atomic

SCHEME = 1
_HEAD = struct.Struct(">BH")
_NONCE = 12
KEY_BYTES = 32


class CannotDecrypt(RuntimeError):
    """Wrong key, other row, other tenant or a flipped bit: the ciphertext does not open."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ciphertext lives; it opens nowhere else."""

    table: str
    field: str

    def bound_to(self, tenant_id: int, uid: UUID) -> bytes:
        return f"{SCHEME}|{tenant_id}|{self.table}|{uid.hex}|{self.field}".encode()


class Sealer:
    """One tenant's keys at hand: for loops over many rows, without a query per row."""

    def __init__(self, *, tenant_id: int, keys: dict[int, bytes], current: int) -> None:
        self._tenant_id = tenant_id
        self.current = current
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}

    def seal(self, text: str, *, place: Place, uid: UUID) -> bytes:
        head = _HEAD.pack(SCHEME, self.current)
        nonce = os.urandom(_NONCE)
        bound = place.bound_to(self._tenant_id, uid)
        return head + nonce + self._ciphers[self.current].encrypt(nonce, text.encode(), bound)

    def open(self, sealed: bytes, *, place: Place, uid: UUID) -> str:
        sealed = bytes(sealed)
        try:
            scheme, version = _HEAD.unpack_from(sealed)
            nonce, body = sealed[3 : 3 + _NONCE], sealed[3 + _NONCE :]
            if scheme != SCHEME:
                raise CannotDecrypt(f"scheme {scheme} is not known")
            bound = place.bound_to(self._tenant_id, uid)
            return self._ciphers[version].decrypt(nonce, body, bound).decode()
        except (InvalidTag, KeyError, struct.error) as why:
            raise CannotDecrypt(f"{place.table}.{place.field} {uid}") from why


def key_version(sealed: bytes) -> int:
    """The data key version a ciphertext was made with."""
    return int(_HEAD.unpack_from(bytes(sealed))[1])


def sealer() -> Sealer:
    """The bound tenant's keys; makes its first data key when there is none."""
    return _keyring(require_tenant()).sealer


def seal(text: str, *, place: Place, uid: UUID) -> bytes:
    return sealer().seal(text, place=place, uid=uid)


def unseal(sealed: bytes, *, place: Place, uid: UUID) -> str:
    """The clear text, or CannotDecrypt. A key made since by another process is looked up once."""
    tenant_id = require_tenant()
    if not _keyring(tenant_id).knows(key_version(sealed)):
        forget_keys()
    return _keyring(tenant_id).sealer.open(sealed, place=place, uid=uid)


def blind_index(text: str, *, field: str) -> bytes:
    """32 bytes that are equal for equal text of one tenant and field, and tell nothing else."""
    return indexer(field=field)(text)


def indexer(*, field: str) -> Callable[[str], bytes]:
    """`blind_index` for loops: the derived key is at hand."""
    key = _keyring(require_tenant()).index_key(field)

    def index(text: str) -> bytes:
        return hmac.digest(key, text.encode(), "sha256")

    return index


def digest(text: str) -> bytes:
    """SHA-256, for values with enough entropy of their own (tokens), not for codes or phones."""
    return hashlib.sha256(text.encode()).digest()


class _Keyring:
    def __init__(self, *, tenant_id: int, keys: dict[int, bytes], index: bytes) -> None:
        self.sealer = Sealer(tenant_id=tenant_id, keys=keys, current=max(keys))
        self._versions = frozenset(keys)
        self._index = index
        self._index_keys: dict[str, bytes] = {}

    def knows(self, version: int) -> bool:
        return version in self._versions

    def index_key(self, field: str) -> bytes:
        if field not in self._index_keys:
            derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"blind|{field}".encode())
            self._index_keys[field] = derive.derive(self._index)
        return self._index_keys[field]


@lru_cache(maxsize=1024)
def _keyring(tenant_id: int) -> _Keyring:
    from core.datakeys import ensure_keys  # noqa: PLC0415 -- the table needs the app registry

    with tenant_atomic():
        keys = ensure_keys()
    return _Keyring(tenant_id=tenant_id, keys=keys.data, index=keys.index)


def forget_keys() -> None:
    """Read the keys anew: after a rotation, and between tests."""
    _keyring.cache_clear()
    master_keys.cache_clear()


@lru_cache(maxsize=1)
def master_keys() -> dict[int, bytes]:
    """Master keys by number; the highest one wraps."""
    try:
        lines = Path(settings.MASTER_KEYS_FILE).read_text().split()
    except OSError as why:
        raise ImproperlyConfigured(f"The master key cannot be read: {why}") from why
    keys: dict[int, bytes] = {}
    for line in lines:
        number, _, key = line.rpartition(":")
        keys[int(number or 1)] = base64.b64decode(key, validate=True)
    if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
        raise ImproperlyConfigured("MASTER_KEY_FILE: each line is number:base64 of 32 bytes.")
    return keys


def wrap(key: bytes, *, label: str) -> tuple[bytes, int]:
    """A key under the newest master key, and that key's number."""
    number = max(master_keys())
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(master_keys()[number]).encrypt(nonce, key, label.encode()), number


def unwrap(wrapped: bytes, *, number: int, label: str) -> bytes:
    wrapped = bytes(wrapped)
    try:
        cipher = AESGCM(master_keys()[number])
        return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], label.encode())
    except (InvalidTag, KeyError) as why:
        raise CannotDecrypt(f"master key {number} does not open {label}") from why
