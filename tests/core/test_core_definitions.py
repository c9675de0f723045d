"""A metric of the workspace's own, before and after its definition was changed."""

from pathlib import Path

import pytest

from cockpit.base.problems import UsageError
from cockpit.core import Cockpit
from cockpit.panes.pipeline import PipelineView
from cockpit.panes.view import Context, Size

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


WRONG = """
[cut_off]
label = "Cut off"
fact = "opportunities"
value = "SUM(amount"
unit = "money"

[round]
label = "Round"
kind = "derived"
formula = "round + 1"
unit = "number"

[after_round]
label = "After round"
kind = "derived"
formula = "round * 2"
unit = "number"

[misspelt]
label = "Misspelt"
fact = "opportunities"
value = "SUM(amonut)"
unit = "money"

[nothing]
label = "Nothing"
fact = "opportunities"
value = "SUM(amount)"
where = "status = 'nope'"
unit = "money"

[over_nothing]
label = "Over nothing"
kind = "ratio"
numerator = "large_pipeline"
denominator = "nothing"
unit = "percent"

[close_rate]
label = "Close rate"
kind = "ratio"
numerator = "won_countt"
denominator = "closed_count"
unit = "percent"
"""
BOARD = [
    "large_pipeline", "cut_off", "round", "after_round", "misspelt", "nothing", "over_nothing", "won_amont",
]  # fmt: skip


def test_wrong_definitions_on_the_board_are_blank_and_the_others_stay(folder: Path) -> None:
    (folder / "metrics" / "wrong.toml").write_text(WRONG)
    (folder / "cockpit.toml").write_text(f"{CONFIG}[kpi]\nboard = {BOARD}\n")
    with Cockpit.open(folder) as cockpit:
        rows = {row.kpi: (row.value, row.reason) for row in cockpit.kpi().rows}
        assert rows == {
            "large_pipeline": (100, None),
            "cut_off": (None, "wrong.toml:5: at the end: ) is missing before this"),
            "round": (None, "wrong.toml:8: is made of itself: round -> round"),
            "after_round": (None, "wrong.toml:17: round is wrong itself"),
            "misspelt": (None, "needs amonut"),
            "nothing": (0, None),
            "over_nothing": (None, "zero denominator"),
        }
        said = [problem.message for problem in cockpit.problems]
        assert "there is no metric 'won_countt'" in said  # the built-in close rate stays, and that is said
        assert "there is no metric 'won_amont'" in said
        view = PipelineView()
        text = "\n".join(row.text for row in view.page(view.load(cockpit, Context()), Size(160, 40)).rows())
        assert "Large pipeline" in text and "After round" in text
        assert "wrong.toml:8: is made of itself: round -> round" in text
        with pytest.raises(UsageError, match="is missing before this"):
            cockpit.kpi("cut_off")
        with pytest.raises(UsageError, match="there is no metric 'won_amont'"):
            cockpit.kpi(["large_pipeline", "won_amont"])
