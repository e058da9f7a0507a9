"""The picture of a slider: a scene with a gap, and the piece that fits into it.

Both are pixels: where the gap is stands nowhere in the page. The scene has false gaps too, turned
the other way, and noise, so that one look at its darkest place does not find the true one.
"""

import io
import secrets
from base64 import b64encode
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 320, 160
_KNOB = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Puzzle:
    """Both as addresses that hold the picture themselves; `piece` is as high as the scene."""

    scene: str
    piece: str


def draw(*, gap: int, side: int) -> Puzzle:
    """The gap begins `gap` pixels from the left; the piece is `side` wide."""
    rng = Random(secrets.randbits(64))  # noqa: S311 -- the picture's looks; `gap` came from secrets
    top = rng.randint(8, HEIGHT - side - 8)
    scene, shape = _scene(rng), _shape(side)
    piece = Image.new("RGBA", (side, HEIGHT), (0, 0, 0, 0))
    piece.paste(scene.crop((gap, top, gap + side, top + side)), (0, top), shape)
    _rim(piece, shape, (0, top), (255, 255, 255, 230))
    _darken(scene, shape, (gap, top), by=rng.uniform(0.5, 0.6))
    for at in _elsewhere(rng, gap, side):
        other = shape.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        _darken(scene, other, (at, rng.randint(8, HEIGHT - side - 8)), by=rng.uniform(0.45, 0.65))
    return Puzzle(scene=_address(scene, "JPEG", quality=72), piece=_address(piece, "PNG"))


def _scene(rng: Random) -> Image.Image:
    left, right = (tuple(rng.randint(70, 220) for _each in range(3)) for _end in range(2))
    ramp = Image.linear_gradient("L").rotate(90).resize((WIDTH, HEIGHT))
    scene = Image.composite(
        Image.new("RGB", (WIDTH, HEIGHT), left), Image.new("RGB", (WIDTH, HEIGHT), right), ramp
    )
    pen = ImageDraw.Draw(scene)
    for _each in range(26):
        x, y, r = rng.randint(-20, WIDTH), rng.randint(-20, HEIGHT), rng.randint(10, 42)
        colour = tuple(rng.randint(40, 235) for _channel in range(3))
        box = (x, y, x + 2 * r, y + rng.randint(r, 2 * r))
        (pen.ellipse if rng.random() < 0.6 else pen.rectangle)(box, fill=colour)
    noise = Image.effect_noise((WIDTH, HEIGHT), 46).convert("RGB")
    return Image.blend(scene.filter(ImageFilter.GaussianBlur(1.2)), noise, 0.14)


def _shape(side: int) -> Image.Image:
    """A square with a knob on its right and a dent in its top."""
    shape = Image.new("L", (side, side), 0)
    pen, middle = ImageDraw.Draw(shape), side // 2
    pen.rectangle((0, 0, side - 2 * _KNOB, side - 1), fill=255)
    pen.ellipse((side - 3 * _KNOB, middle - _KNOB, side - 1, middle + _KNOB), fill=255)
    pen.ellipse((middle - 2 * _KNOB, -_KNOB, middle, _KNOB), fill=0)
    return shape


def _rim(image: Image.Image, shape: Image.Image, at: tuple[int, int], colour: object) -> None:
    edge = ImageChops.subtract(shape, shape.filter(ImageFilter.MinFilter(3)))
    image.paste(Image.new("RGBA", shape.size, colour), at, edge)  # type: ignore[arg-type]


def _darken(scene: Image.Image, shape: Image.Image, at: tuple[int, int], *, by: float) -> None:
    box = (*at, at[0] + shape.width, at[1] + shape.height)
    there = scene.crop(box)
    scene.paste(there.point(lambda value: int(value * by)), at, shape)


def _elsewhere(rng: Random, gap: int, side: int) -> list[int]:
    """Where the false gaps begin: a piece's width from the true one at least, one from another."""
    free = [at for at in range(side // 2, WIDTH - side) if abs(at - gap) > side + 4]
    first = rng.choice(free)
    rest = [at for at in free if abs(at - first) > side + 4]
    return [first, rng.choice(rest)] if rest else [first]


def _address(image: Image.Image, kind: str, **how: int) -> str:
    written = io.BytesIO()
    image.save(written, kind, **how)
    return f"data:image/{kind.lower()};base64,{b64encode(written.getvalue()).decode()}"
