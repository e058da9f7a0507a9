"""Writes of one moment, sent as one statement: half of what a small write costs is its way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from core.rows import Shape, check_scope, conflict_target, mark_stored, shape_of
from core.scope import TenantModel, require_tenant
from core.statements import run

_MOST_KNOWN = 500
_known: dict[Any, str] = {}

# How a value stands in the statement: its words, or the number of a value that several share, or
# (empty) a value of its own.
How = str | int
_OWN = ""


class Sheet:
    """New rows, and changes to rows that the caller has locked, written together.

    A row that points at a new row of the sheet gets its key there. If that one was not stored,
    because its like was there, those that point at it are not stored either (`only_if`: nor is
    what else comes after it).
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._parts: list[_Part] = []
        self._at: dict[int, int] = {}
        self._questions: list[_Question] = []
        self._gate: int | None = None
        self._shared: dict[Any, int] = {}  # the tenant and moments: sent once, however often said
        self._noted: set[tuple[Any, ...]] = set()

    def insert(self, *rows: TenantModel, unless_there: str = "") -> None:
        """New rows, of any table; `unless_there` names the constraint that says when their like is
        there already, and they are left out.

        A row may have its key (`core.keys`); else it gets it when the sheet is written.
        """
        for row in rows:
            shape = shape_of(type(row))
            keys = self._keys(shape, row._state.fields_cache)
            has_key = row.pk is not None
            self._add(_Part(_Form(type(row), keys, self._gate, unless_there, has_key), row))

    def only_if(self, row: TenantModel) -> None:
        """What new rows come on the sheet after this are written only if the new `row` was."""
        if self._gate is not None:
            raise ValueError("A sheet waits for one row.")
        self._gate = self._at[id(row)]

    def note(self, model: type[TenantModel], *, unless_there: str = "", **columns: Any) -> None:
        """A new row that nobody asks for afterwards (a history's): no instance of it is made.

        A row that it points at is given under the field's own name. Notes of one table about
        the same are inserted together, in their order.
        """
        shape = shape_of(model)
        form = _Form(model, self._keys(shape, columns), self._gate, unless_there)
        for _place, name, attname in shape.keys:
            if name in columns:
                columns[attname] = columns[name].pk
        columns["tenant_id"] = require_tenant()
        for name, make in shape.made:
            if name not in columns:
                columns[name] = make()
        part = self._part_of_notes(form)
        self._say(part, shape, shape.plain | columns)

    def note_once(self, model: type[TenantModel], **columns: Any) -> None:
        """A note that says no more when the sheet has it twice."""
        said = (model, self._gate, *columns.items())
        if said not in self._noted:
            self._noted.add(said)
            self.note(model, **columns)

    def change(self, row: TenantModel, **written: Any) -> None:
        """Write plain columns of a row that is locked, or of this transaction's own making.

        Changed twice, it is written once; a new row of the sheet is stored as it is at last. That a
        row is not there to be changed is a bug, and raises.
        """
        at = self._at.get(id(row))
        if at is not None and self._parts[at].is_new:
            row.__dict__.update(written)
            return
        if self._gate is not None:
            raise ValueError("A change is never left out: put it on a sheet that waits for no row.")
        if at is None:
            form = _Form(type(row), (), None)
            self._add(_Part(form, row, changes=written))
        else:
            self._parts[at].changes.update(written)

    def ask(self, sql: str, given: Sequence[Any], then: Callable[[Any], object]) -> None:
        """An expression of one value, evaluated beside the writes; `then` hears it after them."""
        self._questions.append(_Question(sql, given, then, self._gate))

    def write(self) -> bool:
        """Send it; False if not all new rows of it were stored. The sheet is empty then."""
        if not self._parts and not self._questions:
            return True
        check_scope()
        for part in self._parts:
            self._say_new(part) if part.is_new else self._say_changes(part)
        own = [value for part in self._parts for value in part.values]
        own += [value for question in self._questions for value in question.given]
        given = {f"s{number}": value for value, number in self._shared.items()}
        given |= {f"p{number}": value for number, value in enumerate(own)}
        (answer,) = run(self._sql(), given).rows
        parts, questions = self._parts, self._questions
        self._clear()
        named = [part for part in parts if part.is_named]
        for part, key in zip(named, answer, strict=False):
            part.take(key)
        told = answer[len(named) : len(named) + len(questions)]  # notes alone tell nothing
        for question, value in zip(questions, told, strict=True):
            if question.after is None or parts[question.after].is_written:
                question.then(value)
        return all(part.is_written for part in named)

    def _say(self, part: "_Part", shape: Shape, values: Mapping[str, Any]) -> None:
        """One row's values: in words, shared, or of its own."""
        how: list[How] = []
        shared, own = self._shared, part.values
        above = {place for place, _at in part.form.keys}
        for place, (name, to_driver, plain, words, is_shared) in enumerate(shape.columns):
            if place in above:
                how.append("NULL")  # the key of a new row stands here
                continue
            value = values[name]
            if words and value == plain:
                how.append(words)
            elif is_shared:
                how.append(shared.setdefault(value, len(shared)))
            else:
                how.append(_OWN)
                own.append(value if to_driver is None else to_driver(value))
        part.rows.append(tuple(how))

    def _say_new(self, part: "_Part") -> None:
        assert part.row is not None  # as of all new rows that are no notes
        self._say(part, shape_of(part.form.model), part.row.__dict__)
        if part.form.has_key:
            part.values.append(part.row.pk)

    def _say_changes(self, part: "_Part") -> None:
        if not part.changes:
            return
        assert part.row is not None  # only `change` makes such a part
        how: list[How] = []
        for value in (*part.changes.values(), part.row.tenant_id, part.row.pk):
            if type(value) is datetime or (len(how) == len(part.changes)):
                how.append(self._shared.setdefault(value, len(self._shared)))
            else:
                how.append(_OWN)
                part.values.append(value)
        part.rows.append(tuple(how))

    def _keys(self, shape: Shape, known: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
        """Which columns take the key of a new row of the sheet: (place of the column, part)."""
        found = []
        for place, name, _attname in shape.keys:
            at = self._at.get(id(known.get(name)))
            if at is not None and self._parts[at].is_new:
                found.append((place, at))
        return tuple(found)

    def _part_of_notes(self, form: "_Form") -> "_Part":
        if self._may_be_missing(form):
            return self._add(_Part(form, None))
        for part in self._parts:
            if part.row is None and part.form == form:
                return part
        return self._add(_Part(form, None, is_named=False))

    def _may_be_missing(self, form: "_Form") -> bool:
        """Whether rows of this form are left out when another row is there already."""
        above = [at for _place, at in form.keys]
        if form.after is not None:
            above.append(form.after)
        return bool(form.unless_there) or any(
            self._may_be_missing(self._parts[at].form) for at in above
        )

    def _add(self, part: "_Part") -> "_Part":
        if part.row is not None:
            if id(part.row) in self._at:
                raise ValueError("A statement writes a row once.")
            self._at[id(part.row)] = len(self._parts)
        self._parts.append(part)
        return part

    def _sql(self) -> str:
        """The statement's words, made once for sheets that are alike."""
        like = (
            tuple((part.form, *part.rows, *part.changes) for part in self._parts),
            tuple((question.sql, question.after) for question in self._questions),
        )
        sql = _known.get(like)
        if sql is None:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            sql = _known[like] = self._written_out()
        return sql

    def _written_out(self) -> str:
        numbers, parts, asked = count(), [], []
        for at, part in enumerate(self._parts):
            words = _in_words(part, numbers, may_be_missing=self._may_be_missing(part.form))
            parts.append(f"w{at} AS ({words})")
            if part.is_named:
                asked.append(f"(TABLE w{at})")
        for question in self._questions:
            pieces = question.sql.split("%s")
            said = pieces[0] + "".join(f"%(p{next(numbers)})s{piece}" for piece in pieces[1:])
            asked.append(said)
            if question.after is not None:
                asked[-1] = f"(SELECT {said} FROM w{question.after})"  # noqa: S608 -- our words
        before = f"WITH {', '.join(parts)} " if parts else ""
        return f"{before}SELECT {', '.join(asked) or 'NULL'}"


class _Form(NamedTuple):
    """What a part is about."""

    model: type[TenantModel]
    keys: tuple[tuple[int, int], ...]
    after: int | None  # the part without which it is not written
    unless_there: str = ""
    has_key: bool = False


@dataclass(slots=True)
class _Part:
    """New rows of a table, or one that is there, with its `changes`.

    `rows` say of each row how its values stand; `values` are those that no other part shares.
    """

    form: _Form
    row: TenantModel | None
    changes: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[How, ...]] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    # Its key is asked for. What is not is written in no known order, after what is.
    is_named: bool = True
    is_written: bool = False

    @property
    def is_new(self) -> bool:
        """A row that `insert` was given: neither a note nor one that is there."""
        return self.row is not None and not self.changes

    def take(self, key: int | None) -> None:
        """What the database says: the row's key, or nothing."""
        self.is_written = key is not None
        if key is None and self.changes:
            raise RuntimeError(f"{self.form.model.__name__} was not there to be changed")
        if key is not None and self.row is not None and self.is_new:
            mark_stored(self.row, key, shape_of(self.form.model))


class _Question(NamedTuple):
    sql: str
    given: Sequence[Any]
    then: Callable[[Any], object]
    after: int | None


def _in_words(part: _Part, numbers: Iterator[int], *, may_be_missing: bool) -> str:
    form, shape = part.form, shape_of(part.form.model)
    returning = " RETURNING id" if part.is_named else ""
    if part.changes:
        *new, tenant, key = _places(part.rows[0], numbers)
        sets = ", ".join(
            f'"{name}" = {place}' for name, place in zip(part.changes, new, strict=True)
        )
        table = form.model._meta.db_table
        return f'UPDATE "{table}" SET {sets} WHERE tenant_id = {tenant} AND id = {key}{returning}'  # noqa: S608 -- our names
    insert = shape.insert_with_key if form.has_key else shape.insert
    if not may_be_missing:
        rows = ", ".join(f"({_columns(form, how, numbers, '(TABLE w%s)')})" for how in part.rows)
        return f"{insert} VALUES {rows}{returning}"
    above = {at for _place, at in form.keys}
    if form.after is not None:
        above.add(form.after)
    source = f" FROM {', '.join(f'w{at}' for at in sorted(above))}" if above else ""
    otherwise = (
        f" ON CONFLICT {conflict_target(form.model, form.unless_there)} DO NOTHING"
        if form.unless_there
        else ""
    )
    columns = _columns(form, part.rows[0], numbers, "w%s.id")
    return f"{insert} SELECT {columns}{source}{otherwise}{returning}"


def _columns(form: _Form, how: tuple[How, ...], numbers: Iterator[int], key: str) -> str:
    columns = _places(how, numbers)
    for place, at in form.keys:
        columns[place] = key % at
    if form.has_key:
        columns.append(f"%(p{next(numbers)})s")
    return ", ".join(columns)


def _places(how: Iterable[How], numbers: Iterator[int]) -> list[str]:
    return [
        f"%(s{each})s" if isinstance(each, int) else each or f"%(p{next(numbers)})s" for each in how
    ]
