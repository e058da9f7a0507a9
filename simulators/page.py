"""The desk as a page for people, in Chinese and English."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Rows = Sequence[Mapping[str, Any]]

PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>供应商模拟器 Supplier simulators</title>
<style>body{{font:14px sans-serif;margin:2em}}table{{border-collapse:collapse;margin:1em 0}}
td,th{{border:1px solid #ccc;padding:4px 8px;text-align:left}}</style>
<h1>供应商模拟器 Supplier simulators</h1>
<h2>账户 Accounts</h2>
<table><tr><th>协议 Protocol<th>账号 Account<th>余额 Balance (元)<th>处理 Processing ms<th>回调 Callback<th>故障 Faults</tr>{accounts}</table>
<h2>开启故障 Switch a fault on</h2>
<form method="post" action="/control/fault">
<label>协议 Protocol <input name="protocol" required list="protocols"></label>
<datalist id="protocols">{protocols}</datalist>
<label>账号 Account <input name="id" required list="ids"></label><datalist id="ids">{ids}</datalist>
<label>故障 Fault <select name="fault">{options}</select></label>
<label>概率 Probability <input name="probability" type="number" min="0" max="1" step="0.01" value="1"></label>
<button>保存 Save</button> (0 = 关闭 off)</form>
<h2>最近 50 单 Last 50 purchases</h2>
<table><tr><th>我方单号 Our number<th>协议 Protocol<th>账号 Account<th>客户单号 Client's number<th>商品 Product<th>数量 Quantity<th>充值账号 Charged<th>内容 Content<th>金额 Price (元)<th>退款 Refunded (元)<th>状态 State<th>卡数 Cards<th>查询 Asked</tr>{purchases}</table>
<h2>故障表 Faults by product suffix</h2>
<table><tr><th>后缀 Suffix<th>故障 Fault<th>含义 Meaning</tr>{faults}</table></html>
"""  # noqa: E501 -- markup


def render(*, accounts: Rows, purchases: Rows, table: Rows) -> str:
    return PAGE.format(
        accounts="".join(_row(a, ACCOUNT) for a in accounts),
        protocols=_options({str(a["protocol"]) for a in accounts}),
        ids=_options({str(a["id"]) for a in accounts}),
        options=_options({str(t["fault"]) for t in table}),
        purchases="".join(_row(p, PURCHASE) for p in purchases),
        faults="".join(_row(t, ("suffix", "fault", "meaning")) for t in table),
    )


ACCOUNT = ("protocol", "id", "balance_e4", "processing_ms", "callback_url", "faults")
PURCHASE = (
    "ref",
    "protocol",
    "account",
    "client_no",
    "product",
    "quantity",
    "charged_to",
    "details",
    "price_e4",
    "refunded_e4",
    "state",
    "cards",
    "asks",
)


def _row(values: Mapping[str, Any], columns: Sequence[str]) -> str:
    cells = (_text(column, values[column]) for column in columns)
    return f"<tr>{''.join(f'<td>{escape(cell)}' for cell in cells)}</tr>"


def _text(column: str, value: object) -> str:
    if column.endswith("_e4") and isinstance(value, int):
        return f"{value / 10_000:.4f}"
    return "" if value is None else str(value)


def _options(values: set[str]) -> str:
    return "".join(f'<option value="{escape(v)}">{escape(v)}</option>' for v in sorted(values))
