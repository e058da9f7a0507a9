"""Writes of one moment, sent as one statement: half of what a small write costs is its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.rows import Shape, check_scope, mark_stored, shape_of, values_of
from core.scope import TenantModel, require_tenant
from core.statements import run

_MOST_KNOWN = 500
_known: dict[Any, str] = {}


class Sheet:
    """New rows, and changes to rows that the caller has locked, written together.

    A row that points at a new row of the sheet gets its key there. If that one was not stored,
    because its like was there, those that point at it are not stored either.
    """

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._at: dict[int, int] = {}

    def insert(
        self, *rows: TenantModel, after: TenantModel | None = None, unless_there: bool = False
    ) -> None:
        """New rows, of any table; or, if a constraint says that their like is there, none.

        `after`: only if that row of the sheet was stored, as if they pointed at it.
        """
        above = None if after is None else self._at[id(after)]
        for row in rows:
            shape = shape_of(type(row))
            keys = self._keys(shape, row._state.fields_cache)
            form = _Form(type(row), keys, above, unless_there)
            self._add(_Part(form, row, values_of(row, shape), {}))

    def note(self, model: type[TenantModel], *, unless_there: bool = False, **columns: Any) -> None:
        """A new row that nobody asks for afterwards (a history's): no instance of it is made.

        A row that it points at is given under the field's own name.
        """
        shape = shape_of(model)
        keys = self._keys(shape, columns)
        for _place, name, attname in shape.keys:
            if name in columns:
                columns[attname] = columns[name].pk
        columns["tenant_id"] = require_tenant()
        values = []
        for column in shape.columns:
            value = columns[column.name] if column.name in columns else column.default()
            values.append(value if column.to_driver is None else column.to_driver(value))
        self._add(_Part(_Form(model, keys, None, unless_there), None, values, {}))

    def change(self, row: TenantModel, **written: Any) -> None:
        """Write plain columns of a row that is locked, or of this transaction's own making.

        Changed twice, it is written once. That it is not there to be changed is a bug, and raises.
        """
        at = self._at.get(id(row))
        if at is None:
            self._add(_Part(_Form(type(row), (), None, unless_there=False), row, [], written))
        else:
            self._parts[at].changes.update(written)

    def write(self) -> bool:
        """Send it; False if not all of it was written (`wrote` tells of one row)."""
        if not self._parts:
            return True
        check_scope()
        given = [value for part in self._parts for value in part.given()]
        (written,) = run(_sql(self._parts), given).rows
        for part, key in zip(self._parts, written, strict=True):
            part.take(key)
        return None not in written

    def wrote(self, row: TenantModel) -> bool:
        return self._parts[self._at[id(row)]].is_written

    def _keys(self, shape: Shape, known: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
        """Which columns take the key of a new row of the sheet: (place of the column, part)."""
        found = []
        for place, name, _attname in shape.keys:
            at = self._at.get(id(known.get(name)))
            if at is not None and not self._parts[at].changes:
                found.append((place, at))
        return tuple(found)

    def _add(self, part: "_Part") -> None:
        if part.row is not None:
            if id(part.row) in self._at:
                raise ValueError("A statement writes a row once.")
            self._at[id(part.row)] = len(self._parts)
        self._parts.append(part)


class _Form(NamedTuple):
    """What the words of a part depend on, beside the names of what it changes."""

    model: type[TenantModel]
    keys: tuple[tuple[int, int], ...]
    after: int | None
    unless_there: bool


@dataclass(slots=True)
class _Part:
    """One row of a sheet: new with its `values`, or there with its `changes`."""

    form: _Form
    row: TenantModel | None
    values: list[Any]
    changes: dict[str, Any]
    is_written: bool = False

    def given(self) -> list[Any]:
        if self.changes:
            assert self.row is not None  # only Sheet.change makes such a part
            return [*self.changes.values(), self.row.tenant_id, self.row.pk]
        above = {place for place, _at in self.form.keys}
        return [value for place, value in enumerate(self.values) if place not in above]

    def take(self, key: int | None) -> None:
        """What the database says: the row's key, or nothing."""
        self.is_written = key is not None
        if key is None and self.changes:
            raise RuntimeError(f"{self.form.model.__name__} was not there to be changed")
        if key is not None and self.row is not None and not self.changes:
            mark_stored(self.row, key, shape_of(self.form.model))


def _sql(parts: Sequence[_Part]) -> str:
    """The statement's words, made once for sheets that are alike."""
    like = tuple((part.form, tuple(part.changes)) for part in parts)
    sql = _known.get(like)
    if sql is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        named = ", ".join(f"w{at} AS ({_part_sql(part)})" for at, part in enumerate(parts))
        keys = ", ".join(f"(TABLE w{at})" for at in range(len(parts)))
        sql = _known[like] = f"WITH {named} SELECT {keys}"
    return sql


def _part_sql(part: _Part) -> str:
    form, shape = part.form, shape_of(part.form.model)
    if part.changes:
        sets = ", ".join(f'"{name}" = %s' for name in part.changes)
        table = form.model._meta.db_table
        return f'UPDATE "{table}" SET {sets} WHERE tenant_id = %s AND id = %s RETURNING id'  # noqa: S608 -- our names
    columns = ["%s"] * len(shape.columns)
    above = set() if form.after is None else {f"w{form.after}"}
    for place, at in form.keys:
        columns[place] = f"w{at}.id"
        above.add(f"w{at}")
    source = f" FROM {', '.join(sorted(above))}" if above else ""
    otherwise = " ON CONFLICT DO NOTHING" if form.unless_there else ""
    return f"{shape.insert} SELECT {', '.join(columns)}{source}{otherwise} RETURNING id"
