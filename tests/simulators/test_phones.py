"""What the stand-ins say of a phone or a QQ number before anything is bought."""

from urllib.parse import urlencode

import pytest

from tests.simulators.calling import post

MOBILE, TELECOM = "13800138000", "13300138000"


def ofpay_check(running, desk, phone, **options):
    desk.account(protocol="ofpay", id="A08566", secret="s", options=options)
    said = {"userid": "A08566", "phoneno": phone, "price": "50"}
    return post(f"{running.base_url}/ofpay/telcheck.do", urlencode(said).encode()).body.decode(
        "gbk"
    )


def test_fulu_knows_where_a_phone_is_at_home_and_what_it_takes(fulu):
    found = fulu.result("fulu.mobile.info.get", phone=MOBILE, face_value=50)
    other = fulu.result("fulu.mobile.info.get", phone=TELECOM)

    assert found | {"city_code": ""} == {
        "province": "广东",
        "city": "深圳",
        "sp": "移动",
        "sp_type": "1",
        "city_code": "",
        "face_value": [50.0],
    }
    assert (other["sp"], other["sp_type"]) == ("电信", "2")


@pytest.mark.parametrize(("under_repair", "word"), [([], "正常"), (["1"], "维护")])
def test_fulu_knows_whether_a_carrier_is_at_work(fulu, desk, under_repair, word):
    (account,) = desk.accounts()
    desk.account(protocol="fulu", id=account["id"], options={"under_repair": under_repair})

    found = fulu.result("fulu.mobile.maintain.check", mobile=MOBILE, face_value=50)

    assert found["maintain_state"] == word


def test_fulu_knows_the_nickname_of_a_qq_number(fulu):
    assert fulu.result("fulu.market.qqnickname.get", qq="10001")["nickname"] == "小明同学"


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("fulu.mobile.info.get", {"phone": "12"}),
        ("fulu.mobile.maintain.check", {"mobile": ""}),
        ("fulu.market.qqnickname.get", {"qq": "somebody"}),
    ],
)
def test_fulu_refuses_what_is_no_number(fulu, method, given):
    assert fulu.call(method, **given).json["code"] != 0


def test_ofpay_says_it_in_a_line(running, desk):
    assert ofpay_check(running, desk, MOBILE) == "1#成功#0000&广东深圳"
    assert ofpay_check(running, desk, "12").startswith("0#")
    assert ofpay_check(running, desk, MOBILE, no_phones=["138"]).startswith("0#")
