"""A browser on which somebody has signed in before: his way past a crowd of guessers.

Its cookie opens nothing. It holds marks of the last few people, which are nobody's names, and says
of a person who asks whether he is one of them.
"""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

COOKIE = "qy_known"
KEPT = timedelta(days=180)
MOST, LONGEST = 5, 400
_MARKS = Signer(salt="dashboard.known", sep="|")


def is_known(request: HttpRequest, who: str) -> bool:
    return any(_is_of(who, mark) for mark in _marks(request))


def know(request: HttpRequest, response: HttpResponse, who: str) -> None:
    """Have this browser be known as one of `who` from now on."""
    others = [mark for mark in _marks(request) if not _is_of(who, mark)]
    response.set_cookie(
        COOKIE,
        ".".join([_MARKS.signature(who), *others][:MOST]),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> list[str]:
    given = request.COOKIES.get(COOKIE, "")
    return given.split(".")[:MOST] if 0 < len(given) <= LONGEST else []


def _is_of(who: str, mark: str) -> bool:
    try:
        return bool(who) and _MARKS.unsign(f"{who}|{mark}") == who
    except BadSignature:
        return False
