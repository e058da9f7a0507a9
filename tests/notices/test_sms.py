"""A message by SMS: signed as the providers publish it, and what their answers are taken for."""

import json
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from django.utils import timezone

from bench.simulated import simulators
from core.errors import InvalidInput, TooManyTries
from core.outward import Incoming
from core.scope import tenant_atomic
from core.secrets import Secret
from notices import services as notices
from notices.adapters import aliyun, tencent
from notices.adapters.sms import Account, Text
from notices.models import SmsSender
from notices.selectors import latest_notices, words_of
from notices.services.texting import PROVIDERS, try_sms
from notices.states import Fate
from notices.types import SmsTerms
from tests.notices.factories import QIAN
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PHONE, CODE = "+8613800138000", "042917"
TEXT = Text(to=Secret(PHONE), code=Secret(CODE), nonce="n", now=NOON)
SIGN = "云朵权益"
KEYS = MappingProxyType({
    "aliyun": {"key_id": "LTAI", "template": "SMS_1"},
    "tencent": {"key_id": "AKID", "template": "1001", "app_id": "1400", "region": "ap-guangzhou"},
})  # fmt: skip


def test_aliyuns_published_signature():
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"

    made = aliyun.signature("/", query, headers, "YourAccessKeySecret")

    assert made == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"


def test_tencents_published_signature():
    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-action": "describeinstances",
    }

    made = tencent.signature("/", headers, body, 1551113065, "2019-02-25/cvm/tc3_request", "*" * 32)

    assert made == "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"


def tencent_said(code: str, number: str = PHONE) -> bytes:
    told = {"SendStatusSet": [{"PhoneNumber": number, "Code": code}]}
    return json.dumps({"Response": told}).encode()


def tencent_error(code: str) -> bytes:
    return json.dumps({"Response": {"Error": {"Code": code, "Message": ""}}}).encode()


@pytest.mark.parametrize(
    ("provider", "body", "fate"),
    [
        ("aliyun", b'{"Code": "OK", "BizId": "1"}', Fate.SENT),
        ("aliyun", b'{"Code": "isv.MOBILE_NUMBER_ILLEGAL"}', Fate.NO_ADDRESS),
        ("aliyun", b'{"Code": "isv.OUT_OF_SERVICE"}', Fate.NOT_SENT),
        ("aliyun", b'{"Code": "isp.SYSTEM_ERROR"}', Fate.UNKNOWN),
        ("aliyun", b'{"Code": "never heard of"}', Fate.UNKNOWN),
        ("aliyun", b'{"Message": "OK"}', Fate.UNKNOWN),
        ("aliyun", b"[]", Fate.UNKNOWN),
        ("aliyun", b"<html>502</html>", Fate.UNKNOWN),
        ("aliyun", b"\xff\xfe", Fate.UNKNOWN),
        ("tencent", tencent_said("Ok"), Fate.SENT),
        ("tencent", tencent_said("Ok", "+8613900139000"), Fate.UNKNOWN),
        ("tencent", tencent_said("InvalidParameterValue.IncorrectPhoneNumber"), Fate.NO_ADDRESS),
        ("tencent", tencent_said("LimitExceeded.PhoneNumberDailyLimit"), Fate.NOT_SENT),
        ("tencent", tencent_error("AuthFailure.SignatureExpire"), Fate.NOT_SENT),
        ("tencent", tencent_error("InternalError.Timeout"), Fate.UNKNOWN),
        ("tencent", b'{"Response": {"SendStatusSet": []}}', Fate.UNKNOWN),
        ("tencent", b'{"Response": 5}', Fate.UNKNOWN),
        ("tencent", b"", Fate.UNKNOWN),
    ],
)
def test_only_what_is_said_for_sure_is_believed(provider, body, fate):
    assert PROVIDERS[provider].understand(Incoming(200, body), TEXT).fate is fate


def test_what_is_said_to_aliyun():
    account = Account(
        base_url="", key_id="LTAI", secret=Secret("s"), signature="云朵 权益", template="SMS_1"
    )

    asked = aliyun.compose(account, TEXT)

    assert asked.url == (
        "https://dysmsapi.aliyuncs.com/?PhoneNumbers=13800138000"
        "&SignName=%E4%BA%91%E6%9C%B5%20%E6%9D%83%E7%9B%8A&TemplateCode=SMS_1"
        "&TemplateParam=%7B%22code%22%3A%22042917%22%7D"
    )
    assert asked.headers["x-acs-date"] == NOON.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with simulators(tmp_path_factory.mktemp("simulators")) as started:
        yield started


def sender(running, provider: str, *, key: str = "geheim", **more) -> SmsSender:
    """An account at the simulator, and the shop's own words for it."""
    keys = KEYS[provider]
    options = {"signature": SIGN, "app_id": keys.get("app_id", "")}
    running.desk.reset()
    running.desk.account(
        protocol=f"{provider}_sms", id=keys["key_id"], secret="geheim", balance_e4=1_000_000,
        options=options,
    )  # fmt: skip
    running.desk.product(
        protocol=f"{provider}_sms", id=keys["template"], kind="mobile", name="code", price_e4=450
    )
    terms = {"provider": provider, "secret": Secret(key), "signature": SIGN, "most_a_day": 9,
             "base_url": f"{running.base_url}/{provider}_sms/", **keys, **more}  # fmt: skip
    return notices.set_sms_sender(terms=SmsTerms(**terms), by=QIAN, now=NOON)


def send(phone: str = PHONE) -> Fate:
    return notices.send_sms(to=Secret(phone), code=Secret(CODE), now=timezone.now())


@tenant_atomic
def kept() -> SmsSender:
    return SmsSender.objects.get()


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_message_arrives_and_stands_in_no_log(shop, running, provider, caplog):
    sender(running, provider)

    assert send() is Fate.SENT

    (sent,) = running.desk.purchases()
    assert sent["charged_to"].removeprefix("+86") == "13800138000"
    assert CODE in json.loads(sent["details"]).values()
    row = kept()
    assert (row.last_error, row.last_at is not None) == ("", True)
    assert b"geheim" not in bytes(row.secret)
    assert CODE not in caplog.text
    assert "13800138000" not in caplog.text


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_wrong_secret_a_wrong_signature_and_a_lost_answer(shop, running, provider):
    sender(running, provider, key="another")
    assert send() is Fate.NOT_SENT
    assert kept().last_error in ("SignatureDoesNotMatch", "AuthFailure.SignatureFailure")
    with tenant_atomic():
        assert kept().last_error in words_of(latest_notices().get())

    sender(running, provider, signature="another")
    assert send() is Fate.NOT_SENT

    sender(running, provider)
    assert send("+8613800139904") is Fate.UNKNOWN  # a number that loses the answer
    assert kept().last_error == "no_answer"
    assert len(running.desk.purchases()) == 1


def test_nobody_there_is_not_sent(shop, running):
    sender(running, "aliyun", base_url="http://127.0.0.1:1/")

    assert send() is Fate.NOT_SENT
    assert kept().last_error == "not_reached"


def test_without_an_account_or_switched_off_nothing_is_sent(shop, running):
    assert send() is Fate.NOT_SENT
    sender(running, "aliyun", is_on=False)
    assert send() is Fate.NOT_SENT
    assert running.desk.purchases() == []


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"provider": "nobody"}, "provider"),
        ({"key_id": ""}, "key_id"),
        ({"provider": "tencent"}, "app_id"),
        ({"signature": "a\nb"}, "signature"),
        ({"base_url": "https://evil.example/"}, "base_url"),
        ({"base_url": "http://10.0.0.1/"}, "base_url"),
        ({"most_a_day": -1}, "most_a_day"),
        ({"secret": None}, "secret"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(shop, wrong, param):
    given = {"provider": "aliyun", "key_id": "LTAI", "secret": Secret("s"), "signature": SIGN,
             "template": "SMS_1", "most_a_day": 9} | wrong  # fmt: skip

    with pytest.raises(InvalidInput) as refusal:
        notices.set_sms_sender(terms=SmsTerms(**given), by=QIAN, now=NOON)

    assert refusal.value.param == param
    with tenant_atomic():
        assert not SmsSender.objects.exists()


def test_a_test_goes_to_a_mobile_of_the_mainland_ten_times_a_day(shop, running):
    sender(running, "aliyun")
    now = datetime.now(UTC)

    with pytest.raises(InvalidInput):
        try_sms(phone="+1 415 555 0100", by=QIAN, now=now)
    for _each in range(10):
        try_sms(phone="138 0013 8000", by=QIAN, now=now)
    with pytest.raises(TooManyTries):
        try_sms(phone="138 0013 8000", by=QIAN, now=now)

    assert len(running.desk.purchases()) == 10
