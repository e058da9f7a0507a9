"""Every route × who has no business there: refused; and for each refusal, its owner let in.

The routes come from the resolver, the rules from `rules.py`; a route without a rule fails by name.
A refusal shows nothing of anybody's, and changes no row of either shop.
"""

import pytest
from django.apps import apps
from django.db import connections
from django.utils import timezone

from core.scope import TenantModel, tenant_atomic
from tenants.models import User
from tenants.roles import Role
from tests.conftest import as_tenant
from tests.matrix.exports import files_of
from tests.matrix.people import (
    OPERATOR_MAIL,
    anybody,
    buyer,
    errors_in,
    followed,
    guest,
    is_refused,
    marks_in,
    prints_of,
    roles_of,
    send,
    staff,
    text_of,
    who_may,
    with_cookies_of,
)
from tests.matrix.routes import all_routes
from tests.matrix.rules import (
    DEVICE,
    KEEPER,
    LOOKER,
    MEMBER,
    NOBODY,
    OPERATOR,
    PASSWORD,
    PUBLIC,
    RULES,
)

pytestmark = pytest.mark.django_db(databases="__all__")
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"  # the digest of no row at all
TABLES = sorted(m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel))
CASES = [
    (host, key, method)
    for host, rules in RULES.items()
    for key in rules
    for method in ("get", "post")
]


def access_of(case):
    host, key, method = case
    return getattr(RULES[host][key], method)


def rule_of(case):
    return RULES[case[0]][case[1]]


def fills_form(case):
    form = rule_of(case).form.values()
    return any("{" in str(value).replace(PASSWORD, "") for value in form)


def has_lower_roles(case):
    access = access_of(case)
    closed = {NOBODY, PUBLIC, DEVICE, MEMBER, OPERATOR, LOOKER, KEEPER}
    return access not in closed and set(roles_of(access)) != set(Role.values)


def of(*wanted):
    return [case for case in CASES if access_of(case) in wanted]


LET_IN = [case for case in CASES if access_of(case) != NOBODY]
GUARDED = [case for case in LET_IN if access_of(case) != PUBLIC]
WITH_LOWER = [case for case in LET_IN if has_lower_roles(case)]
AT_SHOP = [case for case in LET_IN if case[0] == "shop"]
ABOUT_A_THING = [case for case in AT_SHOP if rule_of(case).is_about_a_thing]
ASKED_FOR_THINGS = [case for case in AT_SHOP if rule_of(case).query.count("{")]
FORMS = [case for case in AT_SHOP if case[2] == "post" and fills_form(case)]
# Answered in the same way whatever the number is: no thing is read.
SAME_FOR_ALL = {"storefront:mine"}


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=["-".join(case) for case in cases])


def of_all_tables(one):
    return " UNION ALL ".join(one.format(table) for table in TABLES)


def changes(before, *worlds):
    """Tables with a row that is not what it was."""
    return [
        (world.shop.slug, table)
        for world, then in zip(worlds, before, strict=True)
        for table, digest in prints_of(world, TABLES).items()
        if digest != then[table]
    ]


def refuses(browser, case, here, there, *, world=None):
    """Refused, with nothing in the answer that is not public, and nothing changed anywhere."""
    before = prints_of(here, TABLES), prints_of(there, TABLES)
    answer = send(browser, rule_of(case), case[2], world or here)

    assert is_refused(answer), (answer.status_code, answer.headers.get("Location"))
    assert marks_in(answer, here.shut_mark, there.shut_mark, there.open_mark) == []
    assert changes(before, here, there) == []


def test_every_route_has_a_rule():
    missing = {(route.host, route.key, route.pattern) for route in all_routes()}

    assert {one for one in missing if one[1] not in RULES[one[0]]} == set()


def test_no_rule_outlives_its_route():
    routes = {(route.host, route.key) for route in all_routes()}

    assert {(host, key) for host in RULES for key in RULES[host]} - routes == set()


@named(LET_IN)
def test_who_may_is_let_in(case, here):
    rule, method = rule_of(case), case[2]
    browser = who_may(here, case[0], access_of(case))

    answer = send(browser, rule, method, here)

    assert answer.status_code in ({200, 301, 302} if method == "get" else {rule.posted}), text_of(
        answer
    )[-1500:]
    assert errors_in(answer) == []
    seen = followed(browser, answer) if rule.leads else answer
    assert seen.status_code < 400 or seen.status_code == rule.posted
    assert not seen.headers.get("Location", "").startswith("/office/login/")
    if rule.shows and rule.leads and (method == "get" or rule.posted == 200):
        assert marks_in(seen, here.open_mark, here.shut_mark) != []


@named(GUARDED)
def test_a_stranger_is_refused(case, here, there):
    refuses(anybody(here, case[0]), case, here, there)


@named(GUARDED)
def test_a_member_of_another_shop_is_refused(case, here, there):
    """With the session and the device's cookie that the other shop has given."""
    given = staff(there, "shop", there.mail_of("owner"))
    given.cookies["qy_device"] = there.device_cookie

    refuses(with_cookies_of(given, anybody(here, case[0])), case, here, there)


@named(of(LOOKER, KEEPER))
def test_staff_are_no_guests_of_the_console(case, here, there):
    refuses(staff(here, "shop", here.mail_of("owner")), case, here, there)


@named(of(LOOKER, KEEPER))
def test_another_shops_guest_is_refused(case, here, there):
    given = guest(there, KEEPER)

    refuses(with_cookies_of(given, anybody(here, case[0])), case, here, there)


@named(of(KEEPER))
def test_a_guest_who_only_looks_changes_nothing(case, here, there):
    refuses(guest(here, LOOKER), case, here, there)


@named([case for case in GUARDED if case[0] == "shop" and access_of(case) not in {LOOKER, KEEPER}])
def test_a_guest_of_the_console_is_nobody_elsewhere(case, here, there):
    refuses(guest(here, KEEPER), case, here, there)


@named(of(OPERATOR))
def test_a_shops_owner_is_no_operator(case, here, there):
    given = staff(here, "shop", here.mail_of("owner"))

    refuses(with_cookies_of(given, anybody(here, "ops")), case, here, there)


@named([case for case in AT_SHOP if access_of(case) not in {PUBLIC, DEVICE}])
def test_an_operator_is_nobody_at_a_shop(case, here, there):
    given = staff(here, "ops", OPERATOR_MAIL)

    refuses(with_cookies_of(given, anybody(here, "shop")), case, here, there)


@named(WITH_LOWER)
def test_a_role_without_the_right_is_refused(case, here, there):
    for role in sorted(set(Role.values) - set(roles_of(access_of(case)))):
        refuses(staff(here, "shop", here.mail_of(role)), case, here, there)


@named(of(NOBODY))
def test_what_nobody_may_is_refused_to_the_mightiest(case, here, there):
    mail = OPERATOR_MAIL if case[0] == "ops" else here.mail_of("owner")
    browser = staff(here, case[0], mail)
    browser.cookies["qy_device"] = here.device_cookie

    answer = send(browser, rule_of(case), case[2], here)

    assert is_refused(answer), (answer.status_code, answer.headers.get("Location"))
    assert marks_in(answer, here.shut_mark, there.shut_mark, there.open_mark) == []


@named(ABOUT_A_THING)
def test_another_shops_thing_is_not_there(case, here, there):
    """Who may do it here asks for the same thing of the other shop, whose owner finds it."""
    refuses(who_may(here, "shop", access_of(case)), case, here, there, world=there)


@named([case for case in ABOUT_A_THING if access_of(case) == DEVICE])
def test_another_shops_order_is_not_there_for_its_own_buyer(case, here, there):
    browser = with_cookies_of(buyer(there), anybody(here, "shop"))

    refuses(browser, case, here, there, world=there)


@named(ASKED_FOR_THINGS)
def test_asking_for_another_shops_things_finds_nothing(case, here, there):
    before = prints_of(there, TABLES)
    browser = who_may(here, "shop", access_of(case))

    answer = send(browser, rule_of(case), case[2], there)

    assert marks_in(followed(browser, answer), there.open_mark, there.shut_mark) == []
    assert prints_of(there, TABLES) == before


@named(FORMS)
def test_another_shops_things_in_a_form_do_nothing(case, here, there):
    """The page is the shop's own; only what is filled in belongs to the other."""
    browser = who_may(here, "shop", access_of(case))
    before = prints_of(here, TABLES), prints_of(there, TABLES)

    answer = send(browser, rule_of(case), "post", here, form=there)

    assert answer.status_code != rule_of(case).posted or errors_in(answer)
    assert marks_in(followed(browser, answer), there.open_mark, there.shut_mark) == []
    noted = [(here.shop.slug, table) for table in rule_of(case).notes]
    assert changes(before, here, there) == noted


def test_the_world_has_one_of_everything(here, there):
    """A table that is new is in nobody's world until somebody puts it there."""
    digests = {world.shop.slug: prints_of(world, TABLES) for world in (here, there)}

    assert [
        (slug, table)
        for slug, found in digests.items()
        for table in TABLES
        if found[table] == EMPTY
    ] == []


def test_without_a_tenant_the_database_shows_no_row(here, there):
    """Raw SQL as the web's own role, with nobody's tenant in force."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(of_all_tables("SELECT '{0}', count(*) FROM {0}"))
        counts = dict(cursor.fetchall())

    assert {table for table, count in counts.items() if count} == set()


def test_under_a_tenant_the_database_shows_its_rows_only(here, there):
    with as_tenant(here.shop.pk), tenant_atomic(), connections["default"].cursor() as cursor:
        cursor.execute(of_all_tables("SELECT '{0}', tenant_id FROM {0}"))
        seen = set(cursor.fetchall())

    assert {tenant for _table, tenant in seen} == {here.shop.pk}
    assert {table for table, _tenant in seen} == set(TABLES)


def test_every_list_becomes_a_file(here, there):
    """With a line of the shop's own, none of another's, and no code in any."""
    with as_tenant(here.shop.pk):
        owner = User.objects.get(email=here.mail_of("owner"))
        files = files_of(user_id=owner.pk, now=timezone.now())

    assert [name for name, text in files.items() if text.count(b"\n") < 2] == ["hits"]
    marks = [mark.encode() for mark in (there.open_mark, there.shut_mark)]
    marks += [f"{here.shut_mark}-{kind}-".encode() for kind in ("CODE", "LINE", "BOUGHT")]
    assert [name for name, text in files.items() if any(mark in text for mark in marks)] == []
