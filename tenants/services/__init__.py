"""Merchants, their hosts, their members, and who looks in. Every write of this app is here or in
audit.py."""

from tenants.services.members import (
    LONGEST_NAME,
    LONGEST_QUERY,
    MOST_VIEWS,
    change_member,
    drop_view,
    hide_guide,
    invite,
    save_view,
)
from tenants.services.shops import (
    SETTINGS,
    TEST,
    NewMerchant,
    add_host,
    change_settings,
    create_merchant,
    open_sandbox,
    reopen,
    set_sandbox_aside,
    suspend,
)
from tenants.services.visits import LASTS, ask_visit, begin_visit, end_visit

__all__ = [
    "LASTS",
    "LONGEST_NAME",
    "LONGEST_QUERY",
    "MOST_VIEWS",
    "SETTINGS",
    "TEST",
    "NewMerchant",
    "add_host",
    "ask_visit",
    "begin_visit",
    "change_member",
    "change_settings",
    "create_merchant",
    "drop_view",
    "end_visit",
    "hide_guide",
    "invite",
    "open_sandbox",
    "reopen",
    "save_view",
    "set_sandbox_aside",
    "suspend",
]
