"""Which browser somebody uses, in words that he knows it by."""

from ua_parser import Parser, load_lazy_builtins

LONGEST_READ, LONGEST_SHOWN = 500, 60
# The usual parser would make all its patterns at once, those of devices too: a second's tenth.
_PARSER = Parser.from_matchers(load_lazy_builtins())
# As their people call them, on a phone too.
_NAMES = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mac OS X": "macOS",
    "Mobile Safari": "Safari",
    "WeChat Browser": "WeChat",
}


def browser_words(user_agent: str) -> str:
    """As “Chrome 131 · Windows”; of one that nobody knows the beginning of what it says itself."""
    said = user_agent[:LONGEST_READ]
    browser, system = _PARSER.parse_user_agent(said), _PARSER.parse_os(said)
    words = []
    if browser is not None:
        name = _NAMES.get(browser.family, browser.family)
        words.append(f"{name} {browser.major or ''}".strip())
    if system is not None:
        words.append(_NAMES.get(system.family, system.family))
    return " · ".join(words) or user_agent[:LONGEST_SHOWN]
