"""Django's PostgreSQL backend, less talkative: a transaction opens with its first statement."""
