"""Where a partner's page is: in the shop's office, or in the partner's own console.

Both have the same pages under the same values; the office calls one `office_webhook`, the console
`console:live:webhook` or, of the sandbox, `console:test:webhook`.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseRedirect
from django.urls import reverse

from dashboard.access import guest_of

OFFICE = "office_"


def place_of(request: HttpRequest, name: str, *args: object) -> str:
    """The address of the office's page of this name where the request is."""
    guest = guest_of(request)
    if guest is None:
        return reverse(name, args=args)
    return reverse(f"console:{guest.mode}:{name.removeprefix(OFFICE)}", args=args)


def back_here(request: HttpRequest, name: str, *args: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(place_of(request, name, *args))
