"""How an order stands: its steps, and one honest sentence."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from fulfillment.selectors import is_read
from orders.selectors import was_given_up
from orders.states import HeldThen, OpeningState
from storefront.selectors.goods import GIVEN_BACK, Thing, promised_now
from storefront.selectors.words import clock_time, day_and_time, money_word
from storefront.types import WAITS_LONG, Step

if TYPE_CHECKING:
    from orders.models import Opening, Order
    from payments.types import MoneyState
    from tenants.types import Shop

MOST_STEPS = 4
AT_WORK = frozenset({"queued", "sending", "accepted"})


def opening_words(opening: "Opening", shop: "Shop") -> str:
    """Why the codes stay closed for now, and what comes next."""
    if opening.state == OpeningState.REFUSED:
        return gettext("The shop keeps these codes closed. Ask it, if you think it should not.")
    at = {"time": day_and_time(opening.decide_by, shop)}
    if opening.held_then == HeldThen.RELEASE:
        return gettext(
            "A person at the shop looks at this first. You can open the codes by %(time)s."
        ) % at  # fmt: skip
    return gettext(
        "A person at the shop looks at this first. By %(time)s you can open the codes, or your "
        "money goes back."
    ) % at  # fmt: skip


def steps_of(order: "Order", things: list[Thing], money: "MoneyState") -> list[Step]:
    """Placed, paid, delivered, with the moments at which they really were."""
    if order.state == "closed":
        return []
    placed = Step(label=gettext("Ordered"), state="done", at=order.placed_at)
    if order.paid_at is None:
        later = Step(label=gettext("Delivered"), state="next")
        return [
            placed,
            Step(label=gettext("Payment"), state="now", hint=gettext("to be paid")),
            later,
        ]
    paid = Step(label=gettext("Paid"), state="done", at=order.paid_at)
    if order.state == "canceled":
        return [placed, paid, Step(label=gettext("Canceled"), state="done", at=order.ended_at)]
    if order.state == "completed":
        at = _delivered_at(things) or order.ended_at
        delivered = Step(label=gettext("Delivered"), state="done", at=at)
        # A phone has room for four, and when it was ordered stands in the receipt too.
        return [placed, paid, delivered, *_afterwards(order, things, money)][-MOST_STEPS:]
    return [
        placed,
        paid,
        Step(label=gettext("Being delivered"), state="now", hint=gettext("in progress")),
    ]


def _delivered_at(things: list[Thing]) -> datetime | None:
    """When the last thing arrived for the first time: a replacement is another step."""
    first: dict[int, datetime] = {}
    for thing in things:
        if at := thing.unit.delivered_at:
            first[thing.unit.position] = min(at, first.get(thing.unit.position, at))
    return max(first.values(), default=None)


def _afterwards(order: "Order", things: list[Thing], money: "MoneyState") -> list[Step]:
    """What happened to the goods after they arrived."""
    steps = []
    replaced = [thing.replaced_at for thing in things if thing.replaced_at]
    if replaced:
        steps.append(Step(label=gettext("Replaced"), state="done", at=max(replaced)))
    if any(thing.unit.state in GIVEN_BACK for thing in things):
        is_whole = all(thing.unit.state in GIVEN_BACK for thing in promised_now(things))
        label = gettext("Paid back") if is_whole else gettext("Partly refunded")
        hint = money_word(money.refunded_e4, order.currency)
        state = "now" if money.pending_e4 else "done"
        steps.append(Step(label=label, state=state, hint=hint))
    return steps


def story_of(
    order: "Order", things: list[Thing], money: "MoneyState", shop: "Shop"
) -> tuple[str, str, str]:
    """Tone, headline and one honest sentence."""
    match order.state:
        case "placed":
            until = clock_time(order.pay_until, shop)
            said = gettext("The goods are held for you until %(time)s.") % {"time": until}
            return "", gettext("Waiting for your payment"), said
        case "closed":
            return _closed(money, order)
        case "canceled":
            return "bad", gettext("Canceled"), _money_back(money, order)
        case "completed":
            return _completed(order, things, money)
        case _:
            return _on_its_way(order, things, shop)


def _closed(money: "MoneyState", order: "Order") -> tuple[str, str, str]:
    if money.paid_e4:
        return "bad", gettext("Closed: the payment came too late"), _money_back(money, order)
    said = gettext("It was not paid, so the goods are free again. You can simply order anew.")
    by_buyer = was_given_up(order_id=order.pk)
    return "none", gettext("You canceled it") if by_buyer else gettext("Closed unpaid"), said


def _completed(order: "Order", things: list[Thing], money: "MoneyState") -> tuple[str, str, str]:
    due = promised_now(things)
    there = [thing.unit for thing in due if thing.goods is not None]
    if not there:
        return "bad", gettext("Paid back"), _money_back(money, order)
    if len(there) < len(due):
        was_there = all(thing.goods or thing.was_taken_back for thing in due)
        word = gettext("Partly refunded") if was_there else gettext("Delivered in part")
        return "good", word, _money_back(money, order)
    if len(due) < len(things):
        said = gettext("The new code is below. The one marked as void no longer works.")
        if any(thing.goods and thing.goods.kind != "code" for thing in due):
            said = gettext("What is new is below. What is marked as void no longer works.")
        return "good", gettext("Delivered, with a replacement"), said
    if money.refunded_e4:
        said = gettext("More was paid than it cost. %(back)s")
        return "good", gettext("Delivered"), said % {"back": _money_back(money, order)}
    assert order.paid_at is not None  # a completed order is a paid one, by constraint
    last = max(unit.delivered_at for unit in there if unit.delivered_at)
    seconds = (last - order.paid_at).total_seconds()
    return "good", gettext("Delivered"), _how_fast(seconds, is_used=not any(map(is_read, there)))


def _how_fast(seconds: float, *, is_used: bool) -> str:
    """A top-up is used once it is there: nobody has to hurry."""
    if seconds < 60:
        number = f"{max(0.1, round(seconds, 1)):g}"
        count = 1 if number == "1" else 2
        said = ngettext(
            "It arrived %(n)s second after your payment. Please use it soon.",
            "It arrived %(n)s seconds after your payment. Please use it soon.",
            count,
        )
        if is_used:
            said = ngettext(
                "It arrived %(n)s second after your payment.",
                "It arrived %(n)s seconds after your payment.",
                count,
            )
        return said % {"n": number}
    if seconds < 3600:
        minutes = {"n": round(seconds / 60)}
        if is_used:
            return gettext("It arrived %(n)s min after your payment.") % minutes
        return gettext("It arrived %(n)s min after your payment. Please use it soon.") % minutes
    if is_used:
        return gettext("Everything is there.")
    return gettext("Everything is there. Please use it soon.")


def _on_its_way(order: "Order", things: list[Thing], shop: "Shop") -> tuple[str, str, str]:
    open_units = [
        thing.unit
        for thing in promised_now(things)
        if thing.goods is None and thing.unit.state not in GIVEN_BACK
    ]
    if order.state == "held":
        said = gettext("A person at the shop looks at it first, then it is delivered.")
        return "warn", gettext("Paid, being looked at"), said
    until = [unit.review_until for unit in open_units if unit.review_until]
    if until:
        said = gettext("You get it, or a person's decision, by %(time)s.")
        if all(unit.state in AT_WORK for unit in open_units):
            said = gettext(
                "The supplier is at work, usually for less than a minute. You get it, or a "
                "person's decision, by %(time)s."
            )
        return "", gettext("Paid, on its way"), said % {"time": day_and_time(max(until), shop)}
    if any(unit.state in WAITS_LONG for unit in open_units):
        said = gettext("It takes a little longer than usual. This page moves on by itself.")
    else:
        said = gettext("Delivery takes seconds. This page moves on by itself.")
    return "", gettext("Paid, on its way"), said


def _money_back(money: "MoneyState", order: "Order") -> str:
    """What was paid back, and what is on its way."""
    done_e4 = money.refunded_e4 - money.pending_e4
    if not money.refunded_e4:
        return gettext("Nothing was taken for what was not delivered.")
    done = gettext("%(amount)s was paid back to you.")
    done %= {"amount": money_word(done_e4, order.currency)}
    if not money.pending_e4:
        return done
    coming = gettext("%(amount)s is on its way back to you.")
    coming %= {"amount": money_word(money.pending_e4, order.currency)}
    return gettext("%(one)s %(other)s") % {"one": done, "other": coming} if done_e4 else coming
