"""How fast it is: `make bench`, each figure with its unit, machine and load."""
