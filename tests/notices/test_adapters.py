"""What other sides send back, whatever stands in it."""

from datetime import UTC, datetime

import pytest

from core.outward import Incoming
from core.secrets import Secret
from notices.adapters import aliyun, robots, tencent
from notices.adapters.sms import Text
from notices.states import Fate

TO = Secret("+8613800138000")
TEXT = Text(to=TO, code=Secret("123456"), nonce="n", now=datetime(2026, 1, 1, tzinfo=UTC))
DEEP = Incoming(200, b"[" * 4_096)


@pytest.mark.parametrize("provider", [aliyun, tencent])
def test_an_answer_that_nobody_can_read_is_unknown_however_deep(provider):
    told = provider.understand(DEEP, TEXT)

    assert (told.fate, told.why) == (Fate.UNKNOWN, "http_200")
    assert robots.refusal_in(DEEP) == "unreadable"
