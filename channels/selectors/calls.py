"""What a partner's programs called."""

from django.db.models import QuerySet

from channels.models import ApiCall


def calls_of(*, partner_id: int, wanted: str = "", status: str = "") -> QuerySet[ApiCall]:
    """The newest first; `wanted` is a request id or how an address begins, `status` a number or
    its first digit."""
    found = ApiCall.objects.filter(partner_id=partner_id)
    if wanted.startswith("/"):
        found = found.filter(path__startswith=wanted)
    elif wanted:
        found = found.filter(request_id=wanted)
    if not (status.isascii() and status.isdigit() and len(status) in {1, 3}):
        return found
    low, span = (int(status), 1) if len(status) == 3 else (int(status) * 100, 100)
    return found.filter(status__gte=low, status__lt=low + span)


def find_call(*, partner_id: int, call_id: int) -> ApiCall | None:
    return ApiCall.objects.filter(partner_id=partner_id, pk=call_id).first()
