"""A button that is pressed twice brings a preset's rules once."""

import pytest

from core.scope import tenant_atomic
from risk import services as risk
from risk.models import Rule
from risk.states import Preset, RuleState
from tests.races.at_once import at_once
from tests.risk.factories import ZHAO
from tests.times import NOON

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_preset_that_is_chosen_several_times_at_once_is_installed_once(shop):
    def choose(_number):
        return risk.install(preset=Preset.STRICT, state=RuleState.SHADOW, by=ZHAO, now=NOON)

    got = at_once(choose, times=4)

    assert sorted(sorted(one) for one in got) == [["new"], ["same"], ["same"], ["same"]]
    with tenant_atomic():
        assert Rule.objects.count() == next(one["new"] for one in got if "new" in one)
