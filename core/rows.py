"""Plain rows in and out on the road of a sale, where the ORM's making of SQL costs more than the
database's work: the SQL of a table is made once. Everything else uses the ORM.

The tenant is in every statement, and a scope must be open, as for a tenant's queryset.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

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
    models.BinaryField,
)
# Defaults that are made anew for each row, and are the same each time.
_EMPTY = (dict, list, NOT_PROVIDED)
NO_DEFAULT = object()
# Defaults that may stand in a statement's own words.
_WORDS = {"None": "NULL", "''": "''", "0": "0", "False": "false", "{}": "'{}'", "[]": "'[]'"}


class Column(NamedTuple):
    """One column as a statement writes it."""

    name: str  # the model's attribute
    to_driver: Callable[[Any], Any] | None  # None: the value as it is
    plain: Any  # what stands there if nothing is said; or NO_DEFAULT
    # How that stands in a statement's own words: what is said there is neither sent nor read again.
    # Empty if it cannot.
    words: str
    is_shared: bool  # several rows written together say the same: the tenant, a moment


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as its statements need it."""

    columns: tuple[Column, ...]  # without the key, which the database makes
    plain: dict[str, Any]  # what a row is that says nothing of itself
    made: tuple[tuple[str, Callable[[], Any]], ...]  # defaults that are made for each row anew
    keys: tuple[tuple[int, str, str], ...]  # of other rows: (place in `columns`, field, attribute)
    insert: str
    insert_with_key: str  # the key is the last value
    select: str
    names: tuple[str, ...]
    readers: tuple[tuple[str, Callable[..., Any], Any], ...]


def insert(rows: Sequence[TenantModel]) -> None:
    """Store new rows of one table and give them their keys, as `bulk_create` does."""
    if not rows:
        return
    check_scope()
    shape = shape_of(type(rows[0]))
    one = f"({', '.join(['%s'] * len(shape.columns))})"
    values = [value for row in rows for value in values_of(row, shape)]
    sql = f"{shape.insert} VALUES {', '.join([one] * len(rows))} RETURNING id"
    answer = run(sql, values, comes_again=len(rows) == 1)
    for row, (key,) in zip(rows, answer.rows, strict=True):
        mark_stored(row, key, shape)


def draft(model: type[T], **given: Any) -> T:
    """`model(**given)`, without the way through each column's descriptor."""
    shape = shape_of(model)
    row = _bare(model, is_stored=False)
    for _place, name, attname in shape.keys:
        above = given.pop(name, None)
        if above is not None:
            row._state.fields_cache[name], given[attname] = above, above.pk
    values = row.__dict__
    values.update(shape.plain)
    for name, make in shape.made:
        values[name] = make()
    values["id"] = None
    if not given.keys() <= values.keys():
        raise TypeError(f"{model.__name__} has no {', '.join(given.keys() - values.keys())}")
    values.update(given)
    return row


def fetch(model: type[T], tail: str, *given: Any) -> list[T]:
    """The tenant's rows for which `tail` (our own words, after `WHERE tenant_id = … AND`) holds."""
    check_scope()
    shape = shape_of(model)
    found = run(f"{shape.select}{tail}", [require_tenant(), *given]).rows
    return [_read(model, shape, row) for row in found]


def fetch_with(
    model: type[T], key: str, tail: str, *given: Any, only: tuple[str, ...] = ()
) -> list[T]:
    """`fetch`, with the row that `key` points at: in `tail` they are called `own` and `above`.

    Rows that point at the same row share it. `only` these fields of it are read; Django asks for
    any other when it is touched.
    """
    check_scope()
    shape, (field, other) = shape_of(model), _key_of(model, key)
    there = _shape_of_some(other, only)
    found = run(f"{_joined(model, key, only)}{tail}", [require_tenant(), *given]).rows
    width, rows = len(shape.names), []
    known: dict[int, Any] = {}
    for one in found:
        row = _read(model, shape, one[:width])
        above = known.get(getattr(row, field.attname))
        if above is None:
            above = known[getattr(row, field.attname)] = _read(other, there, one[width:])
        setattr(row, key, above)
        rows.append(row)
    return rows


def values_of(row: TenantModel, shape: Shape) -> list[Any]:
    """What the driver is given for a new row, in the order of the shape's columns."""
    return [
        getattr(row, column.name)
        if column.to_driver is None
        else column.to_driver(getattr(row, column.name))
        for column in shape.columns
    ]


def mark_stored(row: TenantModel, key: int, shape: Shape) -> None:
    """The row is there now, and what it points at has its key."""
    row.__dict__["id"] = key
    state = row._state
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    for _place, name, attname in shape.keys:
        above = state.fields_cache.get(name)
        if above is not None:
            row.__dict__[attname] = above.__dict__["id"]


def check_scope() -> None:
    if tenant_in_force() is None:
        raise ScopeError("Rows were touched outside tenant_atomic.")


@lru_cache(maxsize=256)
def shape_of(model: type[models.Model]) -> Shape:
    return _shape_of_some(model, ())


@lru_cache(maxsize=256)
def _shape_of_some(model: type[models.Model], only: tuple[str, ...]) -> Shape:
    every = _fields(model, only)
    plain = tuple(field for field in every if not field.primary_key)
    table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in plain)
    whole = ", ".join(f'"{field.column}"' for field in every)
    said = tuple(_column(field) for field in plain)
    return Shape(
        columns=said,
        plain={each.name: None if each.plain is NO_DEFAULT else each.plain for each in said},
        made=tuple(
            (field.attname, field.default)
            for field in every
            if field.has_default() and callable(field.default)
        ),
        keys=tuple(
            (at, field.name, field.attname) for at, field in enumerate(plain) if field.is_relation
        ),
        insert=f'INSERT INTO "{table}" ({columns})',
        insert_with_key=f'INSERT INTO "{table}" ({columns}, "{model._meta.pk.column}")',
        select=f'SELECT {whole} FROM "{table}" WHERE tenant_id = %s AND ',  # noqa: S608 -- our names
        names=tuple(field.attname for field in every),
        readers=tuple(
            (field.attname, _from_driver(field), field.get_col(table))
            for field in every
            if hasattr(field, "from_db_value")
        ),
    )


@lru_cache(maxsize=64)
def conflict_target(model: type[models.Model], constraint: str) -> str:
    """What ON CONFLICT says of a unique constraint: its columns, and of which rows it speaks."""
    found = next((each for each in model._meta.constraints if each.name == constraint), None)
    if found is None:
        raise ValueError(f"{model.__name__} has no constraint {constraint}")
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    made = str(found.create_sql(model, editor))
    return made[made.index("(") :]


def _read(model: type[T], shape: Shape, row: tuple[Any, ...]) -> T:
    """As `Model.from_db`, whose way through each column's descriptor is ten times as long."""
    found = _bare(model, is_stored=True)
    found.__dict__.update(zip(shape.names, row, strict=True))
    for name, convert, column in shape.readers:
        found.__dict__[name] = convert(found.__dict__[name], column, connection)
    return found


def _bare(model: type[T], *, is_stored: bool) -> T:
    row = model.__new__(model)
    state = row._state = ModelState()
    if is_stored:
        state.adding, state.db = False, DEFAULT_DB_ALIAS
    return row


def _column(field: Any) -> Column:
    default, to_driver = field.default, _to_driver(field)
    is_stamp = getattr(field, "auto_now_add", False)
    has_plain = not is_stamp and (not callable(default) or default in _EMPTY)
    plain = field.get_default() if has_plain else NO_DEFAULT
    words = _WORDS.get(repr(plain), "")
    is_shared = to_driver is None and (
        field.attname == "tenant_id" or isinstance(field, models.DateTimeField)
    )
    return Column(field.attname, to_driver, plain, words, is_shared)


def _to_driver(field: Any) -> Callable[[Any], Any] | None:
    if getattr(field, "auto_now_add", False):
        return lambda _value: timezone.now()
    if field.is_relation or isinstance(field, _PLAIN):
        return None
    if isinstance(field, models.UUIDField) and not field.null:
        return str  # the driver's own way is three times as long
    if type(field) is models.JSONField and field.encoder is None and not field.null:
        return json.dumps
    return lambda value: field.get_db_prep_save(value, connection)


def _from_driver(field: Any) -> Callable[..., Any]:
    convert: Callable[..., Any] = field.from_db_value
    if not isinstance(field, models.JSONField):
        return convert
    empty = {"[]": list, "{}": dict}

    def from_json(value: Any, *where: Any) -> Any:
        """Most of them are empty, and are not worth a parser."""
        make = empty.get(value)
        return convert(value, *where) if make is None else make()

    return from_json


def _key_of(model: type[models.Model], key: str) -> tuple[Any, Any]:
    """The field, and the table that it points at."""
    field: Any = model._meta.get_field(key)
    return field, field.related_model


def _fields(model: type[models.Model], only: tuple[str, ...]) -> list[Any]:
    """The columns of a row; or `only` these, and whose row it is."""
    wanted = {"id", "tenant_id", *only}
    if only and (unknown := wanted - {field.name for field in model._meta.concrete_fields}):
        raise ValueError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    return [field for field in model._meta.concrete_fields if not only or field.name in wanted]


@lru_cache(maxsize=64)
def _joined(model: type[TenantModel], key: str, only: tuple[str, ...]) -> str:
    field, other = _key_of(model, key)
    whole = [f'own."{each.column}"' for each in model._meta.concrete_fields]
    whole += [f'above."{each.column}"' for each in _fields(other, only)]
    return (
        f'SELECT {", ".join(whole)} FROM "{model._meta.db_table}" AS own '  # noqa: S608 -- our names
        f'JOIN "{other._meta.db_table}" AS above '
        f'ON above.tenant_id = own.tenant_id AND above.id = own."{field.column}" '
        f"WHERE own.tenant_id = %s AND "
    )
