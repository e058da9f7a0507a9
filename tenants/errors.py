from core.errors import AppError


class ShopUnknown(AppError):
    code = "shop_unknown"
    status = 404


class ShopSuspended(AppError):
    code = "shop_suspended"
    status = 403


class HostTaken(AppError):
    code = "host_taken"


class LastOwner(AppError):
    """A shop without an owner could not be managed by anyone."""

    code = "last_owner"


class AlreadyMember(AppError):
    code = "already_member"
