"""`make chaos ONLY=… ORDERS=… SEED=…` reaches the trial."""

import pytest

from devkit.cli import TRIAL_OPTIONS, _asked
from devkit.place import CLONE
from devkit.trials import words_of


@pytest.mark.parametrize("name", TRIAL_OPTIONS)
def test_make_has_a_variable_for_every_option(name):
    variable = name.upper()

    rule = (CLONE / "Makefile").read_text().partition("\nchaos:")[2].partition("\ndemo-reset:")[0]

    assert f"$(if $({variable}),--{name} $({variable}))" in rule


def test_what_is_chosen_is_passed_on_and_nothing_else():
    asked = _asked(["chaos", "--only", "webhooks", "--orders", "500"])

    options = {name: getattr(asked, name) for name in TRIAL_OPTIONS}
    assert words_of(options) == ["--only", "webhooks", "--orders", "500"]
