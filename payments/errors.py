from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import AppError

if TYPE_CHECKING:
    from payments.states import Outcome


class NoticeRefused(AppError):
    """A notice that must not move anything; `data["reason"]` is one of `Outcome`.

    `event_ref` is set only where the signature was right: a forger must not occupy the name of a
    true event.
    """

    code = "notice_refused"
    status = 400

    def __init__(self, reason: "Outcome", *, event_ref: str = "", payment_number: str = "") -> None:
        super().__init__(_("This payment notice was not accepted."), reason=reason.value)
        self.reason = reason
        self.event_ref = event_ref
        self.payment_number = payment_number


class RefundTooLarge(AppError):
    code = "refund_too_large"


class RefundNumberTaken(AppError):
    """The same number for another refund: a bug or an abuse of the caller's."""

    code = "refund_number_taken"


class NotCaptured(AppError):
    code = "payment_not_captured"


class PaidAlready(AppError):
    code = "paid_already"


class BalanceTooLow(AppError):
    """Of what is to be paid, `data` says what is needed and what is available, as decimal texts."""

    code = "balance_too_low"
    status = 402


class ProviderUnknown(AppError):
    code = "provider_unknown"
    status = 404
