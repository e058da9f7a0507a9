"""Stand-ins for suppliers: one process that sells over their wire protocols, well or badly.

Each supplier is written from its published protocol alone and imports nothing of the platform, so
that a misreading on one side shows as a failing test and not as two equal mistakes.
"""
