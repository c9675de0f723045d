"""What a figure is said to be divisible by, it can be divided by, over every fact there is."""

from pathlib import Path

from cockpit import Cockpit
from cockpit.panes.dimensions import dimensions_of, facts_of
from cockpit.workspace.demo import write_demo


def test_every_dimension_that_is_offered_is_understood(tmp_path: Path) -> None:
    write_demo(tmp_path / "ws", rows=300)
    with Cockpit.open(tmp_path / "ws") as cockpit:
        one_each = {facts_of(cockpit, metric): metric for metric in cockpit.catalogue}
        assert len(one_each) > 8
        offered = 0
        for metric in one_each.values():
            for dimension in dimensions_of(cockpit, metric):
                cockpit.kpi((metric.name,), by=(dimension,))
                offered += 1
        assert offered > 100


def test_a_figure_of_several_tables_is_divided_by_what_all_of_them_have(tmp_path: Path) -> None:
    write_demo(tmp_path / "ws", rows=300)
    with Cockpit.open(tmp_path / "ws") as cockpit:
        metrics = {metric.name: metric for metric in cockpit.catalogue}
        of_deals = dimensions_of(cockpit, metrics["won_amount"])
        with_quota = dimensions_of(cockpit, metrics["attainment"])
        assert "product" in of_deals
        assert "product" not in with_quota
        assert "territory" in with_quota
