"""An account is verified before it is ordered for: what each protocol says, and what none says."""

import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
import structlog
from django.core.cache import cache

from core.secrets import Secret
from suppliers import services
from suppliers.abilities import Target, Verdict, Verified
from suppliers.errors import NoAnswer, NothingSent, Unspeakable
from suppliers.models import Supplier
from suppliers.selectors import can_verify, skus_verified, takes_complaints
from suppliers.services import verifying
from suppliers.transport import HttpTransport
from suppliers.types import Reply, Request, Sale
from tests.catalog.factories import make_sku
from tests.suppliers.factories import at_the_judge, make_offer, make_supplier
from tests.times import NOON

MOBILE, UNICOM = "13800138000", "13000138000"
SOLD = Sale(paid_e4=1_000_000)
PHONE = Target(account=MOBILE, kind="phone")
ABROAD = Target(account="2025550123", kind="phone", fields={"countryCode": "US"})
YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


@pytest.fixture(autouse=True)
def _in_scope(scope):
    """In the shop's transaction, with nothing remembered."""
    cache.clear()


@pytest.fixture
def desk(judge):
    judge.desk.reset()
    return judge.desk


def options(desk, protocol, **given):
    found = next(one for one in desk.accounts() if one["protocol"] == protocol)
    desk.account(protocol=protocol, id=found["id"], options=found["options"] | given)


def docked(judge, protocol, *, product="140101", face_value=50, faults=()):
    supplier = at_the_judge(judge, protocol, faults=faults)
    if protocol == "fulu":
        judge.desk.product(protocol=protocol, id="3000", kind="mobile", face_e4=500_000)
    offer = make_offer(supplier=supplier, product=product, face_value=face_value)
    return offer.sku_id


def verified(sku_id, target=PHONE, **given):
    return services.verify(sku_id=sku_id, sale=SOLD, target=target, now=NOON, **given)


def asked(desk, word):
    return [one for one in desk.requests() if word in one["path"]]


@pytest.mark.parametrize(
    ("protocol", "target", "given", "told"),
    [
        ("fulu", PHONE, {}, "中国移动 · 广东"),
        ("fulu", replace(PHONE, account=UNICOM), {}, "中国联通 · 广东"),
        ("fulu", Target(account="10001", kind="qq"), {"face_value": 0}, "小**"),
        ("juhe", PHONE, {}, "广东深圳移动"),
        ("ofpay", PHONE, {}, "广东深圳"),
        ("reloadly_airtime", ABROAD, {"product": "7", "face_value": 10}, "会员月卡"),
    ],
)
def test_what_will_be_topped_up_is_told_with_what_was_found(
    judge, desk, protocol, target, given, told
):
    sku_id = docked(judge, protocol, **given)

    assert verified(sku_id, target) == Verified(verdict=YES, told=told)


@pytest.mark.parametrize(
    ("protocol", "setting", "told"),
    [
        ("fulu", {"under_repair": ["1"]}, "中国移动 · 广东 · 维护"),
        ("juhe", {"no_phones": ["138"]}, "参数错误"),
        ("ofpay", {"no_phones": ["138"]}, "暂时不支持此类号码的充值"),
    ],
)
def test_what_will_not_be_topped_up_is_told_with_the_reason(judge, desk, protocol, setting, told):
    sku_id = docked(judge, protocol)
    options(desk, protocol, **setting)

    assert verified(sku_id) == Verified(verdict=NO, told=told)


def test_a_value_that_the_carrier_does_not_take_is_a_no(judge, desk):
    sku_id = docked(judge, "fulu", face_value=77)

    assert verified(sku_id) == Verified(verdict=NO, told="中国移动 · 广东")


def test_a_number_that_is_no_phone_abroad_is_a_no(judge, desk):
    sku_id = docked(judge, "reloadly_airtime", product="7", face_value=10)

    assert verified(sku_id, replace(ABROAD, account="12")) == Verified(verdict=NO)


def test_another_operator_than_the_ordered_one_stops_nobody(judge, desk):
    sku_id = docked(judge, "reloadly_airtime", product="8", face_value=10)

    assert verified(sku_id, ABROAD) == Verified(verdict=UNKNOWN, told="会员月卡")


@pytest.mark.parametrize("protocol", ["fulu", "juhe", "ofpay", "reloadly_airtime"])
@pytest.mark.parametrize(
    "fault", ["http_502_after", "reply_lost_after", "garbage_body", "empty_body", "busy_before"]
)
def test_whatever_else_happens_on_the_wire_is_no_verdict(judge, desk, protocol, fault):
    given = {"product": "7", "face_value": 10} if protocol == "reloadly_airtime" else {}
    sku_id = docked(judge, protocol, faults=[f"query:{fault}"], **given)

    assert verified(sku_id, ABROAD if given else PHONE).verdict is UNKNOWN


def test_a_forged_reply_is_no_verdict(judge, desk):
    sku_id = docked(judge, "fulu", faults=["query:bad_signature"])

    assert verified(sku_id).verdict is UNKNOWN


@pytest.mark.parametrize("protocol", ["fulu", "juhe", "ofpay"])
@pytest.mark.parametrize("fault", ["query:hang:5", "query:slow_drip:0.3", "query:delay:5"])
def test_a_slow_supplier_is_waited_for_less_than_two_seconds(judge, desk, protocol, fault):
    sku_id, began = docked(judge, protocol, faults=[fault]), time.monotonic()

    found = verified(sku_id)

    assert found.verdict is UNKNOWN
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("protocol", ["fulu", "juhe", "ofpay"])
def test_an_account_that_the_protocol_has_no_question_for_is_not_asked_about(judge, desk, protocol):
    sku_id = docked(judge, protocol, face_value=0)

    assert verified(sku_id, Target(account="somebody", kind="account")).verdict is UNKNOWN
    assert desk.requests() == []


def test_one_answer_serves_for_a_while_and_another_account_is_asked_about(judge, desk):
    sku_id = docked(judge, "ofpay")

    found = [verified(sku_id) for _ in range(3)]
    verified(sku_id, replace(PHONE, account=UNICOM))

    assert {one.verdict for one in found} == {YES}
    assert len(asked(desk, "telcheck")) == 2


def test_who_would_be_ordered_from_is_who_is_asked(judge, desk):
    cheap = make_offer(supplier=at_the_judge(judge, "juhe"), product="50", face_value=50)
    later = at_the_judge(judge, "ofpay", account="10002")
    make_offer(sku=cheap.sku, supplier=later, product="140101", face_value=50, priority=9)

    verified(cheap.sku_id)

    assert {one["protocol"] for one in desk.requests()} == {"juhe"}


def test_without_an_offer_or_an_ability_nobody_is_asked(judge, desk):
    bare = make_sku()
    unable = make_offer(supplier=at_the_judge(judge, "kakayun")).sku_id

    assert {verified(bare.pk).verdict, verified(unable).verdict} == {UNKNOWN}
    assert desk.requests() == []
    assert skus_verified(kinds=dict.fromkeys((bare.pk, unable), "phone")) == set()


def test_a_sku_is_verified_only_by_an_offer_that_is_on():
    able = make_offer(supplier=make_supplier(protocol="fulu"), face_value=50)
    off = make_offer(supplier=make_supplier(protocol="fulu"), face_value=50, is_on=False)
    resting = make_offer(supplier=make_supplier(protocol="juhe"), face_value=50)
    Supplier.objects.filter(pk=resting.supplier_id).update(is_on=False)
    kinds = dict.fromkeys((able.sku_id, off.sku_id, resting.sku_id), "phone")

    assert skus_verified(kinds=kinds) == {able.sku_id}


ASKED_ABOUT = {
    ("fulu", "phone", 50),
    ("fulu", "qq", 0),
    ("juhe", "phone", 50),
    ("ofpay", "phone", 50),
    ("reloadly_airtime", "phone", 50),
}


@pytest.mark.parametrize("protocol", ["fulu", "juhe", "ofpay", "reloadly_airtime", "kasushou"])
@pytest.mark.parametrize(("kind", "face_value"), [("phone", 50), ("phone", 0), ("qq", 0)])
def test_what_a_protocol_has_a_question_for(protocol, kind, face_value):
    able = can_verify(protocol=protocol, kind=kind, face_value=face_value)

    assert able == ((protocol, kind, face_value) in ASKED_ABOUT)


def test_more_visitors_than_there_are_hands_go_on_without_an_answer(judge, desk):
    sku_id = docked(judge, "ofpay")

    with no_hand_left():
        found = verified(sku_id)

    assert found.verdict is UNKNOWN
    assert asked(desk, "telcheck") == []


@contextmanager
def no_hand_left():
    for _ in range(verifying.MOST_AT_ONCE):
        assert verifying._hands.acquire(timeout=10)
    try:
        yield
    finally:
        for _ in range(verifying.MOST_AT_ONCE):
            verifying._hands.release()


def test_neither_log_nor_cache_holds_the_account(judge, desk):
    sku_id = docked(judge, "reloadly_airtime", product="7", face_value=10)
    nickname = docked(judge, "fulu", face_value=0)

    with structlog.testing.capture_logs() as logs:
        verified(sku_id, ABROAD)
        verified(nickname, Target(account="1234567", kind="qq"))
        keys = [key.decode() for key in cache._cache.get_client().keys("*verified*")]

    written = repr(logs) + repr(keys)
    assert len(keys) == 2
    assert ABROAD.account not in written
    assert "1234567" not in written
    assert "小明同学" not in written


@pytest.mark.parametrize(
    ("account", "said", "told"),
    [
        (MOBILE, f"{MOBILE} 可充值", "•••• 可充值"),
        (MOBILE, f"{'移' * 55}{MOBILE}", f"{'移' * 55}••••"),
        ("zhang@x.cn", "zhang@x.cn 可充值", "•••• 可充值"),
    ],
    ids=["phone", "phone at the cut", "account"],
)
def test_what_repeats_the_account_is_masked_before_it_is_kept_or_shown(account, said, told):
    found = verifying._in_time(
        lambda: Verified(verdict=YES, told=said), Target(account=account, kind="phone")
    )

    assert found == Verified(verdict=YES, told=told)


@pytest.mark.parametrize("ability", [can_verify, takes_complaints])
def test_a_protocol_whose_package_is_gone_can_nothing(ability):
    more = {"kind": "phone", "face_value": 50} if ability is can_verify else {}

    assert ability(protocol="gone", **more) is False


def test_who_asks_is_not_printed():
    assert MOBILE not in repr(PHONE)


class Heard(HttpTransport):
    """Answers each path with what stands under its end."""

    def __init__(self, **answers):
        super().__init__(base_url="https://supplier.test")
        self._answers = answers

    def send(self, request):
        name = request.path.rpartition("/")[2].partition(".")[0]
        return Reply(status=200, body=self._answers[name])


@pytest.mark.parametrize(
    "text", ["", "1", "1#成功", "2#成功#0000&江苏南京", "<html>", "0"], ids=repr
)
def test_a_word_of_ofpay_that_is_not_on_the_list_is_no_verdict(text):
    adapter = speaker("ofpay", Heard(telcheck=text.encode("gb18030")))

    with pytest.raises(NoAnswer):
        adapter.verify(target=PHONE, product="140101", face_value=50)


def test_a_phone_whose_home_is_not_told_is_a_yes_all_the_same():
    heard = Heard(telcheck=b'{"error_code": 0, "reason": "ok"}', telquery=b"<html>")

    found = speaker("juhe", heard).verify(target=PHONE, product="50", face_value=50)

    assert found == Verified(verdict=YES)


@pytest.mark.parametrize("code", [10001, 208500, 208515])
def test_an_error_of_juhe_that_is_no_refusal_is_no_verdict(code):
    heard = Heard(telcheck=b'{"error_code": %d, "reason": "?"}' % code)

    with pytest.raises(NoAnswer):
        speaker("juhe", heard).verify(target=PHONE, product="50", face_value=50)


def test_a_phone_abroad_without_a_country_is_not_asked_about():
    with pytest.raises(Unspeakable):
        speaker("reloadly_airtime", Heard()).verify(target=PHONE, product="7", face_value=10)


def speaker(protocol, http):
    supplier = make_supplier(protocol=protocol, secrets={"secret": Secret("hush")})
    adapter = services.speaker(supplier)
    adapter._http = http
    return adapter


def test_a_time_for_everything_is_not_given_to_each_call(judge):
    http = HttpTransport(base_url=judge.base_url, may_stay_home=True, within=0.3)
    http.send(Request(path="/control/faults", body=b"", method="GET"))
    time.sleep(0.35)

    with pytest.raises(NothingSent, match="no time is left"):
        http.send(Request(path="/control/faults", body=b"", method="GET"))
