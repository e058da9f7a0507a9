"""The cockpit: blocks of figures, each with its chart, its table and its file."""
