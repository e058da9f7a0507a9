"""Rules as a file: written, and read with suspicion, each compared with what stands.

{"format": "quanyi.rules/1", "rules": [{"name": "…", "body": {…}}]}
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from risk.bodies import check_possible, read_body
from risk.errors import ConditionWrong
from risk.models import Rule

FORMAT = "quanyi.rules/1"
MOST_BYTES, MOST_IN_FILE, LONGEST_BODY, LONGEST_NAME = 1_000_000, 200, 20_000, 80
# A body that can be read, as this shop calls what it names; ConditionWrong for what there is not.
InShop = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Brought(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtRule:
    """A rule of a file; `why` and `at` (the part that is wrong) if it is refused, `rule` is what
    stands by its name."""

    name: str
    brought: Brought
    body: Mapping[str, Any] = field(default_factory=dict)
    rule: Rule | None = None
    why: str = ""
    at: str = ""


def rules_as_json(*, rules: Iterable[Rule]) -> str:
    said = [{"name": rule.name, "body": rule.body} for rule in rules]
    return json.dumps({"format": FORMAT, "rules": said}, ensure_ascii=False, indent=2) + "\n"


def rules_brought(*, text: str, in_shop: InShop) -> list[BroughtRule]:
    """What each rule of the file would be here. Raises InvalidInput for what is no such file."""
    given = _rules_in(text)
    standing = {rule.name: rule for rule in Rule.objects.all()}
    return list(_compared(given, standing, in_shop))


def _rules_in(text: str) -> list[Any]:
    if len(text.encode()) > MOST_BYTES:
        raise InvalidInput(_("A file of rules is at most 1 MB."), param="text")
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half a character is on no page
    except (ValueError, RecursionError):
        raise InvalidInput(_("This is no JSON."), param="text") from None
    rules = found.get("rules") if isinstance(found, dict) else None
    if not isinstance(rules, list) or found.get("format") != FORMAT:
        raise InvalidInput(
            _("This is no file of rules: it begins with “format”: “%(format)s”.")
            % {"format": FORMAT},
            param="text",
        )
    if not 1 <= len(rules) <= MOST_IN_FILE:
        raise InvalidInput(
            _("A file holds 1 to %(most)s rules.") % {"most": MOST_IN_FILE}, param="text"
        )
    return rules


def _compared(
    given: list[Any], standing: Mapping[str, Rule], in_shop: InShop
) -> Iterator[BroughtRule]:
    seen: set[str] = set()
    for one in given:
        said = one.get("name") if isinstance(one, dict) else None
        name = said.strip() if isinstance(said, str) else ""
        try:
            body = _body_of(one, name, seen)
            rule = standing.get(name)
            if rule is None or rule.body != body:
                body = in_shop(body)
        except ConditionWrong as why:
            shown = name[:LONGEST_NAME] or "—"
            yield BroughtRule(
                name=shown, brought=Brought.REFUSED, why=str(why.message), at=str(why.param)
            )
            continue
        seen.add(name)
        if rule is None:
            brought = Brought.NEW
        else:
            brought = Brought.SAME if rule.body == body else Brought.CHANGED
        yield BroughtRule(name=name, brought=brought, body=body, rule=rule)


def _body_of(one: Any, name: str, seen: set[str]) -> Mapping[str, Any]:
    if not isinstance(one, dict) or one.keys() != {"name", "body"}:
        raise ConditionWrong(
            _("A rule has a “name” and a “body”, and nothing else."), param="rules"
        )
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise ConditionWrong(
            _("Write a name of 1 to %(most)s characters.") % {"most": LONGEST_NAME}, param="name"
        )
    if name in seen:
        raise ConditionWrong(_("The file has this name twice."), param="name")
    body = one["body"]
    if not isinstance(body, dict) or not _is_short(body):
        raise ConditionWrong(
            _("A rule is at most %(most)s characters of JSON.") % {"most": f"{LONGEST_BODY:,}"},
            param="body",
        )
    read_body(body)
    check_possible(body)
    return body


def _is_short(body: Mapping[str, Any]) -> bool:
    try:
        return len(json.dumps(body)) <= LONGEST_BODY
    except RecursionError:  # what was read a little further out on the stack
        return False
