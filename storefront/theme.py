"""A merchant's theme: a handful of tokens, never free CSS.

Tokens: `brand`, `brand_ink` (text on it), `hero_from`, `hero_to` (colours as #rrggbb) and `radius`
(0-28, in px). What is missing or malformed falls back to the house's own; an ink that could not be
read on its ground is replaced by black or white.
"""

import hashlib
import re
from functools import lru_cache

_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_RADIUS = re.compile(r"^([0-9]|1[0-9]|2[0-8])(px)?$")
BRAND, HERO_FROM, HERO_TO, RADIUS = "#0f766e", "#0f766e", "#134e4a", "16"
DARK, LIGHT = "#16181d", "#ffffff"
AA = 4.5

_CSS = """:root {{
  --brand: {brand};
  --brand-ink: {ink};
  --brand-text: {text};
  --hero-from: {hero_from};
  --hero-to: {hero_to};
  --hero-ink: {hero_ink};
  --radius: {radius}px;
}}
"""


def tokens(theme: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The theme as something that can be hashed."""
    return tuple(sorted((str(key), str(value)) for key, value in theme.items()))


@lru_cache(maxsize=256)
def css_of(given: tuple[tuple[str, str], ...]) -> str:
    theme = dict(given)
    brand = _colour(theme.get("brand"), BRAND)
    hero_from = _colour(theme.get("hero_from"), brand if "brand" in theme else HERO_FROM)
    hero_to = _colour(theme.get("hero_to"), _darker(hero_from) if "brand" in theme else HERO_TO)
    hero_from, hero_to, hero_ink = _readable_hero(hero_from, hero_to)
    radius = _RADIUS.match(str(theme.get("radius", RADIUS)))
    return _CSS.format(
        brand=brand,
        ink=_readable_ink(_colour(theme.get("brand_ink"), LIGHT), brand),
        text=_readable_on_white(brand),
        hero_from=hero_from,
        hero_to=hero_to,
        hero_ink=hero_ink,
        radius=radius.group(1) if radius else RADIUS,
    )


@lru_cache(maxsize=256)
def version_of(given: tuple[tuple[str, str], ...]) -> str:
    return digest_of(css_of(given))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def brand_of(theme: dict[str, str]) -> str:
    return _colour(theme.get("brand"), BRAND)


def ink_on(ground: str) -> str:
    return _readable_ink(LIGHT, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _colour(given: str | None, fallback: str) -> str:
    return given.lower() if given and _COLOUR.match(given) else fallback


def _readable_ink(ink: str, ground: str) -> str:
    if contrast(ink, ground) >= AA:
        return ink
    return max((LIGHT, DARK), key=lambda one: contrast(one, ground))


def _readable_hero(start: str, end: str) -> tuple[str, str, str]:
    """Dark text where it can be read on both ends; else white text on ends made dark enough."""
    if min(contrast(DARK, start), contrast(DARK, end)) >= AA:
        return start, end, DARK
    return _dark_enough(start), _dark_enough(end), LIGHT


def _readable_on_white(colour: str) -> str:
    """The brand's colour, darkened until it can be read as text on white or a light tint of it."""
    return _dark_enough(colour, beside="#f0f1f3")


def _dark_enough(colour: str, *, beside: str = LIGHT) -> str:
    while contrast(colour, beside) < AA:
        colour = _darker(colour, keep=0.94)
    return colour


def _darker(colour: str, *, keep: float = 0.72) -> str:
    return "#" + "".join(f"{int(part * keep):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
