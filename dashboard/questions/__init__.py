"""Questions that a merchant asks of his figures: each a page, its form and its file."""
