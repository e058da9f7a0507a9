"""Partner REST API: not built yet; the floor is reserved."""
