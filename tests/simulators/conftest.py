"""One process for all tests here; each test has an empty ledger."""

from collections.abc import Iterator

import pytest

from bench.simulated import Desk, Simulators, simulators
from tests.simulators.calling import (
    FULU_KEY,
    FULU_SECRET,
    KASUSHOU_KEY,
    FuluClient,
    KasushouClient,
)
from tests.simulators.calling_kinguin import API_KEY, STORE, KinguinClient
from tests.simulators.calling_kinguin import PRICE as KEY_PRICE
from tests.simulators.calling_reloadly import CLIENT, FACE, PRICE, SECRET, WHSEC, ReloadlyClient


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Simulators]:
    with simulators(tmp_path_factory.mktemp("simulators")) as started:
        yield started


@pytest.fixture
def desk(running: Simulators) -> Desk:
    running.desk.reset()
    return running.desk


@pytest.fixture
def fulu(running, desk) -> FuluClient:
    desk.account(
        protocol="fulu", id=FULU_KEY, secret=FULU_SECRET, balance_e4=10_000_000, processing_ms=100
    )
    desk.product(
        protocol="fulu",
        id="1000",
        name="视频会员月卡",
        price_e4=98_750,
        face_e4=150_000,
        magic=True,
    )
    desk.product(protocol="fulu", id="2000", kind="direct", name="直充", price_e4=50_000)
    desk.product(
        protocol="fulu", id="3000", kind="mobile", name="话费", price_e4=495_000, face_e4=500_000
    )
    return FuluClient(running.base_url)


@pytest.fixture
def kasushou(running, desk) -> KasushouClient:
    desk.account(
        protocol="kasushou",
        id="10001",
        secret=KASUSHOU_KEY,
        balance_e4=10_000_000,
        processing_ms=100,
    )
    desk.product(protocol="kasushou", id="77", name="月卡", price_e4=98_750, magic=True)
    desk.product(protocol="kasushou", id="88", kind="direct", name="直充", price_e4=50_000)
    return KasushouClient(running.base_url)


@pytest.fixture
def kinguin(running, desk) -> KinguinClient:
    desk.account(
        protocol="kinguin", id=STORE, secret=API_KEY, balance_e4=10_000_000, processing_ms=100
    )
    desk.product(protocol="kinguin", id="5c9b", name="游戏 CD Key", price_e4=KEY_PRICE, magic=True)
    desk.product(protocol="kinguin", id="1949", name="Second", price_e4=10_000)
    return KinguinClient(running.base_url)


@pytest.fixture
def reloadly(running, desk) -> ReloadlyClient:
    desk.account(
        protocol="reloadly",
        id=CLIENT,
        secret=SECRET,
        balance_e4=10_000_000,
        processing_ms=100,
        options={"webhook_secret": WHSEC},
    )
    desk.product(
        protocol="reloadly", id="15", name="游戏卡 25", price_e4=PRICE, face_e4=FACE, magic=True
    )
    desk.product(
        protocol="reloadly",
        id="341",
        kind="mobile",
        name="Operator",
        price_e4=PRICE,
        face_e4=FACE,
    )
    desk.product(protocol="reloadly", id="900", kind="pin", price_e4=PRICE, face_e4=FACE)
    return ReloadlyClient(running.base_url)
