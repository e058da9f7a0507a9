"""`make bench` and `make chaos`: programs of their own, each on servers of its own.

`python -m bench` and `python -m chaos` take `--only NAME` and `--out FILE`, and write their figures
to FILE as JSON; chaos also takes `--orders N` and `--seed N`.
"""

from collections.abc import Mapping

from devkit import prepare
from devkit.interrupts import foreground
from devkit.place import CLONE, VENV_PYTHON, Place
from devkit.say import Problem, say
from devkit.services import Services


def run(program: str, options: Mapping[str, str | None], *, where: str = "") -> int:
    if not (CLONE / program / "__main__.py").exists():
        raise Problem(f"There is no {program}/__main__.py in this clone.")
    place = Place(where or program)
    out = CLONE / ".run" / f"{program}.json"
    with Services(place).in_use() as made:
        prepare.prepare(place, made)
        command = [str(VENV_PYTHON), "-m", program, *words_of(options), "--out", str(out)]
        code = foreground(command, made)
    say(f"{program}: {'failed' if code else 'passed'}, figures in {out}")
    return code


def words_of(options: Mapping[str, str | None]) -> list[str]:
    return [word for name, value in options.items() if value for word in (f"--{name}", value)]
