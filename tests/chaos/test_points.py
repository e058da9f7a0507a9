"""Fail-points are found in the source, armed by a file and counted when somebody obeys."""

from chaos.points import FailPoints, find_points


def test_every_reach_in_the_source_is_found_once(tmp_path):
    app = tmp_path / "orders"
    app.mkdir()
    app.joinpath("a.py").write_text('reach("orders.placed")\n    reach("orders.paid")\n')
    app.joinpath("b.py").write_text('reach("orders.placed")\nbreach("orders.no")\n')

    assert find_points(tmp_path) == ["orders.paid", "orders.placed"]


def test_the_road_of_a_sale_has_its_points():
    assert {"storefront.bought", "orders.paid", "outbox.committed", "fulfillment.sold"} <= set(
        find_points()
    )


def test_only_an_order_that_was_obeyed_counts(tmp_path):
    points = FailPoints(tmp_path / "failpoints")
    for name in ("obeyed", "ignored"):
        points.arm(name)
    points.folder.joinpath("obeyed").unlink()  # what reach() does before it dies

    assert points.disarm("obeyed")
    assert not points.disarm("ignored")
    assert points.fired == {"obeyed": 1}
    assert (points.armed["obeyed"], points.armed["ignored"]) == (1, 0)
