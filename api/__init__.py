"""The partners' face: REST under /api/v1/ on a shop's host."""
