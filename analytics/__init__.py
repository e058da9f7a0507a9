"""Figures on read tables fed by events: not built yet; the floor is reserved."""
