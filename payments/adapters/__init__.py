"""One payment provider a file. They are known to this app only."""
