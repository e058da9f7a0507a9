"""What a person typed and what was not taken: it stands in its form again.

At once, when it was refused; after the password, when that was asked for first. Over that it is
kept in the session, sealed, for the page it belongs to: never in an address, and never sent again
by itself.

`request.typed` holds it; templates read it as `typed`. `typed_at` is the address of the form that
it belongs to, where a page has several, and `refusal` says why, for who tells it at the field.
"""

import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core.crypto import CannotDecrypt, Place, seal, unseal
from core.errors import AppError
from core.scope import bound_tenant
from dashboard.factors import platform_cipher

KEPT = timedelta(minutes=15)
MOST_KEPT = 80_000  # characters: a recipe, as a browser sends it
# What is for one request only, and no person typed it.
NOT_KEPT = ("csrfmiddlewaretoken",)
_PLACE, _OURS = Place("session", "typed"), b"typed"
_KEY = "typed"


def keep(request: HttpRequest, page: str) -> None:
    """Keep the form that was sent for when the page is next looked at."""
    given = request.POST.copy()
    for name in NOT_KEPT:
        given.pop(name, None)
    text = json.dumps({"at": request.path, "form": given.urlencode()})
    if not given or len(text) > MOST_KEPT:
        return
    uid = uuid4()
    request.session[_KEY] = {
        "page": page,
        "uid": str(uid),
        "until": (timezone.now() + KEPT).timestamp(),
        "sealed": base64.b64encode(_sealed(text, uid)).decode(),
    }


def _sealed(text: str, uid: UUID) -> bytes:
    """Under the shop's key; on the operator's host, which is no shop's, under the platform's."""
    if bound_tenant() is None:
        return platform_cipher(_OURS).encrypt(text.encode())
    return seal(text, place=_PLACE, uid=uid)


def _opened(sealed: bytes, uid: UUID) -> str:
    """Raises CannotDecrypt or InvalidToken."""
    if bound_tenant() is None:
        return platform_cipher(_OURS).decrypt(sealed).decode()
    return unseal(sealed, place=_PLACE, uid=uid)


def bring_back(request: HttpRequest) -> None:
    """What was kept for this page stands in its form, once; the person presses the button."""
    kept = request.session.get(_KEY)
    if request.method != "GET" or not kept or kept["page"] not in _names_of(request):
        return
    del request.session[_KEY]
    if kept["until"] <= timezone.now().timestamp():
        return
    try:
        sealed, uid = base64.b64decode(kept["sealed"]), UUID(kept["uid"])
        found = json.loads(_opened(sealed, uid))
    except (CannotDecrypt, InvalidToken):  # of a key that is gone, or of another shop
        return
    request.typed, request.typed_at = QueryDict(found["form"]), found["at"]  # type: ignore[attr-defined]  # -- our own marks
    messages.info(
        request,
        _("What you typed is back in its form: look at it, then press the button."),
    )


def _names_of(request: HttpRequest) -> tuple[str, str]:
    return request.path, request.get_full_path()


def context_of(request: HttpRequest) -> dict[str, Any]:
    return {
        "typed": getattr(request, "typed", QueryDict()),
        "typed_at": getattr(request, "typed_at", ""),
        "refusal": getattr(request, "refused_because", ""),
    }


def typed_into(request: HttpRequest, form: Form) -> None:
    """What was kept for the form of this page stands in it; a file is chosen again."""
    told = context_of(request)
    if form.is_bound or not told["typed"] or told["typed_at"] != request.path:
        return
    for bound in form:
        widget = bound.field.widget
        if not widget.needs_multipart_form:
            value = widget.value_from_datadict(told["typed"], MultiValueDict(), bound.html_name)
            form.initial[bound.name] = value


def page_again(request: HttpRequest, home: str, refusal: AppError) -> HttpResponseBase:
    """The page of a refused deed, with what was typed still in its form."""
    request.typed, request.typed_at = request.POST, request.path  # type: ignore[attr-defined]  # -- our own marks
    request.refused_because = str(refusal.message)  # type: ignore[attr-defined]  # -- our own mark
    found = resolve(home)
    method, request.method = request.method, "GET"  # the page is looked at, not posted to
    try:
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    finally:
        request.method = method
    answer.status_code = refusal.status
    for name, value in refusal.headers.items():
        answer[name] = value
    return answer
