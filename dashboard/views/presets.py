"""Ready sets of risk rules: what each would do here, and what choosing it would change."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotFound
from core.money import Money
from dashboard.access import allows, shop_of
from dashboard.frame import Deed, deed, draw, page
from dashboard.views.risk import said_by
from risk import services as risk
from risk.bodies import read_body
from risk.selectors import policy, preset_changes, tried_together
from risk.selectors.presets import Change, PresetChange
from risk.selectors.trials import Trial
from risk.states import Preset, RuleState

DAYS, MOST_TRIED = 7, 50_000
TONES = {Change.NEW: "good", Change.CHANGED: "warn", Change.OWN: "warn", Change.GONE: "bad"}


@page("risk.view")
def presets(request: HttpRequest, name: str = "") -> HttpResponse:
    kept = policy().preset
    preset = _preset(name or kept or Preset.STANDARD)
    changes = preset_changes(preset=preset)
    bodies = [read_body(one.ready.body) for one in changes if one.ready]
    together = tried_together(bodies=bodies, days=DAYS, now=timezone.now(), most=MOST_TRIED)
    trials = iter(together.each)
    return draw(
        request,
        "dashboard/presets.html",
        title=_("Ready sets of rules"),
        preset=preset,
        presets=Preset,
        about=_ABOUT[preset](),
        stands=kept,
        rows=[_row(request, one, next(trials) if one.ready else None) for one in changes],
        trial=together.all,
        amount=Money(together.all.amount_e4, shop_of(request).currency),
        may_edit=allows(request, "risk.edit"),
    )


def _preset(name: str) -> Preset:
    if name not in Preset.values:
        raise NotFound
    return Preset(name)


def _row(request: HttpRequest, one: PresetChange, trial: Trial | None) -> dict[str, Any]:
    says = said_by(request, one.ready.body) if one.ready else ""
    stands = said_by(request, one.rule.body) if one.rule else ""
    return {
        "name": one.ready.name if one.ready else one.rule,
        "rule": one.rule,
        "says": says or stands,
        "stands": stands if says and stands != says else "",
        "words": _CHANGES[one.change](),
        "tone": TONES.get(one.change, ""),
        "trial": trial,
    }


@deed("risk.edit", back="office_preset", of="name")
def install(request: HttpRequest, name: str, verb: str) -> Deed:
    """`shadow` or `on`."""
    if verb not in (RuleState.SHADOW, RuleState.ON):
        raise NotFound
    do = partial(
        risk.install,
        preset=_preset(name),
        state=RuleState(verb),
        is_sure=request.POST.get("sure") == "on",
    )
    said = {"preset": _preset(name).label}
    if verb == RuleState.ON:
        return Deed(do, done=_("The rules “%(preset)s” are on, from this moment.") % said)
    return Deed(do, done=_("The rules “%(preset)s” are on trial.") % said)


_ABOUT = {
    Preset.LOOSE: lambda: _(
        "Stops only what no honest buyer does. For shops whose buyers share addresses, such as "
        "schools and offices, and for days of great sales."
    ),
    Preset.STANDARD: lambda: _(
        "Stops what thieves of benefits usually do, and leaves families and offices alone. For "
        "most shops."
    ),
    Preset.STRICT: lambda: _(
        "Stops early: some honest buyers will wait for a look. For shops that are under attack, "
        "and for as long as they are."
    ),
}
_CHANGES = {
    Change.NEW: lambda: _("new"),
    Change.CHANGED: lambda: _("changes"),
    Change.SAME: lambda: _("as it stands"),
    Change.OWN: lambda: _("changed by hand: stays as it is"),
    Change.GONE: lambda: _("not in this set: is switched off"),
}
