"""Card platforms as data: one file each, whose recipe a merchant starts from.

`evidence` is whence it is known: D the platform's own document, 2 one private client, to be asked
before it is trusted. `unsure` names the keys of the recipe that the vendor is to be asked about.
"""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from suppliers.adapters.connector_recipe import read_recipe


@dataclass(frozen=True, kw_only=True, slots=True)
class CardPlatform:
    """`recipe` is the connector's, as JSON text. `has_vector`: it makes the signature that the
    platform published. `can_buy` False: nothing but the balance can be asked yet."""

    name: str
    label: str
    label_en: str
    evidence: str
    has_vector: bool
    source: str
    unsure: tuple[str, ...]
    recipe: str
    can_buy: bool


@cache
def card_platforms() -> tuple[CardPlatform, ...]:
    """Those that can buy come first."""
    found = [_read(path) for path in sorted(Path(__file__).parent.glob("*.toml"))]
    return tuple(sorted(found, key=lambda each: not each.can_buy))


def _read(path: Path) -> CardPlatform:
    said = tomllib.loads(path.read_text())
    recipe = json.dumps(said["recipe"], ensure_ascii=False, indent=2)
    return CardPlatform(
        name=path.stem,
        label=said["label"],
        label_en=said["label_en"],
        evidence=said["evidence"],
        has_vector=said["has_vector"],
        source=said["source"],
        unsure=tuple(said["unsure"]),
        recipe=recipe,
        can_buy=read_recipe(recipe).order is not None,
    )
