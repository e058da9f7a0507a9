"""What two versions of a risk rule say differently."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from dashboard.access import allows, shop_of
from dashboard.casework import fact_words
from dashboard.frame import draw, page
from risk.errors import ConditionWrong
from risk.models import RuleVersion
from risk.selectors import find_rule, name_of
from risk.selectors.differences import Difference, differences

MOST_VERSIONS = 100


@page("risk.view")
def versions(request: HttpRequest, ref: str) -> HttpResponse:
    """The last two, or those that are chosen."""
    found = find_rule(ref=ref)
    kept = list(found.versions.all()[:MOST_VERSIONS])
    new = _chosen(request, "new", kept, kept[0])
    old = _chosen(
        request, "old", kept, next((one for one in kept if one.version < new.version), new)
    )
    rows, why = _rows(request, old, new)
    return draw(
        request,
        "dashboard/rule_versions.html",
        title=_("Versions of “%(rule)s”") % {"rule": name_of(rule=found)},
        rule=found,
        kept=kept,
        old=old,
        new=new,
        rows=rows,
        why=why,
        may_restore=allows(request, "risk.edit") and old.version != found.version,
    )


def _rows(request: HttpRequest, old: RuleVersion, new: RuleVersion) -> tuple[list[Difference], str]:
    """Or why they cannot be compared: one of them cannot be read any more."""
    currency = shop_of(request).currency
    try:
        return differences(old=old, new=new, currency=currency, words=fact_words), ""
    except ConditionWrong as why:
        return [], str(why.message)


def _chosen(
    request: HttpRequest, name: str, kept: list[RuleVersion], usual: RuleVersion
) -> RuleVersion:
    given = request.GET.get(name, "")
    return next((one for one in kept if str(one.version) == given), usual)
