"""What a preset of the risk rules makes of a week in which thieves come (bench.crowd)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bench.crowd import DAYS, Crowd, Try
from bench.report import Report

SEED = 20_261_128
AT_ONCE = 50  # looks in one transaction


@dataclass(kw_only=True)
class Outcome:
    """How many of each kind there were (of the honest under ""), how many of them were held or
    refused, and which rules did that to the honest."""

    tried: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def fraud_stopped(self) -> float:
        kinds = [kind for kind in self.tried if kind]
        return sum(self.stopped[one] for one in kinds) / sum(self.tried[one] for one in kinds)

    @property
    def honest_held(self) -> float:
        return self.stopped[""] / self.tried[""]


def run(report: Report) -> None:
    from bench.goods import make_goods  # noqa: PLC0415 -- after django.setup()
    from core.scope import bind  # noqa: PLC0415
    from risk.states import Preset  # noqa: PLC0415

    for preset in Preset:
        with bind(make_goods().tenant_id):
            found = Simulation(preset=preset, now=timezone.now()).run()
        print(f"  {preset}: {_by_kind(found)}; wrong {dict(found.wrong)}", flush=True)  # noqa: T201 -- its voice
        if preset == Preset.STANDARD:
            report.add("fraud_stopped_ratio", found.fraud_stopped, "", "of 1,000, standard preset")
            report.add("honest_held_ratio", found.honest_held, "", "of 5,000")


def _by_kind(found: Outcome) -> str:
    return ", ".join(
        f"{kind or 'honest'} {found.stopped[kind]}/{count}" for kind, count in found.tried.items()
    )


class Simulation:
    """A week up to `now` at the shop that is bound: real looks and real counts. What an order's
    own service finds out about its buyer's past is kept here."""

    def __init__(
        self, *, preset: Any, now: datetime, crowd: Crowd | None = None, at_once: int = AT_ONCE
    ) -> None:
        self._preset, self._at_once = preset, at_once
        self._began = now - timedelta(days=DAYS + 1)
        self._tries = (crowd or Crowd(seed=SEED)).tries()
        self._first: dict[str, float] = {}
        self._orders: Counter[str] = Counter()
        self.found = Outcome()

    def run(self, *, between: Any = None) -> Outcome:
        """`between` is called after each handful of looks, with how many there were and when."""
        from core.actors import SYSTEM  # noqa: PLC0415 -- after django.setup()
        from core.scope import tenant_atomic  # noqa: PLC0415
        from core.sheets import Sheet  # noqa: PLC0415
        from risk import services as risk  # noqa: PLC0415
        from risk.states import RuleState  # noqa: PLC0415

        given = {"preset": self._preset, "state": RuleState.ON, "is_sure": True}
        risk.install(**given, by=SYSTEM, now=self._began)
        risk.rebuild(now=self._began)
        for first in range(0, len(self._tries), self._at_once):
            with tenant_atomic():
                sheet = Sheet()
                for number in range(first, min(first + self._at_once, len(self._tries))):
                    self._look(number, sheet)
                sheet.write()
            if between is not None:
                between(first, self._began + timedelta(seconds=self._tries[first].at))
        return self.found

    def _look(self, number: int, sheet: Any) -> None:
        from risk import services as risk  # noqa: PLC0415 -- after django.setup()
        from risk.states import SEVERITY, Action  # noqa: PLC0415

        one = self._tries[number]
        at = self._began + timedelta(seconds=one.at)
        looked = risk.look(case=self._case(one, number), now=at)
        sheet.insert(looked.row)
        self.found.tried[one.fraud] += 1
        if SEVERITY[Action(looked.verdict.action)] >= SEVERITY[Action.HOLD]:
            self.found.stopped[one.fraud] += 1
            if not one.fraud:
                self.found.wrong.update(spoken.name for spoken in looked.verdict.spoken)
        if looked.verdict.action != Action.DENY:
            for who in (one.who.device, one.who.phone):
                self._orders[who] += 1
                self._first.setdefault(who, one.at)

    def _case(self, one: Try, number: int) -> Any:
        from core.secrets import Secret  # noqa: PLC0415 -- after django.setup()
        from risk.types import Case  # noqa: PLC0415

        who = one.who
        before = max(self._orders[who.device], self._orders[who.phone])
        first = min(self._first.get(known, one.at) for known in (who.device, who.phone))
        facts: dict[str, str | int | bool] = {
            "amount": one.yuan * 10_000, "quantity": 1, "price_share": 100, "sku": "S1",
            "kind": "top_up" if one.account else "stock_code", "channel": "web",
            "language": "zh-hans", "phone_prefix": who.phone[3:6], "orders_before": before,
            "is_first_order": before == 0, "buyer_age_hours": int((one.at - first) // 3600),
        }  # fmt: skip
        traits = {"ip": who.ip, "device": who.device, "phone": who.phone, "account": one.account}
        return Case(
            moment="order", subject=f"week-{number}", facts=facts,
            traits={name: Secret(text) for name, text in traits.items() if text},
        )  # fmt: skip
