"""What in a condition can never be so, and whether all of it always is: told when it is written.

A comparison leaves some values of what it compares (a fact, a count, a sum), and comparisons that
must hold together leave what each of them leaves.
"""

from risk.possible.checking import check

__all__ = ["check"]
