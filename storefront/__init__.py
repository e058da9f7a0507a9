"""Shopper pages."""
