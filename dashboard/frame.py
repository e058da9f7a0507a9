"""What our own pages share: a right, the office's frame, and refusals told on the page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import AppError
from core.middleware import opens_own_scope
from dashboard.access import actor_of, is_fresh, require
from dashboard.sites import office

View = Callable[..., HttpResponseBase]


def page(right: str, *, own_scope: bool = False) -> Callable[[View], View]:
    """A page of the merchant's office for who has the right."""

    def wrap(view: View) -> View:
        @wraps(view)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request, right)
            return view(request, *args, **kwargs)

        framed: View = office.admin_view(allowed)
        return opens_own_scope(framed) if own_scope else framed

    return wrap


def draw(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    request.current_app = office.name
    return TemplateResponse(request, template, {**office.each_context(request), **context})


def attempt(request: HttpRequest, deed: Callable[[], Any], *, done: str) -> bool:
    """Do it and say so; or say why not. A service verb undoes itself when it refuses."""
    try:
        deed()
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return False
    if done:
        messages.success(request, done)
    return True


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button does: `do` is a service's verb that still wants who and when."""

    do: Callable[..., Any]
    done: str
    asks_password: bool = False


def deed(right: str, *, back: str, of: str = "") -> Callable[[Callable[..., Deed]], View]:
    """A button of a page: the view says what is to be done, here it is done and told.

    Then back to the page named, which is about `of` among the address's values.
    """

    def wrap(view: Callable[..., Deed]) -> View:
        @wraps(view)
        def pressed(request: HttpRequest, **ids: Any) -> HttpResponse:
            wanted = view(request, **ids)
            home = back_to(back, *([ids[of]] if of else []))
            to_password = password_first(request, then=home.url) if wanted.asks_password else None
            if to_password:
                return to_password
            attempt(
                request,
                lambda: wanted.do(by=actor_of(request), now=timezone.now()),
                done=wanted.done,
            )
            return home

        return page(right)(require_POST(pressed))

    return wrap


def back_to(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=args))


def password_first(request: HttpRequest, *, then: str) -> HttpResponseRedirect | None:
    """Where to go when the password was typed too long ago, or None."""
    if is_fresh(request):
        return None
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?next={then}")
