"""The operator's back office: the only part of the dashboard that looks across tenants."""
