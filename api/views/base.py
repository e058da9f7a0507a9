"""What every endpoint of the API shares: who calls, how fast, in one transaction, and the shape of
a refusal."""

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import calls, shapes, versions
from api.described.operations import OPERATIONS
from api.errors import KeyMissing, KeyTooLong
from api.fields import Shape
from api.once import SCOPE
from api.pace import check_pace, check_stranger, count_call, count_stranger
from api.parsing import MOST_BYTES, OnlyJSON, StrictJSONParser, check_size
from api.queries import check_query, query_of
from api.refusals import answer, body_of, refusal_of
from api.shapes import as_json
from channels import services as channels
from channels.errors import AddressRefused, KeyRefused, PartnerSuspended, ScopeMissing
from channels.selectors import find_seat
from channels.services.keys import LIVE, PUBLIC, TEST
from channels.types import CallSeen, Seat
from core.callers import caller_ip
from core.errors import AppError, TooManyTries
from core.failpoints import reach
from core.guards import Asker, By, Guard, attempt
from core.kept import Kept
from core.meters import Budget
from core.middleware import opens_own_scope
from core.scope import require_tenant, step_over, tenant_atomic
from core.secrets import Secret
from tenants.selectors import find_sandbox_id
from tenants.types import Shop

_KEY = re.compile(rf"({LIVE}|{TEST})([a-z0-9]{{{PUBLIC}}})([A-Za-z0-9_-]{{20,64}})")
LONGEST_KEY = 255
# Read as the web server gives them: to make all of a call's headers ready takes longer.
_VERSION, _IDEMPOTENCY_KEY, _AUTHORIZATION = (
    str(HttpHeaders.to_wsgi_name(name))
    for name in (versions.HEADER, "Idempotency-Key", "Authorization")
)
# A wrong key's answer; a right one is never held up by its neighbours' wrong ones, and 160 random
# bits are not found by trying.
WRONG_KEYS = Guard(
    name="key",
    budgets={
        By.ADDRESS: Budget(free=60, every=5, longest=300),
        By.NETWORK: Budget(free=180, every=2, longest=300),
    },
)
_sandboxes: Kept[int | None] = Kept(most=10_000)


class PartnerView(APIView):
    """An endpoint for whoever has a partner's key.

    A call is one transaction, the look at its key included: a refusal rolls all of it back.
    """

    needs: ClassVar[Mapping[str, str]] = {}  # by method: the scope that a key must have
    # Methods of which it is asked together with the caller whether their idempotency key is new.
    asks_once: ClassVar[frozenset[str]] = frozenset()
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = OnlyJSON
    # Neither HEAD nor OPTIONS, which the framework would answer whatever the key may do.
    http_method_names = ["get", "post", "patch", "delete"]

    seat: Seat
    tenant_id: int
    now: datetime
    given: Any = None  # the body as it came
    told: dict[str, str]  # headers of every answer
    # What a call does once its transaction is over, and answers: it speaks to others, or opens
    # transactions of its own.
    outside: Callable[[], HttpResponseBase] | None = None

    @classmethod
    def as_view(cls, **options: Any) -> Any:
        return opens_own_scope(super().as_view(**options))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find out whose key it is, and answer in that tenant's scope."""
        began = time.perf_counter()
        self.now, self.told = timezone.now(), {versions.HEADER: versions.NEWEST}
        if _length_of(request) <= MOST_BYTES:
            request.body  # noqa: B018 -- read while no transaction is open: it may take its time
        try:
            kind, public, secret = _key_of(request)
            with step_over(_tenant_of(request, kind)), shapes.told_of(is_live=kind == LIVE):
                response = self._in_scope(request, public, secret, **kwargs)
                reach("api.called")
        except KeyRefused as refusal:
            response = answer(request, self._counted(request, refusal))
        except AppError as refusal:
            response = answer(request, refusal)
        for name, value in self.told.items():
            response[name] = value
        if hasattr(self, "seat"):
            self._log(request, response, took=time.perf_counter() - began)
        return response

    def _counted(self, request: HttpRequest, refusal: KeyRefused) -> AppError:
        asker = Asker(address=caller_ip(request), shop=str(require_tenant()))
        try:
            attempt(guard=WRONG_KEYS, asker=asker, now=self.now)
        except TooManyTries as too_many:
            return too_many
        return refusal

    def _log(self, request: HttpRequest, response: Any, *, took: float) -> None:
        """Have the call written into the request log, with its answer as soon as that is whole."""

        def note(answer: HttpResponse) -> None:
            call = CallSeen(
                partner_id=self.seat.partner_id,
                at=self.now,
                method=str(request.method),
                path=request.get_full_path(),
                status=answer.status_code,
                ms=round(took * 1000),
                key_hint=self.seat.key_hint,
                ip=caller_ip(request),
                request_id=getattr(request, "request_id", ""),
                body=self.given and Secret(json.dumps(self.given, ensure_ascii=False)),
                answer=Secret(answer.content.decode()),
            )
            calls.note(tenant_id=self.tenant_id, call=call)

        if getattr(response, "is_rendered", True):
            note(response)
        else:
            response.add_post_render_callback(note)

    def _in_scope(
        self, request: HttpRequest, public: str, secret: str, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            with tenant_atomic(durable=True):
                response = self._called(request, public, secret, **kwargs)
            return response if self.outside is None else self.outside()
        except (AppError, IntegrityError) as why:
            if not hasattr(self, "seat"):
                raise  # nobody that we know
            with tenant_atomic(durable=True):
                return self.after(why)

    def _called(
        self, request: HttpRequest, public: str, secret: str, **kwargs: Any
    ) -> HttpResponseBase:
        address = caller_ip(request)
        try:
            seat = find_seat(
                public=public,
                secret=secret,
                address=address,
                now=self.now,
                once_scope=SCOPE,
                once_key=self._once_key(request),
            )
        except (AddressRefused, PartnerSuspended):
            check_stranger(counted=count_stranger(at=public, address=address, now=self.now))
            raise
        self.seat, self.tenant_id = seat, require_tenant()
        self._keep_pace()
        asked = request.META.get(_VERSION)
        version = versions.version_for(
            asked=asked, pinned=seat.version, today=self.now.astimezone(UTC).date()
        )
        self.told[versions.HEADER] = version
        if version != versions.NEWEST:
            page = request.build_absolute_uri("/developers/versions/")
            self.told |= versions.farewell(version, page=page)
        needed = self.needs.get(str(request.method))
        if needed and needed not in seat.scopes:
            raise ScopeMissing(_("This key may not do this."), scope=needed)
        operation = OPERATIONS.get(self._called_by(request))
        # Without one the framework refuses the method.
        if operation is not None and request.META.get("QUERY_STRING"):
            check_query(request.GET, known=operation.parameters)
        check_size(_length_of(request))
        response = super().dispatch(request, **kwargs)
        channels.mark_used(seat=seat, address=address, now=self.now)
        return response

    def _once_key(self, request: HttpRequest) -> str:
        """What `idempotency_key` will be; empty where it will be refused."""
        key = _once_in(request)
        return key if request.method in self.asks_once and _can_be_once(key) else ""

    def _called_by(self, request: HttpRequest) -> str:
        return f"{request.method} {type(self).__name__}"

    def _keep_pace(self) -> None:
        """Count the call against the partner's second; raises TooFast."""
        most = self.seat.most_per_second
        counted = count_call(seat=self.seat, now=self.now)
        self.told |= {
            "RateLimit-Limit": str(most),
            "RateLimit-Remaining": str(max(0, most - counted)),
            "RateLimit-Reset": "1",
        }
        check_pace(seat=self.seat, counted=counted)

    def after(self, why: AppError | IntegrityError) -> HttpResponseBase:
        """What is said once the call's transaction was rolled back; in one of its own."""
        raise why

    def in_words(self, refusal: AppError) -> bytes:
        """A refusal as this caller is told it."""
        return as_json(body_of(self.request, refusal))

    def perform_authentication(self, request: Request) -> None:
        """Whose key it is was found before; the framework would set a user of its own."""

    def handle_exception(self, exc: Exception) -> Response:
        """Let everything through: what was refused must roll the transaction back."""
        if isinstance(exc, APIException):
            raise refusal_of(exc, allowed=", ".join(self.allowed_methods))
        raise exc

    def idempotency_key(self) -> str:
        """The caller's key; empty where there is none. Raises KeyTooLong."""
        key = _once_in(self.request)
        if not _can_be_once(key):
            raise KeyTooLong(
                _("An idempotency key has at most %(most)s printable characters.")
                % {"most": LONGEST_KEY},
                param="Idempotency-Key",
            )
        return key

    def narrowed(self) -> dict[str, Any]:
        """What of a list is asked for, by the names of the operation's `query`; what is empty is
        not asked for. Raises InvalidInput with the parameter's name."""
        shape = OPERATIONS[self._called_by(self.request)].query
        return {} if shape is None else query_of(self.request.query_params, shape=shape)

    def validated(self, shape: type[Shape]) -> dict[str, Any]:
        """The body in the shape's types; raises InvalidInput with the field's name."""
        self.given = self.request.data
        found = shape(data=self.given)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)


def _length_of(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said) if said.isascii() and said.isdecimal() else 0


def _once_in(request: HttpRequest | Request) -> str:
    return str(request.META.get(_IDEMPOTENCY_KEY, ""))


def _can_be_once(key: str) -> bool:
    return len(key) <= LONGEST_KEY and key.isprintable()


def _key_of(request: HttpRequest) -> tuple[str, str, str]:
    """The key's kind, public part and secret, from `Authorization: Bearer …`."""
    kind, _space, text = request.META.get(_AUTHORIZATION, "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise KeyMissing(_("Send your API key: “Authorization: Bearer qy_…”."))
    found = _KEY.fullmatch(text.strip())
    if found is None:
        raise KeyRefused(_("This API key is not known here, or has been revoked."))
    return found[1], found[2], found[3]


def _tenant_of(request: HttpRequest, kind: str) -> int:
    """The shop whose host was called; for a test key its sandbox, also at that one's own host."""
    shop_id = require_tenant()
    shop: Shop = request.shop  # type: ignore[attr-defined]  # -- set by HostDecidesShop
    is_sandbox = shop.sandbox_of_id is not None
    if (kind == TEST) == is_sandbox:
        return shop_id
    sandbox_id = None
    if kind == TEST:
        sandbox_id = _sandboxes.get(shop_id, lambda: find_sandbox_id(tenant_id=shop_id))
    if sandbox_id is None:
        raise KeyRefused(_("This API key is not known here, or has been revoked."))
    return sandbox_id
