import pytest
from django.utils import translation

from core.spans import span_words

HOUR = 3_600


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (1, "a minute", " 1 分钟"),
        (61, "2 minutes", " 2 分钟"),
        (50 * 60, "50 minutes", " 50 分钟"),
        (3_592, "about an hour", "约 1 小时"),
        (HOUR + 1, "about 2 hours", "约 2 小时"),
        (24 * HOUR, "about 24 hours", "约 24 小时"),
        (49 * HOUR, "about 3 days", "约 3 天"),
    ],
)
def test_a_span_is_said_as_people_say_it_and_is_never_too_short(seconds, english, chinese):
    with translation.override("en"):
        assert span_words(seconds) == english
    with translation.override("zh-hans"):
        assert span_words(seconds) == chinese
