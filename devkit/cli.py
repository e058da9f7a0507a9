"""`python3 -m devkit <command>`: what a developer can ask for."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from devkit import say, venv
from devkit.interrupts import all_end_alike
from devkit.place import Place
from devkit.say import Problem


@dataclass(frozen=True)
class Command:
    """What it does for the reader of --help, and the function that does it."""

    help: str
    run: Callable[[argparse.Namespace], int]


def main() -> int:
    asked = _asked(sys.argv[1:])
    all_end_alike()
    if asked.command == "env":
        say.to_stderr()
    try:
        venv.enter(sys.argv[1:])
        return COMMANDS[asked.command].run(asked)
    except Problem as problem:
        say.show(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        return 130


# Each command imports what it needs: outside the virtual environment there is only the standard
# library, and a short command should not wait for the modules of a long one.


def _up(asked: argparse.Namespace) -> int:
    from devkit.up import up

    return up(Place(asked.place))


def _down(asked: argparse.Namespace) -> int:
    from devkit.down import down

    return down(Place(asked.place))


def _services(asked: argparse.Namespace) -> int:
    from devkit.services import Services

    services = Services(Place(asked.place))
    services.keep()
    say.say(f"Postgres and Valkey stay up until: {services.place.command} down")
    return 0


def _env(asked: argparse.Namespace) -> int:
    from devkit.env import exports
    from devkit.services import Services

    sys.stdout.write(exports(Services(Place(asked.place)).environment) + "\n")
    return 0


def _run(asked: argparse.Namespace) -> int:
    from devkit.interrupts import foreground
    from devkit.services import Services

    with Services(Place(asked.place)).in_use() as made:
        return foreground(asked.words, made)


def _lint(_asked: argparse.Namespace) -> int:
    from devkit.checks import lint

    return lint()


def _test(asked: argparse.Namespace) -> int:
    from devkit.checks import test

    return test(asked.words)


def _trial(asked: argparse.Namespace) -> int:
    from devkit.trials import run

    return run(asked.command, {name: getattr(asked, name, None) for name in TRIAL_OPTIONS})


def _year(asked: argparse.Namespace) -> int:
    """Servers of its own: five million orders would be in every other measurement's way."""
    from devkit.trials import run

    only = YEARS[asked.command]
    return run("bench", {"only": only, "orders": asked.orders}, where="big")


def _demo_reset(asked: argparse.Namespace) -> int:
    from devkit.demo import reset

    return reset(Place(asked.place), sure=asked.yes)


def _drill(asked: argparse.Namespace) -> int:
    from devkit.drill import drill

    return drill(Place(asked.place))


YEARS = {"seed-big": "year", "bench-big": "big", "bench-growth": "growth"}
TRIAL_OPTIONS = ("only", "orders", "seed")
COMMANDS = {
    "up": Command("everything on this machine with demo data, until Ctrl-C", _up),
    "down": Command("stop what runs, or what a killed `up` left", _down),
    "services": Command("Postgres and Valkey in the background, until `down`", _services),
    "env": Command("print the environment as `export` lines", _env),
    "run": Command("run a command with the servers up: run -- pytest tests/x", _run),
    "lint": Command("ruff, mypy, import contracts, migrations", _lint),
    "test": Command("lint and every test, on servers of their own: test -- -k word", _test),
    "bench": Command("how fast", _trial),
    "chaos": Command("what survives", _trial),
    "drill": Command("back up what is here, restore it beside, and read it", _drill),
    "seed-big": Command("a shop with twelve months of business", _year),
    "bench-big": Command("how fast lists, search and figures are in that shop", _year),
    "bench-growth": Command("the same at a hundredth, a tenth and the whole of that", _year),
    "demo-reset": Command("an empty database and the demo data again", _demo_reset),
}


def _asked(arguments: list[str]) -> argparse.Namespace:
    """What follows `--` belongs to another program and is passed on untouched."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    parser = _parser()
    asked = parser.parse_args(arguments[:cut])
    asked.words = arguments[cut + 1 :]
    if asked.command == "run" and not asked.words:
        parser.error("say what to run: run -- pytest tests/x")
    return asked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m devkit", description=__doc__)
    parser.add_argument(
        "--in", dest="place", default="", metavar="NAME", type=_name,
        help="use servers and data of its own, in .run/NAME",
    )  # fmt: skip
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {name: commands.add_parser(name, help=what.help) for name, what in COMMANDS.items()}
    for trial in ("bench", "chaos"):
        made[trial].add_argument("--only", metavar="NAME")
    made["chaos"].add_argument("--orders", metavar="N", help="so many, however busy the machine is")
    made["chaos"].add_argument("--seed", metavar="N", help="the faults of an earlier run again")
    for year in YEARS:
        made[year].add_argument("--orders", metavar="N", default="5000000")
    made["demo-reset"].add_argument("--yes", action="store_true", help="also on a given server")
    return parser


def _name(word: str) -> str:
    if word and not word.isidentifier():
        raise argparse.ArgumentTypeError("letters, digits and _ only")
    return word
