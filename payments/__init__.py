"""Providers, payments, refunds, the ledger. Knows a payable reference, never an order."""
