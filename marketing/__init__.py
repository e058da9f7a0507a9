"""Campaigns and coupons: not built yet; the floor is reserved."""
