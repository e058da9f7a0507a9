"""Writes of one moment, sent as one statement: half of what a small write costs is its way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import Any

from core.rows import Shape, check_scope, shape_of
from core.scope import TenantModel, require_tenant
from core.sheet_parts import OWN, Form, How, Part, Question, in_words
from core.statements import run

_MOST_KNOWN = 500
_known: dict[Any, str] = {}


class Sheet:
    """New rows, and changes to rows that the caller has locked, written together.

    A row that points at a new row of the sheet gets its key there. If that one was not stored,
    because its like was there, those that point at it are not stored either (`only_if`: nor is
    what else comes after it).
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._parts: list[Part] = []
        self._at: dict[int, int] = {}
        self._notes: dict[Form, Part] = {}  # that one statement takes more of
        self._questions: list[Question] = []
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
            form = Form(type(row), keys, self._gate, unless_there, has_key)
            self._add(Part(form, row, is_new=True))

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
        form = Form(model, self._keys(shape, columns), self._gate, unless_there)
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
            form = Form(type(row), (), None)
            self._add(Part(form, row, changes=written))
        else:
            self._parts[at].changes.update(written)

    def ask(self, sql: str, given: Sequence[Any], then: Callable[[Any], object]) -> None:
        """An expression of one value, evaluated beside the writes; `then` hears it after them."""
        self._questions.append(Question(sql, given, then, self._gate))

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

    def _say(self, part: Part, shape: Shape, values: Mapping[str, Any]) -> None:
        """One row's values: in words, shared, or of its own."""
        how: list[How] = []
        shared, own = self._shared, part.values
        above = {place for place, _at in part.form.keys} if part.form.keys else ()
        for place, (name, to_driver, plain, words, is_shared) in enumerate(shape.columns):
            if place in above:
                how.append("NULL")  # the key of a new row stands here
                continue
            value = values[name]
            if words and value == plain:
                how.append(words)
            elif is_shared:
                how.append(shared.setdefault(value, len(shared)))
            elif isinstance(value, StrEnum) and to_driver is None and value.isidentifier():
                how.append(f"'{value._value_}'")  # of a state's names there are few
            else:
                how.append(OWN)
                own.append(value if to_driver is None else to_driver(value))
        part.rows.append(tuple(how))

    def _say_new(self, part: Part) -> None:
        assert part.row is not None  # as of all new rows that are no notes
        self._say(part, shape_of(part.form.model), part.row.__dict__)
        if part.form.has_key:
            part.values.append(part.row.pk)

    def _say_changes(self, part: Part) -> None:
        if not part.changes:
            return
        assert part.row is not None  # only `change` makes such a part
        how: list[How] = []
        for value in (*part.changes.values(), part.row.tenant_id, part.row.pk):
            if type(value) is datetime or (len(how) == len(part.changes)):
                how.append(self._shared.setdefault(value, len(self._shared)))
            else:
                how.append(OWN)
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

    def _part_of_notes(self, form: Form) -> Part:
        known = self._notes.get(form)
        if known is not None:
            return known
        part = self._add(Part(form, None))
        if not part.may_be_missing:
            part.is_named, self._notes[form] = False, part
        return part

    def _add(self, part: Part) -> Part:
        if part.row is not None:
            if id(part.row) in self._at:
                raise ValueError("A statement writes a row once.")
            self._at[id(part.row)] = len(self._parts)
        form, parts = part.form, self._parts
        part.may_be_missing = bool(form.unless_there) or (
            form.after is not None and parts[form.after].may_be_missing
        )
        for _place, at in form.keys:
            part.may_be_missing |= parts[at].may_be_missing
        parts.append(part)
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
            parts.append(f"w{at} AS ({in_words(part, numbers)})")
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
