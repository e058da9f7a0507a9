"""`python -m simulators --port 0 --data DIR [--port-file F]`: serve until interrupted."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from simulators.server import Server


def main() -> None:
    """Print the bound port; the port file appears whole, so that it can be waited for."""
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port-file", type=Path)
    given = parser.parse_args()
    server = Server(port=given.port, folder=given.data)
    port = str(server.server_address[1])
    if given.port_file:
        fresh = given.port_file.with_name(given.port_file.name + ".new")
        fresh.write_text(port)
        fresh.replace(given.port_file)
    sys.stdout.write(port + "\n")
    sys.stdout.flush()
    _serve_until_told(server)


def _serve_until_told(server: Server) -> None:
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    told.wait()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
