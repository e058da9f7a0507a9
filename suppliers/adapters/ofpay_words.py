"""How ofpay's words are read: XML, or a line of three with `#` between them."""

import re
from xml.etree import ElementTree

from suppliers.abilities import Verdict, Verified
from suppliers.errors import NoAnswer

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_VERDICTS = {"1": Verdict.YES, "0": Verdict.NO}


def read_children(text: str) -> dict[str, str]:
    """The root's children; the declaration goes, it names an encoding that is no more."""
    if "<!" in text:
        raise NoAnswer("an answer with definitions of its own")
    root = ElementTree.fromstring(_DECLARATION.sub("", text))  # noqa: S314 -- no DTD: refused above
    return {child.tag: (child.text or "").strip() for child in root}


def read_check(text: str) -> Verified:
    """`1#成功#0000&江苏南京`, or `0#` and why not."""
    word, *told = text.strip().split("#")
    if word not in _VERDICTS or len(told) < 2:
        raise NoAnswer("an answer of an unknown kind")
    is_yes = word == "1"
    return Verified(verdict=_VERDICTS[word], told=told[1].rpartition("&")[2] if is_yes else told[0])
