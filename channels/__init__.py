"""Where goods are sold beside the storefront: partner platforms so far."""
