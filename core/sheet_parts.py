"""What is on a sheet, and how it is said in SQL."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from core.rows import conflict_target, mark_stored, shape_of
from core.scope import TenantModel

# How a value stands in the statement: its words, or the number of a value that several share, or
# (empty) a value of its own.
How = str | int
OWN = ""


class Form(NamedTuple):
    """What a part is about."""

    model: type[TenantModel]
    keys: tuple[tuple[int, int], ...]
    after: int | None  # the part without which it is not written
    unless_there: str = ""
    has_key: bool = False


@dataclass(slots=True)
class Part:
    """New rows of a table, or one that is there, with its `changes`.

    `rows` say of each row how its values stand; `values` are those that no other part shares.
    """

    form: Form
    row: TenantModel | None
    is_new: bool = False  # a row that `insert` was given: neither a note nor one that is there
    changes: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[How, ...]] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    # Its key is asked for. What is not is written in no known order, after what is.
    is_named: bool = True
    may_be_missing: bool = False  # left out when another row is there already
    is_written: bool = False

    def take(self, key: int | None) -> None:
        """What the database says: the row's key, or nothing."""
        self.is_written = key is not None
        if key is None and self.changes:
            raise RuntimeError(f"{self.form.model.__name__} was not there to be changed")
        if key is not None and self.row is not None and self.is_new:
            mark_stored(self.row, key, shape_of(self.form.model))


class Question(NamedTuple):
    sql: str
    given: Sequence[Any]
    then: Callable[[Any], object]
    after: int | None


def in_words(part: Part, numbers: Iterator[int]) -> str:
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
    if not part.may_be_missing:
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


def _columns(form: Form, how: tuple[How, ...], numbers: Iterator[int], key: str) -> str:
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
