"""Which callbacks an order's end causes, in which order, true or not."""

from collections.abc import Iterator
from dataclasses import replace

from simulators.dialect import Telling
from simulators.faults import Fault
from simulators.records import Account, Purchase, State


def tellings(account: Account, purchase: Purchase) -> Iterator[Telling]:
    faults = purchase.faults
    if Fault.NO_CALLBACK in faults:
        return
    truth = Telling(
        account=account,
        purchase=purchase,
        state=purchase.state,
        tampered=Fault.TAMPERED_CARDS in faults,
    )
    succeeded = purchase.state == State.SUCCEEDED
    if Fault.FORGED_CALLBACK in faults:
        lie = State.FAILED if succeeded else State.SUCCEEDED
        yield replace(truth, state=lie, forged=True)
    if Fault.OUT_OF_ORDER_CALLBACKS in faults and succeeded:
        yield replace(truth, state=State.FAILED)
    for _ in range(3 if Fault.DUPLICATE_CALLBACKS in faults else 1):
        yield truth
