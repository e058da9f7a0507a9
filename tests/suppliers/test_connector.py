"""A merchant's recipe: what it may say, what goes out by it, and what is understood of answers."""

import hashlib
import hmac
import json
from copy import deepcopy
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from core.secrets import Secret
from suppliers.adapters.connector import Connector, preview, read_recipe
from suppliers.errors import BadSignature, Unspeakable
from suppliers.transport import HttpTransport, answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder, Reply

NUMBER = "A20261125000001"
NOW = datetime(2024, 1, 1, 19, 4, 5, tzinfo=UTC)  # 2024-01-02 03:04:05 in Beijing
CARDS = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2)
TOP_UP = PurchaseOrder(
    product="9", kind=Kind.TOP_UP, quantity=1, target="138 0{sign}", fields={"区": "一/二"}
)
RECIPE = {
    "time": "seconds",
    "sign": {
        "fields": "all",
        "order": "sorted",
        "shape": "name=value",
        "joiner": "&",
        "secret": "after",
        "glue": "&key=",
        "hash": "md5",
        "case": "upper",
        "skip_empty": True,
    },
    "order": {
        "path": "/api/order",
        "headers": {"X-App": "{app_id}"},
        "json": {
            "userid": "{app_id}",
            "goods": {"id": "{product}", "n": "{quantity}"},
            "no": "{number}",
            "to": "{target}",
            "at": "{time}",
            "v": 2,
            "sign": "{sign}",
        },
        "numbers": ["quantity"],
        "state": ["code", "data.status"],
        "outcomes": {
            "0/1": "accepted",
            "0/2": "success",
            "0/3": "failed",
            "31/": "rejected",
            "32/": "accepted",
        },
        "reference": "data.id",
        "message": "msg",
        "number": "data.no",
    },
    "query": {
        "method": "GET",
        "path": "/api/order/{number}",
        "params": {"userid": "{app_id}", "at": "{time}", "sign": "{sign}"},
        "state": ["code", "data.status"],
        "outcomes": {"0/1": "accepted", "0/2": "success", "0/3": "failed", "40/": "absent"},
        "reference": "data.id",
        "message": "msg",
        "cost": "data.paid.0",
        "number": "data.no",
        "product": "data.goods",
        "quantity": "data.n",
        "target": "data.to",
        "codes": {"list": "data.cards", "secret": "pwd", "number": "no"},
    },
    "balance": {
        "path": "/api/balance",
        "form": {"userid": "{app_id}", "sign": "{sign}"},
        "amount": "data.money",
    },
}


class Scripted(HttpTransport):
    """Answers every request with the same bytes, and keeps the last one."""

    def __init__(self, said=b"", status=200):
        super().__init__(base_url="https://supplier.test")
        self._reply = Reply(status=status, body=said)

    def send(self, request):
        self.sent = request
        return self._reply


def recipe(**changes):
    """The recipe with keys of its parts changed: `order__path="/x"`; None takes a key away."""
    found = deepcopy(RECIPE)
    for name, value in changes.items():
        *parts, last = name.split("__")
        place = found
        for part in parts:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return found


def read(**changes):
    return read_recipe(json.dumps(recipe(**changes)))


def adapter(http, text):
    further = {} if text is None else {"recipe": Secret(text)}
    account = Account(app_id="u1", secret=Secret("hush"), further=further)
    return Connector(account=account, http=http, clock=NOW.timestamp)


def bought(said, *, status=200, order=CARDS, **changes):
    speaker = adapter(Scripted(said, status), json.dumps(recipe(**changes)))
    return answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)


def asked(said, *, status=200, **changes):
    speaker = adapter(Scripted(said, status), json.dumps(recipe(**changes)))
    return answered(lambda: speaker.query(number=NUMBER), is_purchase=False)


def in_json(**said):
    return json.dumps(said, ensure_ascii=False).encode()


def order(**said):
    return in_json(code=0, msg="ok", data={"id": "S1", "no": NUMBER} | said)


def upper_md5(text):
    return digest("md5", text).upper()


def test_an_order_as_it_goes_out():
    http = Scripted(order(status=1))

    adapter(http, json.dumps(RECIPE)).buy(order=CARDS, number=NUMBER)

    assert (http.sent.method, http.sent.path) == ("POST", "/api/order")
    assert http.sent.headers == {"X-App": "u1", "Content-Type": "application/json"}
    goods = '{"id":"88","n":2}'
    signed = f"at=1704135845&goods={goods}&no={NUMBER}&userid=u1&v=2&key=hush"
    assert http.sent.body.decode() == (
        f'{{"userid":"u1","goods":{goods},"no":"{NUMBER}","to":"","at":"1704135845","v":2,'
        f'"sign":"{upper_md5(signed)}"}}'
    )


def test_a_query_as_it_goes_out():
    http = Scripted(order(status=1))

    adapter(http, json.dumps(RECIPE)).query(number=NUMBER)

    signature = upper_md5("at=1704135845&userid=u1&key=hush")
    assert (http.sent.method, http.sent.body) == ("GET", b"")
    assert http.sent.path == f"/api/order/{NUMBER}?userid=u1&at=1704135845&sign={signature}"


def test_the_balance_is_asked_for_in_a_form():
    http = Scripted(in_json(data={"money": "12.3456"}))

    assert adapter(http, json.dumps(RECIPE)).balance_e4() == 123_456

    sent = parse_qs(http.sent.body.decode())
    assert sent == {"userid": ["u1"], "sign": [upper_md5("userid=u1&key=hush")]}
    assert http.sent.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_without_a_balance_nothing_is_asked():
    http = Scripted()

    with pytest.raises(Unspeakable, match="no balance"):
        adapter(http, json.dumps(recipe(balance=None))).balance_e4()

    assert not hasattr(http, "sent")


def test_a_dry_run_needs_no_account():
    request = preview(read(), CARDS, NUMBER, NOW)

    assert request.headers["X-App"] == "10001"
    assert json.loads(request.body)["no"] == NUMBER
    assert request == preview(read(), CARDS, NUMBER, NOW)


def test_a_value_with_braces_in_it_stays_a_value():
    form = {"to": "{target}", "区": "{fields.区}", "sign": "{sign}"}

    request = preview(
        read(order__json=None, order__form=form, order__numbers=None), TOP_UP, NUMBER, NOW
    )

    sent = parse_qs(request.body.decode())
    assert (sent["to"], sent["区"]) == (["138 0{sign}"], ["一/二"])
    assert sent["sign"] == [upper_md5("to=138 0{sign}&区=一/二&key=secret")]


def test_a_value_in_the_path_is_one_word_of_it():
    order = PurchaseOrder(product="a/../b?c", kind=Kind.CODES, quantity=1)

    assert preview(read(order__path="/o/{product}"), order, NUMBER, NOW).path == (
        "/o/a%2F..%2Fb%3Fc"
    )


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        ({"order__path": "/o/{product}"}, {"product": ".."}),
        ({"order__path": "/o/{target}"}, {"product": "1"}),
        ({"order__headers": {"X-To": "{target}"}}, {"product": "1", "target": "a\r\nHost: b"}),
        ({"order__headers": {"X-To": "{target}"}}, {"product": "1", "target": "张"}),
        ({"order__numbers": ["product"]}, {"product": "x1"}),
        ({"order__json": {"a": "{fields.b}", "sign": "{sign}"}}, {"product": "1"}),
        ({}, {"product": "\ud800"}),
    ],
)
def test_what_the_recipe_has_no_words_for_is_not_sent(changes, given):
    http = Scripted()
    order = PurchaseOrder(kind=Kind.CODES, quantity=1, **given)
    speaker = adapter(http, json.dumps(recipe(**changes)))

    answer = answered(lambda: speaker.buy(order=order, number=NUMBER), is_purchase=True)

    assert answer.outcome is Outcome.REJECTED
    assert not hasattr(http, "sent")


@pytest.mark.parametrize("text", [None, "", "{}", '{"order": "hush-hush"}'])
def test_a_recipe_that_cannot_be_read_sends_nothing(text):
    http = Scripted()
    speaker = adapter(http, text)

    bought = answered(lambda: speaker.buy(order=CARDS, number=NUMBER), is_purchase=True)
    asked = answered(lambda: speaker.query(number=NUMBER), is_purchase=False)

    assert (bought.outcome, asked.outcome) == (Outcome.REJECTED, Outcome.UNKNOWN)
    assert "hush" not in bought.reason
    assert not hasattr(http, "sent")


FIELDS = {"b": "{product}", "a": "{quantity}", "c": "", "sign": "{sign}"}
SECRET = "secret"


def digest(method, text):
    return hashlib.new(method, text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("changes", "signature"),
    [
        ({}, digest("md5", "b88a2csecret")),
        ({"order": "sorted"}, digest("md5", "a2b88csecret")),
        ({"shape": "value", "joiner": ","}, digest("md5", "88,2,secret")),
        ({"shape": "value", "joiner": ",", "skip_empty": True}, digest("md5", "88,2secret")),
        ({"shape": "name=value", "joiner": "&"}, digest("md5", "b=88&a=2&c=secret")),
        ({"fields": ["a", "b"]}, digest("md5", "a2b88secret")),
        ({"fields": "b"}, digest("md5", "b88secret")),
        ({"fields": ["X-Time", "b"]}, digest("md5", "X-Time1704135845b88secret")),
        ({"secret": "before"}, digest("md5", "secretb88a2c")),
        ({"secret": "around", "glue": "|"}, digest("md5", "secret|b88a2c|secret")),
        ({"hash": "sha256"}, digest("sha256", "b88a2csecret")),
        ({"case": "upper"}, digest("md5", "b88a2csecret").upper()),
        (
            {"hash": "hmac-sha256", "secret": "key"},
            hmac.new(SECRET.encode(), b"b88a2c", hashlib.sha256).hexdigest(),
        ),
    ],
)
def test_signatures(changes, signature):
    signed = {"fields": "all", "shape": "namevalue", "secret": "after", "hash": "md5"} | changes
    found = read(
        sign=None,
        balance=None,
        query__params={"no": "{number}"},
        order__sign=signed,
        order__json=None,
        order__form=FIELDS,
        order__headers={"X-Time": "{time}"},
    )

    request = preview(found, CARDS, NUMBER, NOW)

    assert parse_qs(request.body.decode())["sign"] == [signature]


def test_published_iqiyi_is_a_recipe_too():
    """Published: the vector of iQIYI's document, signed by a recipe."""
    signed = {"fields": "all", "order": "sorted", "shape": "name=value", "joiner": "&"}
    signed |= {"secret": "after", "hash": "md5"}
    fields = {"c": "1", "a": "3", "b": "{quantity}", "sign": "{sign}"}
    found = read(sign=signed, order__json=None, order__form=fields)
    account = Account(app_id="u1", secret=Secret("qwer"))

    request = preview(found, CARDS, NUMBER, NOW, account=account)

    assert b"sign=f80118ff523f25eda67cb799bdc9c52d" in request.body


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("seconds", "1704135845"),
        ("milliseconds", "1704135845000"),
        ("datetime", "2024-01-02 03:04:05"),
        ("compact", "20240102030405"),
    ],
)
def test_the_time_is_told_in_their_way(time, said):
    request = preview(read(time=time), CARDS, NUMBER, NOW)

    assert json.loads(request.body)["at"] == said


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (order(status=1), Outcome.ACCEPTED),
        (order(status="2"), Outcome.SUCCESS),
        (order(status=3), Outcome.FAILED),
        (in_json(code=31, msg="余额不足"), Outcome.REJECTED),
        (in_json(code=32, msg="重复"), Outcome.ACCEPTED),
        (in_json(code=33, msg="new"), Outcome.UNKNOWN),
        (order(status=4), Outcome.UNKNOWN),
        (order(status=None), Outcome.UNKNOWN),
        (order(status=[2]), Outcome.UNKNOWN),
        (order(status=2, no="another"), Outcome.UNKNOWN),
        (order(status=2, no=None), Outcome.UNKNOWN),
        (order(status=3, no="another"), Outcome.UNKNOWN),
        (order(status=1, no=None), Outcome.ACCEPTED),
        (in_json(code=31, msg="余额不足").decode().encode("gbk"), Outcome.UNKNOWN),
        (b"", Outcome.UNKNOWN),
        (b"<html>502</html>", Outcome.UNKNOWN),
        (b"null", Outcome.UNKNOWN),
        (b"{}", Outcome.UNKNOWN),
        (b"[" * 9999, Outcome.UNKNOWN),
        (b"\xff", Outcome.UNKNOWN),
    ],
)
def test_what_is_understood_of_an_order(said, outcome):
    assert bought(said).outcome is outcome


def test_an_error_page_with_a_refusal_in_it_is_none():
    assert bought(in_json(code=31), status=500).outcome is Outcome.UNKNOWN
    assert bought(in_json(code=31), status=400).outcome is Outcome.UNKNOWN


CARD_LIST = [{"no": "0001", "pwd": "007 "}, {"no": "", "pwd": "008\r"}]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (order(status=1), Outcome.ACCEPTED),
        (order(status=2, cards=CARD_LIST), Outcome.SUCCESS),
        (order(status=2), Outcome.SUCCESS),  # compared with the order: not all there
        (order(status=3, cards=CARD_LIST), Outcome.FAILED),
        (order(status=2, cards={"pwd": "1"}), Outcome.UNKNOWN),
        (order(status=2, cards=[{"no": "1"}]), Outcome.UNKNOWN),
        (order(status=2, cards=[{"pwd": ["1"]}]), Outcome.UNKNOWN),
        (order(status=2, cards=["1"]), Outcome.UNKNOWN),
        (order(status=2, paid=["ten"]), Outcome.UNKNOWN),
        (order(status=2, paid=[1.00001]), Outcome.UNKNOWN),
        (order(status=2, paid=[-1]), Outcome.UNKNOWN),
        (order(status=2, n="two"), Outcome.UNKNOWN),
        (in_json(code=31), Outcome.UNKNOWN),
        (in_json(code=True, data={"status": 2}), Outcome.UNKNOWN),
        (b"{}", Outcome.UNKNOWN),
        (b"", Outcome.UNKNOWN),
    ],
)
def test_what_is_understood_of_a_query(said, outcome):
    answer = asked(said)

    assert (answer.outcome, answer.is_absent) == (outcome, False)


def test_no_such_order_is_unknown_until_the_settle_window_is_over():
    answer = asked(in_json(code=40, msg="none"))

    assert (answer.outcome, answer.is_absent, answer.reason) == (Outcome.UNKNOWN, True, "none")


def test_codes_come_to_the_letter():
    said = order(status=2, cards=CARD_LIST, paid=[9.875], goods="88", n=2, to="")
    plain = {"list": "data.cards"}

    answer = asked(said)
    lines = asked(order(status=2, cards=["007 ", 12345678901234567890]), query__codes=plain)

    assert [code.secret.reveal() for code in answer.codes] == ["007 ", "008\r"]
    assert [code.number and code.number.reveal() for code in answer.codes] == ["0001", None]
    assert (answer.cost_e4, answer.supplier_ref, answer.product) == (98_750, "S1", "88")
    assert answer.compared_with(CARDS) is answer
    assert [code.secret.reveal() for code in lines.codes] == ["007 ", "12345678901234567890"]


def test_another_product_is_not_believed():
    answer = asked(order(status=2, goods="89", cards=CARD_LIST)).compared_with(CARDS)

    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "another product")


def test_nobody_can_call_back():
    with pytest.raises(BadSignature):
        adapter(Scripted(), json.dumps(RECIPE)).read_callback(body=b"{}", headers={})


SIGN = {"hash": "md5", "secret": "after", "shape": "value"}
TEXT = {"hash": "md5", "text": "{time}{secret}"}
WRONG = [
    ({"time": "minutes"}, "time"),
    ({"time": 1}, "time"),
    ({"extra": "x"}, "extra"),
    ({"order": None}, "order"),
    ({"order": []}, "order"),
    ({"query": None}, "query"),
    ({"balance": "x"}, "balance"),
    ({"sign": "md5"}, "sign"),
    ({"sign__hash": "crc32"}, "sign.hash"),
    ({"sign__hash": None}, "sign.hash"),
    ({"sign__hash": "hmac-sha256"}, "sign.secret"),
    ({"sign__secret": "key"}, "sign.secret"),
    ({"sign__secret": "nowhere"}, "sign.secret"),
    ({"sign__secret": "among"}, "sign.secret_name"),
    ({"sign__secret_name": "x"}, "sign.secret_name"),
    ({"sign": {**TEXT, "text": "{app_id}"}}, "sign.text"),
    ({"sign": {**TEXT, "hash": "hmac-sha256"}}, "sign.text"),
    ({"sign": {**TEXT, "text": "{secret}{product}"}}, "sign.text"),
    ({"sign": {**TEXT, "text": "{secret"}}, "sign.text"),
    ({"sign": {**TEXT, "fields": "all"}}, "sign.fields"),
    ({"order__sign": {**TEXT, "text": "{body}{secret}"}}, "order.sign.text"),
    ({"sign__fields": None}, "sign.fields"),
    ({"sign__fields": []}, "sign.fields"),
    ({"sign__fields": [1]}, "sign.fields"),
    ({"sign__fields": ["nobody"]}, "order.sign.fields"),
    ({"order__sign": {**SIGN, "fields": ["sign"]}}, "order.sign.fields"),
    ({"sign__order": "backwards"}, "sign.order"),
    ({"sign__shape": "xml"}, "sign.shape"),
    ({"sign__joiner": 1}, "sign.joiner"),
    ({"sign__glue": None, "sign__glu": ""}, "sign.glu"),
    ({"sign__case": "Upper"}, "sign.case"),
    ({"sign__skip_empty": "yes"}, "sign.skip_empty"),
    ({"sign": None}, "order.sign"),
    ({"query__params": {"no": "{number}"}}, "query.sign"),
    ({"order__method": "PUT"}, "order.method"),
    ({"order__method": "GET"}, "order.json"),
    ({"order__form": {"a": "b"}}, "order.json"),
    ({"order__multipart": {"a": "b"}}, "order.json"),
    ({"order__json": None, "order__multipart": {"a": 1}}, "order.multipart.a"),
    ({"order__drop_empty": "yes"}, "order.drop_empty"),
    ({"order__sells": "cars"}, "order.sells"),
    ({"order__sells": []}, "order.sells"),
    ({"order__most_quantity": 0}, "order.most_quantity"),
    ({"order__most_quantity": "1"}, "order.most_quantity"),
    ({"order__most_quantity": True}, "order.most_quantity"),
    ({"query__most_quantity": 1}, "query.most_quantity"),
    ({"order__json": ["{sign}"]}, "order.json"),
    ({"order__json": {"a": {"b": ["{secret}"]}}}, "order.json.a.b.0"),
    ({"order__json": {"a": "{target.__class__}"}}, "order.json.a"),
    ({"order__json": {"a": "{0}"}}, "order.json.a"),
    ({"order__json": {"a": "{}"}}, "order.json.a"),
    ({"order__json": {"a": "{fields.}"}}, "order.json.a"),
    ({"order__json": {"a": "{number"}}, "order.json.a"),
    ({"order__json": {"a": "{{number}}"}}, "order.json.a"),
    ({"order__json": {"a": 1.5}}, "order.json.a"),
    ({"order__path": "api/order"}, "order.path"),
    ({"order__path": None}, "order.path"),
    ({"order__path": "/api/../x"}, "order.path"),
    ({"order__path": "/api?x=1"}, "order.path"),
    ({"order__path": "/api/{sign}"}, "order.path"),
    ({"order__params": {"a": 1}}, "order.params.a"),
    ({"order__params": "a=1"}, "order.params"),
    ({"order__headers": {"Host": "x"}}, "order.headers.Host"),
    ({"order__headers": {"X Y": "x"}}, "order.headers.X Y"),
    ({"order__headers": {"X": "{most_of_all}"}}, "order.headers.X"),
    ({"order__numbers": ["sign"]}, "order.numbers"),
    ({"order__numbers": "nobody"}, "order.numbers"),
    ({"order__state": None}, "order.state"),
    ({"order__state": []}, "order.state"),
    ({"order__outcomes": None}, "order.outcomes"),
    ({"order__outcomes": {}}, "order.outcomes"),
    ({"order__outcomes": {"0": "done"}}, "order.outcomes.0"),
    ({"order__outcomes": {"0": "absent"}}, "order.outcomes.0"),
    ({"order__outcomes": {"0": 1}}, "order.outcomes.0"),
    ({"order__outcomes": {"*": "accepted"}}, "order.outcomes.*"),
    ({"query__outcomes": {"*": "failed"}}, "query.outcomes.*"),
    ({"order__outcomes": {"*": "rejected"}, "order__message": None}, "order.message"),
    ({"order__words": {"x": "rejected"}}, "order.words.x"),
    ({"order__words": {"x": "success"}}, "order.words.x"),
    ({"order__words": {"x": "absent"}}, "order.words.x"),
    ({"query__words": {"x": "failed"}}, "query.words.x"),
    ({"query__words": {"x": "absent"}, "query__message": None}, "query.message"),
    ({"order__refernce": "x"}, "order.refernce"),
    ({"order__amount": "x"}, "order.amount"),
    ({"order__cost": ["a"]}, "order.cost"),
    ({"query__path": "/api/{product}"}, "query.path"),
    ({"query__params": {"a": "{fields.x}", "sign": "{sign}"}}, "query.params.a"),
    ({"query__outcomes": {"0": "rejected"}}, "query.outcomes.0"),
    ({"query__codes": []}, "query.codes"),
    ({"query__codes": {"secret": "x"}}, "query.codes.list"),
    ({"query__codes": {"list": "x", "number": "y"}}, "query.codes.secret"),
    ({"query__codes": {"list": "x", "pin": "y"}}, "query.codes.pin"),
    ({"balance__amount": None}, "balance.amount"),
    ({"balance__form": {"no": "{number}", "sign": "{sign}"}}, "balance.form.no"),
    ({"query__params": {"a": "{most}", "sign": "{sign}"}}, "query.params.a"),
    ({"query__codes": {"list": "x", "may_be_number": 1}}, "query.codes.may_be_number"),
    ({"balance__state": "code"}, "balance.done"),
    ({"balance__done": "0"}, "balance.done"),
    ({"order": None, "query": None, "balance": None}, "order"),
]


@pytest.mark.parametrize(("changes", "key"), WRONG)
def test_what_is_wrong_is_named_by_its_key(changes, key):
    with pytest.raises(ValueError, match=": ") as refusal:
        read(**changes)

    assert str(refusal.value).split(": ")[0] == key


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", "[" * 9999, '{"a": ' + "9" * 9999, " " * 20_001]
)
def test_what_is_no_recipe_at_all(text):
    with pytest.raises(ValueError, match=r"^recipe: "):
        read_recipe(text)


def test_what_is_wrong_is_told_without_its_value():
    """A recipe may hold a key of the supplier's in a header or a field."""
    for changes in (
        {"order__headers": {"X-Key": "hush{"}},
        {"order__json": {"key": "{hush}"}},
        {"sign__hash": "hush"},
        {"order__outcomes": {"0": "hush"}},
    ):
        with pytest.raises(ValueError, match=": ") as refusal:
            read(**changes)

        assert "hush" not in str(refusal.value)
