"""The launcher: a virtual environment, Postgres, Valkey and our processes on one machine.

Standard library only until the virtual environment exists; from there on the same command goes on
inside it.
"""
