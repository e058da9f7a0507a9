"""`make bench` and `make chaos`: programs of their own, each on servers of its own.

`python -m bench` and `python -m chaos` take `--only NAME` and `--out FILE`, and write their figures
to FILE as JSON.
"""

from devkit import prepare
from devkit.interrupts import foreground
from devkit.place import CLONE, VENV_PYTHON, Place
from devkit.say import Problem, say
from devkit.services import Services


def run(program: str, only: str | None) -> int:
    if not (CLONE / program / "__main__.py").exists():
        raise Problem(f"There is no {program}/__main__.py in this clone.")
    place = Place(program)
    out = CLONE / ".run" / f"{program}.json"
    chosen = ["--only", only] if only else []
    with Services(place).in_use() as made:
        prepare.prepare(place, made)
        command = [str(VENV_PYTHON), "-m", program, *chosen, "--out", str(out)]
        code = foreground(command, made)
    say(f"{program}: {'failed' if code else 'passed'}, figures in {out}")
    return code
