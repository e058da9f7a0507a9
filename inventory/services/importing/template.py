"""An empty workbook whose columns are text, so that Excel leaves long numbers and zeros alone."""

import io
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

TEXT_FORMAT = "@"
ROWS = 2_000


def template_file() -> bytes:
    """Card number, code and expiry; the importer knows these names again in both languages."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Codes"))
    for letter in "ABC":
        sheet.column_dimensions[letter].width = 28
        sheet.column_dimensions[letter].number_format = TEXT_FORMAT
    sheet.append([_("Card number"), _("Code"), _("Expiry date")])
    for _unused in range(ROWS):
        sheet.append([_text_cell(sheet) for _column in "ABC"])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _text_cell(sheet: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=None)
    cell.number_format = TEXT_FORMAT
    return cell
