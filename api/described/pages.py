"""The portal's pages, in the order in which they are read."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from api.described.advice import ADVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`name` is its address under /developers/; the first one has none."""

    name: str
    title: str | Promise
    text: str | Promise


PAGES = (
    Page(name="", title=_("Overview"), text=_("What the API does, and where to begin.")),
    Page(
        name="quickstart",
        title=_("Quick start"),
        text=_("From a key to an order with its code and a verified webhook in fifteen minutes."),
    ),
    Page(
        name="test-mode",
        title=_("Test mode"),
        text=_("Goods and accounts that succeed, fail and take their time, as you wish."),
    ),
    Page(
        name="authentication",
        title=_("Keys and access"),
        text=_("API keys, what they may do, from where, and how they are rolled."),
    ),
    Page(
        name="orders",
        title=_("Orders and their states"),
        text=_("How an order is placed, delivered, canceled and paid back."),
    ),
    Page(
        name="idempotency",
        title=_("Repeating safely"),
        text=_("The same request twice is one order and one answer."),
    ),
    Page(
        name="errors",
        title=_("Errors"),
        text=_("Every code, what it means and what to do."),
    ),
    Page(name="paging", title=_("Lists and pages"), text=_("Cursors, and how to read it all.")),
    Page(name="limits", title=_("Rate limits"), text=_("How many calls, and how to wait.")),
    Page(
        name="versions",
        title=_("Versions and changes"),
        text=_("Dates as versions, and the changelog."),
    ),
    Page(
        name="webhooks",
        title=_("Webhooks"),
        text=_("What you are told, how it is signed, and how often it is tried."),
    ),
    Page(
        name="sdk",
        title=_("Python client"),
        text=_("Installed in a minute: typed, and it repeats safely by itself."),
    ),
    Page(
        name="doors",
        title=_("Other platforms’ protocols"),
        text=_("Kasushou v2, Agiso and Goofish: address, signature, and what maps to what."),
    ),
    Page(
        name="reference",
        title=_("API reference"),
        text=_("Every operation with its fields, answers and errors."),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    code: str
    status: int
    means: str | Promise
    todo: str | Promise


def explained() -> Iterator[Explained]:
    """The error catalogue: our refusals themselves, by status."""
    for error in sorted(ADVICE, key=lambda each: (each.status, each.code)):
        means, todo = ADVICE[error]
        yield Explained(code=error.code, status=error.status, means=means, todo=todo)
