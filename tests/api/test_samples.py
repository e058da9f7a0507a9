"""What the portal shows is run: against a server of ours, at its own address, in a sandbox."""

import ast
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client as Http
from standardwebhooks import Webhook

from api.described.client import SDK
from api.described.samples import FILES, HOOK, HOST, LOCAL_HOOK, ROOT, TOLD, expected, samples
from channels.models import PartnerOrder
from core.scope import tenant_atomic
from tenants.models import Domain
from tests.channels.sandboxes import open_twin
from tests.doors.callers import AGISO_SECRET, APP_ID, GOOFISH_SECRET, open_door
from tests.orders.factories import stocked_sku

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SECRET, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"type":"order.completed"}'
JAVA, PHP, GO = shutil.which("java"), shutil.which("php"), shutil.which("go")
INHERITED = ("PATH", "HOME", "LANG")  # and our client, as if it were installed


class Reader:
    """Who does what the pages say, in a folder of his own, with a key in his environment."""

    def __init__(self, folder, twin, url):
        self.folder, self.twin, self.url = folder, twin, url
        self.env = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self.env |= {"QY_KEY": twin.key, "PYTHONPATH": str(SDK / "src")}

    def copy(self, name, **filled):
        text = (ROOT / name).read_text()
        for old, new in {HOST: self.url, **filled}.items():
            text = text.replace(old, new)
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def run(self, *command, cwd=None):
        told = {"capture_output": True, "text": True, "timeout": 60, "check": False}
        done = subprocess.run(command, env=self.env, cwd=cwd, **told)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def orders(self):
        with self.twin.scope():
            return list(PartnerOrder.objects.values_list("partner_order_no", flat=True))


@pytest.fixture
def reader(shop, live_server, tmp_path):
    twin = open_twin()
    with tenant_atomic():
        Domain.objects.create(host="localhost", merchant=shop)
    return Reader(tmp_path, twin, live_server.url)


def looks_like(name, said):
    """As the portal says it does; “…” there is anything."""
    parts = re.sub(r"\s", "", expected()[name]).split("…")
    wanted = ".*".join(re.escape(part) for part in parts)
    return re.fullmatch(f"{wanted}.*", re.sub(r"\s", "", said)) is not None


def test_the_catalogue_by_curl(reader):
    said = reader.run("sh", reader.copy("list_products.sh"))

    assert looks_like("list_products", said)
    assert not looks_like("first_order_sh", said)


def test_the_first_order_by_curl(reader):
    said = reader.run("sh", reader.copy("first_order.sh"))

    assert looks_like("first_order_sh", said)
    assert reader.orders() == ["P-1001"]


def test_the_first_order_by_python_is_the_one_that_curl_made(reader):
    ref = json.loads(reader.run("sh", reader.copy("first_order.sh")))["ref"]

    said = reader.run(sys.executable, reader.copy("first_order.py"))

    assert looks_like("first_order_py", said)
    assert said.startswith(f"{ref} completed\n")
    assert reader.run(sys.executable, reader.copy("all_orders.py")) == f"{ref} P-1001 completed\n"


def test_the_first_order_by_java(reader):
    """Where the machine has Java; elsewhere the file is only shown."""
    if JAVA is None:
        return
    said = reader.run(JAVA, reader.copy("FirstOrder.java"))

    assert said.startswith("201\n")
    assert reader.orders() == ["P-1001"]


def test_the_first_order_by_php(reader):
    if PHP is None or "curl" not in reader.run(PHP, "-m").split():
        return
    said = reader.run(PHP, reader.copy("first_order.php"))

    assert re.fullmatch(r"\S+ completed\ndelivered TEST-\w+\n", said)
    assert reader.orders() == ["P-1001"]
    reader.env["QY_KEY"] = "qy_test_wrong"
    assert reader.run(PHP, reader.copy("first_order.php")).startswith("invalid_key: ")


def test_the_first_order_by_go(reader):
    if GO is None:
        return
    said = reader.run(GO, "run", reader.copy("first_order.go"))

    assert said.startswith("201 {")
    assert reader.orders() == ["P-1001"]


def test_a_webhook_arrives_at_the_receiver_and_is_verified(reader):
    port = _free_port()
    hook = LOCAL_HOOK.replace("9000", port)
    said = reader.run("sh", reader.copy("make_endpoint.sh", **{HOOK: hook}))
    assert looks_like("make_endpoint", said)
    made = json.loads(said)
    activate = reader.folder / "venv/bin/activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
    reader.copy("receive_webhooks.py", **{"9000": port})
    start = reader.copy("start_receiver.sh", whsec_YOUR_SECRET=made["secret"])

    with subprocess.Popen(
        ["sh", start],
        stdout=subprocess.PIPE,
        text=True,
        env=reader.env,
        cwd=reader.folder,
        start_new_session=True,
    ) as receiver:
        try:
            assert receiver.stdout.readline() == f"listening on http://127.0.0.1:{port}/webhooks\n"
            test = reader.copy("send_test.sh", we_YOUR_ENDPOINT=made["ref"])
            assert looks_like("send_test", reader.run("sh", test))
            assert looks_like("verified", receiver.stdout.readline())
        finally:
            os.killpg(receiver.pid, signal.SIGKILL)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_an_order_by_the_client_and_again_under_its_key(reader):
    said = reader.run(sys.executable, reader.copy("sdk_order.py"))
    assert re.fullmatch(r"\S+ completed \['TEST-\w+'\]\n", said)

    first = reader.run(sys.executable, reader.copy("sdk_again.py"))
    assert reader.run(sys.executable, reader.copy("sdk_again.py")) == first
    assert sorted(reader.orders()) == ["P-2001", "P-2002"]


def test_a_webhook_is_heard_by_the_client(reader, monkeypatch, capsys):
    reader.run("sh", reader.copy("first_order.sh"))
    with reader.twin.scope():
        ref = PartnerOrder.objects.get().order.number
    for name, value in {"QY_KEY": reader.twin.key, "QY_SECRET": SECRET}.items():
        monkeypatch.setenv(name, value)
    lines: dict = {}
    exec(Path(reader.copy("sdk_webhook.py")).read_text(), lines)  # noqa: S102 -- our own sample
    body = json.dumps({"type": "order.completed", "data": {"order": ref}})

    assert lines["heard"](signed(body=body), body.encode()) == 204
    assert capsys.readouterr().out == "P-1001 completed\n"
    assert lines["heard"](signed(body=body), BODY.encode()) == 401


def test_the_client_that_the_portal_gives_is_ours(shop):
    answer = Http(headers={"host": "cloud.localhost"}).get("/developers/quanyi.zip")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        packed = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    source = {str(path.relative_to(SDK)): path.read_bytes() for path in SDK.rglob("src/quanyi/*.*")}
    assert {name: body for name, body in packed.items() if name.startswith("src/")} == source
    assert packed["pyproject.toml"] == (SDK / "pyproject.toml").read_bytes()


DOORS = {
    "kasushou": ("", ["{'code': 200, 'msg': 'ok', 'data': {'balance': '1000.0000'}}", "1"]),
    "agiso": ("/agisoAcprSupplierApi", ["{'code': 200, 'message': '接口调用成功', 'data': …"]),
    "goofish": ("/goofish", ["{'code': 0, 'msg': 'OK', 'data': {'balance': 100000}}"]),
}


@pytest.mark.parametrize("kind", DOORS)
def test_a_door_is_opened_by_its_lines(reader, kind):
    with tenant_atomic():
        opened = open_door(kind)
        stocked_sku(1)
    path, wanted = DOORS[kind]
    reader.env |= {
        "QY_DOOR": f"{reader.url}/door/{opened.door.uid}{path}",
        "QY_MERCHANT": opened.door.merchant_id,
        "QY_MERCHANT_SECRET": opened.secret,
        "QY_APP_ID": APP_ID,
        "QY_APP_SECRET": AGISO_SECRET if kind == "agiso" else GOOFISH_SECRET,
    }

    said = reader.run(sys.executable, reader.copy(f"door_{kind}.py")).splitlines()

    assert len(said) == len(wanted)
    for line, told in zip(said, wanted, strict=True):
        assert line.startswith(told.removesuffix("…"))


def test_what_is_installed_is_what_the_programs_need():
    (line,) = (ROOT / "prepare.sh").read_text().splitlines()[-1:]
    needed = set()
    for name in ("first_order.py", "receive_webhooks.py", "verify_webhook.py", "all_orders.py"):
        for node in ast.walk(ast.parse((ROOT / name).read_text())):
            if isinstance(node, ast.Import):
                needed |= {each.name for each in node.names}
            if isinstance(node, ast.ImportFrom):
                needed.add(node.module)
    outside = {name for name in needed if name.partition(".")[0] not in sys.stdlib_module_names}

    assert set(line.removeprefix("pip install ").split()) == outside


def signed(*, body=BODY, secret=SECRET):
    at = datetime.now(UTC)
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("evt_1", at, body),
    }


def test_a_webhook_is_verified_by_the_lines_for_python():
    lines: dict = {}
    exec((ROOT / "verify_webhook.py").read_text(), lines)  # noqa: S102 -- our own sample

    assert lines["verified"](SECRET, signed(), BODY.encode()) == {"type": "order.completed"}
    assert lines["verified"](SECRET, signed(body="{}"), BODY.encode()) is None
    for garbage in ("garbage", "", "v1,", "v1,%%"):
        forged = signed() | {"webhook-signature": garbage}
        assert lines["verified"](SECRET, forged, BODY.encode()) is None


def verdicts(run):
    """What a program says of a true one, of another's, and of ones that are none."""
    true, other = signed(), signed(body="{}")
    garbage = [true | {"webhook-signature": each} for each in ("", "v1,", "v1,%%", "garbage")]
    late = [true | {"webhook-timestamp": each} for each in ("", "1", "now")]
    return [run(SECRET, *each.values(), BODY).strip() for each in (true, other, *garbage, *late)]


RIGHT = ["true", *["false"] * 8]
GO_MAIN = """package main

import ("fmt"; "os"; "sample/webhook")

func main() { a := os.Args; fmt.Println(webhook.IsOurs(a[1], a[2], a[3], a[4], a[5])) }
"""
PHP_MAIN = "require $argv[1]; echo json_encode(is_ours(...array_slice($argv, 2)));"


def test_a_webhook_is_verified_by_the_lines_for_java(reader):
    if JAVA is None:
        return
    reader.run(str(Path(JAVA).with_name("javac")), reader.copy("VerifyWebhook.java"))
    program = (JAVA, "-cp", str(reader.folder), "VerifyWebhook")

    assert verdicts(lambda *said: reader.run(*program, *said)) == RIGHT


def test_a_webhook_is_verified_by_the_lines_for_php(reader):
    if PHP is None:
        return
    program = (PHP, "-r", PHP_MAIN, reader.copy("verify_webhook.php"))

    assert verdicts(lambda *said: reader.run(*program, *said)) == RIGHT


def test_a_webhook_is_verified_by_the_lines_for_go(reader):
    if GO is None:
        return
    (reader.folder / "webhook").mkdir()
    Path(reader.copy("verify_webhook.go")).rename(reader.folder / "webhook" / "verify.go")
    (reader.folder / "go.mod").write_text("module sample\n\ngo 1.19\n")
    (reader.folder / "main.go").write_text(GO_MAIN)
    program = str(reader.folder / "verdict")
    reader.run(GO, "build", "-o", program, ".", cwd=reader.folder)

    assert verdicts(lambda *said: reader.run(program, *said)) == RIGHT


def test_every_sample_is_a_file_and_every_file_is_shown():
    assert {name for names in FILES.values() for name in names} == {
        path.name for path in ROOT.iterdir() if path.is_file()
    }
    assert {f"{name}.txt" for name in TOLD} == {each.name for each in (ROOT / "told").iterdir()}


@pytest.mark.parametrize(("may_be_local", "hook"), [(True, LOCAL_HOOK), (False, HOOK)])
def test_a_shop_that_calls_no_local_address_shows_none(settings, may_be_local, hook):
    settings.WEBHOOKS_MAY_BE_LOCAL = may_be_local

    (shown,) = samples(root=HOST)["make_endpoint"]

    assert f'"url": "{hook}"' in shown.text
