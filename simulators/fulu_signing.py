"""How Fulu signs and encrypts (open platform v2, signature and card decryption)."""

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7


def compact(fields: Mapping[str, object]) -> str:
    """JSON as PHP writes it with unescaped unicode and slashes."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def sign_text(text: str, secret: str) -> str:
    """All characters of the text in ascending order, then the secret."""
    return hashlib.md5(("".join(sorted(text)) + secret).encode()).hexdigest()  # noqa: S324 -- the protocol's own


def sign_fields(fields: Mapping[str, object], secret: str) -> str:
    return sign_text(compact({k: v for k, v in fields.items() if k != "sign"}), secret)


def encrypt(plain: str, secret: str) -> str:
    """AES-256-ECB with PKCS7 under the secret's own 32 bytes, in base64."""
    padder = PKCS7(128).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    encryptor = _cipher(secret).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _cipher(secret: str) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(secret.encode()), modes.ECB())  # noqa: S305 -- the protocol's own
