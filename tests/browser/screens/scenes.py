"""What is in the pictures, read from the table beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BOOK = Path(__file__).parent / "scenes.toml"
SIZES = {"phone": (390, 844), "tablet": (768, 1024), "desk": (1440, 900), "wall": (1920, 1080)}
LANGUAGES = {"zh": "中文", "en": "English"}
SHOP, OFFICE, OPS = "shop", "office", "ops"
DARK, TICKED = "dark", "ticked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    name: str
    path: str
    zh: str
    en: str
    sizes: tuple[str, ...] = ("phone", "tablet", "desk")
    look: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Pages that one visitor sees."""

    zh: str
    en: str
    zh_words: str
    en_words: str
    scenes: tuple[Scene, ...]
    who: str = OFFICE


@cache
def areas() -> tuple[Area, ...]:
    rows = tomllib.loads(BOOK.read_text(encoding="utf-8"))["areas"]
    return tuple(
        Area(**row | {"scenes": tuple(Scene(**one) for one in row["scenes"])}) for row in rows
    )
