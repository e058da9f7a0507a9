"""An order's life, and its after-sale cases."""
