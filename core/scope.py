"""Whose data this is: the tenant is bound to the context, and put in force for one transaction.

Binding is not a transaction. `bind` says for whom the code runs; `tenant_atomic` opens a
transaction and tells Postgres with `SET LOCAL` (a literal, because the distributed engine does not
pass `set_config()` on). Row-level security does the rest: without it there are no rows. A tenant's
queryset evaluated outside a scope raises, so that "no rows" is never mistaken for an answer.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import local
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, overload

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

if TYPE_CHECKING:
    from core.postgres.base import DatabaseWrapper

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model, covariant=True)
_bound: ContextVar[int | None] = ContextVar("tenant", default=None)
_whole: ContextVar[bool] = ContextVar("whole", default=False)


class ScopeError(RuntimeError):
    """A bug: tenant data was touched without saying whose it is, or for two tenants at once."""


def bound_tenant() -> int | None:
    return _bound.get()


def require_tenant() -> int:
    tenant_id = _bound.get()
    if tenant_id is None:
        raise ScopeError("No tenant is bound: use bind(tenant_id).")
    return tenant_id


@contextmanager
def bind(tenant_id: int) -> Iterator[None]:
    """Run for one tenant; binding another one inside is refused."""
    if _bound.get() not in {None, tenant_id}:
        raise ScopeError("Another tenant is bound already.")
    token = _bound.set(int(tenant_id))
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def step_over(tenant_id: int) -> Iterator[None]:
    """Run for another tenant than the bound one: a shop's sandbox, say. Refused while a transaction
    is open, so that none ever sees two tenants' rows."""
    if tenant_in_force() is not None:
        raise ScopeError("The open transaction belongs to another tenant.")
    token = _bound.set(int(tenant_id))
    try:
        yield
    finally:
        _bound.reset(token)


_mine = local()


def own_connection() -> "DatabaseWrapper":
    """This thread's connection, at hand: Django's way to it costs as much as a small statement, and
    a sale asks thirty times."""
    known: DatabaseWrapper | None = getattr(_mine, "connection", None)
    if known is None:
        known = _mine.connection = cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
    return known


def tenant_in_force(using: str = DEFAULT_DB_ALIAS) -> int | None:
    """The tenant whose rows the open transaction may see."""
    connection = own_connection() if using == DEFAULT_DB_ALIAS else connections[using]
    return getattr(connection, "tenant_in_force", None)


def _set_local(connection: "DatabaseWrapper", tenant_id: int | None) -> None:
    connection.open_with(
        f"SET LOCAL app.tenant_id = '{'' if tenant_id is None else int(tenant_id)}'"
    )


class _Scope:
    """A transaction with the bound tenant in force; see `tenant_atomic`."""

    def __init__(self, *, durable: bool = False, savepoint: bool = True) -> None:
        self._durable, self._savepoint = durable, savepoint
        self._atomic: AbstractContextManager[None] | None = None
        self._before: int | None = None

    def __call__(self, work: F) -> F:
        @wraps(work)
        def inner(*args: Any, **kwargs: Any) -> Any:
            connection = own_connection()
            if not self._is_part_of(connection):
                with type(self)(durable=self._durable, savepoint=self._savepoint):
                    return work(*args, **kwargs)
            try:
                return work(*args, **kwargs)
            except BaseException:
                connection.needs_rollback = True  # as `__exit__` has it
                raise

        return cast("F", inner)

    def _is_part_of(self, connection: "DatabaseWrapper") -> bool:
        """Whether it is a part of the open transaction: nothing to begin, nothing to end."""
        if self._durable or (self._savepoint and not _whole.get()):
            return False
        in_force = connection.tenant_in_force
        return in_force is not None and in_force == _bound.get()

    def __enter__(self) -> None:
        tenant_id = require_tenant()
        self._connection = connection = own_connection()
        self._before = connection.tenant_in_force
        if self._before not in {None, tenant_id}:
            raise ScopeError("The open transaction belongs to another tenant.")
        if self._is_part_of(connection):
            return
        savepoint = self._savepoint and not _whole.get()
        self._atomic = transaction.atomic(durable=self._durable, savepoint=savepoint)
        self._atomic.__enter__()
        if self._before is None:
            try:
                _set_local(self._connection, tenant_id)
            except BaseException as error:
                self._atomic.__exit__(type(error), error, error.__traceback__)
                raise
            self._connection.tenant_in_force = tenant_id

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection = self._connection
        if self._atomic is None:
            # As Django's own block without a savepoint: who catches the error cannot go on.
            connection.needs_rollback = connection.needs_rollback or kind is not None
            return
        connection.tenant_in_force = self._before
        # Inside a TestCase's transaction SET LOCAL outlives the scope: take it back by hand.
        nested_in_a_test = bool(connection.savepoint_ids) and not connection.needs_rollback
        if self._before is None and kind is None and nested_in_a_test:
            _set_local(connection, None)
        self._atomic.__exit__(kind, error, trace)


@overload
def tenant_atomic(work: F) -> F: ...
@overload
def tenant_atomic(work: None = None, *, durable: bool = ..., savepoint: bool = ...) -> _Scope: ...
def tenant_atomic(
    work: F | None = None, *, durable: bool = False, savepoint: bool = True
) -> F | _Scope:
    """A transaction in which the bound tenant's rows, and no others, can be seen.

    Use it bare (`@tenant_atomic`), with options (`@tenant_atomic(durable=True)`: committed when it
    returns, refused inside another transaction), or as a context manager. Nested for the same
    tenant it is a savepoint.
    """
    scope = _Scope(durable=durable, savepoint=savepoint)
    return scope if work is None else scope(work)


@contextmanager
def one_moment() -> Iterator[None]:
    """`tenant_atomic` for a page whose many reads must agree: all of them see the same moment.

    For reading: what is written in it may be refused because somebody else was faster.
    """
    with tenant_atomic():
        # Inside another transaction (a test's) the moment is that one's business.
        connection = own_connection()
        if not connection.savepoint_ids:
            connection.open_with("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


class TenantQuerySet(models.QuerySet[M]):
    """Refuses to be evaluated where the answer would be "no rows" for want of a scope."""

    @property
    def db(self) -> str:
        alias = super().db
        if alias == DEFAULT_DB_ALIAS and tenant_in_force(alias) is None:
            raise ScopeError(f"{self.model.__name__} was read outside tenant_atomic.")
        return alias


class TenantManager(models.Manager[M]):
    """Adds the tenant to every query: row-level security enforces it, the index needs it."""

    def get_queryset(self) -> models.QuerySet[M]:
        found = TenantQuerySet[M](model=self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]  # -- Django's own
        tenant_id = bound_tenant()
        return found if tenant_id is None else found.filter(tenant_id=tenant_id)


class TenantModel(models.Model):
    """A row that belongs to one tenant for ever."""

    tenant_id = models.BigIntegerField(default=bound_tenant, editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *rest: Any) -> Any:
        """Update within the tenant, and never write the column the table is distributed by."""
        kept = [value for value in values if value[0].attname != "tenant_id"]
        own = base_qs.filter(tenant_id=self.tenant_id)
        return super()._do_update(own, using, pk_val, kept, *rest)


class TenantForeignKey(models.ForeignKey):
    """A key inside one tenant: the database holds it as (tenant_id, x_id), joins equate both."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(*args, **options)

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> WhereNode:
        ours = self.model._meta.get_field("tenant_id")
        theirs = self.related_model._meta.get_field("tenant_id")
        # Django hands the aliases over in the order (remote, local).
        return WhereNode(
            [Exact(Col(alias, theirs), Col(related_alias, ours))],  # type: ignore[arg-type, list-item]  # -- stubs lag
            connector=AND,
        )


@contextmanager
def whole() -> Iterator[None]:
    """What is called inside makes no savepoints of its own: half the statements of a small verb.

    Only for a caller that lets every refusal through to its own scope, which rolls all of it back.
    """
    token = _whole.set(True)
    try:
        yield
    finally:
        _whole.reset(token)
