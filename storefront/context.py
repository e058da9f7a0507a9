"""What every page knows of the shop."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from storefront import theme

# (code, its name for people, its short name), the other of the two languages first.
_OTHER = {"zh-hans": ("en", "English", "EN"), "en": ("zh-hans", "简体中文", "中文")}
_TAGS = {"zh-hans": "zh-Hans", "en": "en"}


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
        "shop_tagline": found.tagline_in(language),
        "theme_version": theme.version_of(theme.tokens(found.theme)),
        "theme_colour": theme.brand_of(found.theme),
        "lang": _TAGS[language],
        "other_lang": other,
        "other_lang_name": other_name,
        "other_lang_short": other_short,
        "here": request.get_full_path(),
    }
