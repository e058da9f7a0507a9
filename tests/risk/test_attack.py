"""A week in which thieves come: the standard preset stops them, and leaves the honest alone."""

import pytest
from django.core.cache import cache

from bench.attack import SEED, Simulation
from bench.crowd import Crowd
from core.scope import tenant_atomic
from risk import services as risk
from risk.models import Assessment
from risk.services import memory
from risk.states import Preset
from tests.times import NOON

pytestmark = [
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.usefixtures("shop"),
    pytest.mark.timeout(600),
]


@pytest.fixture(autouse=True)
def leaves_nothing():
    """Thousands of counts, of which the next test knows nothing."""
    yield
    cache.client().flushdb()


def told(found):
    kinds = {kind or "honest": f"{found.stopped[kind]}/{n}" for kind, n in found.tried.items()}
    return f"{found.fraud_stopped:.3f} stopped, {found.honest_held:.4f} held: {kinds} {found.wrong}"


def small():
    return Crowd(seed=SEED, honest=400, frauds=160)


def forget():
    with tenant_atomic():
        Assessment.objects.all().delete()
    cache.client().flushdb()


def test_the_standard_preset_stops_nine_of_ten_and_holds_less_than_one_of_a_hundred(capsys):
    found = Simulation(preset=Preset.STANDARD, now=NOON).run()

    with capsys.disabled():
        print(f"\n{told(found)}")  # noqa: T201 -- the numbers are what this test is about
    assert found.tried.total() == 6_000
    assert found.fraud_stopped >= 0.9, told(found)
    assert found.honest_held <= 0.01, told(found)
    assert all(found.stopped[kind] >= 0.7 * n for kind, n in found.tried.items() if kind)


def test_it_is_the_rules_that_stop_somebody_and_strict_ones_more_than_loose(monkeypatch):
    loose = Simulation(preset=Preset.LOOSE, now=NOON, crowd=small()).run()
    forget()
    strict = Simulation(preset=Preset.STRICT, now=NOON, crowd=small()).run()
    forget()
    monkeypatch.setattr("risk.bodies.Body.holds", lambda *_given: False)
    none = Simulation(preset=Preset.STANDARD, now=NOON, crowd=small()).run()

    assert none.stopped.total() == 0
    assert loose.fraud_stopped < strict.fraud_stopped


def test_redis_is_flushed_and_goes_away_in_the_middle_and_thieves_are_stopped_all_the_same(
    monkeypatch,
):
    """Whatever is lost there is counted from the rows: about the same verdicts as undisturbed."""
    given = {"preset": Preset.STANDARD, "now": NOON, "at_once": 1}
    quiet = Simulation(**given, crowd=small()).run()
    forget()
    # Patient with a slow machine: what Postgres does not say in time is another test's.
    monkeypatch.setattr("risk.selectors.counts.BUDGET_MS", 5_000)
    real = memory._client

    def gone():
        raise OSError("away")

    def disturb(looked, at):
        if looked == 150:
            cache.client().flushdb()
        if looked == 250:
            assert risk.rebuild(now=at) > 0
        if looked == 300:
            monkeypatch.setattr(memory, "_client", gone)
        if looked == 450:
            monkeypatch.setattr(memory, "_client", real)
            memory._away_until = 0.0
        if looked == 480:
            assert risk.rebuild(now=at) > 0

    found = Simulation(**given, crowd=small()).run(between=disturb)

    assert found.fraud_stopped >= quiet.fraud_stopped - 0.02, told(found)
    assert found.honest_held <= quiet.honest_held + 0.005, told(found)
