"""System checks: a tenant table without its rules stops the build, not a customer."""

from typing import Any

from django.apps import apps
from django.core.checks import Error, register

from core.constraints import TenantFKConstraint, TenantPolicy
from core.scope import TenantForeignKey, TenantModel


@register()
def tenant_models_keep_their_rules(**_: Any) -> list[Error]:
    found: list[Error] = []
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            found += _missing(model)
    return found


def _missing(model: type[TenantModel]) -> list[Error]:
    rules = model._meta.constraints
    keys = [rule for rule in rules if isinstance(rule, TenantFKConstraint)]
    held = {rule.field for rule in keys}
    held |= {column for rule in keys for column in rule.also if _is_held_there(model, rule, column)}
    found = []
    if not any(isinstance(rule, TenantPolicy) for rule in rules):
        found.append(Error("no row-level policy: use tenant_rules()", obj=model, id="core.E001"))
    found += [
        Error(f"unique {rule.name} does not start with tenant_id", obj=model, id="core.E002")
        for rule in rules
        if getattr(rule, "fields", None) and next(iter(rule.fields)) != "tenant_id"  # type: ignore[attr-defined]
    ]
    for field in model._meta.get_fields():
        if isinstance(field, TenantForeignKey) and not held & {field.name, field.attname}:
            found.append(Error(f"{field.name}: no composite key", obj=field, id="core.E003"))
        elif _plain_key_to_tenant(field):
            found.append(Error(f"{field.name}: use TenantForeignKey", obj=field, id="core.E004"))
        elif getattr(field, "unique", False) and not getattr(field, "primary_key", False):
            found.append(Error(f"{field.name}: unique without tenant", obj=field, id="core.E005"))
    return found


def _is_held_there(model: type[TenantModel], rule: TenantFKConstraint, column: str) -> bool:
    """Whether the row that the key always leads to has a key of its own on the same column."""
    key: Any = model._meta.get_field(rule.field)
    theirs = [
        key.related_model._meta.get_field(other.field).attname
        for other in key.related_model._meta.constraints
        if isinstance(other, TenantFKConstraint)
    ]
    return not key.null and column in theirs


def _plain_key_to_tenant(field: Any) -> bool:
    if not field.concrete or not field.is_relation or isinstance(field, TenantForeignKey):
        return False
    return isinstance(field.related_model, type) and issubclass(field.related_model, TenantModel)
