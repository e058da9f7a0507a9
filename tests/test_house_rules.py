"""Rules no linter knows, read from the source and from Django's app registry, with reasons."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connections

from core.scope import TenantModel

ROOT = Path(__file__).resolve().parents[1]
FLOORS = [
    ["core"],
    ["tenants"],
    ["catalog"],
    ["inventory", "suppliers", "risk", "payments"],
    ["orders"],
    ["fulfillment"],
    ["channels", "marketing", "benefits", "notices", "analytics"],
    ["reports"],
    ["storefront", "api", "dashboard"],
    ["config"],
]
FLOOR_OF = {app: number for number, floor in enumerate(FLOORS) for app in floor}
DOMAIN = [app for app in FLOOR_OF if 1 <= FLOOR_OF[app] <= 7]

# Who may look across tenants: the sweeper's "what is due", housekeeping, and the operator's desk.
OPS_ALLOWED = {
    "channels/services/calls.py": "forgets every tenant's calls after a month",
    "channels/services/webhooks/forgetting.py": "forgets every tenant's events after a month",
    "core/idempotency.py": "forgets answers of every tenant when their time is over",
    "core/limits.py": "counts tries on a connection of its own, outside any tenant",
    "core/outbox.py": "due facts, across tenants",
    "core/sweeper.py": "its own pulse",
    "core/management/commands/check_restore.py": "whose texts there are in a restored database",
    "core/management/commands/rotate_keys.py": "rotates every tenant's keys",
    "inventory/management/commands/reindex_codes.py": "goes through every tenant's codes",
    "tenants/audit.py": "seals every tenant's chain",
    "tenants/services/shops.py": "the operator opens a shop before its tenant exists",
}


def sources(*apps_: str, name: str = "*.py") -> Iterator[tuple[Path, ast.Module]]:
    for app in apps_:
        for path in sorted((ROOT / app).rglob(name)):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(), str(path))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def is_in(path: Path, *names: str) -> bool:
    """Whether the module is `names[i].py` or lies in a package of that name."""
    return path.stem in names or any(part in names for part in path.relative_to(ROOT).parts)


def test_system_checks_find_nothing():
    assert run_checks() == []


@pytest.mark.django_db
def test_every_tenant_table_has_its_policy_forced_in_the_database():
    """The check reads the models; this one reads what the migrations really made."""
    tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)}

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        guarded = {name for (name,) in cursor.fetchall()}

    assert tables - guarded == set()


@pytest.mark.django_db
def test_every_table_with_a_tenant_column_belongs_to_a_tenant_model():
    """A many-to-many or raw table must not slip past the rule."""
    tables = {m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)}

    with connections["default"].cursor() as cursor:
        cursor.execute(
            # A month of a table is named by its parent, and has a test of its own.
            "SELECT table_name FROM information_schema.columns JOIN pg_class "
            "ON relname = table_name AND relnamespace = 'public'::regnamespace "
            "WHERE column_name = 'tenant_id' AND table_schema = 'public' AND NOT relispartition"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert found == tables


def test_a_foreign_key_points_down_the_floors():
    """It is an import that import-linter cannot see."""
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in FLOOR_OF
        for field in model._meta.concrete_fields
        if field.is_relation
        and field.related_model._meta.app_label in FLOOR_OF
        and FLOOR_OF[field.related_model._meta.app_label] > FLOOR_OF[model._meta.app_label]
    ]

    assert upward == []


def test_services_and_selectors_never_read_the_clock():
    """`now` is a parameter: tests choose it, and one call has one moment."""
    clock = {"now", "today", "utcnow", "localtime", "localdate", "time"}
    readers = [
        where(path, node)
        for path, tree in sources(*DOMAIN)
        if is_in(path, "services", "selectors", "models")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in clock
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"timezone", "datetime", "date", "time"}
    ]

    assert readers == []


def test_every_row_lock_says_how_strong_it_is():
    """FOR UPDATE where NO KEY would do blocks every foreign key check on the row."""
    silent = [
        where(path, node)
        for path, tree in sources(*FLOOR_OF)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {keyword.arg for keyword in node.keywords}
    ]

    assert silent == []


def test_tasks_are_started_by_the_outbox_and_the_sweeper_only():
    """A task started in a transaction runs before it commits, or never."""
    starts = {"delay", "apply_async", "send_task"}
    starters = {
        str(path.relative_to(ROOT))
        for path, tree in sources(*FLOOR_OF)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in starts
    }

    assert starters == {"core/nudge.py"}


def test_a_state_is_written_by_move_or_claim_only():
    """One door: elsewhere the table of moves and the history row would be forgotten."""
    doors = re.compile(r"^_?(move|claim|settle|take|new)\w*$|^_\w*(move|claim)\w*$")
    others = []
    for path, tree in sources(*DOMAIN):
        for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
            if doors.match(function.name):
                continue
            others += [
                f"{where(path, node)} {function.name}"
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Attribute) and target.attr == "state"
            ]

    assert others == []


def test_looking_across_tenants_happens_in_the_listed_modules_only():
    """`ops` bypasses row-level security: each use is named here, or is a `due_*` selector."""
    found = set()
    for path, tree in sources(*FLOOR_OF):
        due = {
            id(inner)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name.startswith("due_")
            for inner in ast.walk(function)
        }
        if any(
            isinstance(node, ast.Constant) and node.value == "ops" and id(node) not in due
            for node in ast.walk(tree)
        ):
            found.add(str(path.relative_to(ROOT)))

    dashboards = {path for path in found if path.startswith("dashboard/ops")}
    settings = {path for path in found if path.startswith("config/")}
    assert found - dashboards - settings == set(OPS_ALLOWED)


def public_names(path: Path) -> set[str]:
    """A module's own public names, or what the `services` package it lies in passes on."""
    package = next((p for p in path.parents if p.name in {"services", "selectors"}), None)
    tree = ast.parse((package / "__init__.py" if package else path).read_text())
    passed_on = {
        name.asname or name.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in (passed_on if package else own) if not name.startswith("_")}


def test_public_services_take_keywords_only():
    """A call reads as a sentence, and a new parameter breaks nobody."""
    positional = [
        f"{where(path, function)} {function.name}"
        for path, tree in sources(*DOMAIN)
        if is_in(path, "services", "selectors")
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        and function.name in public_names(path)
        and len(function.args.args) > 1
    ]

    assert positional == []


def test_a_module_of_addresses_holds_no_view():
    """Who looks for a page looks among the views."""
    held = [
        where(path, node)
        for path, tree in sources(*FLOOR_OF, name="urls*.py")
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]

    assert held == []


def test_lock_files_carry_hashes_and_no_addresses():
    """A host in a lock file ties every build to one mirror."""
    locks = [*ROOT.glob("*.lock"), ROOT / "charts" / "package-lock.json"]

    assert locks
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []


def test_templates_carry_no_inline_script_or_style():
    """The shop's policy forbids them: they would not run. In the office only the theme has some."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\son\w+=|\sstyle=")
    found = [
        f"{path.relative_to(ROOT)}"
        for path in (ROOT / "templates").rglob("*.html")
        if inline.search(path.read_text())
    ]

    assert found == []


def test_a_page_that_shows_a_secret_once_says_where_its_address_leads():
    """It answers a form: loaded again, it would send that form a second time."""
    pages = [
        path for path in ROOT.glob("templates/**/*.html") if "shown this once" in path.read_text()
    ]

    assert len(pages) >= 5
    assert [path.name for path in pages if "data-once-at=" not in path.read_text()] == []
