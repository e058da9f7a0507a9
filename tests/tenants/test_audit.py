"""What was done stays written down."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core.actors import Actor
from core.scope import require_tenant, tenant_atomic
from tenants import audit, selectors
from tenants.models import AuditRow, AuditSeal
from tests.conftest import make_shop
from tests.times import NOON

ZHANG = Actor("user:1 zhang@example.com", user_id=1, ip="127.0.0.1")
LATER = NOON + timedelta(minutes=5)


def record(n=1):
    return [
        audit.record(by=ZHANG, action="codes.reveal", target=f"code {i}", now=NOON)
        for i in range(n)
    ]


@pytest.mark.parametrize("statement", ["UPDATE {} SET by = 'nobody'", "DELETE FROM {}"])
@pytest.mark.usefixtures("scope")
def test_an_entry_is_neither_changed_nor_deleted(statement):
    record()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("tenants_auditrow"))

    assert AuditRow.objects.get().by == "user:1 zhang@example.com"


@pytest.mark.usefixtures("scope")
def test_the_chain_holds_over_several_seals():
    record(3)
    audit.seal(now=LATER)
    record(2)

    audit.seal(now=LATER)

    assert list(AuditSeal.objects.order_by("upto").values_list("rows", flat=True)) == [3, 2]
    assert audit.broken_links() == []


@pytest.mark.usefixtures("scope")
def test_a_fresh_entry_waits_for_older_ones_that_may_still_commit():
    record()

    assert audit.seal(now=NOON) == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_only_shops_with_something_to_seal_are_gone_to_and_none_is_read_at_once(shop, monkeypatch):
    monkeypatch.setattr(audit, "MOST", 2)
    make_shop("star")
    record(3)

    assert audit.seal_all(LATER) == 3
    with tenant_atomic():
        assert list(AuditSeal.objects.order_by("upto").values_list("rows", flat=True)) == [2, 1]
        assert audit.broken_links() == []
    monkeypatch.setattr(audit, "seal", None)  # whoever were gone to would be told
    assert audit.seal_all(LATER) == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_an_edit_by_the_tables_owner_breaks_the_chain(shop):
    rows = record(3)
    assert audit.seal_all(LATER) == 3

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_auditrow DISABLE TRIGGER audit_append_only")
        cursor.execute("UPDATE tenants_auditrow SET target = 'x' WHERE id = %s", [rows[1].pk])
        cursor.execute("ALTER TABLE tenants_auditrow ENABLE TRIGGER audit_append_only")

    with tenant_atomic():
        assert audit.broken_links() == [rows[2].pk]


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_kinds_of_deeds_are_found_along_the_index_and_not_by_reading_the_log(shop):
    with tenant_atomic():
        for action in ("order.paid", "code.reveal"):
            audit.record(by=ZHANG, action=action, target="", now=NOON)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tenants_auditrow (tenant_id, at, by, action, target, reason, data,"
                " request_id) SELECT tenant_id, at + n * interval '1 second', by, action, target,"
                " reason, data, request_id FROM tenants_auditrow, generate_series(1, 10000) AS n"
            )
    with connections["owner"].cursor() as cursor:  # nobody else may
        cursor.execute("ANALYZE tenants_auditrow")

    with tenant_atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {selectors._ACTIONS}", {"tenant": require_tenant()})
        plan = "\n".join(line for (line,) in cursor.fetchall())
        assert selectors.actions_done() == ["code.reveal", "order.paid"]

    assert plan.count("audit_by_action") == 2, plan
    assert "AND (action > (found_1.action)::text)" in plan, plan
