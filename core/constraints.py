"""What the database itself holds: whose a row is, that it points at rows of the same tenant, and
what may stand in it."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models
from django.db.models.constraints import BaseConstraint


class _SqlConstraint(BaseConstraint):
    """A constraint that Django only needs to create, drop and compare."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Run after all tables of the migration exist, not inside CREATE TABLE."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database's business."""


class TenantFKConstraint(_SqlConstraint):
    """FOREIGN KEY (tenant_id, x_id, …) REFERENCES target (tenant_id, id, …).

    `also`: columns that must be the same here and there. Each check locks the target's row, so one
    key that says more is better than two.
    """

    def __init__(self, *, field: str, name: str, also: Sequence[str] = ()) -> None:
        self.field, self.also = field, tuple(also)
        super().__init__(name=name)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        also = "".join(f", {quote(column)}" for column in self.also)
        return (
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY (tenant_id, {quote(field.column)}{also}) "
            f"REFERENCES {quote(field.related_model._meta.db_table)} (tenant_id, id{also})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TenantFKConstraint) and (self.name, self.field, self.also) == (
            other.name,
            other.field,
            other.also,
        )

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.also))

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        also = {"also": self.also} if self.also else {}
        return path, args, {**kwargs, "field": self.field, **also}


class TenantPolicy(_SqlConstraint):
    """Row-level security, forced: the table shows and takes only rows of the tenant in force."""

    # After SET LOCAL ends the setting is '' and not NULL, and ''::bigint would raise.
    _MINE = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::bigint"

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table, name = (schema_editor.quote_name(n) for n in (model._meta.db_table, self.name))
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY {name} ON {table} USING ({self._MINE}) WITH CHECK ({self._MINE})"
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table, name = (schema_editor.quote_name(n) for n in (model._meta.db_table, self.name))
        return f"DROP POLICY {name} ON {table}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TenantPolicy) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class RowRules(_SqlConstraint):
    """Several `CheckConstraint`s of a table, as one.

    The server reads the text of a table's checks again for each statement that writes a row, which
    takes longer than to write it; the body of a function it reads once in a session. What is
    refused still names the rule it broke. Before a column that they read gets another type, a
    migration takes the rules away, and adds them again after it.
    """

    def __init__(self, *checks: models.CheckConstraint, name: str) -> None:
        self.checks = checks
        super().__init__(name=name)

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        quote, table = schema_editor.quote_name, model._meta.db_table
        said = {
            check.name: str(check.constraint_sql(model, schema_editor)).partition(" CHECK ")[2]
            for check in self.checks
        }
        used = [
            field
            for field in model._meta.concrete_fields
            if any(quote(field.column) in sql for sql in said.values())
        ]
        takes = ", ".join(
            f"{quote(field.column)} {field.db_type(schema_editor.connection)}" for field in used
        )
        given = ", ".join(quote(field.column) for field in used)
        whens = "\n".join(f"WHEN {sql} IS FALSE THEN '{name}'" for name, sql in said.items())
        # What is neither true nor false (of a NULL) lets the row pass, as in a check of its own.
        return f"""
            CREATE FUNCTION {quote(self.name)}({takes}) RETURNS boolean
            IMMUTABLE PARALLEL SAFE LANGUAGE plpgsql AS $rules$
            DECLARE broken text;
            BEGIN
                IF ({" AND ".join(said.values())}) IS NOT FALSE THEN RETURN true; END IF;
                broken := CASE {whens} END;
                RAISE check_violation USING TABLE = '{table}', CONSTRAINT = broken, MESSAGE =
                    'new row for relation "{table}" violates check constraint "' || broken || '"';
            END $rules$;
            ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(self.name)}
            CHECK ({quote(self.name)}({given}))
        """

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table, name = (schema_editor.quote_name(n) for n in (model._meta.db_table, self.name))
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}; DROP FUNCTION {name}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        for check in self.checks:
            check.validate(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowRules) and (self.name, self.checks) == (
            other.name,
            other.checks,
        )

    def __hash__(self) -> int:
        return hash(self.name)

    def deconstruct(self) -> Any:
        path, _args, kwargs = super().deconstruct()
        return path, self.checks, kwargs


def broken_rule(error: IntegrityError) -> str:
    """The name of the constraint that refused a row."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""


def tenant_rules(table: str, *keys: str) -> list[BaseConstraint]:
    """What every tenant table carries: its policy, (tenant_id, id), and its composite keys."""
    return [
        TenantPolicy(name=f"{table}_policy"),
        models.UniqueConstraint(fields=["tenant_id", "id"], name=f"{table}_tenant_id"),
        *(TenantFKConstraint(field=key, name=f"{table}_{key}_fk") for key in keys),
    ]
