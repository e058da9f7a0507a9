from core.errors import AppError


class NotDelivered(AppError):
    """Only what was delivered can be replaced."""

    code = "not_delivered"


class NothingToRefund(AppError):
    code = "nothing_to_refund"


class WithSupplier(AppError):
    """A supplier may have bought it: until it answers, the money goes back at own risk only."""

    code = "with_supplier"


class NotHeld(AppError):
    """Only an order that waits for a decision is let go on or refused."""

    code = "not_held"


class NotByHand(AppError):
    """Only what waits for a person is delivered by hand."""

    code = "not_by_hand"
