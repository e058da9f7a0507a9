"""`python3 -m devkit.dark`: the office's dark look for who has no script and a dark system.

The theme's dark rules wait for a class that a script sets. Here the same rules, of its style sheet
and of ours, wait for nothing: the page links them under a media query, after all others.
"""

import re
import sys
from pathlib import Path

from devkit.place import CLONE

OURS = CLONE / "static" / "dashboard"
OUT = OURS / "dark.css"
_WAITS = ":where(.dark,.dark *)"
_ANY = ":where(html):not(.light)"  # as heavy as the class that it stands for
_OURS = re.compile(r"(?:html)?\.dark(?![-\w\\])")
HEAD = "/* Made by `python3 -m devkit.dark` from Unfold's style sheet (MIT) and office.css. */\n"


def dark_of(css: str) -> str:
    """The rules of a style sheet that are for the dark, with the conditions that they stand in."""
    found = []
    for head, body in _blocks(css):
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = dark_of(body)
            is_layer = head.startswith("@layer")  # out of its layer, it comes after all of them
            found.append(inner if is_layer or not inner else f"{head}{{{inner}}}")
        elif _WAITS in head:
            found.append(f"{head.replace(_WAITS, f':where({_ANY},{_ANY} *)')}{{{body}}}")
        elif _OURS.search(head):
            found.append(f"{_OURS.sub(_ANY, head)}{{{body}}}")
    return "\n".join(one for one in found if one)


def _blocks(css: str) -> list[tuple[str, str]]:
    """(what stands before a brace, what stands in it), at the outermost level."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found, depth, start, head = [], 0, 0, ""
    for at, sign in enumerate(css):
        if sign == "{":
            if depth == 0:
                head, start = css[start:at].rsplit(";", 1)[-1].strip(), at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((head, css[start:at]))
                start = at + 1
    return found


def made(theme: str, ours: str) -> str:
    return f"{HEAD}{dark_of(theme)}\n{dark_of(ours)}\n"


def main() -> None:
    theme = Path(sys.argv[1]).read_text()
    OUT.write_text(made(theme, (OURS / "office.css").read_text()))


if __name__ == "__main__":
    main()
