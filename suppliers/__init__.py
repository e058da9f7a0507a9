"""Upstream suppliers: not built yet; the floor is reserved so that its contracts hold from the first day."""
