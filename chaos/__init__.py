"""What survives: `make chaos` kills, stops and empties things while shoppers buy, then counts."""
