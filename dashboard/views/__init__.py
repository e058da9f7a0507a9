"""Pages of the back offices that are no list and no form of one table."""
