"""What our own pages share: a right, the office's frame, and refusals told on the page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import AppError, NotAllowed
from core.middleware import opens_own_scope
from core.scope import tenant_atomic
from dashboard import nav
from dashboard.access import actor_of, guest_of, is_fresh, lacks_factor, require, visit_of
from dashboard.places import back_here
from dashboard.sites import office
from dashboard.typed import bring_back, context_of, keep, page_again, typed_into

View = Callable[..., HttpResponseBase]
SEARCHES = frozenset({"office_find", "office_find_hits", "office_lists", "office_buyers"})
REFUSED = 422  # a form that cannot be taken as it is
OFFICE_FRAME, CONSOLE_FRAME = "admin/base_site.html", "developers/console.html"


@dataclass(frozen=True, slots=True)
class Bare:
    """A page without its office: what dashboard.guests makes a page of the console of."""

    view: View
    right: str
    own_scope: bool


def page(right: str, *, own_scope: bool = False) -> Callable[[View], View]:
    """A page of the merchant's office for who has the right."""

    def wrap(view: View) -> View:
        @wraps(view)
        def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(request, right)
            _check_visit(request, right)
            bring_back(request)
            return view(request, *args, **kwargs)

        framed: View = office.admin_view(allowed)
        framed.bare = Bare(view, right, own_scope)  # type: ignore[attr-defined]  # -- our own mark
        return opens_own_scope(framed) if own_scope else framed

    return wrap


def _check_visit(request: HttpRequest, right: str) -> None:
    """An operator who looks in searches and ends it, and changes what `catalog.edit` lets; nothing
    else is posted, whichever right its page asks."""
    if request.method in {"GET", "HEAD"} or not right.endswith(".view"):
        return
    match = request.resolver_match
    if visit_of(request) and (match is None or match.url_name not in SEARCHES):
        raise NotAllowed


def draw(
    request: HttpRequest, template: str, *, is_refused: bool = False, **context: Any
) -> TemplateResponse:
    """A page in the office's frame, or in the console's; of a form that was refused its status says
    so too."""
    told = {**_frame(request), **context_of(request), **context}
    return TemplateResponse(request, template, told, status=REFUSED if is_refused else None)


def _frame(request: HttpRequest) -> dict[str, Any]:
    guest = guest_of(request)
    if guest is not None:
        return {"frame": CONSOLE_FRAME, "guest": guest, "places": nav.of_console(request)}
    request.current_app = office.name
    return {"frame": OFFICE_FRAME, **office.each_context(request)}


def draw_form(request: HttpRequest, form: Form, **context: Any) -> HttpResponse:
    """A page that is one form; sent, and not gone on from, it was refused."""
    is_refused = request.method == "POST"
    typed_into(request, form)
    return draw(request, "dashboard/supply_form.html", is_refused=is_refused, form=form, **context)


def draw_at_once(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """As `draw`, of a view that opens its own transactions: drawn in one of the shop's."""
    with tenant_atomic():
        return draw(request, template, **context).render()


def attempt(request: HttpRequest, deed: Callable[[], Any], *, done: str) -> AppError | None:
    """Do it and say so; or say why not. A service verb undoes itself when it refuses."""
    try:
        deed()
    except AppError as refusal:
        messages.error(request, str(refusal.message))
        return refusal
    if done:
        messages.success(request, done)
    return None


@dataclass(frozen=True, slots=True)
class Deed:
    """What a button does: `do` is a service's verb that still wants who and when."""

    do: Callable[..., Any]
    done: str
    asks_password: bool = False


def deed(
    right: str, *, back: str, of: str = "", form: str = "", own_scope: bool = False
) -> Callable[[Callable[..., Deed]], View]:
    """A button of a page: the view says what is to be done, here it is done and told.

    Then back to the page named, which is about `of` among the address's values (names, parted by
    blanks). What is refused is answered with the page of its form, which is that one, or the one
    that `form` names. With `own_scope` it is done in no transaction, and so are the view and that
    page.
    """

    def wrap(view: Callable[..., Deed]) -> View:
        @wraps(view)
        def pressed(request: HttpRequest, **ids: Any) -> HttpResponseBase:
            wanted = view(request, **ids)
            home = back_here(request, back, *(ids[name] for name in of.split()))
            to_password = password_first(request, then=home.url) if wanted.asks_password else None
            if to_password:
                return to_password
            refusal = attempt(
                request,
                lambda: wanted.do(by=actor_of(request), now=timezone.now()),
                done=wanted.done,
            )
            if refusal is None:
                return home
            return page_again(request, reverse(form, kwargs=ids) if form else home.url, refusal)

        return page(right, own_scope=own_scope)(require_POST(pressed))

    return wrap


def saved(request: HttpRequest, form: Form, keep: Callable[..., Any], *, done: str) -> bool:
    """Whether a form was sent and taken; what a service refuses is told at its field."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        keep(by=actor_of(request), now=timezone.now())
    except AppError as refusal:
        names = (refusal.param, refusal.param.removesuffix("_id").removesuffix("_e4"))
        at = next((name for name in names if name in form.fields), None)
        form.add_error(at, str(refusal.message))
        return False
    if done:
        messages.success(request, done)
    return True


def back_to(name: str, *args: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=args))


def password_first(request: HttpRequest, *, then: str) -> HttpResponseRedirect | None:
    """Where to go when the password was typed too long ago, or None. What was sent is kept."""
    if is_fresh(request):
        return None
    if visit_of(request):
        raise NotAllowed
    keep(request, then)
    if lacks_factor(request):
        messages.warning(
            request,
            _("A second factor is asked for here. Set it up once: it takes a minute."),
        )
        guest = guest_of(request)
        own = reverse("console:live:factor", args=[guest.ref]) if guest else ""
        return HttpResponseRedirect(f"{own or reverse('mfa_activate_totp')}?next={quote(then)}")
    # Who has a second factor is led on to its page by allauth.
    again = "account_reauthenticate" if guest_of(request) is None else "console:password"
    return HttpResponseRedirect(f"{reverse(again)}?next={quote(then)}")


def password_if_sent(request: HttpRequest) -> HttpResponseRedirect | None:
    """As `password_first`, of a form at its own address: who only looks at it is asked nothing, and
    told nothing of a second factor."""
    return password_first(request, then=request.path) if request.method == "POST" else None
