import errno
import socket

import pytest

from simulators.server import Server


def test_a_taken_port_is_what_it_says(tmp_path):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OSError, match="in use") as refusal,
    ):
        Server(port=taken.getsockname()[1], folder=tmp_path)

    assert refusal.value.errno == errno.EADDRINUSE
