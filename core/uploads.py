"""Uploaded files of codes never touch the disk in the clear: they are sealed as they arrive.

A sealed file is a run of frames: length (4 bytes) | nonce (12) | AES-256-GCM ciphertext of up to
1 MiB, with file key and frame number as associated data, so that frames cannot be reordered or cut
in the middle; the last frame is empty. The file's own key is kept sealed in the caller's row.
"""

import io
import os
import re
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.crypto import KEY_BYTES, CannotDecrypt
from core.errors import AppError

FRAME = 1024 * 1024
MOST_BYTES = 200 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_NAME = re.compile(r"[0-9a-f]{32}")
_NONCE = 12


class SealedFile:
    """A file on disk that only its key opens."""

    def __init__(self, *, name: str, key: bytes) -> None:
        self.name, self.key = name, key

    @property
    def path(self) -> Path:
        return Path(settings.UPLOADS_DIR, self.name)

    def frames(self, *, start: int = 0) -> Iterator[bytes]:
        """The clear text, a frame at a time; a file that was cut or changed raises."""
        with self.path.open("rb") as file:
            yield from _clear_frames(file, key=self.key, name=self.name, start=start)

    def read_sealed(self) -> bytes:
        """The file as it is, for a row that keeps it: `open_bytes` opens it with the same key."""
        return self.path.read_bytes()

    def delete(self) -> None:
        self.path.unlink(missing_ok=True)


def open_bytes(sealed: bytes, *, key: bytes) -> bytes:
    """The clear text of what `read_sealed` gave; raises CannotDecrypt."""
    return b"".join(_clear_frames(io.BytesIO(sealed), key=key, name="bytes"))


def seal_frame(clear: bytes, *, key: bytes, number: int) -> bytes:
    """A frame by itself, for a row that keeps it; it opens under its own number only."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, clear, _LENGTH.pack(number))


def open_frame(sealed: bytes, *, key: bytes, number: int) -> bytes:
    """Raises CannotDecrypt."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _LENGTH.pack(number))
    except (InvalidTag, ValueError) as why:
        raise CannotDecrypt(f"frame {number}") from why


def _clear_frames(file: IO[bytes], *, key: bytes, name: str, start: int = 0) -> Iterator[bytes]:
    for number, body in enumerate(_read_frames(file)):
        try:
            clear = open_frame(body, key=key, number=number)
        except CannotDecrypt as why:
            raise CannotDecrypt(f"{name} frame {number}") from why
        if not clear:
            return
        if number >= start:
            yield clear
    raise CannotDecrypt(f"{name} ends too early")


def old_files(*, before: datetime) -> Iterator[str]:
    """Names of sealed files that were last written before then, in no order."""
    folder = Path(settings.UPLOADS_DIR)
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            is_ours = _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
            if is_ours and entry.stat().st_mtime < before.timestamp():
                yield entry.name


def _read_frames(file: IO[bytes]) -> Iterator[bytes]:
    while len(head := file.read(_LENGTH.size)) == _LENGTH.size:
        yield file.read(_LENGTH.unpack(head)[0])


class SealedWriter:
    """Writes a sealed file, frame by frame; bytes written so far are in `size`."""

    def __init__(self) -> None:
        Path(settings.UPLOADS_DIR).mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sealed = SealedFile(name=uuid4().hex, key=os.urandom(KEY_BYTES))
        self.size = 0
        self._number = 0
        self._waiting = bytearray()
        self._file = self.sealed.path.open("wb")
        self.sealed.path.chmod(0o600)

    def write(self, clear: bytes) -> None:
        self.size += len(clear)
        self._waiting += clear
        while len(self._waiting) >= FRAME:
            self._frame(bytes(self._waiting[:FRAME]))
            del self._waiting[:FRAME]

    def close(self) -> SealedFile:
        if self._waiting:
            self._frame(bytes(self._waiting))
        self._frame(b"")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self.sealed

    def drop(self) -> None:
        self._file.close()
        self.sealed.delete()

    def _frame(self, clear: bytes) -> None:
        body = seal_frame(clear, key=self.sealed.key, number=self._number)
        self._file.write(_LENGTH.pack(len(body)) + body)
        self._number += 1


def seal_bytes(clear: bytes) -> SealedFile:
    """A sealed file from text at hand: a paste."""
    writer = SealedWriter()
    writer.write(clear)
    return writer.close()


class UploadTooLarge(AppError):
    code = "upload_too_large"
    status = 413


class SealedUpload(UploadedFile):
    """What a form field holds after an upload: `sealed` opens it, `size` is the clear size.

    Its file goes with the request, unless somebody keeps it. Of one over 200 MB only the beginning
    was kept, and it does not open: the form's other fields have come all the same.
    """

    def __init__(self, *, sealed: SealedFile, name: str, size: int, content_type: str) -> None:
        self._sealed = sealed
        self._is_kept = False
        self.is_cut = size > MOST_BYTES
        super().__init__(file=None, name=name, size=size, content_type=content_type)

    @property
    def sealed(self) -> SealedFile:
        """Raises UploadTooLarge."""
        if self.is_cut:
            raise UploadTooLarge(_("The file is larger than 200 MB."), param="file")
        return self._sealed

    def read_all(self, *, most: int) -> bytes:
        """Small files (pictures, tables) whole; past `most` bytes it stops and returns them."""
        clear = b""
        for frame in self._sealed.frames():
            clear += frame
            if len(clear) > most:
                break
        return clear[: most + 1]

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        return self.sealed.frames()

    def keep(self) -> None:
        """A row of this transaction has the key: if it is committed, the file stays."""
        transaction.on_commit(self._stay)

    def _stay(self) -> None:
        self._is_kept = True

    def close(self) -> None:
        """Django's last word to an upload, at the end of its request."""
        if not self._is_kept:
            self._sealed.delete()


class SealedUploadHandler(FileUploadHandler):
    """Seals each chunk as it comes; what goes beyond 200 MB is not kept."""

    chunk_size = 256 * 1024

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._writer = SealedWriter()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= MOST_BYTES:
            self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        return SealedUpload(
            sealed=self._writer.close(),
            name=self.file_name or "",
            size=file_size,
            content_type=self.content_type or "",
        )

    def upload_interrupted(self) -> None:
        writer = getattr(self, "_writer", None)
        if writer is not None:
            writer.drop()
