"""What can go wrong with a supplier. The first five stay in the house: no person reads them."""

from core.errors import AppError


class NothingSent(Exception):
    """No byte left the house: nothing can have been bought."""


class NoAnswer(Exception):
    """It may have arrived, and what came back says nothing that can be believed."""


class BadSignature(NoAnswer):
    """Signed by somebody else, or not at all."""


class Unspeakable(NothingSent):
    """The protocol has no words for what is asked (a character it cannot sign, say)."""


class TooLate(NoAnswer):
    """We were held up: what may have been sent by another hand is asked after, not sent."""


class SupplierUnfit(AppError):
    """The contract cannot be docked as it was described; `param` names what is wrong."""

    code = "supplier_unfit"
    status = 422


class BoughtAlready(AppError):
    """Another attempt may have bought the thing: it is asked after, not bought again."""

    code = "bought_already"


class SupplierBusy(AppError):
    """Not now: it rests after failures, or has had as many orders as it takes in this time."""

    code = "supplier_busy"


class BillReadAlready(AppError):
    """The same file again."""

    code = "bill_read_already"


class BillClosed(AppError):
    """It was settled: nothing is compared or read into it any more."""

    code = "bill_closed"


class PaymentNotedAlready(AppError):
    """The reference stands beside another amount or day already."""

    code = "payment_noted_already"


class BreaksOpen(AppError):
    """A bill is closed when nothing in it is open; `data["open"]` says how many are."""

    code = "breaks_open"


class ComplaintOpen(AppError):
    """Another complaint about the same thing is on its way or with the supplier."""

    code = "complaint_open"


class NotTakingComplaints(AppError):
    """Its protocol has no complaints, or there is nothing that it delivered."""

    code = "not_taking_complaints"
