"""Taobao, WeChat and other sales channels: not built yet; the floor is reserved."""
