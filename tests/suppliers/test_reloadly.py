"""Reloadly: its tokens, what it says of gift cards and airtime, and what we understand by it."""

import json
from dataclasses import replace
from itertools import count

import pytest

from core.secrets import Secret
from suppliers.adapters.reloadly_airtime import ReloadlyAirtime
from suppliers.adapters.reloadly_gift_cards import ReloadlyGiftCards
from suppliers.adapters.reloadly_words import sign_webhook
from suppliers.errors import BadSignature, NothingSent
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply

NUMBER = "A20261125000001"
CARDS = PurchaseOrder(product="120", kind=Kind.CODES, quantity=2, face_value=25)
PHONE = PurchaseOrder(
    product="535",
    kind=Kind.PHONE,
    quantity=1,
    target="657228901",
    face_value=50,
    fields={"countryCode": "ES"},
)
ORDERS = {ReloadlyGiftCards: CARDS, ReloadlyAirtime: PHONE}
BOTH = pytest.mark.parametrize("protocol", ORDERS)
_clients = count(1)


class Desk(HttpTransport):
    """Gives tokens, and answers every path with what stands under its beginning."""

    def __init__(self, answers=None, *, lives=3600, refuses=0, token_status=200):
        super().__init__(base_url="https://supplier.test")
        self.sent, self.tokens = [], 0
        self._answers, self._lives, self._refuses = answers or {}, lives, refuses
        self._token_status = token_status

    def send(self, request):
        self.sent.append(request)
        if request.path == "/oauth/token":
            self.tokens += 1
            said = {"access_token": f"t{self.tokens}", "expires_in": self._lives}
            return Reply(status=self._token_status, body=in_json(said))
        if self._refuses:
            self._refuses -= 1
            return Reply(status=401, body=in_json({"errorCode": "INVALID_TOKEN"}))
        said = next(said for path, said in self._answers.items() if request.path.startswith(path))
        status, body = said if isinstance(said, tuple) else (200, said)
        return Reply(status=status, body=body)

    @property
    def orders(self):
        return [request for request in self.sent if request.path != "/oauth/token"]


def in_json(said):
    return json.dumps(said, ensure_ascii=False).encode()


def account(**further):
    secrets = {name: Secret(text) for name, text in further.items()}
    return Account(app_id=f"client{next(_clients)}", secret=Secret("hush"), further=secrets)


def adapter(protocol, desk, *, who=None, at=1700000000.0):
    return protocol(account=who or account(), http=desk, clock=lambda: at)


def bought(protocol, said, order=None):
    speaker = adapter(protocol, Desk({"/orders": said, "/topups-async": said}))
    order = order or ORDERS[protocol]
    return answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)


def asked(protocol, report, then=b"[]"):
    paths = {"/reports": report, "/topups/reports": report, "/orders": then, "/topups": then}
    speaker = adapter(protocol, Desk(paths))
    return answered(lambda: speaker.query(number=NUMBER), is_purchase=False)


def refused(code, status=400):
    return status, in_json({"errorCode": code, "message": "no", "path": "/orders"})


def gift(**said):
    product = {"productId": 120, "quantity": 2, "unitPrice": 25}
    found = {"transactionId": 7, "amount": 60553.3575, "customIdentifier": NUMBER}
    return {**found, "status": "SUCCESSFUL", "product": product} | said


def airtime(**said):
    found = {"transactionId": 7, "customIdentifier": NUMBER, "operatorId": 535}
    found |= {"requestedAmount": 3168.4, "discount": 63.37, "status": "SUCCESSFUL"}
    return found | {"pinDetail": None} | said


def page(*rows):
    return in_json({"content": rows})


def test_an_order_of_cards_as_it_goes_out():
    desk = Desk({"/orders": in_json(gift())})

    adapter(ReloadlyGiftCards, desk).buy(order=CARDS, number=NUMBER)

    (request,) = desk.orders
    assert (request.method, request.path) == ("POST", "/orders")
    assert request.headers == {
        "Authorization": "Bearer t1",
        "Accept": "application/com.reloadly.giftcards-v1+json",
        "Content-Type": "application/json",
    }
    assert json.loads(request.body) == {
        "senderName": "Quanyi",
        "productId": 120,
        "quantity": 2,
        "unitPrice": 25,
        "customIdentifier": NUMBER,
    }


def test_an_order_for_a_phone_as_it_goes_out():
    desk = Desk({"/topups-async": in_json({"transactionId": 7})})

    answer = adapter(ReloadlyAirtime, desk).buy(order=PHONE, number=NUMBER)

    assert (answer.outcome, answer.supplier_ref) == (Outcome.ACCEPTED, "7")
    assert json.loads(desk.orders[0].body) == {
        "operatorId": 535,
        "amount": 50,
        "useLocalAmount": True,
        "customIdentifier": NUMBER,
        "recipientPhone": {"countryCode": "ES", "number": "657228901"},
    }


@pytest.mark.parametrize(
    ("protocol", "given"),
    [
        (ReloadlyGiftCards, {"product": "88", "kind": Kind.CODES, "quantity": 1}),
        (ReloadlyGiftCards, {"product": "x", "kind": Kind.CODES, "quantity": 1, "face_value": 5}),
        (ReloadlyGiftCards, {"product": "1", "kind": Kind.PHONE, "quantity": 1, "face_value": 5}),
        (ReloadlyAirtime, {"product": "1", "kind": Kind.PHONE, "quantity": 1, "face_value": 5}),
        (ReloadlyAirtime, {"product": "1", "kind": Kind.PHONE, "quantity": 2, "face_value": 5}),
    ],
)
def test_what_it_has_no_words_for_is_not_sent(protocol, given):
    desk = Desk()
    speaker = adapter(protocol, desk)

    with pytest.raises(NothingSent):
        speaker.buy(order=PurchaseOrder(**given), number=NUMBER)

    assert desk.sent == []


@BOTH
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (refused("CUSTOM_IDENTIFIER_ALREADY_USED"), Outcome.ACCEPTED),
        (refused("INSUFFICIENT_BALANCE"), Outcome.REJECTED),
        (refused("PHONE_RECENTLY_RECHARGED"), Outcome.REJECTED),
        (refused("MAX_DAILY_TRANSACTION_LIMIT_REACHED", status=403), Outcome.REJECTED),
        (refused("RATE_LIMIT", status=429), Outcome.UNKNOWN),
        (refused("SOMETHING_NEW"), Outcome.UNKNOWN),
        (refused("INSUFFICIENT_BALANCE", status=500), Outcome.UNKNOWN),
        (refused(None), Outcome.UNKNOWN),
        ((400, b"<html>"), Outcome.UNKNOWN),
        ((502, b"<html>"), Outcome.UNKNOWN),
        ((200, b"<html>"), Outcome.UNKNOWN),
        ((200, '{"status": "成功"}'.encode("gbk")), Outcome.UNKNOWN),
        ((200, b""), Outcome.UNKNOWN),
        ((200, b"null"), Outcome.UNKNOWN),
        ((200, b"{}"), Outcome.UNKNOWN),
        ((200, b"[" * 9999), Outcome.UNKNOWN),
    ],
)
def test_what_it_says_to_an_order(protocol, said, outcome):
    assert bought(protocol, said).outcome is outcome


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (gift(), Outcome.ACCEPTED),  # its cards come by a query
        (gift(status="PROCESSING"), Outcome.ACCEPTED),
        (gift(status="FAILED"), Outcome.FAILED),
        (gift(status="REFUNDED"), Outcome.FAILED),
        (gift(status="NEW_WORD"), Outcome.UNKNOWN),
        (gift(customIdentifier="another"), Outcome.UNKNOWN),
        (gift(amount="ten"), Outcome.UNKNOWN),
        (gift(amount=-1), Outcome.UNKNOWN),
        (gift(product=None), Outcome.UNKNOWN),
    ],
)
def test_what_it_says_of_cards_that_were_just_ordered(said, outcome):
    assert bought(ReloadlyGiftCards, in_json(said)).outcome is outcome


CARD_LIST = b'[{"cardNumber": "0012", "pinCode": "007 "}, {"cardNumber": 6120200345149064}]'


@pytest.mark.parametrize("report", [in_json([gift()]), page(gift())])
def test_codes_come_to_the_letter(report):
    answer = asked(ReloadlyGiftCards, report, CARD_LIST)

    assert answer.outcome is Outcome.SUCCESS
    assert [code.secret.reveal() for code in answer.codes] == ["007 ", "6120200345149064"]
    assert [code.number and code.number.reveal() for code in answer.codes] == ["0012", None]
    assert (answer.supplier_ref, answer.cost_e4) == ("7", 605_533_575)
    assert (answer.product, answer.quantity) == ("120", 2)


@pytest.mark.parametrize(
    ("row", "cards", "outcome"),
    [
        (gift(), b"[]", Outcome.ACCEPTED),  # they lag behind
        (gift(), refused("NOT_FOUND", status=404), Outcome.UNKNOWN),
        (gift(), b'{"cardNumber": "1"}', Outcome.UNKNOWN),
        (gift(), b'[{"cardNumber": ""}]', Outcome.UNKNOWN),
        (gift(), b'[{"redemptionUrl": "https://a.test/0"}]', Outcome.SUCCESS),
        (gift(status="PENDING"), CARD_LIST, Outcome.ACCEPTED),
        (gift(status="REFUNDED"), CARD_LIST, Outcome.FAILED),
        (gift(status=""), CARD_LIST, Outcome.UNKNOWN),
        (gift(customIdentifier="another"), CARD_LIST, Outcome.UNKNOWN),
        (gift(transactionId="../1"), CARD_LIST, Outcome.UNKNOWN),
    ],
)
def test_what_it_says_of_cards_when_it_is_asked(row, cards, outcome):
    answer = asked(ReloadlyGiftCards, page(row), cards)

    assert (answer.outcome, answer.is_absent) == (outcome, False)
    assert outcome is Outcome.SUCCESS or answer.codes == ()


def test_another_quantity_is_not_believed():
    product = {"productId": 120, "quantity": 3}
    answer = asked(ReloadlyGiftCards, page(gift(product=product)), CARD_LIST)

    compared = answer.compared_with(CARDS)

    assert (compared.outcome, compared.reason) == (Outcome.UNKNOWN, "another quantity")


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (airtime(), Outcome.SUCCESS),
        (airtime(status="PROCESSING"), Outcome.ACCEPTED),
        (airtime(status="FAILED"), Outcome.FAILED),
        (airtime(status="REFUNDED"), Outcome.FAILED),
        (airtime(status="NEW_WORD"), Outcome.UNKNOWN),
        (airtime(customIdentifier="another"), Outcome.UNKNOWN),
        (airtime(requestedAmount=None), Outcome.UNKNOWN),
        (airtime(pinDetail={"serial": 1, "code": None}), Outcome.UNKNOWN),
    ],
)
def test_what_it_says_of_airtime_when_it_is_asked(row, outcome):
    answer = asked(ReloadlyAirtime, page(row))

    assert (answer.outcome, answer.is_absent) == (outcome, False)


def test_a_pin_is_a_code():
    pin = {"serial": "00558111", "code": "0773709733097662", "validity": "30 days"}
    rows = airtime()
    del rows["pinDetail"]
    status = {"status": "SUCCESSFUL", "transaction": airtime(pinDetail=pin)}

    at_once = asked(ReloadlyAirtime, page(airtime(pinDetail=pin)))
    by_status = asked(ReloadlyAirtime, page(rows), in_json(status))

    for answer in (at_once, by_status):
        (code,) = answer.codes
        assert code.secret.reveal() == "0773709733097662"
        assert code.number.reveal() == "00558111"
        assert (answer.cost_e4, answer.product) == (31_050_300, "535")


@BOTH
@pytest.mark.parametrize("said", [b"[]", page()])
def test_no_such_order_is_unknown_until_the_settle_window_is_over(protocol, said):
    answer = asked(protocol, said)

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, True)


@BOTH
@pytest.mark.parametrize("said", [b"", b"null", b"{}", b"\xff", (404, b"[]"), (502, b"")])
def test_garbage_is_not_an_absence(protocol, said):
    answer = asked(protocol, said)

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, False)


def bought_in(currency, protocol, answers):
    """What comes of two orders, by an account that is to count in that currency."""
    desk, who = Desk(answers), replace(account(), currency=currency)
    speaker = adapter(protocol, desk, who=who)
    order = ORDERS[protocol]
    answers = [
        answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)
        for _ in range(2)
    ]
    return answers[0], [each.path for each in desk.orders]


DOLLARS = {"/accounts/balance": b'{"balance": 1, "currencyCode": "USD"}', "/": (500, b"")}


@BOTH
def test_an_account_in_another_currency_buys_nothing(protocol):
    answer, asked_for = bought_in("CNY", protocol, DOLLARS)

    said = "not sent: the account counts in USD, the shop in CNY"
    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, said)
    assert set(asked_for) == {"/accounts/balance"}


@BOTH
def test_the_currency_is_looked_at_before_the_first_order_alone(protocol):
    _answer, asked_for = bought_in("USD", protocol, DOLLARS)

    assert (asked_for[0], asked_for.count("/accounts/balance")) == ("/accounts/balance", 1)
    assert len(asked_for) == 3


@pytest.mark.parametrize("said", [(502, b"<html>"), (200, b"[]")])
@BOTH
def test_where_the_currency_cannot_be_known_nothing_is_ordered(protocol, said):
    answer, asked_for = bought_in("USD", protocol, {"/accounts/balance": said})

    assert answer.outcome is Outcome.REJECTED
    assert set(asked_for) == {"/accounts/balance"}


@BOTH
def test_a_token_is_kept_until_it_ends(protocol):
    who, desk = account(), Desk({"/accounts/balance": b'{"balance": 2004.50532}'}, lives=3600)

    for at in (1700000000.0, 1700003000.0, 1700003599.0):
        assert adapter(protocol, desk, who=who, at=at).balance_e4() == 20_045_053

    assert desk.tokens == 2
    assert [each.headers["Authorization"][-2:] for each in desk.orders] == ["t1", "t1", "t2"]


def test_a_token_is_asked_for_with_the_products_audience():
    desk = Desk({"/accounts/balance": b'{"balance": 1}'})

    adapter(ReloadlyGiftCards, desk, who=account(audience="https://sandbox.test")).balance_e4()
    adapter(ReloadlyGiftCards, desk).balance_e4()

    asked_for = [json.loads(each.body) for each in desk.sent if each.path == "/oauth/token"]
    assert [each["audience"] for each in asked_for] == [
        "https://sandbox.test",
        "https://giftcards.reloadly.com",
    ]
    assert asked_for[0]["grant_type"] == "client_credentials"
    assert asked_for[0]["client_secret"] == "hush"


def test_a_new_secret_asks_for_a_token_of_its_own():
    desk = Desk({"/accounts/balance": b'{"balance": 1}'})
    for secret in ("old", "new"):
        who = Account(app_id="one and the same", secret=Secret(secret))
        adapter(ReloadlyAirtime, desk, who=who).balance_e4()

    assert desk.tokens == 2


@BOTH
def test_a_token_that_is_refused_is_renewed_once(protocol):
    said = in_json(gift() | {"transactionId": 7})
    once, twice = (Desk({"/orders": said, "/topups-async": said}, refuses=n) for n in (1, 2))
    order = ORDERS[protocol]

    def buy(desk):
        speaker = adapter(protocol, desk)
        return answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)

    assert buy(once).outcome is Outcome.ACCEPTED
    assert (once.tokens, len(once.orders)) == (2, 2)
    assert once.orders[0].body == once.orders[1].body
    assert buy(twice).outcome is Outcome.UNKNOWN
    assert (twice.tokens, len(twice.orders)) == (2, 2)


@BOTH
def test_without_a_token_no_order_leaves_the_house(protocol):
    desk = Desk(token_status=403)
    speaker = adapter(protocol, desk)

    answer = answered(lambda: speaker.buy(order=ORDERS[protocol], number=NUMBER), is_purchase=True)

    assert (answer.outcome, answer.reason) == (Outcome.REJECTED, "not sent: no token: HTTP 403")
    assert desk.orders == []


def test_a_webhook_is_signed_as_we_reckoned_it():
    body = b'{"type":"airtime_transaction.status","data":{}}'

    assert sign_webhook(body, stamp="1700000000000", key=Secret("whsec")) == (
        "c160c231a9c40f824bd392529be30de9104593664d165548b0340d8364c919b4"
    )


def test_a_callback_is_believed_if_it_is_signed():
    speaker = adapter(ReloadlyAirtime, Desk(), who=account(webhook="whsec"))
    body = in_json({"data": {"customIdentifier": NUMBER, "transactionId": 7}})
    signature = sign_webhook(body, stamp="1700000000000", key=Secret("whsec"))
    headers = {"x-reloadly-signature": signature, "X-Reloadly-Request-Timestamp": "1700000000000"}

    called = speaker.read_callback(body=body, headers=headers)

    assert (called.number, called.supplier_ref) == (NUMBER, "7")
    with pytest.raises(BadSignature):
        speaker.read_callback(body=body + b" ", headers=headers)
    with pytest.raises(BadSignature):
        adapter(ReloadlyAirtime, Desk()).read_callback(body=body, headers=headers)
