"""Every string of ours that a person may read, found in the source as gettext would."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "core", "tenants", "catalog", "inventory", "suppliers", "risk", "payments", "orders",
    "fulfillment", "channels", "marketing", "benefits", "notices", "analytics", "reports",
    "storefront", "api", "dashboard", "config",
)  # fmt: skip
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
_IN_TEMPLATE = re.compile(
    r"\b(n?)gettext\(\s*u?(?P<quote>'|\")(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"
)


def messages_in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in CALLS | PLURAL and isinstance(first, ast.Constant) and first.value:
            yield str(first.value)


def messages_in_template(path: Path) -> Iterator[str]:
    for found in _IN_TEMPLATE.finditer(templatize(path.read_text(), origin=str(path))):
        text = ast.literal_eval(f"{found['quote']}{found['text']}{found['quote']}")
        if text:
            yield text


def all_messages() -> dict[str, str]:
    """Message -> one file that says it."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for text in messages_in_python(path):
                found.setdefault(text, str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for text in messages_in_template(path):
            found.setdefault(text, str(path.relative_to(ROOT)))
    return found
