"""What a network does, on real sockets: only a call that never left is a refusal."""

import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from suppliers.errors import NoAnswer, NothingSent
from suppliers.transport import HttpTransport
from suppliers.types import MOST_BYTES, Request

ASK = Request(path="/buy", body=b'{"n":1}', headers={"Content-Type": "application/json"})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SHORT = 0.6  # seconds that a test waits for an answer


class Supplier:
    """Reads a request, then does with the connection what the test says."""

    def __init__(self, deed, wrap):
        self.heard = []
        self._deed, self._wrap = deed, wrap
        self._door = create_server(("127.0.0.1", 0))
        self._door.settimeout(0.05)
        self.port = self._door.getsockname()[1]
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self._is_over.is_set():
            try:
                line, _from = self._door.accept()
            except TimeoutError:
                continue
            with line:
                self._answer(line)

    def _answer(self, line):
        line.settimeout(5)
        try:
            with self._wrap(line) as wrapped:
                self.heard.append(_request(wrapped))
                self._deed(wrapped)
        except OSError:
            return  # the caller went away, as a test may want

    def close(self):
        self._is_over.set()
        self._thread.join(30)
        self._door.close()


def _request(line):
    said = b""
    while b"\r\n\r\n" not in said or not said.endswith(ASK.body):
        part = line.recv(4096)
        if not part:
            break
        said += part
    return said


@contextmanager
def supplier(deed, wrap=lambda line: line):
    served = Supplier(deed, wrap)
    try:
        yield served
    finally:
        served.close()


def transport(port, *, scheme="http", seconds=SHORT):
    url = f"{scheme}://127.0.0.1:{port}"
    return HttpTransport(base_url=url, may_stay_home=True, answer_seconds=seconds)


def says(text):
    return lambda line: line.sendall(text)


def with_body(body):
    return says(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def test_the_very_bytes_that_were_signed_go_out_and_the_answer_comes_back():
    with supplier(with_body(b'{"code": 0}')) as served:
        assert transport(served.port).ask_json(ASK) == {"code": 0}

    assert served.heard[0].startswith(b"POST /buy HTTP/1.1\r\n")
    assert served.heard[0].endswith(b"\r\n\r\n" + ASK.body)


def test_a_chunked_answer_is_read():
    chunks = b'Transfer-Encoding: chunked\r\n\r\n6\r\n{"code\r\n5\r\n": 0}\r\n0\r\n\r\n'
    with supplier(says(HEAD + chunks)) as served:
        assert transport(served.port).ask_json(ASK) == {"code": 0}


def test_a_closed_door_is_a_refusal():
    with create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

    with pytest.raises(NothingSent):
        transport(port).send(ASK)


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1",
        "https://192.168.1.1:8443",
        "https://169.254.169.254",
        "https://[::1]",
        "https://127.0.0.1",
        "https://localhost",
        "https://supplier.invalid",
        "https://" + "a" * 70 + ".test",
        "http://example.com",
        "file:///etc/passwd",
        "",
    ],
)
def test_an_address_that_is_not_a_suppliers_is_never_called(url):
    with pytest.raises(NothingSent):
        HttpTransport(base_url=url, answer_seconds=SHORT).send(ASK)


def test_our_own_machine_is_called_only_where_that_is_allowed():
    with supplier(with_body(b"{}")) as served, pytest.raises(NothingSent):
        HttpTransport(base_url=f"https://127.0.0.1:{served.port}").send(ASK)

    assert served.heard == []


def _slowly(text):
    def deed(line):
        for letter in text * 20:
            line.sendall(bytes([letter]))
            time.sleep(0.1)

    return deed


LOST = {
    "closed without a word": lambda line: None,
    "nothing, for a long time": lambda line: time.sleep(SHORT * 2),
    "half a head": says(HEAD[:30]),
    "half a body": says(HEAD + b'Content-Length: 99\r\n\r\n{"code"'),
    "a head, letter by letter": _slowly(b"HTTP/1.1 200 OK\r\nX: "),
    "no HTTP": says(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a big body": with_body(b"[" + b"0," * MOST_BYTES + b"0]"),
    "a compressed one": says(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"),
    "an error page": says(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>"),
    "500, though it was done": says(b'HTTP/1.1 500 Oops\r\nContent-Length: 11\r\n\r\n{"code": 0}'),
    "a page with status 200": with_body(b"<html>busy</html>"),
    "an empty body": with_body(b""),
    "GBK": with_body('{"msg": "成功"}'.encode("gbk")),
    "a list": with_body(b"[1]"),
    "nested beyond reason": with_body(b"[" * 200_000),
    "somewhere else": says(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_whatever_comes_after_the_first_byte_is_no_answer(what):
    with supplier(LOST[what]) as served:
        with pytest.raises(NoAnswer):
            transport(served.port).ask_json(ASK)

        assert len(served.heard) == 1


def test_a_body_letter_by_letter_is_cut_when_its_time_is_up(monkeypatch):
    """A read timeout starts anew with every byte: this one would take a minute."""
    monkeypatch.setattr("suppliers.transport.CONNECT_SECONDS", 0.2)
    drip = _slowly(b" " * 30)

    def deed(line):
        line.sendall(HEAD + b"Content-Length: 9999\r\n\r\n")
        drip(line)

    began = time.monotonic()
    with supplier(deed) as served, pytest.raises(NoAnswer):
        transport(served.port).ask_json(ASK)

    assert time.monotonic() - began < 30


def test_what_was_cut_is_not_taken_for_a_whole_answer(monkeypatch):
    """Without a length the end of the stream is the end of the body: `9`, and blanks for ever."""
    monkeypatch.setattr("suppliers.transport.CONNECT_SECONDS", 0.2)
    drip = _slowly(b" " * 30)

    def deed(line):
        line.sendall(HEAD + b"Connection: close\r\n\r\n9")
        drip(line)

    with supplier(deed) as served, pytest.raises(NoAnswer):
        transport(served.port).send(ASK)


@pytest.fixture(scope="module")
def strangers_certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    path = tmp_path_factory.mktemp("tls") / "stranger.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_certificate_of_a_stranger_is_shown_nothing(strangers_certificate):
    def wrap(line):
        return strangers_certificate.wrap_socket(line, server_side=True)

    with supplier(with_body(b"{}"), wrap) as served, pytest.raises(NothingSent):
        transport(served.port, scheme="https").send(ASK)

    assert served.heard == []


def test_who_speaks_no_tls_is_told_nothing():
    with supplier(with_body(b"{}")) as served, pytest.raises(NothingSent):
        transport(served.port, scheme="https").send(ASK)
