"""Plain rows in and out on the road of a sale, where the ORM's making of SQL costs more than the
database's work: the SQL of a table is made once. Everything else uses the ORM.

The tenant is in every statement, and a scope must be open, as for a tenant's queryset.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from core.scope import ScopeError, TenantModel, require_tenant, tenant_in_force
from core.statements import run

T = TypeVar("T", bound=TenantModel)

# The driver takes their Python values as they are.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.BooleanField,
    models.IntegerField,
    models.DateTimeField,
    models.DateField,
    models.UUIDField,
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table as its statements need it."""

    # Without the key, which the database makes.
    writers: tuple[tuple[str, Callable[..., Any] | None], ...]
    keys: tuple[tuple[int, Any], ...]  # of other rows: (place in `writers`, field)
    insert: str
    select: str
    names: tuple[str, ...]
    readers: tuple[tuple[int, Callable[..., Any], Any], ...]


def insert(rows: Sequence[TenantModel]) -> None:
    """Store new rows of one table and give them their keys, as `bulk_create` does."""
    if not rows:
        return
    _check_scope()
    shape = _shape(type(rows[0]))
    one = f"({', '.join(['%s'] * len(shape.writers))})"
    values = [value for row in rows for value in _values(row, shape)]
    sql = f"{shape.insert} VALUES {', '.join([one] * len(rows))} RETURNING id"
    answer = run(sql, values, comes_again=len(rows) == 1)
    for row, (key,) in zip(rows, answer.rows, strict=True):
        _stored(row, key)


def fetch(model: type[T], tail: str, *given: Any) -> list[T]:
    """The tenant's rows for which `tail` (our own words, after `WHERE tenant_id = … AND`) holds."""
    _check_scope()
    shape = _shape(model)
    found = run(f"{shape.select}{tail}", [require_tenant(), *given]).rows
    return [_read(model, shape, row) for row in found]


def fetch_with(model: type[T], key: str, tail: str, *given: Any) -> list[T]:
    """`fetch`, with the row that `key` points at: in `tail` they are called `own` and `above`.

    Rows that point at the same row share it.
    """
    _check_scope()
    shape, (field, other) = _shape(model), _key_of(model, key)
    found = run(f"{_joined(model, key)}{tail}", [require_tenant(), *given]).rows
    width, rows = len(shape.names), []
    known: dict[int, Any] = {}
    for one in found:
        row = _read(model, shape, one[:width])
        above = known.get(getattr(row, field.attname))
        if above is None:
            above = known[getattr(row, field.attname)] = _read(other, _shape(other), one[width:])
        setattr(row, key, above)
        rows.append(row)
    return rows


class Sheet:
    """Writes of one moment, sent as one statement: half of what a small write costs is its way.

    A row that points at another row of the sheet gets its key there. If that one was not written
    (its `was` did not hold, or its like was there), those that point at it are not stored either.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._given: list[Any] = []
        self._rows: list[tuple[TenantModel, bool]] = []
        self._at: dict[int, int] = {}
        self._written: set[int] = set()

    def insert(
        self, *rows: TenantModel, after: TenantModel | None = None, unless_there: bool = False
    ) -> None:
        """New rows, of any table; or, if a constraint says that their like is there, none.

        `after`: only if that row of the sheet was written, as if they pointed at it.
        """
        otherwise = " ON CONFLICT DO NOTHING" if unless_there else ""
        for row in rows:
            shape = _shape(type(row))
            values = _values(row, shape)
            columns = ["%s"] * len(values)
            above = set() if after is None else {f"w{self._at[id(after)]}"}
            for place, key in shape.keys:
                at = self._at.get(id(key.get_cached_value(row, default=None)))
                if at is not None:
                    columns[place], values[place] = f"w{at}.id", _NOT_GIVEN
                    above.add(f"w{at}")
            source = f" FROM {', '.join(sorted(above))}" if above else ""
            self._add(
                row,
                f"{shape.insert} SELECT {', '.join(columns)}{source}{otherwise} RETURNING id",
                [value for value in values if value is not _NOT_GIVEN],
                is_new=True,
            )

    def change(self, row: TenantModel, *, was: str | None = None, **written: Any) -> None:
        """Write plain columns of a row; with `was`, only if its state still is that."""
        sets = ", ".join(f'"{name}" = %s' for name in written)
        sql = f'UPDATE "{row._meta.db_table}" SET {sets} WHERE tenant_id = %s AND id = %s'  # noqa: S608 -- our names
        given = [*written.values(), row.tenant_id, row.pk]
        if was is not None:
            sql, given = f"{sql} AND state = %s", [*given, was]
        self._add(row, f"{sql} RETURNING id", given, is_new=False)

    def write(self) -> bool:
        """Send it; False if not all of it was written (`wrote` tells of one row)."""
        if not self._rows:
            return True
        _check_scope()
        parts = ", ".join(f"w{at} AS ({part})" for at, part in enumerate(self._parts))
        keys = ", ".join(f"(TABLE w{at})" for at in range(len(self._parts)))
        (written,) = run(f"WITH {parts} SELECT {keys}", self._given).rows
        for (row, is_new), key in zip(self._rows, written, strict=True):
            if key is not None:
                self._written.add(id(row))
                if is_new:
                    _stored(row, key)
        return None not in written

    def wrote(self, row: TenantModel) -> bool:
        return id(row) in self._written

    def _add(self, row: TenantModel, part: str, given: list[Any], *, is_new: bool) -> None:
        if id(row) in self._at:
            raise ValueError("A statement writes a row once.")
        self._at[id(row)] = len(self._rows)
        self._rows.append((row, is_new))
        self._parts.append(part)
        self._given += given


_NOT_GIVEN = object()


def _values(row: TenantModel, shape: _Shape) -> list[Any]:
    return [
        getattr(row, name) if convert is None else convert(row) for name, convert in shape.writers
    ]


def _stored(row: TenantModel, key: int) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    # What pointed at a row without a key sees it now.
    for _place, field in _shape(type(row)).keys:
        above = field.get_cached_value(row, default=None)
        if above is not None:
            setattr(row, field.attname, above.pk)


def _read(model: type[T], shape: _Shape, row: tuple[Any, ...]) -> T:
    values = list(row)
    for at, convert, column in shape.readers:
        values[at] = convert(values[at], column, connection)
    return model.from_db(DEFAULT_DB_ALIAS, shape.names, values)


def _check_scope() -> None:
    if tenant_in_force() is None:
        raise ScopeError("Rows were touched outside tenant_atomic.")


def _writer(field: Any) -> Callable[[models.Model], Any] | None:
    """None: the attribute's value as it is."""
    is_set_by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if field.is_relation or (isinstance(field, _PLAIN) and not is_set_by_itself):
        return None
    if type(field) is models.JSONField and field.encoder is None and not field.null:
        return lambda row: json.dumps(getattr(row, field.attname))
    return lambda row: field.get_db_prep_save(field.pre_save(row, True), connection)  # noqa: FBT003 -- Django's


def _key_of(model: type[models.Model], key: str) -> tuple[Any, Any]:
    """The field, and the table that it points at."""
    field: Any = model._meta.get_field(key)
    return field, field.related_model


@lru_cache(maxsize=64)
def _joined(model: type[TenantModel], key: str) -> str:
    field, other = _key_of(model, key)
    whole = [f'own."{each.column}"' for each in model._meta.concrete_fields]
    whole += [f'above."{each.column}"' for each in other._meta.concrete_fields]
    return (
        f'SELECT {", ".join(whole)} FROM "{model._meta.db_table}" AS own '  # noqa: S608 -- our names
        f'JOIN "{other._meta.db_table}" AS above '
        f'ON above.tenant_id = own.tenant_id AND above.id = own."{field.column}" '
        f"WHERE own.tenant_id = %s AND "
    )


@lru_cache(maxsize=256)
def _shape(model: type[models.Model]) -> _Shape:
    every = model._meta.concrete_fields
    plain = tuple(field for field in every if not field.primary_key)
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in plain)
    whole = ", ".join(f'"{field.column}"' for field in every)
    return _Shape(
        writers=tuple((field.attname, _writer(field)) for field in plain),
        keys=tuple((at, field) for at, field in enumerate(plain) if field.is_relation),
        insert=f'INSERT INTO "{table}" ({columns})',
        select=f'SELECT {whole} FROM "{table}" WHERE tenant_id = %s AND ',  # noqa: S608 -- our names
        names=tuple(field.attname for field in every),
        readers=tuple(
            (at, field.from_db_value, field.get_col(table))
            for at, field in enumerate(every)
            if hasattr(field, "from_db_value")
        ),
    )
