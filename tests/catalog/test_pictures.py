import io
import struct
import zlib

import pytest
from PIL import Image

from catalog import services as catalog
from catalog.errors import PictureRefused
from catalog.models import Picture
from catalog.selectors import get_picture
from tests.catalog.people import OWNER
from tests.times import NOON

pytestmark = pytest.mark.usefixtures("scope")


def picture(size=(40, 20), form="PNG", mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, size, "#12b886").save(written, form, **options)
    return written.getvalue()


def bomb(side=60_000):
    """A PNG that says it is `side` pixels wide and high, in a few bytes."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def store(body):
    return catalog.store_picture(body=body, by=OWNER, now=NOON)


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGB"), ("GIF", "P")]
)
def test_a_picture_is_kept_as_webp_under_the_hash_of_what_is_kept(form, mode):
    kept = get_picture(picture_hash=store(picture(form=form, mode=mode)))

    assert (kept.mime, kept.width, kept.height) == ("image/webp", 40, 20)
    assert Image.open(io.BytesIO(kept.body)).format == "WEBP"


def test_the_same_picture_is_kept_once():
    assert store(picture()) == store(picture())
    assert Picture.objects.count() == 1


def test_a_large_picture_is_made_smaller():
    kept = get_picture(picture_hash=store(picture((2560, 1000))))

    assert (kept.width, kept.height) == (1280, 500)


def test_what_the_camera_noted_is_dropped():
    exif = Image.Exif()
    exif[0x010F] = "Camera of Li Lei"

    kept = get_picture(picture_hash=store(picture(form="JPEG", exif=exif)))

    assert b"Li Lei" not in bytes(kept.body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"GIF89a",
        b"<svg onload='x()'/>",
        picture()[:40],
        bomb(),
        bomb(side=7_000),
        b"x" * 9_000_000,
    ],
    ids=["empty", "head only", "svg", "torn", "bomb", "small bomb", "too long"],
)
def test_what_is_no_picture_or_a_bomb_is_refused(body):
    with pytest.raises(PictureRefused) as refusal:
        store(body)

    assert refusal.value.param == "picture"
    assert not Picture.objects.exists()
