"""`python3 -m devkit <command>`."""

import argparse
import subprocess
import sys

from devkit import say, venv
from devkit.place import Place
from devkit.say import Problem
from devkit.services import Services


def main() -> int:
    asked = _parser().parse_args()
    if asked.command == "env":
        say.to_stderr()
    try:
        venv.enter(sys.argv[1:])
        return COMMANDS[asked.command](asked)
    except Problem as problem:
        say.show(f"\n{problem}")
        return 1
    except KeyboardInterrupt:
        return 130


def _services(asked: argparse.Namespace) -> int:
    services = Services(Place(asked.place))
    services.keep()
    say.say(f"Postgres and Valkey stay up until `{services.place.command} down`")
    return 0


def _down(asked: argparse.Namespace) -> int:
    Services(Place(asked.place)).down()
    return 0


def _env(asked: argparse.Namespace) -> int:
    from devkit.env import exports

    sys.stdout.write(exports(Services(Place(asked.place)).environment) + "\n")
    return 0


def _run(asked: argparse.Namespace) -> int:
    from devkit.env import whole_environment

    with Services(Place(asked.place)).in_use() as made:
        return subprocess.call(asked.words, env=whole_environment(made))


COMMANDS = {"services": _services, "down": _down, "env": _env, "run": _run}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m devkit")
    parser.add_argument("--in", dest="place", default="", metavar="NAME")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("services", "down", "env"):
        commands.add_parser(name)
    commands.add_parser("run").add_argument("words", nargs="+")
    return parser
