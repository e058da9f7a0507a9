from django.utils.translation import gettext_lazy as _

from core.errors import AppError, InvalidInput
from core.money import Money


class PriceChanged(AppError):
    """The page that was ordered from showed another price."""

    code = "price_changed"

    def __init__(self, *, seen_e4: int, price_e4: int, currency: str) -> None:
        super().__init__(
            _("The price has changed from %(seen)s to %(price)s. Look at it again before you pay.")
            % {"seen": Money(seen_e4, currency), "price": Money(price_e4, currency)},
            seen_e4=seen_e4,
            price_e4=price_e4,
        )


class NotReached(InvalidInput):
    """No code can be sent to where the buyer says that he is reached."""

    code = "not_reached"


class NobodyAsked(AppError):
    """No code can be sent just now, whoever asks: a person of the shop looks instead."""

    code = "nobody_asked"
