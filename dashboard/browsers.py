"""Which browser somebody uses, in words that he knows it by."""

from ua_parser import parse

LONGEST_READ, LONGEST_SHOWN = 500, 60
# As their makers write them today.
_NAMES = {"Mac OS X": "macOS", "Mobile Safari": "Safari", "Chrome Mobile": "Chrome"}


def browser_words(user_agent: str) -> str:
    """As “Chrome 131 · Windows”; of one that nobody knows the beginning of what it says itself."""
    found = parse(user_agent[:LONGEST_READ])
    words = []
    if found.user_agent is not None:
        name = found.user_agent.family
        words.append(f"{_NAMES.get(name, name)} {found.user_agent.major or ''}".strip())
    if found.os is not None:
        words.append(_NAMES.get(found.os.family, found.os.family))
    return " · ".join(words) or user_agent[:LONGEST_SHOWN]
