"""Codes: batches, import, claim, reveal."""
