"""Drawn tiles and icons: inline SVG, because the page's policy allows no inline style."""

import re
from functools import lru_cache
from urllib.parse import quote

from django.utils.html import escape
from django.utils.safestring import SafeString

_COLOUR = re.compile(r"^#[0-9a-fA-F]{3,8}$")
MOST_LETTERS = 12
GREY_FROM, GREY_TO = "#64748b", "#334155"

_TILE = (
    '<svg class="tile" viewBox="0 0 320 200" preserveAspectRatio="xMidYMid slice"'
    ' aria-hidden="true" focusable="false">'
    '<linearGradient id="{id}" x1="0" y1="0" x2="1" y2="1">'
    '<stop stop-color="{start}"/><stop offset="1" stop-color="{end}"/></linearGradient>'
    '<rect width="320" height="200" fill="url(#{id})"/>'
    '<circle cx="282" cy="18" r="92" fill="#fff" fill-opacity=".13"/>'
    '<circle cx="300" cy="6" r="54" fill="#fff" fill-opacity=".12"/>'
    '<path d="M0 168C70 132 118 206 188 174s96-34 132-14v40H0z" fill="#000" fill-opacity=".08"/>'
    '<text x="160" y="{y}" text-anchor="middle" fill="#fff" font-weight="700"'
    ' font-size="{size}" letter-spacing="{spacing}">{glyph}</text></svg>'
)
_PICTURE = '<img class="tile" src="/media/{hash}" alt="" width="640" height="400" loading="lazy">'


@lru_cache(maxsize=2048)
def tile(*, glyph: str, start: str, end: str, picture: str = "", group: str = "g") -> SafeString:
    """A product's picture, or its brand drawn: a gradient and up to five letters.

    Tiles that may be hidden together are a `group` of their own: a gradient inside something hidden
    paints nothing, and the first one of a name serves the whole page.
    """
    if picture:
        return SafeString(_PICTURE.format(hash=quote(picture, safe="")))
    start = start if _COLOUR.match(start) else GREY_FROM
    end = end if _COLOUR.match(end) else GREY_TO
    size = _size(glyph)
    return SafeString(
        _TILE.format(
            id=f"g{start[1:]}{end[1:]}",
            start=start,
            end=end,
            glyph=escape(glyph[:MOST_LETTERS]),
            size=size,
            y=100 + round(size * 0.36),
            spacing=2 if glyph.isascii() else 4,
        )
    )


def _size(glyph: str) -> int:
    """Letters are about half as wide as Chinese characters; the word fills two thirds."""
    width = sum(0.66 if letter.isascii() else 1.05 for letter in glyph[:MOST_LETTERS]) or 1
    return round(min(74, 216 / width))


_ICON = (
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>'
)
_PATHS = {
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="m20 20-4.2-4.2"/>',
    "orders": '<path d="M6 3h12v18l-3-2-3 2-3-2-3 2z"/><path d="M9.5 8h5M9.5 12h5"/>',
    "find": (
        '<path d="M18 10.5V3H6v18l3-2 2 1.3"/><path d="M9.5 8h5"/><circle cx="15.8" cy="16" '
        'r="3.4"/><path d="m18.4 18.6 2.4 2.4"/>'
    ),
    "globe": (
        '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c3 3 3 14 0 17M12 3.5c-3 '
        '3-3 14 0 17"/>'
    ),
    "bolt": '<path d="M13 3 5 13.5h6L10 21l9-11h-6.5z"/>',
    "shield": (
        '<path d="M12 3 5 5.5v6c0 4.5 3 7.5 7 9.5 4-2 7-5 7-9.5v-6z"/><path d="m9 11.8 2.2 '
        '2.2L15.2 10"/>'
    ),
    "lock": (
        '<rect x="5" y="10.5" width="14" height="10" rx="2.5"/><path d="M8 10.5V8a4 4 0 0 1 8 '
        '0v2.5"/>'
    ),
    "refund": (
        '<path d="M4 12a8 8 0 1 0 2.6-5.9"/><path d="M4 4v4.5h4.5"/><path d="M9.5 9.5 12 '
        '12.4l2.5-2.9M12 12.4V16M9.8 13.6h4.4"/>'
    ),
    "back": '<path d="m14.5 5-7 7 7 7"/>',
    "next": '<path d="m9.5 5 7 7-7 7"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "copy": (
        '<rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/><path d="M15.5 8.5V7A2.5 2.5 0 '
        '0 0 13 4.5H7A2.5 2.5 0 0 0 4.5 7v6A2.5 2.5 0 0 0 7 15.5h1.5"/>'
    ),
    "eye": (
        '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle'
        ' cx="12" cy="12" r="2.8"/>'
    ),
    "download": '<path d="M12 4v11m0 0-4-4m4 4 4-4M5 19.5h14"/>',
    "help": (
        '<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.4a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2 '
        '1-1.2 1.8M12 16.6v.1"/>'
    ),
    "box": '<path d="m4 8 8-4 8 4v8.5l-8 4-8-4z"/><path d="m4 8 8 4 8-4M12 12v8.5"/>',
    "device": '<rect x="7" y="3" width="10" height="18" rx="2.5"/><path d="M11 18h2"/>',
    "warn": '<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.1"/>',
    "qr": (
        '<rect x="4" y="4" width="6" height="6" rx="1"/><rect x="14" y="4" width="6" height="6"'
        ' rx="1"/><rect x="4" y="14" width="6" height="6" rx="1"/><path d="M14 14h2.5v2.5M20 '
        '14v2.5M14 20h2M18.5 20H20v-1"/>'
    ),
    "video": (
        '<rect x="3.5" y="5" width="17" height="14" rx="3"/><path d="m10.5 9.3 4.5 2.7-4.5 '
        '2.7z"/>'
    ),
    "music": (
        '<circle cx="7.5" cy="17" r="2.8"/><circle cx="17" cy="15" r="2.8"/><path d="M10.3 '
        '17V6.5l9.5-2V15"/>'
    ),
    "game": (
        '<path d="M8 8h8a5.5 5.5 0 0 1 5.4 6.5c-.5 2.9-3.6 3.6-5.2 1.3l-.9-1.3H8.7l-.9 1.3C6.2 '
        '18.1 3.1 17.4 2.6 14.5A5.5 5.5 0 0 1 8 8z"/><path d="M8 10.3v2.8M6.6 11.7h2.8M15.6 '
        '12.4v.1M17.6 10.9v.1"/>'
    ),
    "phone": (
        '<path d="M6.5 3.5h3l1.5 4.5-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2.2 '
        '2C11 19 5 13 4.5 5.7a2 2 0 0 1 2-2.2z"/>'
    ),
    "food": (
        '<path d="M5 9h11v5.5a4.5 4.5 0 0 1-4.5 4.5h-2A4.5 4.5 0 0 1 5 14.5z"/><path d="M16 '
        '10.5h1.5a2.5 2.5 0 0 1 0 5H16M8.5 3.5v2.5M12.5 3.5v2.5"/>'
    ),
    "gift": (
        '<rect x="4" y="9" width="16" height="4" rx="1"/><path d="M5.5 13v7.5h13V13M12 '
        '9v11.5M12 9S10.5 4 8 4.5 7.5 9 12 9zm0 0s1.5-5 4-4.5S16.5 9 12 9z"/>'
    ),
    "card": '<rect x="3" y="5.5" width="18" height="13" rx="2.5"/><path d="M3 10h18M7 14.8h4"/>',
    "cloud": '<path d="M7 18.5a4.5 4.5 0 0 1-.5-9 6 6 0 0 1 11.5 1.5 3.8 3.8 0 0 1-.5 7.5z"/>',
    "book": (
        '<path d="M4 5.5c3-1 6-.5 8 1 2-1.5 5-2 8-1V19c-3-1-6-.5-8 1-2-1.5-5-2-8-1zM12 '
        '6.5V20"/>'
    ),
    "travel": '<path d="m3.5 13.5 17-7.5-6.5 15-3-6.5z"/>',
    "shop": (
        '<path d="M4.5 9.5V20h15V9.5M3 9.5 5 4h14l2 5.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6'
        ' 0zM10 20v-5.5h4V20"/>'
    ),
}  # fmt: skip
ICONS = {name: SafeString(_ICON.format(path)) for name, path in _PATHS.items()}


def icon(name: str) -> SafeString:
    """A line icon by name; a short glyph that a merchant typed is shown as it is."""
    return ICONS.get(name) or SafeString(f'<span class="glyph">{escape(name[:2]) or "✦"}</span>')


def letter_icon(*, letter: str, ground: str, ink: str) -> str:
    """The shop's favicon: its first letter on its colour."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" rx="16" fill="{escape(ground)}"/>'
        f'<text x="32" y="44" text-anchor="middle" font-family="sans-serif" font-weight="700"'
        f' font-size="34" fill="{escape(ink)}">{escape(letter)}</text></svg>'
    )
