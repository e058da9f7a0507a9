"""The partner's program of `make chaos` asks again until it is answered, and sees what it was told
otherwise."""

import json
import random
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.goods import Goods
from bench.partner_goods import Buyer
from chaos.partner import BATCHES, ORDERS, Forgetful, Line, Lost, Program, Running, Wish
from chaos.partners import plans

GOODS = Goods(
    tenant_id=1, host="cloud.localhost", product_ref="p", sku_ref="s", sku_id=1, batch_id=1
)
BUYER = Buyer(number=0, key="qy_live_k", partner_id=7)
ONE = Wish(comes_at=0.0, lines=(Line("N1", 1),), key="K1")


def order(ref="O1", code="A", **fields):
    return json.dumps({"ref": ref, "units": [{"code": code}]} | fields).encode()


class _Scripted:
    """Answers as it was told to, and keeps what was asked."""

    def __init__(self, *answers, **given):
        super().__init__(port=0, goods=GOODS, buyer=BUYER, over=threading.Event(), **given)
        self.answers, self.words = list(answers), []

    def _call(self, method, path, body="", *, key=""):
        self.words.append((path, json.loads(body), key))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Told(_Scripted, Program):
    pass


class ToldForgetful(_Scripted, Forgetful):
    pass


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr("chaos.partner.TRY_AGAIN", 0.0)


def test_a_lost_answer_is_asked_for_in_the_same_words():
    program = Told(Lost(), Running(), (201, order()))

    program.fulfil(ONE)

    assert len(program.words) == 3
    assert all(one == program.words[0] for one in program.words)
    assert program.words[0][0] == ORDERS
    assert program.words[0][2] == "K1"
    asked = program.asked["N1"]
    assert (asked.tries_again, asked.heard.ref, len(asked.heard.digests)) == (2, "O1", 1)
    assert (program.odd, program.unequal) == ([], [])


def test_the_control_orders_anew_under_another_number_and_key():
    program = ToldForgetful(Lost(), Lost(), (201, order()))

    program.fulfil(ONE)

    numbers = [body["partner_order_no"] for _path, body, _key in program.words]
    assert numbers == ["N1", "N1~1", "N1~2"]
    assert [key for *_, key in program.words] == ["K1", "K1~1", "K1~2"]
    assert program.asked["N1"].heard is None
    assert program.asked["N1~2"].heard.ref == "O1"


def test_under_a_key_another_byte_is_another_answer():
    program = Told((201, order()), (201, order() + b" "))

    program.fulfil(replace(ONE, asks_again=1))

    assert program.unequal == ["N1"]


@pytest.mark.parametrize(
    ("again", "unequal"),
    [
        (order(state="completed"), []),
        (order(ref="O2"), ["N1"]),
        (order(code="B"), ["N1"]),
    ],
)
def test_without_a_key_it_is_the_same_order_and_code(again, unequal):
    program = Told((201, order(state="processing")), (200, again))

    program.fulfil(replace(ONE, key="", asks_again=1))

    assert program.unequal == unequal


def test_each_line_of_a_batch_has_its_own_end():
    results = [
        {"status": 201, "body": json.loads(order())},
        {"status": 402, "body": {"error": {}}},
    ]
    program = Told((200, json.dumps({"results": results}).encode()))

    program.fulfil(Wish(comes_at=0.0, lines=(Line("N1", 1), Line("N2", 1))))

    assert program.words[0][0] == BATCHES
    assert program.asked["N1"].heard.ref == "O1"
    assert (program.asked["N2"].heard.status, program.odd) == (402, [])


@pytest.mark.parametrize("answer", [(400, b"{}"), (409, b"{}"), (200, b"{}")])
def test_an_answer_that_should_not_be_is_seen(answer):
    program = Told(answer)

    program.fulfil(ONE)

    assert program.odd == [f"N1 was answered {answer[0]}"]


def test_a_key_that_is_taken_for_other_words_must_be_refused():
    program = Told((201, order()), (201, order()))

    program.fulfil(replace(ONE, swaps=True))

    assert program.words[1][1]["quantity"] == 2
    assert program.odd == ["N1: its key for other words was told 201"]


def test_partners_order_with_and_without_keys_in_batches_and_hang_up():
    made = plans("p", count=500, seconds=90, rng=random.Random(7))  # noqa: S311 -- repeatable

    assert sum(bool(one.key) for one in made) > 300
    assert sum(not one.key and len(one.lines) == 1 for one in made) > 60
    assert sum(len(one.lines) == 5 for one in made) > 30
    assert sum(one.hangs_up > 0 for one in made) > 90
    assert max(one.comes_at for one in made) < 81
    assert len({line.number for one in made for line in one.lines}) == sum(
        len(one.lines) for one in made
    )


class _Busy(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(429)

    def log_message(self, *_args):
        pass


def test_who_is_told_to_wait_asks_again():
    with HTTPServer(("127.0.0.1", 0), _Busy) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        program = Program(port=server.server_port, goods=GOODS, buyer=BUYER, over=threading.Event())

        with pytest.raises(Lost):
            program._call("GET", BATCHES)
