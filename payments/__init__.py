"""Providers, payments, refunds and the double-entry ledger. Knows a payable reference, never an order."""
