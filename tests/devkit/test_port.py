import socket

import pytest

from devkit.say import Problem
from devkit.up import check_port, check_ports


def test_a_taken_port_is_refused_with_another_one_to_try():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(Problem) as refusal:
            check_port(str(port))

    assert f"Port {port} is taken" in str(refusal.value)
    assert f"make up PORT={port % 65000 + 1}" in str(refusal.value)


def test_the_simulators_port_is_looked_at_too():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        theirs = taken.getsockname()[1]

        with pytest.raises(Problem, match=f"make up SIMULATORS_PORT={theirs % 65000 + 1}"):
            check_ports({"PORT": str(port), "SIMULATORS_PORT": str(theirs)})


def test_a_free_port_is_fine():
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]

    check_port(str(port))


@pytest.mark.parametrize("port", ["", "http", "0", "70000", "-1"])
def test_what_is_no_port_is_refused(port):
    with pytest.raises(Problem, match="number from 1 to 65535"):
        check_port(port)
