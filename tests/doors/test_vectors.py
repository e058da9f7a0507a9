"""Signatures and ciphers against what the platforms published, and against our own reckoning."""

import base64
import json

from api.doors import agiso_words, goofish_words, kasushou_words
from channels.types import DoorSeat, DoorSecrets
from core.secrets import Secret
from tests.doors.callers import AGISO_SECRET, APP_ID, GOOFISH_SECRET

PAIR = DoorSecrets(app=Secret(AGISO_SECRET), merchant=Secret("merchantkey01"))
DEMO = DoorSecrets(app=Secret(GOOFISH_SECRET), merchant=Secret("o9wl81dncmvby3ijpq7eur456zhgtaxs"))


def goofish_demo():
    return DoorSeat(
        door_id=1, uid=None, kind="goofish", app_id=APP_ID, merchant_id="1001", secrets=(DEMO,),
        hosts=(), options={}, seat=None, is_suspended=False,
    )  # fmt: skip


def test_own_reckoning_agiso_signs_empty_fields_too():
    said = {
        "userId": "u1", "orderNo": "A001", "productNo": "P1", "buyNum": 1, "attach": "",
        "maxAmount": "10.00", "callbackUrl": "https://x.test/cb", "timestamp": 1700000000,
        "version": "1.0",
    }  # fmt: skip

    assert agiso_words.sign(said, PAIR) == "BB5B24FB096720AF392DFC85E439EE2F"
    assert agiso_words.sign(said | {"sign": "x"}, PAIR) == "BB5B24FB096720AF392DFC85E439EE2F"


def test_own_reckoning_agiso_cards():
    listed = json.dumps([{"cardNo": "C1", "cardPwd": "P1", "expireTime": ""}]).replace(" ", "")

    text = base64.b64encode(agiso_words.encipher(listed.encode(), key=PAIR.app)).decode()

    assert text == (
        "zRpPwEiOqEul5/6a1d4cHcyDE8qvPsesmU8B2F8VYe5yB/oiZzqefuVTTrBm38PCiqNiQf3o3wVNwyXGxpW4ng=="
    )


def test_published_goofish_digest_of_the_body():
    """Published: the platform's page shows this step with its demo keys."""
    body = b'{"goods_type":1,"goods_no":"12344532"}'

    assert goofish_words._md5(body) == "9b8030f5097d5ed123405b003dd247c5"


def test_own_reckoning_goofish_signature_with_the_published_demo_keys():
    body = b'{"goods_type":1,"goods_no":"12344532"}'

    signed = goofish_words.sign(
        door=goofish_demo(), secrets=DEMO, body=body, timestamp="1724414553"
    )

    assert signed == "fda5954f48ab32b3b271c84450440ead"


def test_a_price_of_parts_of_a_fen_is_rounded_up_and_a_balance_down():
    assert goofish_words.fen_up(98_750) == 988
    assert goofish_words.fen_down(98_750) == 987


def test_a_number_on_the_wire_has_no_more_digits_than_it_needs():
    assert json.dumps([agiso_words.as_number(e4) for e4 in (100_000, 98_750, 1, 10**13 - 1)]) == (
        "[10, 9.875, 0.0001, 999999999.9999]"
    )


def test_published_kasushou_signature_of_a_request():
    """Published: the protocol's page computes it."""
    said = {"day": 10, "external_orderno": "", "ordersn": "D100759082558859640832"}
    pair = DoorSecrets(app=Secret(""), merchant=Secret("H0YnuPpcVtx7rQdMTbjN6932s5oDOqFa"))

    signed = kasushou_words.sign("1696645385740", kasushou_words.compact(said), pair)

    assert signed == "15b8f541eb10e3fbb33efd92c8d52d50ddca0784"


def test_own_reckoning_kasushou_signature_of_a_callback():
    pair = DoorSecrets(app=Secret(""), merchant=Secret("H0YnuPpcVtx7rQdMTbjN6932s5oDOqFa"))
    said = {
        "external_orderno": "T001", "has_back_money": "0.00", "ordersn": "D1",
        "recharge_hints": "充值成功", "status": "3", "time": "1695072521534",
        "total_price": "10.00",
    }  # fmt: skip

    signed = kasushou_words.sign("1695072521534", kasushou_words.compact(said), pair)

    assert signed == "162c8535cd3deb7823802a0247c323080e5e16bf"
