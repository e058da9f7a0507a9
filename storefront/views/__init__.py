"""The shopper's pages, by what they are about."""
