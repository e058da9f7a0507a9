"""Start the suppliers' stand-ins as a process of their own, and steer them."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 15


@dataclass(frozen=True)
class Desk:
    """The control API: `desk.account(...)`, `desk.totals()`."""

    base_url: str

    def account(self, **fields: Any) -> Any:
        return self._call("accounts", fields)

    def product(self, **fields: Any) -> Any:
        return self._call("products", fields)

    def purchases(self, **asked: str) -> Any:
        return self._call(f"purchases?{urlencode(asked)}")

    def requests(self, **asked: str) -> Any:
        return self._call(f"requests?{urlencode(asked)}")

    def callbacks(self, **asked: str) -> Any:
        return self._call(f"callbacks?{urlencode(asked)}")

    def complaints(self) -> Any:
        return self._call("complaints")

    def accounts(self) -> Any:
        return self._call("accounts")

    def totals(self) -> Any:
        return self._call("totals")

    def reset(self) -> Any:
        return self._call("reset", {})

    def _call(self, path: str, fields: dict[str, Any] | None = None) -> Any:
        body = None if fields is None else json.dumps(fields).encode()
        request = urllib.request.Request(f"{self.base_url}/control/{path}", data=body)  # noqa: S310 -- our own port
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 -- our own port
            return json.load(response)


@dataclass(frozen=True)
class Simulators:
    base_url: str
    desk: Desk
    process: subprocess.Popen


@contextmanager
def simulators(folder: Path, *, port: int = 0) -> Iterator[Simulators]:
    """Run until the block ends. The same folder again goes on with the same ledger."""
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "simulators", "--port", str(port), "--data", str(folder)]
    with subprocess.Popen(  # noqa: S603 -- our own program
        [*command, "--port-file", str(port_file)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        try:
            base_url = f"http://127.0.0.1:{_port(port_file, process)}"
            yield Simulators(base_url, Desk(base_url), process)
        finally:
            process.terminate()


def _port(port_file: Path, process: subprocess.Popen) -> int:
    end = time.monotonic() + START_SECONDS
    while not port_file.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError("the simulators did not start")
        time.sleep(0.02)
    return int(port_file.read_text())
