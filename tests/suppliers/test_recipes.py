"""What a recipe can say beyond the usual: how it signs, what it sends, what it makes of words."""

import json
from datetime import UTC, datetime
from email import message_from_bytes
from urllib.parse import parse_qs

import pytest

from core.secrets import Secret
from suppliers.adapters.connector import preview
from suppliers.errors import NoAnswer, Unspeakable
from suppliers.transport import answered
from suppliers.types import Account, Kind, Outcome, PurchaseOrder
from tests.suppliers.test_connector import (
    CARD_LIST,
    CARDS,
    FIELDS,
    NOW,
    NUMBER,
    TOP_UP,
    Scripted,
    adapter,
    asked,
    bought,
    digest,
    in_json,
    order,
    read,
    recipe,
    upper_md5,
)


def test_a_secret_may_stand_among_the_fields_under_a_name():
    signed = {"fields": "all", "order": "sorted", "shape": "name=value", "joiner": "&"}
    signed |= {"secret": "among", "secret_name": "aa", "hash": "sha1"}
    found = read(sign=signed, order__json=None, order__form=FIELDS, order__numbers=None)

    request = preview(found, CARDS, NUMBER, NOW)

    signature = digest("sha1", "a=2&aa=secret&b=88&c=")
    assert parse_qs(request.body.decode())["sign"] == [signature]


def test_published_kasushou_is_a_recipe_too():
    """Published: the vector of Kasushou's document. What is signed is written out, body and all."""
    number = "D100759082558859640832"
    found = read(
        time="milliseconds",
        order__sign={"text": "{time}{body}{secret}", "hash": "sha1"},
        order__headers={"Sign": "{sign}"},
        order__json={"day": 10, "external_orderno": "", "ordersn": "{number}"},
        order__numbers=None,
    )
    account = Account(app_id="u1", secret=Secret("H0YnuPpcVtx7rQdMTbjN6932s5oDOqFa"))
    now = datetime.fromtimestamp(1696645385.740, UTC)

    request = preview(found, CARDS, number, now, account=account)

    assert request.headers["Sign"] == "15b8f541eb10e3fbb33efd92c8d52d50ddca0784"


def test_a_form_in_several_parts():
    form = {"to": "{target}", "qu": "{fields.区}", "none": "", "sign": "{sign}"}
    found = read(
        order__json=None, order__multipart=form, order__numbers=None, order__drop_empty=True
    )

    request = preview(found, TOP_UP, NUMBER, NOW)

    content_type = request.headers["Content-Type"]
    parsed = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + request.body)
    sent = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True).decode()
        for part in parsed.get_payload()
    }
    assert sent == {
        "to": "138 0{sign}",
        "qu": "一/二",
        "sign": upper_md5("qu=一/二&to=138 0{sign}&key=secret"),
    }
    assert request == preview(found, TOP_UP, NUMBER, NOW)


@pytest.mark.parametrize(
    ("most_e4", "text", "number"), [(98_750, "9.8750", b"9.875"), (100_000, "10.0000", b"10")]
)
def test_the_most_that_it_may_cost_is_told_as_a_text_or_a_number(most_e4, text, number):
    order = PurchaseOrder(product="88", kind=Kind.CODES, quantity=2, most_e4=most_e4 * 2)
    body = {"all": "{most}", "each": "{most_each}", "n": "{most_each}", "sign": "{sign}"}
    as_texts = preview(read(order__json=body, order__numbers=None), order, NUMBER, NOW)
    as_numbers = preview(read(order__json=body, order__numbers=["most_each"]), order, NUMBER, NOW)

    assert f'"each":"{text}"'.encode() in as_texts.body
    assert b'"n":' + number + b"," in as_numbers.body


def test_what_a_recipe_does_not_sell_is_not_bought():
    http = Scripted()
    text = json.dumps(recipe(order__sells=["top_up"], order__most_quantity=1))
    speaker = adapter(http, text)
    several = PurchaseOrder(product="9", kind=Kind.TOP_UP, quantity=2, target="1")

    for unfit in (CARDS, several):
        with pytest.raises(Unspeakable):
            speaker.buy(order=unfit, number=NUMBER)

    assert not hasattr(http, "sent")


def test_a_recipe_of_the_balance_alone_buys_nothing():
    http = Scripted(in_json(code=0, data={"money": "1"}))
    speaker = adapter(http, json.dumps(recipe(order=None, query=None)))

    bought = answered(lambda: speaker.buy(order=CARDS, number=NUMBER), is_purchase=True)
    asked = answered(lambda: speaker.query(number=NUMBER), is_purchase=False)

    assert (bought.outcome, asked.outcome) == (Outcome.REJECTED, Outcome.UNKNOWN)
    assert not hasattr(http, "sent")
    assert speaker.balance_e4() == 10_000


def test_a_balance_is_believed_of_an_answer_that_says_it_is_one():
    text = json.dumps(recipe(balance__state="code", balance__done="0", balance__message="msg"))

    told = adapter(Scripted(in_json(code=0, data={"money": "1"})), text).balance_e4()

    assert told == 10_000
    with pytest.raises(NoAnswer, match="7 签名错误"):
        adapter(Scripted(in_json(code=7, msg="签名错误", data={"money": "1"})), text).balance_e4()


MAP = {"order__outcomes": {"0/1": "accepted", "0/3": "failed", "31/": "rejected", "*": "rejected"}}
MAP |= {"order__words": {"重复": "accepted", "繁忙": "unknown"}}


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (in_json(code=77, msg="余额不足"), Outcome.REJECTED),
        (in_json(code=77, msg="单号重复"), Outcome.ACCEPTED),
        (in_json(code=77, msg="系统繁忙"), Outcome.UNKNOWN),
        (in_json(code=31, msg="系统繁忙"), Outcome.UNKNOWN),
        (order(status=3), Outcome.FAILED),
        (in_json(code=0, msg="繁忙", data={"status": 1, "no": NUMBER}), Outcome.ACCEPTED),
        (in_json(code=77), Outcome.UNKNOWN),  # a refusal without a word is none
        (in_json(msg="余额不足"), Outcome.UNKNOWN),
        (in_json(msg="单号重复"), Outcome.UNKNOWN),
        (order(status=4), Outcome.UNKNOWN),  # done, in a state that is new to us
        (in_json(code=0, msg="余额不足"), Outcome.UNKNOWN),
    ],
)
def test_where_every_other_code_is_a_refusal_their_words_decide(said, outcome):
    assert bought(said, **MAP).outcome is outcome


def test_words_may_say_that_there_is_no_such_order():
    words = {"query__words": {"订单不存在": "absent"}}

    told = [
        asked(said, **words)
        for said in (
            in_json(code=77, msg="订单不存在"),
            in_json(code=77, msg="用户不存在"),
            in_json(msg="订单不存在"),
            order(status=2, cards=CARD_LIST),
        )
    ]

    assert [answer.is_absent for answer in told] == [True, False, False, False]
    assert told[3].outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("card", "outcome"),
    [
        ({"no": "N1", "pwd": ""}, Outcome.SUCCESS),
        ({"no": "", "pwd": ""}, Outcome.UNKNOWN),
        ({"no": "N1"}, Outcome.UNKNOWN),  # its password is not there (yet)
    ],
)
def test_a_card_of_one_word_is_its_number_where_the_recipe_says_so(card, outcome):
    codes = {"list": "data.cards", "secret": "pwd", "number": "no", "may_be_number": True}

    answer = asked(order(status=2, cards=[card]), query__codes=codes)

    assert answer.outcome is outcome
    assert [(code.secret.reveal(), code.number) for code in answer.codes] == [("N1", None)] * (
        outcome is Outcome.SUCCESS
    )
