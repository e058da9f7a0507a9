"""Who knocks at a route, and what is seen of the answer."""

from typing import Any

from django.contrib.messages import ERROR, get_messages
from django.test import Client
from django.utils import timezone

from channels import services as channels
from core.scope import tenant_atomic
from core.statements import run
from tenants.models import User
from tenants.roles import RIGHTS, Role
from tests.conftest import as_tenant, client_of
from tests.dashboard.people import OPS, signed_in
from tests.matrix.rules import DEVICE, KEEPER, LOOKER, MEMBER, OPERATOR, PUBLIC, Rule
from tests.matrix.world import World

OPERATOR_MAIL = "operator@example.com"
SIGN_INS = ("/office/login/", "/developers/console/sign-in/")
REFUSED = {400, 401, 403, 404, 405}


def anybody(world: World, host: str) -> Client:
    return Client(headers=OPS) if host == "ops" else client_of(world.shop)


def staff(world: World, host: str, mail: str) -> Client:
    return signed_in(anybody(world, host), User.objects.get(email=mail))


def buyer(world: World) -> Client:
    browser = client_of(world.shop)
    browser.cookies["qy_device"] = world.device_cookie
    return browser


def guest(world: World, who: str) -> Client:
    """One of the partner's own people, who has just typed the password."""
    browser = client_of(world.shop)
    with as_tenant(world.shop.pk):
        token = channels.open_session(person_id=world.things[who], ip="", now=timezone.now())
    browser.cookies["qy_console"] = token.reveal()
    return browser


def with_cookies_of(other: Client, browser: Client) -> Client:
    """A browser that carries to this host what it was given at another."""
    for name, cookie in other.cookies.items():
        browser.cookies[name] = cookie.value
    return browser


def roles_of(access: str) -> list[str]:
    """Roles that have a right, the least of them first."""
    order = [Role.VIEWER, Role.SUPPORT, Role.OPERATOR, Role.FINANCE, Role.OWNER]
    return [role for role in order if access == MEMBER or access in RIGHTS[role]]


def who_may(world: World, host: str, access: str) -> Client:
    if access == PUBLIC:
        return anybody(world, host)
    if access == DEVICE:
        return buyer(world)
    if access in {LOOKER, KEEPER}:
        return guest(world, access)
    if access == OPERATOR:
        return staff(world, host, OPERATOR_MAIL)
    return staff(world, host, world.mail_of(roles_of(access)[0]))


def filled(value: Any, things: dict[str, Any]) -> Any:
    return value.format_map(things) if isinstance(value, str) else value


def send(
    browser: Client, rule: Rule, method: str, world: World, *, form: World | None = None
) -> Any:
    """The route filled in from one world, its form from the same or another."""
    path, query = filled(rule.path, world.things), filled(rule.query, world.things)
    url = f"{path}?{query}" if query else path
    if method == "get":
        return browser.get(url)
    of = (form or world).things
    return browser.post(url, {name: filled(value, of) for name, value in rule.form.items()})


def followed(browser: Client, answer: Any) -> Any:
    """Where a redirect leads on the same host, at most three steps."""
    for _step in range(3):
        if answer.status_code not in {301, 302}:
            break
        answer = browser.get(answer["Location"])
    return answer


def text_of(answer: Any) -> str:
    return (
        b"".join(answer).decode() if answer.streaming else answer.content.decode(errors="replace")
    )


def errors_in(answer: Any) -> list[str]:
    found = get_messages(answer.wsgi_request)
    return [str(message) for message in found if message.level >= ERROR]


def is_refused(answer: Any) -> bool:
    if answer.status_code in REFUSED:
        return True
    to = str(answer.headers.get("Location", ""))
    return answer.status_code == 302 and to.startswith(SIGN_INS)


def marks_in(answer: Any, *marks: str) -> list[str]:
    body = text_of(answer) + answer.headers.get("Location", "")
    return [mark for mark in marks if mark.lower() in body.lower()]


def prints_of(world: World, tables: list[str]) -> dict[str, str]:
    """A digest of every row of the shop, by table: what changed can be named."""
    one = "SELECT '{0}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0} t"
    wanted = " WHERE tenant_id = %(tenant)s"
    sql = " UNION ALL ".join(one.format(table) + wanted for table in tables)
    with as_tenant(world.shop.pk), tenant_atomic():
        return dict(run(sql, {"tenant": world.shop.pk}).rows)
