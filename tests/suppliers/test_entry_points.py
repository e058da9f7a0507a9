"""A package brings an adapter by its entry point; none replaces ours."""

import os
import subprocess
import sys
from pathlib import Path

ADAPTER = """
from datetime import timedelta


class Theirs:
    name = "theirs"
    acknowledgement = b"ok"
    settle_window = timedelta(minutes=10)
    is_plain = False


class Fulu(Theirs):
    name = "fulu"


class Misnamed(Theirs):
    name = "other"
"""
POINTS = """
[quanyi.suppliers]
theirs = theirs:Theirs
fulu = theirs:Fulu
misnamed = theirs:Misnamed
"""
SAY = """
from suppliers.adapters import PROTOCOLS
print(*(f"{name}={each.__module__}" for name, each in sorted(PROTOCOLS.items())))
"""


def test_a_package_adds_its_protocol(tmp_path):
    tmp_path.joinpath("theirs.py").write_text(ADAPTER)
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    info.joinpath("entry_points.txt").write_text(POINTS)
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(root)])}

    said = subprocess.run(
        [sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "theirs=theirs" in said
    assert "fulu=suppliers.adapters.fulu" in said
    assert not any(each.startswith(("misnamed=", "other=")) for each in said)
