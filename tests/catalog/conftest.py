import pytest


@pytest.fixture(autouse=True)
def _in_scope(scope: object) -> None:
    """Every test of the catalog stands in the shop's transaction."""
