"""A metric of the workspace's own, before and after its definition was changed."""

from pathlib import Path

import pytest

from cockpit.core import Cockpit

CONFIG = """
schema = 1
calendar = "microsoft-like"
as_of = 2026-11-23
[sources.opportunities]
path = "deals.csv"
columns = { opportunity_id = "Id", amount = "Amount", stage = "Stage", close_date = "Close" }
status = { column = "Stage", won = ["Won"], lost = ["Lost"], open = ["*"] }
"""
DEALS = "Id,Amount,Stage,Close\n1,100,Propose,2026-12-01\n2,40,Propose,2026-12-05\n3,7,Qualify,2026-12-09\n"
METRIC = """
[large_pipeline]
label = "Large pipeline"
fact = "opportunities"
value = "SUM(amount)"
where = "status = 'open' AND amount >= {least}"
unit = "money"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "deals.csv").write_text(DEALS)
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "own.toml").write_text(METRIC.format(least=50))
    return tmp_path


def explained(folder: Path, *, read_only: bool = False):
    with Cockpit.open(folder, read_only=read_only) as cockpit:
        return cockpit.explain("large_pipeline")


def test_a_changed_definition_shows_the_figures_before_and_after(folder: Path) -> None:
    assert explained(folder).replaced is None
    (folder / "metrics" / "own.toml").write_text(METRIC.format(least=30))
    for _ in range(2):
        told = explained(folder)
        assert told.replaced is not None
        assert (told.value, told.replaced.value) == (140, 100)
        assert told.replaced.definition_file.endswith("definitions/before/own.toml")
    (folder / "metrics" / "own.toml").write_text(METRIC.format(least=1))
    told = explained(folder)
    assert told.replaced is not None
    assert (told.value, told.replaced.value) == (147, 140)


def test_read_only_nothing_is_kept(folder: Path) -> None:
    assert explained(folder, read_only=True).value == 100
    assert not (folder / ".cockpit" / "definitions").exists()
