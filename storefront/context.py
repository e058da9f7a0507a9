"""What every page knows of the shop."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storefront import theme
from tenants.types import Shop

# (code, its name for people, its short name), the other of the two languages first.
_OTHER = {"zh-hans": ("en", "English", "EN"), "en": ("zh-hans", "简体中文", "中文")}
_TAGS = {"zh-hans": "zh-Hans", "en": "en"}


def _lines(shop: Shop, language: str) -> list[list[str]]:
    """The footer: who sells, and where a person answers. Its parts are not broken in the middle."""
    seller = shop.text_in(language, "legal_name") or shop.name_in(language)
    contact = [part.strip() for part in shop.text_in(language, "contact").split("·")]
    if contact[0]:
        contact[0] = f"{_('Contact')} {contact[0]}"
    lines = [[seller, shop.text_in(language, "licence_line")], contact]
    return [[part for part in line if part] for line in lines]


def shop(request: HttpRequest) -> dict[str, Any]:
    found = getattr(request, "shop", None)
    if found is None:
        return {"shop": None}
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    other, other_name, other_short = _OTHER[language]
    name = found.name_in(language)
    return {
        "shop": found,
        "shop_name": name,
        "shop_letter": name[:1],
        "shop_tagline": found.text_in(language, "tagline"),
        "shop_seller": found.text_in(language, "legal_name") or name,
        "shop_contact": found.text_in(language, "contact"),
        "shop_lines": _lines(found, language),
        "theme_version": theme.version_of(theme.tokens(found.theme)),
        "theme_colour": theme.brand_of(found.theme),
        "lang": _TAGS[language],
        "other_lang": other,
        "other_lang_name": other_name,
        "other_lang_short": other_short,
        "here": request.get_full_path(),
    }
