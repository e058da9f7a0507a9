"""Rules that judge an order by its facts: not built yet; the floor is reserved."""
