"""Rules that judge what happens by its facts: who, from where, how often, for how much."""
