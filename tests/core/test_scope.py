"""One tenant never sees another's row, whatever a caller forgets."""

import pytest
from django.db import connection, transaction

from core.models import DataKey
from core.scope import ScopeError, bind, tenant_atomic, tenant_in_force, whole


def make_key(version=7):
    return DataKey.objects.create(purpose="data", version=version, wrapped=b"x", master=1)


def test_a_queryset_outside_a_scope_raises_instead_of_finding_nothing(shop):
    with pytest.raises(ScopeError):
        list(DataKey.objects.all())


def test_a_scope_without_a_bound_tenant_is_refused(db):
    with pytest.raises(ScopeError), tenant_atomic():
        pass


def test_another_tenants_rows_are_not_there(shop, other_shop):
    with tenant_atomic():
        key = make_key()

    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SET LOCAL app.tenant_id = '{other_shop.pk}'")
        cursor.execute("SELECT count(*) FROM core_datakey WHERE id = %s", [key.pk])
        (seen,) = cursor.fetchone()

    assert seen == 0


def test_raw_sql_without_a_tenant_sees_no_rows(shop):
    with tenant_atomic():
        make_key()

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_datakey")
        (seen,) = cursor.fetchone()
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()

    assert (role, seen) == ("app_rw", 0)


def test_a_row_for_another_tenant_is_refused_by_the_database(shop, other_shop):
    with pytest.raises(Exception, match="row-level security"), tenant_atomic():
        DataKey.objects.create(
            tenant_id=other_shop.pk, purpose="data", version=1, wrapped=b"", master=1
        )


def test_a_nested_scope_for_another_tenant_is_refused(shop, other_shop):
    with tenant_atomic(), pytest.raises(ScopeError), bind(other_shop.pk):
        pass

    assert tenant_in_force() is None


def test_a_save_never_moves_a_row_to_another_tenant(shop, other_shop):
    with tenant_atomic():
        key = make_key()
        key.master = 2
        key.save()
        key.refresh_from_db()

        assert (key.tenant_id, key.master) == (shop.pk, 2)


def test_the_setting_does_not_outlive_the_scope(shop):
    with tenant_atomic():
        pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        (left,) = cursor.fetchone()
    assert left in (None, "")


def test_a_failed_scope_leaves_no_tenant_in_force(shop):
    with pytest.raises(ZeroDivisionError), tenant_atomic():
        make_key(version=1 // 0)

    assert tenant_in_force() is None
    with tenant_atomic():
        assert not DataKey.objects.exists()


def test_the_role_of_the_web_cannot_switch_the_policies_off(shop):
    with (
        pytest.raises(Exception, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE core_datakey DISABLE ROW LEVEL SECURITY")


def test_inside_a_whole_verb_inner_scopes_add_no_statements(shop, django_assert_num_queries):
    with tenant_atomic(), whole(), django_assert_num_queries(0), tenant_atomic():
        pass


def test_a_refusal_inside_a_whole_verb_rolls_its_outer_scope_back(shop):
    def outer():
        with tenant_atomic():
            make_key(version=8)
            with whole(), tenant_atomic():
                make_key(version=1 // 0)

    with tenant_atomic():
        with pytest.raises(ZeroDivisionError):
            outer()

        assert not DataKey.objects.exists()
