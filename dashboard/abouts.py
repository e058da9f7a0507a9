"""What is known of a thing that the audit log names."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from dashboard.access import allows


@dataclass(frozen=True, slots=True)
class About:
    words: str
    link: str = ""


Found = Mapping[str, About]


def way(request: HttpRequest, right: str, name: str, *args: object) -> str:
    return reverse(name, args=args, current_app="office") if allows(request, right) else ""
