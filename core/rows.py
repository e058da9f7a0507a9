"""Plain rows in and out on the road of a sale, where the ORM's making of SQL costs more than the
database's work: the SQL of a table is made once. Everything else uses the ORM.

The tenant is in every statement, and a scope must be open, as for a tenant's queryset.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from core.scope import ScopeError, TenantModel, require_tenant, tenant_in_force

T = TypeVar("T", bound=TenantModel)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table as its statements need it."""

    fields: tuple[Any, ...]  # without the key, which the database makes
    insert: str
    one: str
    select: str
    names: tuple[str, ...]
    readers: tuple[tuple[int, Callable[..., Any], Any], ...]


def insert(rows: Sequence[TenantModel]) -> None:
    """Store new rows of one table and give them their keys, as `bulk_create` does."""
    if not rows:
        return
    _check_scope()
    shape = _shape(type(rows[0]))
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)  # noqa: FBT003 -- Django's
        for row in rows
        for field in shape.fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(shape.insert % ", ".join([shape.one] * len(rows)), values)
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def fetch(model: type[T], tail: str, *given: Any) -> list[T]:
    """The tenant's rows for which `tail` (our own words, after `WHERE tenant_id = … AND`) holds."""
    _check_scope()
    shape = _shape(model)
    with connection.cursor() as cursor:
        cursor.execute(f"{shape.select}{tail}", [require_tenant(), *given])
        found = cursor.fetchall()
    return [_read(model, shape, row) for row in found]


def change(row: TenantModel, *, was: str | None = None, **written: Any) -> bool:
    """Write plain columns of a row; with `was`, only if its state still is that. False: not so."""
    _check_scope()
    sets = ", ".join(f'"{name}" = %s' for name in written)
    given = [*written.values(), row.tenant_id, row.pk]
    sql = f'UPDATE "{row._meta.db_table}" SET {sets} WHERE tenant_id = %s AND id = %s'  # noqa: S608 -- our names
    if was is not None:
        sql, given = f"{sql} AND state = %s", [*given, was]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return bool(cursor.rowcount)


def _read(model: type[T], shape: _Shape, row: tuple[Any, ...]) -> T:
    values = list(row)
    for at, convert, column in shape.readers:
        values[at] = convert(values[at], column, connection)
    return model.from_db(DEFAULT_DB_ALIAS, shape.names, values)


def _check_scope() -> None:
    if tenant_in_force() is None:
        raise ScopeError("Rows were touched outside tenant_atomic.")


@lru_cache(maxsize=256)
def _shape(model: type[models.Model]) -> _Shape:
    every = model._meta.concrete_fields
    plain = tuple(field for field in every if not field.primary_key)
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in plain)
    whole = ", ".join(f'"{field.column}"' for field in every)
    return _Shape(
        fields=plain,
        insert=f'INSERT INTO "{table}" ({columns}) VALUES %s RETURNING id',  # noqa: S608 -- our names
        one=f"({', '.join(['%s'] * len(plain))})",
        select=f'SELECT {whole} FROM "{table}" WHERE tenant_id = %s AND ',  # noqa: S608 -- our names
        names=tuple(field.attname for field in every),
        readers=tuple(
            (at, field.from_db_value, field.get_col(table))
            for at, field in enumerate(every)
            if hasattr(field, "from_db_value")
        ),
    )
