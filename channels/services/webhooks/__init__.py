"""Partners are told what happens: recorded with the deed, signed, sent until it arrives."""
