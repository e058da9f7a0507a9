"""What every door shares: who calls, in which words, in whose scope, and how a refusal is said."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import structlog
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from api.errors import Unreadable
from api.pace import check_pace, check_stranger, count_call, count_stranger
from api.parsing import MOST_BYTES
from catalog.errors import NotForSale
from channels import services as channels
from channels.errors import CostAbovePrice, DailyLimitReached, PartnerSuspended, SkuNotAllowed
from channels.selectors import get_door
from channels.states import DoorKind, DoorRefusalKind
from channels.types import DoorSeat
from core.callers import caller_ip
from core.errors import AppError, NotFound
from core.middleware import opens_own_scope
from core.scope import tenant_atomic
from inventory.errors import OutOfStock, TooManyHeld
from orders import services as orders
from orders.errors import RefusedByRules
from payments.errors import BalanceTooLow

log = structlog.get_logger(__name__)
TURNED_WORDS = {
    DoorRefusalKind.SIGNATURE: _("The signature is wrong."),
    DoorRefusalKind.MERCHANT: _("This is not the merchant number of this door."),
    DoorRefusalKind.TIME: _("The time is too old, or ahead."),
    DoorRefusalKind.ADDRESS: _("This door may not be used from this address."),
}
UNKNOWN_GOODS = (NotForSale, SkuNotAllowed)
# What cannot be had at this price just now is told as sold out: nothing was bought.
NOT_NOW = (
    OutOfStock,
    TooManyHeld,
    CostAbovePrice,
    BalanceTooLow,
    DailyLimitReached,
    PartnerSuspended,
    RefusedByRules,
)


class Turned(Exception):
    """It is not the door's own platform that calls, or not now."""

    def __init__(self, why: DoorRefusalKind) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What came in. `fields` are what the body says; they are its caller's once he is known."""

    door: DoorSeat
    path: str
    body: bytes = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What an address does. `again` answers what was done before, once `do` was refused."""

    do: Callable[[Call], Any]
    again: Callable[[Call], Any] | None = None
    is_signed: bool = True


class DoorView(ABC, View):
    """One protocol's door. It always answers in the protocol's own words, in the language of the
    platforms that speak it."""

    kind: ClassVar[DoorKind]
    deeds: ClassVar[Mapping[str, Deed]]

    @classmethod
    def as_view(cls, **options: Any) -> Any:
        return csrf_exempt(opens_own_scope(super().as_view(**options)))

    @abstractmethod
    def read(self, body: bytes) -> Mapping[str, Any]:
        """Raises Unreadable."""

    @abstractmethod
    def check(self, call: Call) -> None:
        """Raises Turned, unless the call is signed by the door's platform, and now."""

    @abstractmethod
    def done(self, data: Any) -> dict[str, Any]: ...

    @abstractmethod
    def turned(self, why: DoorRefusalKind) -> dict[str, Any]: ...

    @abstractmethod
    def refused(self, why: AppError) -> dict[str, Any]: ...

    @abstractmethod
    def busy(self) -> dict[str, Any]:
        """Nobody can tell now what became of it: the platform is to ask."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now, uid, path = timezone.now(), kwargs["uid"], kwargs["path"]
        with translation.override("zh-hans"):
            try:
                return _said(self._answered(request, uid, path, now=now))
            except NotFound as why:
                return _said(body_of(request, why), status=404)

    def _answered(
        self, request: HttpRequest, uid: UUID, path: str, *, now: datetime
    ) -> dict[str, Any]:
        deed, address = self.deeds.get(path), caller_ip(request)
        if deed is None or request.method != "POST":
            raise NotFound
        body = request.read(MOST_BYTES + 1)  # it may take its time: no transaction is open yet
        with tenant_atomic(durable=True):
            door = get_door(uid=uid, kind=self.kind, now=now)
            try:
                call = self._let_in(request, body, door, path, now=now)
            except Turned as turned:
                channels.note_refused(
                    door=door, path=path, why=turned.why, address=address, now=now
                )
                return self.turned(turned.why)
            except AppError as why:
                return self.refused(why)
        return self._carried_out(call, deed)

    def _let_in(
        self, request: HttpRequest, body: bytes, door: DoorSeat, path: str, *, now: datetime
    ) -> Call:
        """The call, counted: of the partner's pace if it is signed, else of the stranger's. Raises
        Turned, Unreadable, TooFast."""
        deed, address = self.deeds[path], caller_ip(request)
        is_his = False
        try:
            call = self._heard(request, body, door, path, now=now)
            self._admit(call, deed, address=address)
            is_his = deed.is_signed
        finally:
            if not is_his:
                at = f"door{door.door_id}"
                check_stranger(counted=count_stranger(at=at, address=address, now=now))
        if is_his:
            check_pace(seat=door.seat, counted=count_call(seat=door.seat, now=now))
        return call

    def _admit(self, call: Call, deed: Deed, *, address: str) -> None:
        """Raises Turned."""
        if deed.is_signed:
            self.check(call)
        if not call.door.seat.may_come_from(address):
            raise Turned(DoorRefusalKind.ADDRESS)
        if deed.is_signed:
            channels.mark_door_used(door=call.door, address=address, now=call.now)

    def _heard(
        self, request: HttpRequest, body: bytes, door: DoorSeat, path: str, *, now: datetime
    ) -> Call:
        if len(body) > MOST_BYTES:
            raise Unreadable(
                _("A request has at most %(most)s kB. Send less at once.")
                % {"most": MOST_BYTES // 1024}
            )
        return Call(
            door=door,
            path=path,
            body=body,
            fields=self.read(body),
            query=request.GET.dict(),
            headers=request.headers,
            now=now,
        )

    def _carried_out(self, call: Call, deed: Deed) -> dict[str, Any]:
        try:
            with tenant_atomic(durable=True):
                return self.done(deed.do(call))
        except (AppError, IntegrityError) as why:
            with tenant_atomic(durable=True):
                return self._after(call, deed, why)

    def _after(self, call: Call, deed: Deed, why: AppError | IntegrityError) -> dict[str, Any]:
        """What is said once the deed was rolled back: the same was done before, or the refusal."""
        data = None if deed.again is None else deed.again(call)
        if data is not None:
            return self.done(data)
        if isinstance(why, RefusedByRules):
            orders.keep_refused(refusal=why)
        if isinstance(why, AppError):
            return self.refused(why)
        log.error("door_deed_not_stored", path=call.path, exc_info=why)
        return self.busy()


def body_of(request: HttpRequest, refusal: AppError) -> dict[str, Any]:
    """What a platform is told where no door is reached: as one tells it that is not there."""
    said = str(refusal.message)
    return {"code": refusal.status, "message": said, "msg": said}


def _said(told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json")
