"""Fulu's signature and its cards' cipher: both by the one AppSecret."""

import hashlib
from base64 import b64decode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from core.secrets import Secret
from suppliers.errors import Unspeakable


def sign(text: str, secret: Secret) -> str:
    """MD5 over the text's characters in ascending order and the secret, in lower hex."""
    if any(letter > "\uffff" for letter in text):
        # UTF-16 and code points sort differently there: no signature would be the same.
        raise Unspeakable("an emoji, or another character that Fulu cannot sign")
    said = "".join(sorted(text)) + secret.reveal()
    return hashlib.md5(said.encode()).hexdigest()  # noqa: S324 -- the protocol's signature


def open_card(sealed: str, secret: Secret) -> str:
    """AES-256-ECB with PKCS#7: theirs to choose, it protects nothing from being changed."""
    opener = Cipher(algorithms.AES(secret.reveal().encode()), modes.ECB()).decryptor()  # noqa: S305 -- theirs
    padded, padding = opener.update(b64decode(sealed, validate=True)), PKCS7(128).unpadder()
    return (padding.update(padded + opener.finalize()) + padding.finalize()).decode()
