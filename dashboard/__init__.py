"""Both back offices: merchant and operator."""
