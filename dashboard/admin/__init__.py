"""Lists and forms of tables: no state is a field; what changes goes through services."""
