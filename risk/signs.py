"""Which signs and words an expression is made of, and where in it something is wrong.

What passes here is flat enough for Python's parser: brackets and signs that nest are few, so that
neither its stack nor its time can be spent.
"""

import re
from keyword import iskeyword

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.conditions import MOST_DEEP, MOST_NODES
from risk.errors import ConditionWrong

LONGEST, MOST_BRACKETS, MOST_SIGNS = 10_000, 12, 2 * MOST_NODES
PARAM = "expression"
# As a Chinese keyboard writes them; all are one character for one.
_WIDE = str.maketrans("（），＞＜＝！＋－＊“”", '(),><=!+-*""')
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<word>\w+(?:\.\d+)?)"""
    r"""|(?P<text>"(?:[^"\\\n\0]|\\["'\\])*"|'(?:[^'\\\n\0]|\\["'\\])*')"""
    r"""|(?P<wide>“[^“”\\\n\0"]*”)|(?P<sign>[<>=!＜＞＝！][=＝]|[<>+\-*(),[\]（），＞＜＋－＊])"""
)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_OPEN = gettext_lazy("A text ends with the sign that it begins with.")
_WHY = {"=": gettext_lazy("For “equal” write ==."), '"': _OPEN, "'": _OPEN, "“": _OPEN}
_WORDS = frozenset({"and", "or", "not", "in", "True", "False"})


def plain(text: str) -> str:
    """The same characters on one line, once only what an expression is made of is there."""
    if len(text) > LONGEST:
        raise ConditionWrong(
            _("An expression is at most %(most)s characters long.") % {"most": f"{LONGEST:,}"},
            param=PARAM,
        )
    found, at, brackets, signs = "", 0, 0, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        word = token["word"] if token else None
        if token is None:
            raise wrong(text, _WHY.get(text[at], _("This cannot stand here.")), at)
        if (word and iskeyword(word) and word not in _WORDS) or _is_prefixed(token, found):
            raise wrong(text, _("This cannot stand here."), at)
        if word and word[0].isdigit() and not _NUMBER.fullmatch(word):
            raise wrong(text, _("Write a number such as 3 or 12.50."), at)  # to Python 1is is 1 is
        brackets += {"(": 1, "[": 1, "（": 1, ")": -1, "]": -1, "）": -1}.get(token[0], 0)
        signs += token[0] in ("+", "-", "*", "＋", "－", "＊", "not")
        if brackets > MOST_BRACKETS or signs > MOST_SIGNS:
            raise wrong(text, _too_large(), at)
        found += _as_python(token)
        at = token.end()
    return found


def _is_prefixed(token: re.Match[str], before: str) -> bool:
    """A text after letters is another kind of one for Python, and some have code in them."""
    is_text = token["text"] or token["wide"]
    return bool(is_text) and re.fullmatch(r"\w", before[-1:]) is not None


def _as_python(token: re.Match[str]) -> str:
    if token["space"]:
        return " " * len(token[0])
    return token[0].translate(_WIDE) if token["wide"] or token["sign"] else token[0]


def _too_large() -> str:
    return _("The condition is too large: at most %(most)s parts, %(deep)s deep.") % {
        "most": MOST_NODES, "deep": MOST_DEEP,
    }  # fmt: skip


def wrong(text: str, why: str | Promise, at: int) -> ConditionWrong:
    """With the line, the place in it, and what stands there."""
    before, rest = text[:at], text[at:].lstrip() if text[at:].strip() else ""
    near = rest.split("\n", 1)[0][:20].rstrip()
    said = {
        "why": why, "near": near, "line": before.count("\n") + 1,
        "place": at - (before.rfind("\n") + 1) + 1,
    }  # fmt: skip
    if not near:
        return ConditionWrong(_("%(why)s (at the end)") % said, param=PARAM)
    if "\n" not in text.strip():
        return ConditionWrong(_("%(why)s (character %(place)s: “%(near)s”)") % said, param=PARAM)
    return ConditionWrong(
        _("%(why)s (line %(line)s, character %(place)s: “%(near)s”)") % said, param=PARAM
    )
