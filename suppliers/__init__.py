"""Upstream suppliers: not built yet; the floor is reserved."""
