"""Complaints after the sale: evidence, a clock, messages both ways, and an end."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM, Actor
from core.crypto import seal
from core.errors import InvalidInput, NotFound
from core.outbox import emit
from core.refs import new_ref
from core.scope import tenant_atomic
from core.states import check_move
from orders.errors import CaseClosed, CaseOpen, TooMany
from orders.events import CaseAnswered, CaseOpened, CaseOverdue
from orders.models import MESSAGE, Case, CaseMessage, CaseMove
from orders.selectors import evidence_of
from orders.services.moving import take_order
from orders.states import CASE_LIVE, CASE_MOVES, UNPAID, CaseKind, CaseState
from orders.types import OpenCase

ANSWER_WITHIN = timedelta(hours=24)
SUPPLIER_WITHIN = timedelta(days=3)
LONGEST_TEXT = 2000
MOST_CASES = 20
MOST_MESSAGES = 200
OUTCOMES = frozenset({CaseState.REPLACED, CaseState.REFUNDED, CaseState.REJECTED})


@tenant_atomic
def open_case(*, request: OpenCase, by: Actor, is_from_shopper: bool = True, now: datetime) -> Case:
    """The shopper complains: the order's history is kept as it is now, and the clock starts. Raises
    CaseOpen when the same thing is being looked at already."""
    order = take_order(order_id=request.order_id)
    if order.state in UNPAID:
        raise NotFound(_("There is nothing to complain about before the order is paid."))
    if request.kind not in CaseKind.values:
        raise InvalidInput(_("Choose what is wrong."), param="kind")
    text = _clean(request.text)
    cases = list(Case.objects.filter(order=order))
    same = _same(cases, request)
    if same is not None:
        raise CaseOpen(
            _("We are looking at this already. Add a message to the open case."), case=same.ref
        )
    if len(cases) >= MOST_CASES:
        raise TooMany(_("There are too many cases for this order. Please contact the shop."))
    case = Case.objects.create(
        ref=new_ref(),
        order=order,
        unit_id=request.unit_id,
        kind=request.kind,
        evidence=evidence_of(order_id=order.pk),
        opened_at=now,
        due_at=now + ANSWER_WITHIN,
    )
    _write(case, text, by=by, is_from_shopper=is_from_shopper, now=now)
    emit(CaseOpened(case_id=case.pk))
    return case


@tenant_atomic
def notice(*, request: OpenCase, now: datetime) -> Case:
    """The house itself has noticed something: in a case of its own, or where that is being looked
    at already, as a message there. Either is to be answered like a shopper's. Raises TooMany where
    the order has too many cases."""
    order = take_order(order_id=request.order_id)
    same = _same(list(Case.objects.filter(order=order)), request)
    if same is None:
        return open_case(request=request, by=SYSTEM, is_from_shopper=False, now=now)
    case = _locked(same.pk)
    _write(case, request.text, by=SYSTEM, is_from_shopper=False, now=now)
    case.due_at = min(case.due_at, now + ANSWER_WITHIN)
    case.save(update_fields=["due_at"])
    return case


def _same(cases: Sequence[Case], request: OpenCase) -> Case | None:
    return next((one for one in cases if one.is_live and _overlap(one, request)), None)


def _overlap(case: Case, request: OpenCase) -> bool:
    """About the same thing, or one of them about all: two remedies for one thing would follow."""
    return case.unit_id == request.unit_id or None in {case.unit_id, request.unit_id}


@tenant_atomic
def say_in_case(
    *, case_id: int, text: str, by: Actor, is_from_shopper: bool, now: datetime
) -> CaseMessage:
    """Add a message. The shopper's starts the shop's clock anew, the shop's answer stops it for
    three days."""
    case = _locked(case_id)
    if not case.is_live:
        raise CaseClosed(_("This case is closed. Open a new one if something is still wrong."))
    if case.messages.count() >= MOST_MESSAGES:
        raise TooMany(_("There are too many messages in this case. Please contact the shop."))
    message = _write(case, _clean(text), by=by, is_from_shopper=is_from_shopper, now=now)
    if is_from_shopper:
        case.due_at = min(case.due_at, now + ANSWER_WITHIN)
    else:
        case.due_at, case.overdue_at = now + SUPPLIER_WITHIN, None
        emit(CaseAnswered(case_id=case.pk))
    case.save(update_fields=["due_at", "overdue_at"])
    return message


@tenant_atomic
def ask_supplier(*, case_id: int, by: Actor, now: datetime) -> Case:
    """The shop waits for its supplier; the clock runs on, more slowly."""
    case = _locked(case_id)
    _move_case(case, CaseState.WAITING_SUPPLIER, by=by, reason="asked_supplier", now=now)
    case.due_at, case.overdue_at = now + SUPPLIER_WITHIN, None
    case.save(update_fields=["due_at", "overdue_at"])
    return case


@tenant_atomic
def resolve_case(*, case_id: int, outcome: str, by: Actor, reason: str, now: datetime) -> Case:
    """End a case. The caller has replaced or refunded the thing in the same transaction.

    `reason` is told to the shopper: who gets nothing has to be told why. The same outcome again
    changes nothing.
    """
    if outcome not in OUTCOMES:
        raise InvalidInput(_("A case ends replaced, refunded or rejected."), param="outcome")
    if outcome == CaseState.REJECTED and not reason:
        raise InvalidInput(_("Tell the buyer why it is rejected."), param="reason")
    case = _locked(case_id)
    if case.state == outcome:
        return case
    if reason:
        _write(case, _clean(reason), by=by, is_from_shopper=False, now=now)
    _move_case(case, CaseState(outcome), by=by, reason=outcome, now=now, ended_at=now)
    emit(CaseAnswered(case_id=case.pk))
    return case


@tenant_atomic
def end_paid_back(
    *, order_id: int, unit_ids: Collection[int], is_whole: bool, by: Actor, now: datetime
) -> None:
    """The money for these things goes back, for whatever reason: a case about one of them has its
    end, and its shopper is told. `is_whole`: nothing of the order is left, so a case about all of
    it has its end too. The caller has taken the order.
    """
    about = Q(unit_id__in=unit_ids)
    if is_whole:
        about |= Q(unit_id=None)
    live = Case.objects.filter(about, order_id=order_id, state__in=CASE_LIVE).order_by("pk")
    for case_id in live.values_list("pk", flat=True):
        resolve_case(case_id=case_id, outcome=CaseState.REFUNDED, by=by, reason="", now=now)


@tenant_atomic
def flag_overdue(*, case_id: int, now: datetime) -> bool:
    """Nobody answered in time: from now on it stands first in the shop's to-do list."""
    case = _locked(case_id)
    if not case.is_live or case.overdue_at is not None or case.due_at > now:
        return False
    case.overdue_at = now
    case.save(update_fields=["overdue_at"])
    emit(CaseOverdue(case_id=case.pk))
    return True


def _move_case(
    case: Case, new: CaseState, *, by: Actor, reason: str, now: datetime, **also: Any
) -> None:
    old = CaseState(case.state)
    check_move(CASE_MOVES, old, new)
    case.state = new
    for name, value in also.items():
        setattr(case, name, value)
    case.save(update_fields=["state", *also])
    CaseMove.objects.create(case=case, old=old, new=new, by=by.label, reason=reason, at=now)


def _locked(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotFound(_("There is no such case."))
    return case


def _write(
    case: Case, text: str, *, by: Actor, is_from_shopper: bool, now: datetime
) -> CaseMessage:
    message = CaseMessage(case=case, by=by.label, is_from_shopper=is_from_shopper, at=now)
    message.body = seal(text, place=MESSAGE, uid=message.uid)
    message.save(force_insert=True)
    return message


def _clean(text: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise InvalidInput(
            _("Write 1 to %(most)s characters.") % {"most": LONGEST_TEXT}, param="text"
        )
    return text
