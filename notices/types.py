"""What others say to notices, and what a way of telling is given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.secrets import Secret

# A name is whatever somebody typed. The robots know dialects of markdown of their own, and not all
# of them a backslash: what means something there takes its full-width form instead.
_WIDE = 0xFEE0
_PLAIN = {ord(sign): ord(sign) + _WIDE for sign in "*[]<>`~|\\"}
_MARKS = re.compile(r"(?<![^\W_])_|_(?![^\W_])|^#")  # other underscores are letters of an address


def plain(text: str) -> str:
    """The text as a line of markdown in which nothing is more than itself."""
    line = " ".join(text.split()).translate(_PLAIN)
    return _MARKS.sub(lambda found: chr(ord(found[0]) + _WIDE), line)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell. The same `key` again is the same news, told once. `given` are the words
    of its sentence (notices.words), never a secret; `path` leads to its page in the office."""

    topic: str
    key: str
    given: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientTerms:
    """Whom to tell, how and of what. `address` and `secret` None: as they were."""

    name: str
    way: str
    topics: tuple[str, ...]
    language: str
    address: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsTerms:
    """The shop's account at a provider. `secret` None: as it was."""

    provider: str
    key_id: str
    secret: Secret | None
    signature: str
    template: str
    most_a_day: int
    app_id: str = ""
    region: str = ""
    base_url: str = ""
    is_on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that is told, with where it leads to."""

    ref: str
    topic: str
    text: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one message says: several lines, if there was much to tell."""

    id: str
    title: str
    lines: tuple[Line, ...]
    more: str  # how many more there are, in words; or nothing
    address: Secret
    secret: Secret | None
    now: datetime

    @property
    def as_text(self) -> str:
        said = [f"{one.text}\n{one.link}" if one.link else one.text for one in self.lines]
        return "\n\n".join([*said, *([self.more] if self.more else [])])

    @property
    def as_markdown(self) -> str:
        said = [
            f"- {plain(one.text)} [→]({one.link})" if one.link else f"- {plain(one.text)}"
            for one in self.lines
        ]
        return "\n".join([f"**{plain(self.title)}**", *said, *([self.more] if self.more else [])])
