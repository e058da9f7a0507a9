"""Django's commands as steps of a start: logged whole, shown in a line each."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from devkit.env import whole_environment
from devkit.interrupts import listened_to
from devkit.many import NEXT
from devkit.place import CLONE, VENV_PYTHON
from devkit.say import Problem, elapsed, first_error, heartbeat, say

Commands = Mapping[str, Sequence[str]]  # what is true afterwards -> the command's words
_KEY = re.compile(r"(qy_(?:live|test)_[a-z0-9]{8})[\w-]+")  # an API key is shown, and not logged


def manage(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), "manage.py", *arguments]


def manage_many(wanted: Commands, made: Mapping[str, str], log: Path) -> Mapping[str, str]:
    """Run them in order and return what each said; raises Problem with the first useful line."""
    story = _Story(list(wanted))
    words = json.dumps([list(command) for command in wanted.values()])
    with (
        log.open("a") as out,
        heartbeat("preparing:", lambda: story.now),
        listened_to(
            [str(VENV_PYTHON), "-m", "devkit.many", words], cwd=CLONE, env=whole_environment(made)
        ) as process,
    ):
        for line in process.stdout or ():
            out.write(_KEY.sub(r"\1…", line))
            story.hear(line)
    if process.returncode:
        raise Problem(f"{story.title}: failed: {first_error(story.text)}\n  log: {log}")
    story.finish()
    return story.said


class _Story:
    """Follows the output from one command to the next."""

    def __init__(self, titles: list[str]) -> None:
        self.title = "starting Django"
        self.text = ""
        self.said: dict[str, str] = {}
        self._to_come = titles
        self._began = elapsed()

    @property
    def now(self) -> str:
        last = self.text.rstrip().rpartition("\n")[2]
        return f"{self.title} {last[:70]}"

    def hear(self, line: str) -> None:
        if line.startswith(NEXT):
            self.finish()
            self.title = self._to_come.pop(0)
        else:
            self.text += line

    def finish(self) -> None:
        say(f"{self.title} ({elapsed() - self._began:.1f} s)")
        self.said[self.title] = self.text
        self.text, self._began = "", elapsed()
