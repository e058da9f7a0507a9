"""What the merchant does meanwhile, through the services: loads files of codes, pays people back.

Each deed is repeated with the same words until it is answered, as a person would press again.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import DatabaseError, connections
from django.utils import timezone

from bench.goods import Goods
from chaos.crowd import Crowd
from core.actors import Actor
from core.scope import bind, tenant_atomic
from core.secrets import Secret
from core.uploads import SealedUpload, seal_bytes
from fulfillment import services as fulfillment
from inventory import services as inventory
from inventory.selectors import imports
from inventory.services import importing
from inventory.types import NewBatch, NewCode
from orders.selectors import order_by_token

T = TypeVar("T")
STAFF = Actor("user:0 staff@example.com")
PATIENCE = 400.0


def stock_up(goods: Goods, secrets: list[str]) -> None:
    """Codes at hand before the first shopper comes."""
    with bind(goods.tenant_id):
        inventory.add_codes(
            given=NewBatch(sku_id=goods.sku_id),
            codes=[NewCode(secret=Secret(secret)) for secret in secrets],
            by=STAFF,
            now=timezone.now(),
        )


class BackOffice:
    """A thread that pays back and one for each file that is imported, beside the shoppers."""

    def __init__(self, goods: Goods, crowd: Crowd, files: list[list[str]]) -> None:
        self._goods, self._crowd = goods, crowd
        self._over = threading.Event()
        self._importing = [self._thread(partial(self._import, lines)) for lines in files]
        self._threads = [self._thread(self._pay_back), *self._importing]
        self.broken: list[str] = []
        self.refunds = 0

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    @property
    def is_importing(self) -> bool:
        return any(thread.is_alive() for thread in self._importing)

    def _thread(self, work: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=self._alone, args=(work,))

    def _alone(self, work: Callable[[], None]) -> None:
        try:
            with bind(self._goods.tenant_id):
                work()
        except Exception as why:  # noqa: BLE001 -- told at the end, with everything else
            self.broken.append(f"the back office: {why!r}")
        finally:
            connections.close_all()

    def _pay_back(self) -> None:
        """Everybody who wants his money back, once he has his code."""
        paid_back: set[int] = set()
        while not self._over.wait(0.5):
            for one in self._crowd.shoppers:
                ready = one.plan.wants_refund and one.told.digests and one.number not in paid_back
                if ready and not self._over.is_set():
                    self._until_answered(partial(_refund, one.told.order_token))
                    paid_back.add(one.number)
                    self.refunds += 1

    def _import(self, lines: list[str]) -> None:
        raw = "\n".join(lines).encode()
        upload = SealedUpload(
            sealed=seal_bytes(raw), name="codes.csv", size=len(raw), content_type="text/csv"
        )
        job_id = self._until_answered(lambda: _open(self._goods.sku_id, upload))
        self._until_answered(lambda: importing.dry_run(job_id=job_id, now=timezone.now()))
        self._wait_for(job_id, "checked")
        self._until_answered(
            lambda: importing.start_import(job_id=job_id, by=STAFF, now=timezone.now())
        )
        self._wait_for(job_id, "done")

    def _wait_for(self, job_id: int, state: str) -> None:
        while not self._over.wait(0.3):
            if self._until_answered(lambda: _state_of(job_id)) == state:
                return

    def _until_answered(self, deed: Callable[[], T]) -> T:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return deed()
            except DatabaseError:
                connections.close_all()
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)


@tenant_atomic
def _refund(token: str) -> None:
    order = order_by_token(token=token)
    fulfillment.refund_units(order_id=order.pk, by=STAFF, reason="goodwill", now=timezone.now())


@tenant_atomic
def _open(sku_id: int, upload: SealedUpload) -> int:
    job = importing.open_import(sku_id=sku_id, upload=upload, by=STAFF, now=timezone.now())
    return int(job.pk)


@tenant_atomic
def _state_of(job_id: int) -> str:
    return str(imports().get(pk=job_id).state)
