"""Scope, outbox, states, crypto, money, errors: the ground floor. No product words."""
