"""Recipients and news with boring defaults; call them inside the shop's scope."""

from typing import Any

from core.actors import Actor
from notices import services as notices
from notices.models import Recipient
from notices.states import Topic
from notices.types import News, RecipientTerms
from tests.times import NOON

QIAN = Actor("user:8 qian@example.com", user_id=None)


def terms(**more: Any) -> RecipientTerms:
    given: dict[str, Any] = {
        "name": "Night watch", "way": "mail", "topics": tuple(Topic.values), "language": "en",
        "address": "night@example.com", "secret": None,
    }  # fmt: skip
    return RecipientTerms(**given | more)


def make_recipient(**more: Any) -> Recipient:
    return notices.add_recipient(terms=terms(**more), by=QIAN, now=NOON)


def tell(key: str = "one", *, topic: str = Topic.HELD, now: Any = NOON) -> bool:
    given = {"subject": f"Order {key}", "until": "12:30"}
    news = News(topic=topic, key=key, given=given, path="/office/held/")
    return notices.tell(news=news, what="held", now=now)
