import http.client

import pytest

from tests.simulators.calling import until


def test_airtime_is_there_when_it_is_answered(reloadly, desk):
    bought = reloadly.topup("R005").json

    status = reloadly.get(f"topups/topups/{bought['transactionId']}/status").json
    assert (bought["status"], bought["deliveredAmount"], bought["pinDetail"]) == (
        "SUCCESSFUL",
        25.0,
        None,
    )
    assert status["transaction"] == bought
    assert reloadly.find("R005", where="topups/topups/reports") == [bought]
    assert reloadly.find("R005") == []
    assert [p["charged_to"] for p in desk.purchases()] == ["+12025550123"]


def test_airtime_may_be_asked_for_later_and_in_local_money(reloadly):
    bought = reloadly.topup(
        "R006", path="topups/topups-async", amount=25, useLocalAmount=True
    ).json["transactionId"]

    states = []
    until(
        lambda: states.append(reloadly.get(f"topups/topups/{bought}/status").json["status"]),
        lambda _: states[-1] == "SUCCESSFUL",
    )
    assert states[0] == "PENDING"


def test_a_pin_is_delivered(reloadly, desk):
    pin = reloadly.topup("R007", operatorId=900).json["pinDetail"]

    assert len(pin["code"]) == 16
    assert pin["value"] == 25.0
    assert [p["cards"] for p in desk.purchases()] == [1]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"amount": 25}, "INVALID_AMOUNT_FOR_OPERATOR"),
        ({"recipientPhone": {"number": "x"}}, "INVALID_RECIPIENT_PHONE"),
        ({"operatorId": 15}, "PRODUCT_NOT_FOUND"),
    ],
    ids=["amount", "phone", "a gift card"],
)
def test_a_faulty_topup_buys_nothing(reloadly, desk, changed, code):
    assert reloadly.topup("R008", **changed).json["errorCode"] == code
    assert desk.purchases() == []


def test_an_operator_is_found_by_a_phone(reloadly):
    where = "topups/operators/auto-detect/phone"

    found = reloadly.get(f"{where}/+12025550123/countries/US").json
    unknown = reloadly.get(f"{where}/+12025550123/countries/DE").json

    assert (found["operatorId"], found["fixedAmounts"]) == (341, [23.75])
    assert unknown["errorCode"] == "COULD_NOT_AUTO_DETECT_OPERATOR"


@pytest.mark.parametrize(("suffix", "count"), [("9903", 0), ("9904", 1)], ids=["before", "after"])
def test_a_phone_number_chooses_a_fault(reloadly, desk, suffix, count):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        reloadly.topup("R012", recipientPhone={"countryCode": "US", "number": "1202555" + suffix})

    assert len(desk.purchases(client_no="R012")) == count


def test_a_topup_that_failed_says_so_at_once(reloadly, desk):
    said = reloadly.topup("R016", recipientPhone={"countryCode": "US", "number": "12025559922"})

    status = reloadly.get(f"topups/topups/{said.json['transactionId']}/status").json
    assert (said.status, said.json["status"]) == (200, "FAILED")
    assert status["code"] == "TRANSACTION_REJECTED_BY_OPERATOR"
    assert desk.accounts()[0]["balance_e4"] == 10_000_000
