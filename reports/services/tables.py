"""The lists there are: offered by who has them, in `config.wiring`."""

from core.errors import NotAllowed, NotFound
from reports.types import Asker, Figures, Table
from tenants.selectors import find_member

_tables: dict[str, Table | Figures] = {}


def offer(table: Table | Figures) -> None:
    _tables[table.name] = table


def all_tables() -> list[Table]:
    """Of rows; figures are for reports."""
    return [one for one in _tables.values() if isinstance(one, Table)]


def all_reports() -> list[Table | Figures]:
    return list(_tables.values())


def get_table(name: str) -> Table | Figures:
    """Raises NotFound."""
    if name not in _tables:
        raise NotFound
    return _tables[name]


def title_of(name: str) -> str:
    """A list that there is no more keeps its short name."""
    return str(_tables[name].title) if name in _tables else name


def asker_of(user_id: int) -> Asker:
    """The person with the rights of this moment; raises NotAllowed for who is no member now."""
    member = find_member(user_id=user_id)
    if member is None:
        raise NotAllowed
    return Asker(user_id=user_id, role=member.role)
