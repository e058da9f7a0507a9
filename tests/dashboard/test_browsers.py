"""What a browser is called where people look for their own."""

import pytest

from dashboard.browsers import browser_words

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36", "Chrome 131 · Windows"),
        (f"{MAC} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51", "Edge 131 · macOS"),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari 18 · iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
         "Firefox 133 · Linux"),
        (f"{ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36", "Chrome 131 · Android"),
        (f"{IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome 131 · iOS"),
        (f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.54(0x18003630)", "WeChat 8 · iOS"),
        ("our own robot", "our own robot"),
        ("x" * 5000, "x" * 60),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_told_by_its_name_and_system(user_agent, words):
    assert browser_words(user_agent) == words
