"""What a merchant types, made fit to be stored and shown; refusals name the field."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.errors import FieldRefused
from core.errors import InvalidInput

_TAGS = {"p", "br", "b", "strong", "em", "i", "u", "ul", "ol", "li", "h3", "h4", "blockquote", "a"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cleaned(text: str) -> str:
    """Without control characters (a NUL cannot even be stored) and blanks at the ends."""
    return _CONTROL.sub("", text).strip()


def clean_html(text: str) -> str:
    return nh3.clean(
        cleaned(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    )


def only_known(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """`given` with its texts cleaned; raises InvalidInput for a name that may not be set."""
    unknown = given.keys() - set(names)
    if unknown:
        raise InvalidInput(_("This cannot be set."), param=sorted(unknown)[0])
    return {
        name: cleaned(value) if isinstance(value, str) else value for name, value in given.items()
    }


def check_row(row: models.Model) -> None:
    """Every field's own rule (length, choice, range), as one FieldRefused for the first."""
    try:
        row.clean_fields(exclude={"tenant_id"})
    except ValidationError as refusal:
        name, messages = next(iter(refusal.message_dict.items()))
        label = getattr(row._meta.get_field(name), "verbose_name", name)
        raise FieldRefused(label, messages[0], param=name) from None
