"""Enterprise benefit pools and vouchers: not built yet; the floor is reserved."""
