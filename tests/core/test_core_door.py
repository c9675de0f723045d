"""`Cockpit` as other programs use it: days, comparisons, revisions, threads, read-only, memory, anchors."""

import threading
from datetime import date
from pathlib import Path

import pytest

from cockpit import Cockpit, CockpitError
from cockpit.base.problems import UsageError
from cockpit.core.memory import recall, remember

EXPORT = """id,stage,amount,created,close,status
1,Won,100.10,2026-07-02,2026-08-03,Won
2,Lost,50,2026-07-03,2026-08-04,Lost
3,Won,0.20,2026-10-02,2026-11-02,Won
4,Open,70,2026-10-05,2026-12-20,Open
"""
CONFIG = """\
schema = 1
name = "small"
as_of = "2026-11-23"
[sources.opportunities]
path = "o.csv"
date_format = "%Y-%m-%d"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", created_date = "created", close_date = "close" }
status = { column = "status", won = ["Won"], lost = ["Lost"], open = ["Open"] }
[slices]
small = "amount < 60"
[[control]]
metric = "won_amount"
period = "FY27-Q1"
expected = 100.1
[[control]]
metric = "won_amount"
period = "FY27-Q2"
expected = 7
source = "finance"
"""  # noqa: E501


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "o.csv").write_text(EXPORT)
    return tmp_path


@pytest.fixture
def cockpit(folder):
    with Cockpit.open(folder) as opened:
        yield opened


def test_figures_of_a_cockpit_that_is_left_open_over_midnight_are_of_the_new_day(folder, monkeypatch):
    text = CONFIG.replace('as_of = "2026-11-23"', 'as_of = "today"')
    (folder / "cockpit.toml").write_text(text)
    with Cockpit.open(folder) as cockpit:
        days = iter([date(2026, 11, 1), date(2026, 11, 2)])
        for day, won in ((next(days), 0), (next(days), 0.2)):
            monkeypatch.setattr(type(cockpit), "today", property(lambda self, day=day: day))
            result = cockpit.kpi("won_amount", period="FY27-Q2")
            assert (result.as_of, float(result.total("won_amount").value)) == (day, won)
            assert result.snapshot.kind == "live" or day < date(2026, 11, 2)


def test_an_as_of_given_when_opening_moves_figures_only(folder):
    with Cockpit.open(folder, as_of=date(2026, 9, 30)) as past:
        assert past.today == date(2026, 11, 23)
        assert past.as_of == date(2026, 9, 30)
        result = past.kpi("won_amount")
        assert result.period.label == "FY27-Q1"
        assert result.snapshot.kind == "reconstructed"


def test_a_name_alone_is_a_list_of_one(cockpit):
    assert cockpit.kpi("won_count", by="stage").total("won_count").value == 1


def test_results_carry_the_revision_of_their_data(cockpit):
    assert cockpit.kpi("won_count").revision == 1
    cockpit.sync()
    assert cockpit.kpi("won_count").revision == 2
    assert cockpit.rows("won_count").revision == 2
    assert cockpit.explain("won_count").revision == 2


@pytest.mark.parametrize(
    ("vs", "label"),
    [("previous", "FY27-Q1"), ("last-quarter", "FY27-Q1"), ("last-year", "FY26-Q2"), ("FY27-Q1", "FY27-Q1")],
)
def test_comparisons_by_name(cockpit, vs, label):
    compared = cockpit.kpi("won_amount", vs=vs).total("won_amount").compare
    assert compared.period.label == label
    assert compared.period.through < compared.period.end


def test_a_full_comparison_is_not_cut(cockpit):
    period = cockpit.kpi("won_amount", vs="full:last-quarter").total("won_amount").compare.period
    assert period.through == period.end == date(2026, 9, 30)


def test_a_slice_and_a_condition_apply_together(cockpit):
    assert cockpit.kpi("closed_count", period="all", slice="small").total("closed_count").value == 2
    both = cockpit.kpi("closed_count", period="all", slice="small", where="status = 'won'")
    assert both.total("closed_count").value == 1
    with pytest.raises(UsageError, match="no slice"):
        cockpit.kpi("closed_count", slice="smal")


def test_money_is_exact_in_the_document(cockpit):
    from cockpit.text.jsontext import json_text

    assert '"value": 100.3,' in json_text(cockpit.kpi("won_amount", period="all").as_json())


def test_controls_tie_or_say_by_how_much_they_do_not(cockpit):
    first, second = cockpit.controls()
    assert first.ties
    assert (second.ties, str(second.difference)) == (False, "-6.8")


def test_check_finds_the_control_that_does_not_tie(folder):
    from cockpit.core.check import check_all

    found = [problem for problem in check_all(folder).problems if problem.severity == "error"]
    assert len(found) == 1
    assert found[0].line is not None
    assert "does not tie" in found[0].message


def test_read_only_changes_nothing(folder):
    with Cockpit.open(folder, read_only=True) as looked:
        assert looked.tasks("all")
        with pytest.raises(CockpitError):
            looked.work.add("x")
    assert not (folder / ".cockpit").exists()


def test_a_file_that_goes_bad_keeps_its_last_good_figures(cockpit, folder):
    assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 70
    (folder / "o.csv").write_text("")
    cockpit.sync()
    assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 70
    assert any("is empty" in problem.message for problem in cockpit.problems)


def test_any_thread_may_ask(cockpit):
    answers, failures = [], []

    def ask():
        try:
            answers.append((cockpit.kpi("won_count").total("won_count").value, len(cockpit.tasks("all"))))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(answers)) == 1


def test_memory_gives_back_what_was_kept_and_nothing_of_another_version(tmp_path):
    path = tmp_path / "look.json"
    assert recall(path) is None
    remember(path, {"a": 1})
    assert recall(path) == {"a": 1}
    path.write_text('{"version": 0, "figures": {}}')
    assert recall(path) is None
    path.write_text("[")
    assert recall(path) is None


def test_the_calendar_needs_neither_store_nor_data(folder):
    import subprocess
    import sys

    code = (
        "import sys; from cockpit.core import Cockpit; c = Cockpit.open(sys.argv[1]); c.fiscal.today();"
        "heavy = ('polars', 'textual', 'sqlite3', 'cockpit.store', 'cockpit.work.work');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
