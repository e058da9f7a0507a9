"""Which column of a bill holds what: by the words of its header, Chinese or English."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum


class Column(StrEnum):
    NUMBER = "number"  # ours
    SUPPLIER_REF = "supplier_ref"  # theirs
    AMOUNT = "amount"
    SAID = "said"
    AT = "at"


# The plainer words come after those that leave no doubt: beside 商户订单号, 订单号 is theirs.
_WORDS = (
    (
        Column.NUMBER,
        r"(外部|商户|商家|客户|下游|我方)\s*(订单|单|流水)|\b(our|merchant|external|client)\W*order",
    ),
    (
        Column.SUPPLIER_REF,
        r"(平台|系统|供应商|上游)\s*(订单|单|流水)|\b(supplier|platform|system|their)\W*order",
    ),
    (Column.NUMBER, r"订单编?号|^单号$|\border\W*(no|num|number|id)\b|^order$"),
    (Column.SUPPLIER_REF, r"订单编?号|流水号|交易号|\border\W*(no|num|number|id)\b|\btransaction"),
    (Column.AMOUNT, r"扣款\s*(金额|$)|结算(金额|价)|实付|实扣|\bcharged\b"),
    (Column.AMOUNT, r"^(?!.*(退款|面值|优惠|时间)).*(金额|扣款|总价)|\bamount\b"),
    (Column.SAID, r"状态|\bstatus\b|\bstate\b"),
    (Column.AT, r"时间|日期|\btime\b|\bdate\b"),
)
_PATTERNS = tuple((column, re.compile(words)) for column, words in _WORDS)


def columns_of(header: Sequence[str]) -> dict[Column, int]:
    """What its words say; a header that names no amount or no number is none."""
    names = [_plain(cell) for cell in header]
    found: dict[Column, int] = {}
    for column, words in _PATTERNS:
        free = [at for at, name in enumerate(names) if at not in found.values()]
        fits = next((at for at in free if words.search(names[at])), None)
        if column not in found and fits is not None:
            found[column] = fits
    return found


def is_enough(columns: Mapping[Column, int]) -> bool:
    return Column.AMOUNT in columns and bool({Column.NUMBER, Column.SUPPLIER_REF} & columns.keys())


def _plain(cell: str) -> str:
    """`Order_No. (CNY)` as `order no. (cny)`."""
    return cell.replace("_", " ").strip().lower()
