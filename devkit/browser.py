"""A browser for the tests that click, and a font that can show Chinese."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devkit.say import Problem, first_error, heartbeat, say, without_addresses

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
APT_PACKAGES = ("chromium", "fonts-wqy-microhei")
BY_HAND = "apt-get update && apt-get install -y --no-install-recommends " + " ".join(APT_PACKAGES)


def ensure(environ: Mapping[str, str] = os.environ) -> str:
    """The path of a browser; raises Problem with the command that brings one. Never skips."""
    missing = [] if find(environ) else ["a browser (Chromium)"]
    missing += [] if has_chinese_font() else ["a font with Chinese characters"]
    if missing and _may_use_apt():
        _apt_install(" and ".join(missing))
    found = find(environ)
    if not found or not has_chinese_font():
        raise Problem(_not_here(" and ".join(missing)))
    return found


def find(environ: Mapping[str, str]) -> str | None:
    """CHROMIUM, then the usual names on PATH, then the one that playwright keeps."""
    if chosen := environ.get("CHROMIUM"):
        if not os.access(chosen, os.X_OK):
            raise Problem(f"CHROMIUM is {chosen}, which cannot be run.")
        return chosen
    path = environ.get("PATH")
    on_path = (shutil.which(name, path=path) for name in NAMES)
    return next((found for found in on_path if found), None) or _playwrights_own()


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return os.uname().sysname == "Darwin"
    asked = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(asked.stdout.strip())


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = Path(playwright.chromium.executable_path)
    return str(found) if found.exists() else None


def _may_use_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(what: str) -> None:
    say(f"{what} is missing: installing with apt-get")
    _apt("apt-get update", "update")
    _apt("apt-get install", "install", "-y", "--no-install-recommends", *APT_PACKAGES)


def _apt(title: str, *arguments: str) -> None:
    with heartbeat(title):
        done = subprocess.run(
            ["apt-get", "-q", *arguments], capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
    if done.returncode:
        said = without_addresses(first_error(done.stdout + done.stderr))
        raise Problem(f"{title} failed: {said}\n  By hand: {BY_HAND}")


def _not_here(missing: str) -> str:
    return (
        f"The browser tests need {missing}, and they are never skipped.\n"
        f"  Debian, Ubuntu (as root): {BY_HAND}\n"
        "  Elsewhere: install Chromium or Chrome, and set CHROMIUM to its path if it is not found."
    )
