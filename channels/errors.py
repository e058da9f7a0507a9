from core.errors import AppError


class KeyRefused(AppError):
    """The same answer for a key that never was, one revoked or run out, and another shop's."""

    code = "invalid_key"
    status = 401


class AddressRefused(AppError):
    """The key is good, and is not used from an address that it names."""

    code = "ip_not_allowed"
    status = 403


class ScopeMissing(AppError):
    """`data["scope"]` is what the key lacks."""

    code = "scope_missing"
    status = 403


class PartnerSuspended(AppError):
    code = "partner_suspended"
    status = 403


class SkuNotAllowed(AppError):
    """It is on sale, and not to this partner."""

    code = "sku_not_allowed"
    status = 403


class CostAbovePrice(AppError):
    """The loss guard: this partner's price would not bring the cost in."""

    code = "cost_above_price"


class PriceAboveLimit(AppError):
    """It costs more than the caller said that he pays at most."""

    code = "price_above_limit"


class DailyLimitReached(AppError):
    """`data` says the limit and what of it is left today."""

    code = "daily_limit_reached"
    status = 402


class OrderNoTaken(AppError):
    """The partner's order number names another order already; `data["order"]` is which."""

    code = "order_no_taken"


class PartnerNameTaken(AppError):
    code = "partner_name_taken"


class TierInUse(AppError):
    code = "tier_in_use"


class ReferenceClaimed(AppError):
    """The bank's reference stands in another claim already; `data["claim"]` is which."""

    code = "reference_claimed"


class AnotherPersonNeeded(AppError):
    """Who says that money came in is not who confirms it."""

    code = "another_person_needed"


class NoWayToPay(AppError):
    """The shop has no payment provider at the moment."""

    code = "no_way_to_pay"


class TooManyUnpaid(AppError):
    """So many payments of the partner wait to be paid already."""

    code = "too_many_unpaid"


class DailyPaymentsReached(AppError):
    """`data` says what the shop takes online from the partner in a day, and what is left of it."""

    code = "daily_payments_reached"


class TooManyWatched(AppError):
    """The door watches as many goods as it may."""

    code = "too_many_watched"


class TooManyEndpoints(AppError):
    code = "too_many_endpoints"


class EndpointOff(AppError):
    """It is disabled: make it active first."""

    code = "endpoint_disabled"


class PersonKnown(AppError):
    """Somebody with this mail address is a person of a partner of the shop already."""

    code = "person_known"


class FactorKnown(AppError):
    """The person has a second factor already: that one is removed first."""

    code = "factor_known"


class LinkEnded(AppError):
    """Used, too old, taken back, or never one: nobody is told which."""

    code = "link_ended"
    status = 404


class WrongPassword(AppError):
    """Of somebody or of nobody: who asks is not told which."""

    code = "wrong_password"
    status = 422
