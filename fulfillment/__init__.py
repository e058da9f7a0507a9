"""A paid order becomes goods in hand."""
