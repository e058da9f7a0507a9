"""Kinguin: what it says, and what we understand by it."""

import json

import pytest

from core.secrets import Secret
from suppliers.adapters.kinguin import Kinguin
from suppliers.errors import BadSignature, NothingSent
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply

NUMBER = "A20261125000001"
PRODUCT = "5c9b68662539a4e8f17ae2fe"
KEYS = PurchaseOrder(product=PRODUCT, kind=Kind.CODES, quantity=2, most_e4=115_800)


class Desk(HttpTransport):
    """Answers orders, searches and keys with what it was told."""

    def __init__(self, said=b"", *, keys=b"[]", status=200):
        super().__init__(base_url="https://supplier.test")
        self.sent = []
        self._said, self._keys = Reply(status=status, body=said), Reply(status=200, body=keys)

    def send(self, request):
        self.sent.append(request)
        return self._keys if "/keys?" in request.path else self._said


def adapter(desk, **further):
    secrets = {name: Secret(text) for name, text in further.items()}
    account = Account(app_id="shop", secret=Secret("api-key"), further=secrets)
    return Kinguin(account=account, http=desk, clock=lambda: 1700000000.0)


def bought(said, status=201):
    speaker = adapter(Desk(said, status=status))
    return answered(lambda: speaker.buy(order=KEYS, number=NUMBER), is_purchase=True)


def asked(said, *, keys=b"[]", status=200):
    speaker = adapter(Desk(said, keys=keys, status=status))
    return answered(lambda: speaker.query(number=NUMBER), is_purchase=False)


def in_json(said):
    return json.dumps(said, ensure_ascii=False).encode()


def order(**said):
    items = [{"productId": PRODUCT, "qty": 1}, {"productId": PRODUCT, "qty": 1}]
    found = {"orderId": "PHS84FJAG5U", "orderExternalId": NUMBER, "totalPrice": 11.58}
    return {**found, "status": "processing", "products": items} | said


def results(*orders):
    return in_json({"results": orders, "item_count": len(orders)})


def refused(kind, **said):
    return in_json({"kind": kind, "status": 400, "detail": "no"} | said)


def test_an_order_as_it_goes_out():
    desk = Desk(in_json(order()), status=201)

    answer = adapter(desk).buy(order=KEYS, number=NUMBER)

    assert (answer.outcome, answer.supplier_ref) == (Outcome.ACCEPTED, "PHS84FJAG5U")
    (request,) = desk.sent
    assert (request.method, request.path) == ("POST", "/v2/order")
    assert request.headers["X-Api-Key"] == "api-key"
    assert request.body == (
        b'{"products":[{"productId":"5c9b68662539a4e8f17ae2fe","qty":2,"price":5.79,'
        b'"keyType":"text"}],"orderExternalId":"A20261125000001"}'
    )


@pytest.mark.parametrize(
    "given",
    [
        {"kind": Kind.CODES, "quantity": 1},
        {"kind": Kind.CODES, "quantity": 10, "most_e4": 100_000},
        {"kind": Kind.TOP_UP, "quantity": 1, "most_e4": 100_000},
    ],
)
def test_what_it_has_no_words_for_is_not_sent(given):
    desk = Desk()

    with pytest.raises(NothingSent):
        adapter(desk).buy(order=PurchaseOrder(product=PRODUCT, **given), number=NUMBER)

    assert desk.sent == []


@pytest.mark.parametrize(
    ("said", "status", "outcome"),
    [
        (in_json(order()), 201, Outcome.ACCEPTED),
        (in_json(order(status="completed")), 201, Outcome.ACCEPTED),  # keys come by a query
        (in_json(order(status="canceled")), 201, Outcome.FAILED),
        (in_json(order(status="new word")), 201, Outcome.UNKNOWN),
        (in_json(order(orderExternalId="another")), 201, Outcome.UNKNOWN),
        (in_json(order(totalPrice="ten")), 201, Outcome.UNKNOWN),
        (in_json(order(totalPrice=1.00001)), 201, Outcome.UNKNOWN),
        (in_json(order(products=[])), 201, Outcome.UNKNOWN),
        (in_json({"orderExternalId": NUMBER}), 201, Outcome.UNKNOWN),
        (refused("InsufficientBalance"), 400, Outcome.REJECTED),
        (refused("ProductUnavailable"), 422, Outcome.REJECTED),
        (refused("ConstraintViolation", propertyPath="products"), 400, Outcome.REJECTED),
        (refused("ConstraintViolation", propertyPath="orderExternalId"), 400, Outcome.ACCEPTED),
        (refused("OrderFailed"), 400, Outcome.UNKNOWN),
        (refused("ResourceLock"), 409, Outcome.UNKNOWN),
        (refused("HttpClient"), 400, Outcome.UNKNOWN),
        (refused("Error"), 500, Outcome.UNKNOWN),
        (refused("InsufficientBalance"), 500, Outcome.UNKNOWN),
        (b"<html>", 502, Outcome.UNKNOWN),
        (b"<html>", 400, Outcome.UNKNOWN),
        (b"", 201, Outcome.UNKNOWN),
        (b"null", 201, Outcome.UNKNOWN),
        (b"{}", 201, Outcome.UNKNOWN),
        (b"[" * 9999, 201, Outcome.UNKNOWN),
        ('{"kind": "余额"}'.encode("gbk"), 400, Outcome.UNKNOWN),
    ],
)
def test_what_it_says_to_an_order(said, status, outcome):
    assert bought(said, status).outcome is outcome


TWO = in_json(
    [{"serial": "007 ", "type": "text/plain"}, {"serial": "AAAA-0000", "type": "text/plain"}]
)


@pytest.mark.parametrize(
    ("row", "keys", "outcome"),
    [
        (order(), TWO, Outcome.ACCEPTED),
        (order(status="completed"), TWO, Outcome.SUCCESS),
        (order(status="completed"), b"[]", Outcome.ACCEPTED),
        (order(status="completed"), b"{}", Outcome.UNKNOWN),
        (order(status="completed"), b'[{"serial": "R0lG", "type": "image/gif"}]', Outcome.UNKNOWN),
        (order(status="completed"), b'[{"serial": "", "type": "text/plain"}]', Outcome.UNKNOWN),
        (order(status="canceled"), TWO, Outcome.FAILED),
        (order(status="refunded"), TWO, Outcome.FAILED),
        (order(status="new word"), TWO, Outcome.UNKNOWN),
        (order(orderExternalId="another"), TWO, Outcome.UNKNOWN),
    ],
)
def test_what_it_says_when_it_is_asked(row, keys, outcome):
    answer = asked(results(row), keys=keys)

    assert (answer.outcome, answer.is_absent) == (outcome, False)


def test_codes_come_to_the_letter():
    answer = asked(results(order(status="completed", paymentPrice="10.58")), keys=TWO)

    assert [code.secret.reveal() for code in answer.codes] == ["007 ", "AAAA-0000"]
    assert (answer.cost_e4, answer.quantity, answer.product) == (105_800, 2, PRODUCT)


def test_it_is_asked_by_our_number():
    desk = Desk(results(order(status="completed", orderId="../x")), keys=TWO)

    adapter(desk).query(number=NUMBER)

    assert [request.path for request in desk.sent] == [
        f"/v1/order?orderExternalId={NUMBER}",
        "/v2/order/..%2Fx/keys?page=1&limit=100",
    ]


def test_another_product_is_not_believed():
    answer = asked(results(order(products=[{"productId": "another", "qty": 2}])))

    compared = answer.compared_with(KEYS)

    assert (compared.outcome, compared.reason) == (Outcome.UNKNOWN, "another product")


def test_no_such_order_is_unknown_until_the_settle_window_is_over():
    answer = asked(results())

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, True)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"", 200),
        (b"null", 200),
        (b"{}", 200),
        (b"[]", 200),
        (results(), 500),
        (refused("OrderNotFound"), 404),
        (results(order(), order()), 200),
    ],
)
def test_garbage_is_not_an_absence(said, status):
    answer = asked(said, status=status)

    assert (answer.outcome, answer.is_absent) == (Outcome.UNKNOWN, False)


def test_the_balance_is_theirs():
    assert adapter(Desk(b'{"balance": 12.45}')).balance_e4() == 124_500


def test_a_callback_is_believed_if_it_knows_the_secret():
    body = in_json({"orderId": "PHS84FJAG5U", "orderExternalId": NUMBER, "status": "canceled"})
    speaker = adapter(Desk(), webhook="hush")

    called = speaker.read_callback(body=body, headers={"x-event-secret": "hush"})

    assert (called.number, called.supplier_ref) == (NUMBER, "PHS84FJAG5U")
    with pytest.raises(BadSignature):
        speaker.read_callback(body=body, headers={"X-Event-Secret": "other"})
    with pytest.raises(BadSignature):
        adapter(Desk()).read_callback(body=body, headers={"X-Event-Secret": ""})
