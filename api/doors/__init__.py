"""Doors: where platforms come in by protocols of their own, each at /door/<uid>/ on a shop's host.

What they say is mapped to the partners' API: the same sale, the same goods, the same refusals.
"""
