from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import AppError, InvalidInput


class FieldRefused(InvalidInput):
    """A field's own rule; `rule` says it without the field's name, for who names it otherwise."""

    def __init__(self, label: str | Promise, rule: str | Promise, *, param: str) -> None:
        super().__init__(_("%(label)s: %(rule)s") % {"label": label, "rule": rule}, param=param)
        self.rule = rule


class NotForSale(AppError):
    """The same answer for a draft, a product off the shelf and one that never was."""

    code = "not_for_sale"
    status = 404


class NoSource(AppError):
    """Nothing could be delivered: the SKU's kind has no source connected, or there is no SKU."""

    code = "no_source"


class NameTaken(AppError):
    code = "name_taken"


class InUse(AppError):
    code = "in_use"


class PictureRefused(InvalidInput):
    code = "picture_refused"


class TableRefused(InvalidInput):
    """A product table that cannot be read at all; what is wrong with single lines is a report."""

    code = "table_refused"


class UndoneAlready(AppError):
    code = "undone_already"
