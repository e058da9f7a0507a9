"""Fields of the API's bodies that DRF does not have."""

import re
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from core.money import read_e4, write_e4

UNKNOWN_FIELD = "unknown_field"
_fields: dict[tuple[type, str | None], tuple[Any, list[Any]]] = {}


class Shape(serializers.Serializer):
    """A body, or a part of one. A name it does not know is a typo, and what it was to say would be
    lost: it is refused."""

    @cached_property
    def fields(self) -> Any:
        """Those of an empty one, made once for each language: to copy them costs as much as to read
        the body. A field keeps nothing of what it has read, but its words as they were first said.
        """
        return self._made_once()[0]

    @property
    def _writable_fields(self) -> list[Any]:
        return self._made_once()[1]

    def _made_once(self) -> tuple[Any, list[Any]]:
        kind = type(self), get_language()
        if kind not in _fields:
            fields = super(Shape, type(self)()).fields
            _fields[kind] = fields, [one for one in fields.values() if not one.read_only]
        return _fields[kind]

    def _read_only_defaults(self) -> dict[str, Any]:
        """A body has no fields that are only read."""
        return {}

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, dict) else ()
        if unknown:
            said = _("There is no field of this name here. Check its spelling.")
            raise serializers.ValidationError({unknown[0]: [ErrorDetail(str(said), UNKNOWN_FIELD)]})
        return super().to_internal_value(data)


AMOUNT = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,4})?$"
# Something is left of it when blanks are taken off both ends; no character that no text has, which
# is refused as the body is read.
_NONE = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_BLANK = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
TEXT = rf"^[^{_NONE}]*[^{_BLANK}][^{_NONE}]*$"
MAYBE_TEXT = rf"^[^{_NONE}]*$"
# Control characters, ends of lines, and what is not seen or turns the words after it around.
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
)
LINE = rf"^[^{_UNSEEN}{_BLANK}]([^{_UNSEEN}]*[^{_UNSEEN}{_BLANK}])?$"


@extend_schema_field({"type": "string", "pattern": AMOUNT, "examples": ["9.8750"]})
class Amount(serializers.Field):
    """Money as a decimal string of up to four decimals; inside it is 1/10,000 of the unit.

    A number is refused: a float has lost digits before it is sent.
    """

    default_error_messages = {"amount": _('Write an amount as text, such as "9.8750".')}

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not re.fullmatch(AMOUNT, data, re.ASCII):
            self.fail("amount")
        return read_e4(data)

    def to_representation(self, value: int) -> str:
        return write_e4(value)


class Text(serializers.CharField):
    """Text, and nothing that merely could be written as one: `true` and `7` are refused.

    TEXT is for who reads the description: it takes quadratic time for what is long and wrong.
    """

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if re.search(f"[{_NONE}]", data):
            self.fail("invalid")
        if not self.allow_blank and not re.search(f"[^{_BLANK}]", data):
            self.fail("blank")
        return str(super().to_internal_value(data))

    @property
    def pattern(self) -> str:
        return MAYBE_TEXT if self.allow_blank else TEXT


class Line(Text):
    """Text on one line, of which everything is seen; never blank, nor at its ends: a name that is
    compared, and is none other than what was sent."""

    pattern = LINE
    default_error_messages = {
        "unseen": _("Write it on one line, of characters that can be seen: take {which} out."),
        "ends": _("Take the blanks at its beginning and end out."),
    }

    def to_internal_value(self, data: Any) -> str:
        line = super().to_internal_value(data)
        found = re.search(f"[{_UNSEEN}]", data)
        if found is not None:
            self.fail("unseen", which=f"U+{ord(found[0]):04X}")
        if line != data or re.search(f"^[{_BLANK}]|[{_BLANK}]$", data):
            self.fail("ends")
        return line


class Choice(serializers.ChoiceField):
    """One of a few words; who says another is told them."""

    default_error_messages = {"invalid_choice": _("It is one of these: {known}.")}

    def to_internal_value(self, data: Any) -> str:
        known: dict[str, str] = self.choice_strings_to_values
        if not isinstance(data, str) or data not in known:
            self.fail("invalid_choice", known=", ".join(known))
        return known[data]


class Whole(serializers.IntegerField):
    """A whole number: neither `"3"`, nor `3.0`, nor `true`."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))
