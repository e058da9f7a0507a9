"""Fixtures of the whole house: two shops, and the scope of the first."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client

from bench.simulated import Simulators, simulators
from core import crypto, meters
from core import scope as scopes
from core.postgres.base import DatabaseWrapper
from core.scope import bind, tenant_atomic, tenant_in_force
from payments.services import ledger
from risk.selectors.rules import forget_rules
from tenants.models import Domain, Merchant
from tests.emptying import empty_quickly
from tests.scheduling import Rooms
from tests.waiting import wait_until_alone


@contextmanager
def as_tenant(tenant_id: int) -> Iterator[None]:
    """Step into another tenant's shoes, also where a test's own scope is open."""
    before, token = tenant_in_force(), scopes._bound.set(tenant_id)
    database = cast(DatabaseWrapper, connection)
    database.tenant_in_force = None
    try:
        yield
    finally:
        database.tenant_in_force = before
        scopes._bound.reset(token)
        if before is not None:
            scopes._set_local(database, before)


def make_shop(slug: str, **fields: object) -> Merchant:
    """A merchant, written under its own id: row-level security lets nobody write another's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_merchant', 'id'))")
        (number,) = cursor.fetchone()
    with as_tenant(number), tenant_atomic():
        merchant = Merchant.objects.create(pk=number, slug=slug, name=slug.title(), **fields)
        Domain.objects.create(host=f"{slug}.localhost", merchant=merchant, is_primary=True)
    return merchant


def client_of(shop: Merchant, **options: Any) -> Client:
    """A browser on the shop's host."""
    return Client(headers={"host": f"{shop.slug}.localhost"}, **options)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The two mirrored roles keep connections, which would block dropping the database."""
    with django_db_blocker.unblock():
        empty_quickly()
    yield
    connections.close_all()


@pytest.hookimpl(trylast=True)  # after -k and -m have chosen
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the test database made, by its owner, also when a run's tests name `default` alone."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        given = dict(marker.kwargs) if marker else {}
        needs = marker is not None or "db" in getattr(item, "fixturenames", ())
        if needs and not given.get("databases"):
            named = pytest.mark.django_db(**given | {"databases": ["default", "owner"]})
            item.add_marker(named, append=False)
            return


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    return Rooms(config, log)


@pytest.fixture(autouse=True)
def _fresh_memory() -> Iterator[None]:
    """Each test's database has its own keys and accounts, under ids that may repeat."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    crypto.forget_keys()
    ledger._known.clear()
    ledger._by_id.clear()
    forget_rules()
    # Redis outlives a test, and every browser of a test has the same address.
    meters._space, meters._memory = f"meter-{uuid4().hex}", meters._Memory()


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulators]:
    """The suppliers' stand-ins, a process of their own: they know what was really bought."""
    with simulators(tmp_path_factory.mktemp("simulators")) as started:
        yield started


@pytest.fixture
def shop(db: None) -> Iterator[Merchant]:
    """A shop at cloud.localhost, bound for the test."""
    merchant = make_shop("cloud")
    with bind(merchant.pk):
        yield merchant


@pytest.fixture
def other_shop(db: None) -> Merchant:
    """A shop at star.localhost, not bound."""
    return make_shop("star")


@pytest.fixture
def scope(shop: Merchant) -> Iterator[Merchant]:
    """The shop's transaction, open for the whole test."""
    with tenant_atomic():
        yield shop


@pytest.fixture
def dies(settings: Any, tmp_path: Path) -> Callable[[str, Callable[[], object]], bool]:
    """Makes a call in a process of its own that is told to die at the point; whether it did."""
    settings.FAILPOINTS_DIR = str(tmp_path)

    def run(point: str, call: Callable[[], object]) -> bool:
        Path(tmp_path, point).touch()
        connections.close_all()  # a child must not share the parent's connections
        child = os.fork()
        if child == 0:
            call()
            os._exit(0)
        has_died = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        wait_until_alone()  # for a moment the dead one's transaction keeps its locks
        return has_died

    return run


@pytest.fixture
def unprepared(settings: Any) -> None:
    """Every statement is sent as it is, so that they can be counted."""
    settings.DB_PREPARED = False
