"""Merchants, domains, members, users, audit."""
