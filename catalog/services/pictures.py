"""Pictures that merchants upload: read with suspicion, stored as our own encoding of them."""

import hashlib
import io
import warnings
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from catalog.errors import PictureRefused
from catalog.models import Picture
from core.actors import Actor
from core.scope import tenant_atomic
from tenants import audit

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1280
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@tenant_atomic
def store_picture(*, body: bytes, by: Actor, now: datetime) -> str:
    """Re-encode as WebP, without what the camera noted of place and owner, and keep it once.

    Returns its hash. Raises PictureRefused for what is no picture, or too large a one.
    """
    image = _opened(body)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    image.save(written, "WEBP", quality=82, method=4)
    stored = written.getvalue()
    picture_hash = hashlib.sha256(stored).hexdigest()
    Picture.objects.bulk_create(
        [
            Picture(
                hash=picture_hash,
                mime="image/webp",
                body=stored,
                width=image.width,
                height=image.height,
                stored_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    audit.record(by=by, action="picture.stored", target=picture_hash, now=now)
    return picture_hash


def _opened(body: bytes) -> Image.Image:
    if len(body) > MOST_BYTES:
        raise PictureRefused(_("The picture is larger than 8 MB."), param="picture")
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb before it decodes; the size check below says it in our words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(body), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise PictureRefused(
                _("The picture has too many pixels. Make it smaller."), param="picture"
            )
        return ImageOps.exif_transpose(image).convert("RGBA" if _is_clear(image) else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise PictureRefused(
            _("This is not a picture we can read. Use PNG, JPEG, WebP or GIF."), param="picture"
        ) from None


def _is_clear(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
