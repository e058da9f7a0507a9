"""How a view of allauth is drawn in an office."""

from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from core.errors import TooManyTries
from dashboard.frame import REFUSED
from dashboard.sites import in_office, site_of, speak_staff_language


class Framed:
    """An allauth view drawn in the office's frame, under the office's policy."""

    request: HttpRequest
    title: Promise

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        speak_staff_language(request)
        view = super().dispatch  # type: ignore[misc]  # -- a mixin
        response: HttpResponse = in_office(request, lambda: view(request, *args, **kwargs))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # -- a mixin
        response.status_code = REFUSED
        for error in chain.from_iterable(form.errors.as_data().values()):
            if error.code == TooManyTries.code:
                response.status_code = TooManyTries.status
                for name, value in error.params.items():
                    response[name] = value
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        made: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # -- a mixin
        frame = site_of(self.request).each_context(self.request)
        return {**frame, "title": self.title, **made}
