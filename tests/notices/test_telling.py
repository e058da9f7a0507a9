"""What staff is told gets there: once, in its language, a few messages a minute, signed."""

import hmac
import json
from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.utils.translation import override
from standardwebhooks import Webhook

from core.errors import InvalidInput
from core.scope import tenant_atomic
from notices import services as notices
from notices.models import Message, Notice, Recipient
from notices.selectors import due_messages, words_of
from notices.services.sending import MOST_TRIES, RESTS, WAITS
from notices.states import MessageState
from notices.words import said_of
from tenants.models import Merchant
from tests.channels.receivers import receiver
from tests.notices.factories import QIAN, make_recipient, tell, terms
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECOND = timedelta(seconds=1)
OK = json.dumps({"errcode": 0, "errmsg": "ok"}).encode()
TO = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=9f8e7d",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/3f4a5b",
    "webhook": "https://shop.example.com/told",
    "mail": "night@example.com",
}


def send(one, *, now=NOON):
    return notices.send_messages(recipient_id=one.pk, now=now)


def states():
    with tenant_atomic():
        return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_a_mail_says_what_happened_and_where_to_look(shop):
    with tenant_atomic():
        one = make_recipient()
        assert tell()
        assert not tell()  # the same is no news

    assert due_messages(now=NOON, limit=9) == [(shop.pk, one.pk)]
    assert send(one) == 1
    assert send(one, now=NOON + RESTS) == 0
    (letter,) = mail.outbox
    assert letter.to == ["night@example.com"]
    assert "Order one waits for your decision until 12:30." in letter.body
    assert "/office/held/" in letter.body
    assert states() == [MessageState.SENT]


def test_a_shop_whose_name_has_two_lines_still_tells(shop):
    with tenant_atomic():
        Merchant.objects.filter(pk=shop.pk).update(name_en="Cloud\nBcc: all@example.com")
        one = make_recipient()
        tell()

    send(one)

    assert [letter.subject for letter in mail.outbox] == [
        "Cloud Bcc: all@example.com: what you should know"
    ]
    assert states() == [MessageState.SENT]


def test_what_many_orders_have_in_common_is_named_in_the_readers_language():
    given = {"count": "9", "minutes": "5", "trait": "ip", "value": "#ab12cd"}

    said = []
    for language in ("en", "zh-hans"):
        with override(language):
            said.append(said_of("attack", given))

    assert said[0] == "9 suspicious orders in 5 minutes, from one IP address #ab12cd."
    assert "IP 地址 #ab12cd" in said[1]


def test_each_in_its_own_language_and_of_its_own_topics(shop):
    with tenant_atomic():
        chinese = make_recipient(language="zh-hans")
        make_recipient(name="Prices", topics=("price",))
        tell()

    send(chinese)
    assert "等待您审核" in mail.outbox[0].body
    assert states() == [MessageState.SENT]


def test_much_at_once_is_one_message_and_the_next_waits(shop):
    with tenant_atomic():
        one = make_recipient()
        for number in range(13):
            tell(f"n{number}")

    assert send(one) == 13
    with tenant_atomic():
        tell("late", now=NOON + SECOND)
    assert send(one, now=NOON + SECOND) == 0
    assert due_messages(now=NOON + RESTS, limit=9) == [(shop.pk, one.pk)]
    assert send(one, now=NOON + RESTS) == 1
    first, second = mail.outbox
    assert first.body.count("waits for your decision") == 10
    assert "… and 3 more." in first.body
    assert "Order late" in second.body


@pytest.mark.parametrize("way", ["wecom", "dingtalk", "feishu", "webhook"])
def test_a_robot_and_a_webhook_are_told_in_their_own_words(shop, way):
    secret = "whsec_c2VjcmV0LW9mLXRoZS1zaG9wLWl0c2VsZg=="
    with receiver(body=OK) as there:
        with tenant_atomic():
            one = make_recipient(way=way, address=f"{there.url}/hook?key=abc", secret=secret)
            tell()
        send(one)
    (heard,) = there.heard
    said = heard.said

    assert "Order one waits for your decision" in json.dumps(said, ensure_ascii=False)
    assert states() == [MessageState.SENT]
    match way:
        case "wecom":
            assert said["msgtype"] == "markdown"
        case "dingtalk":
            asked = parse_qs(urlsplit(heard.path).query)
            stamp = asked["timestamp"][0]
            proof = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
            assert asked["sign"] == [b64encode(proof).decode()]
            assert asked["key"] == ["abc"]
        case "feishu":
            key = f"{said['timestamp']}\n{secret}".encode()
            assert said["sign"] == b64encode(hmac.digest(key, b"", "sha256")).decode()
        case "webhook":
            signer = Webhook(secret)
            signed = heard.headers["webhook-signature"]
            assert signed == signer.sign(heard.id, NOON, heard.body.decode())
            assert said["data"][0]["type"] == "held"


NAME = '[x](http://evil.example) **free** <at user_id="all"> `a` a_b __c__\n# big'


@pytest.mark.parametrize("way", ["wecom", "dingtalk", "feishu"])
def test_a_name_is_text_for_a_robot_whatever_it_looks_like(shop, way):
    with receiver(body=OK) as there:
        with tenant_atomic():
            one = make_recipient(way=way, address=f"{there.url}/hook?key=abc")
            tell(NAME)
        send(one)
    said = there.heard[0].said
    text = {
        "wecom": lambda: said["markdown"]["content"],
        "dingtalk": lambda: said["markdown"]["text"],
        "feishu": lambda: said["content"]["text"],
    }[way]()

    assert "<" not in text
    assert "a_b" in text
    if way != "feishu":  # which knows no markdown
        assert "［x］(http://evil.example) ＊＊free＊＊" in text
        assert not any(mark in text for mark in ("[x]", "**free", "`", "__", "\n# "))


@pytest.mark.parametrize(
    ("way", "status", "body", "error"),
    [
        ("wecom", 200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}', "code_45009"),
        ("dingtalk", 200, b'{"errcode": 310000}', "code_310000"),
        ("feishu", 200, b'{"code": 19021, "msg": "sign match fail"}', "code_19021"),
        ("feishu", 200, b"<html>", "unreadable"),
        ("wecom", 200, b"[]", "unreadable"),
        ("webhook", 500, b"", "http_500"),
    ],
)
def test_what_is_refused_is_said_again_later_and_in_the_end_given_up(
    shop, way, status, body, error
):
    with receiver(status=status, body=body) as there:
        with tenant_atomic():
            one = make_recipient(way=way, address=f"{there.url}/hook")
            tell()
        at = NOON
        for wait in (*WAITS, timedelta()):
            assert send(one, now=at) == 1
            at += wait
    assert len(there.heard) == MOST_TRIES
    assert states() == [MessageState.GIVEN_UP]
    with tenant_atomic():
        assert Recipient.objects.get().last_error == error


def test_who_dies_in_the_middle_is_followed_by_another(shop, monkeypatch):
    with tenant_atomic():
        one = make_recipient()
        tell()
    monkeypatch.setattr("notices.adapters.mail.send", lambda _letter: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        send(one)
    monkeypatch.undo()

    assert send(one, now=NOON + 30 * SECOND) == 0
    assert send(one, now=NOON + 61 * SECOND) == 1
    assert len(mail.outbox) == 1


def test_who_was_removed_is_told_nothing_more(shop):
    with tenant_atomic():
        one = make_recipient()
        tell()
        notices.drop_recipient(ref=one.ref, by=QIAN, now=NOON)
        tell("two")

    assert send(one) == 0
    assert states() == [MessageState.GIVEN_UP]
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"name": " "}, "name"),
        ({"way": "pigeon"}, "way"),
        ({"topics": ("weather",)}, "topics"),
        ({"address": "no mail"}, "address"),
        ({"way": "wecom", "address": "https://evil.example.com/send?key=1"}, "address"),
        ({"way": "feishu", "address": "http://10.0.0.1/hook"}, "address"),
        ({"way": "webhook", "address": "https://127.0.0.1@evil.example.com/"}, "address"),
        ({"way": "webhook", "address": TO["webhook"], "secret": "no secret!"}, "secret"),
        ({"way": "webhook", "address": TO["webhook"], "secret": "whsec_" + "a" * 33}, "secret"),
        ({"address": None}, "address"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused_where_it_is_wrong(shop, changed, param):
    with tenant_atomic(), pytest.raises(InvalidInput) as refused:
        make_recipient(**changed)

    assert refused.value.param == param


@pytest.mark.parametrize("way", TO)
def test_an_address_is_sealed_and_of_a_robot_its_key_is_not_shown(shop, way):
    with tenant_atomic():
        one = make_recipient(way=way, address=TO[way])

    assert TO[way].encode() not in bytes(one.address)
    assert one.shown.startswith(TO[way][:20])
    assert not any(key in one.shown for key in ("693a91f6", "9f8e7d", "3f4a5b"))
    with tenant_atomic():
        changed = notices.change_recipient(
            ref=one.ref, terms=terms(way=way, name="New", address=None), by=QIAN, now=NOON
        )
    assert (changed.name, changed.shown) == ("New", one.shown)


def test_old_ones_are_forgotten_with_their_messages(shop):
    with tenant_atomic():
        make_recipient()
        tell()
        Notice.objects.update(at=NOON - timedelta(days=91))

    notices.forget_old(NOON)
    with tenant_atomic():
        assert not Message.objects.exists()


def test_a_test_message_says_that_it_is_one(shop):
    with tenant_atomic():
        one = make_recipient(topics=("price",))
        notices.try_out(ref=one.ref, by=QIAN, now=NOON)
        with override("en"):
            assert words_of(Notice.objects.get()).startswith("This is a test")

    send(one)
    assert "This is a test" in mail.outbox[0].body


def test_a_program_hears_of_each_ten_at_a_time(shop):
    with receiver(body=b"ok") as there:
        with tenant_atomic():
            one = make_recipient(way="webhook", address=f"{there.url}/hook")
            for number in range(13):
                tell(f"n{number}")
        assert [send(one), send(one, now=NOON + RESTS)] == [10, 3]
    told = [line["text"] for heard in there.heard for line in heard.said["data"]]
    assert len(set(told)) == 13


def test_the_longest_addresses_are_kept_and_nothing_of_a_webhooks_path_is_shown(shop):
    path = "/services/T0/B0/" + "k" * 200
    with tenant_atomic():
        hook = make_recipient(way="webhook", address=f"https://hooks.example.com{path}")
        mail_ = make_recipient(address=f"{'m' * 60}@{'d' * 60}.{'e' * 60}.example.com")

    assert "services" not in hook.shown
    assert hook.shown.startswith("https://hooks.example.com/")
    assert len(mail_.shown) == 120


def test_another_way_takes_no_secret_along(shop):
    with tenant_atomic():
        one = make_recipient(way="dingtalk", address=TO["dingtalk"], secret="SEC123")
        given = terms(way="webhook", address=TO["webhook"])
        changed = notices.change_recipient(ref=one.ref, terms=given, by=QIAN, now=NOON)
    assert changed.secret is None
