"""What figures say of earlier days: as reported, as corrected, rebuilt; and what people do with history."""

import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cockpit.base.problems import SourceError, UsageError
from cockpit.cli.entry import cockpit_command, run
from cockpit.core import Cockpit, weekly
from cockpit.core.history import import_exports, record_look, record_now
from cockpit.core.moves import moves
from cockpit.core.restated import restate
from cockpit.panes.pipeline import PipelineView
from cockpit.panes.place import Place
from cockpit.panes.restated import RestatedView
from cockpit.panes.trend import TrendView
from cockpit.panes.view import Context, Size
from cockpit.sources.load import load_table
from cockpit.text.figures import figures_text, state_words

CONFIG = """
schema = 1
calendar = "microsoft-like"
as_of = 2026-11-23
currency = "USD"

[kpi]
board = ["open_pipeline", "won_amount", "close_rate"]

[sources.opportunities]
path = "deals.csv"
status = { column = "Stage", won = ["Won"], lost = ["Lost"], open = ["*"] }

[sources.opportunities.columns]
opportunity_id = "Id"
amount = "Amount"
stage = "Stage"
created_date = "Created"
close_date = "Close"
owner = "Owner"
"""
HEADER = "Id,Stage,Amount,Created,Close,Owner\n"
EARLIER = HEADER + (
    "A,Propose,100,2026-09-01,2026-12-01,Ann\n"
    "B,Propose,50,2026-09-01,2026-11-10,Bob\n"
    "W,Won,40,2026-08-01,2026-10-20,Ann\n"
)
LATER = HEADER + (
    "A,Propose,80,2026-09-01,2027-02-01,Bob\n"
    "B,Won,55,2026-09-01,2026-11-12,Bob\n"
    "W,Won,30,2026-08-01,2026-10-20,Ann\n"
    "N,Qualify,20,2026-11-15,2026-12-20,Ann\n"
)
LOCKED_ON = datetime(2026, 11, 2, 18, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "deals.csv").write_text(LATER)
    return tmp_path


@pytest.fixture
def with_lock(folder: Path) -> Path:
    """A workspace that was locked on 2 November as `q2-w5`, and has moved on since."""
    (folder / "earlier.csv").write_text(EARLIER)
    with Cockpit.open(folder) as cockpit:
        held(cockpit, "earlier.csv", LOCKED_ON, "q2-w5")
    return folder


def held(cockpit: Cockpit, file: str, at: datetime, label: str | None = None) -> None:
    import msgspec

    spec = msgspec.structs.replace(cockpit.workspace.config.sources["opportunities"], path=file)
    table = load_table("opportunities", spec, cockpit.workspace.folder)
    cockpit.history.record({"opportunities": table}, at, label=label)


def value(cockpit: Cockpit, name: str, **asked: object) -> object:
    return cockpit.kpi(name, **asked).total(name).value  # type: ignore[arg-type]


SYNCED_ON, CORRECTED_ON = datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def overwritten(folder: Path) -> Path:
    """A workspace whose state of 20 November, later than every date in it, was corrected two days after."""
    (folder / "earlier.csv").write_text(EARLIER)
    with Cockpit.open(folder) as cockpit:
        held(cockpit, "earlier.csv", SYNCED_ON)
        held(cockpit, "deals.csv", CORRECTED_ON)
    return folder


# --- as-of ------------------------------------------------------------------------------------------------


def test_a_past_day_is_answered_from_the_stored_state(with_lock: Path) -> None:
    with Cockpit.open(with_lock, as_of="2026-11-03") as cockpit:
        result = cockpit.kpi("open_pipeline")
    assert result.total("open_pipeline").value == 150
    assert result.snapshot.as_json() == {
        "id": "2026-11-02T100000", "kind": "stored", "taken_at": "2026-11-02T18:00:00+00:00",
        "basis": "as reported", "owners": "then",
    }  # fmt: skip


def test_a_day_before_the_first_snapshot_is_rebuilt_and_says_so(with_lock: Path) -> None:
    with Cockpit.open(with_lock, as_of="2026-10-15") as cockpit:
        result = cockpit.kpi("open_pipeline", vs="last-quarter")
    assert (result.snapshot.kind, result.snapshot.basis) == ("reconstructed", "rebuilt")
    compare = result.total("open_pipeline").compare
    assert compare is not None
    assert (compare.delta, compare.reason) == (None, "reconstructed")


def test_a_figure_of_a_table_that_was_not_stored_has_no_row_of_states(with_lock: Path) -> None:
    """The deals of 2 November were stored and the accounts were not: theirs would be those of today."""
    (with_lock / "accounts.csv").write_text("Id,Owner\nX,Ann\n")
    (with_lock / "cockpit.toml").write_text(
        CONFIG
        + '[sources.accounts]\npath = "accounts.csv"\ncolumns = { account_id = "Id", owner = "Owner" }\n'
    )
    names, days = ("open_count", "account_count"), (date(2026, 11, 2), date(2026, 11, 23))
    with Cockpit.open(with_lock) as cockpit:
        assert cockpit.weekly.at(names, days, "this-quarter", None) == {
            "open_count": (2, 2), "account_count": (None, 1),
        }  # fmt: skip
        view = TrendView("account_count")
        known = [one.value for one in view.load(cockpit, Context()).instants if one.value is not None]
        assert known == [1]


def test_a_state_long_before_the_day_does_not_stand_in_for_it(with_lock: Path) -> None:
    with Cockpit.open(with_lock, as_of="2026-11-13") as cockpit:
        result = cockpit.kpi("won_amount")
    assert result.snapshot.kind == "reconstructed"
    assert result.total("won_amount").value == 85


def test_a_later_overwritten_state_answers_for_its_day(overwritten: Path) -> None:
    with Cockpit.open(overwritten, as_of="2026-11-20") as cockpit:
        result = cockpit.kpi("open_pipeline")
    assert result.total("open_pipeline").value == 150
    assert (result.snapshot.kind, result.snapshot.basis) == ("stored", "as reported")


def test_a_stock_has_a_change_since_a_day_whose_state_was_overwritten(overwritten: Path) -> None:
    with Cockpit.open(overwritten) as cockpit:
        compare = cockpit.kpi("open_pipeline", vs="2026-11-20").total("open_pipeline").compare
    assert compare is not None
    assert (compare.value, compare.delta, compare.reason) == (150, -50, None)


def test_a_day_after_the_newest_record_is_live_where_nothing_was_overwritten(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit:
        held(cockpit, "deals.csv", SYNCED_ON)
    with Cockpit.open(folder, as_of="2026-11-20") as cockpit:
        assert cockpit.kpi("open_pipeline").snapshot.kind == "live"


def test_a_workspace_at_its_newest_record_shows_what_was_corrected_since(overwritten: Path) -> None:
    words = (overwritten / "cockpit.toml").read_text().replace("as_of = 2026-11-23", 'as_of = "latest"')
    (overwritten / "cockpit.toml").write_text(words)
    with Cockpit.open(overwritten) as cockpit:
        held(cockpit, "earlier.csv", datetime(2026, 11, 15, 18, tzinfo=UTC))
        assert cockpit.as_of == date(2026, 11, 15)
        assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 100


def test_now_is_live(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        assert cockpit.kpi("open_pipeline").snapshot.as_json()["kind"] == "live"
        assert cockpit.kpi("open_pipeline").snapshot.basis is None


# --- what was known then --------------------------------------------------------------------------------


def test_known_at_a_label_is_as_reported_on_its_day(with_lock: Path) -> None:
    with Cockpit.open(with_lock, known_at="q2-w5") as cockpit:
        result = cockpit.kpi(["open_pipeline", "won_amount"])
        assert cockpit.as_of == date(2026, 11, 2)
        rows = cockpit.rows("won_amount")
        assert cockpit.explain("won_amount").snapshot.basis == "as reported"
    assert (result.total("open_pipeline").value, result.total("won_amount").value) == (150, 40)
    assert (result.snapshot.kind, result.snapshot.basis) == ("stored", "as reported")
    assert rows.count == 1


def test_known_now_of_an_earlier_day_is_as_corrected(with_lock: Path) -> None:
    with Cockpit.open(with_lock, as_of="2026-11-02", known_at="now") as cockpit:
        result = cockpit.kpi("won_amount")
    assert result.total("won_amount").value == 30
    assert (result.snapshot.kind, result.snapshot.basis) == ("reconstructed", "as corrected")


def test_known_before_anything_was_held_is_refused_with_a_way_out(with_lock: Path) -> None:
    with pytest.raises(UsageError, match="first snapshot is of 2026-11-02"):
        value(Cockpit.open(with_lock, known_at="2026-10-01"), "open_pipeline")
    with pytest.raises(UsageError, match="did you mean q2-w5"):
        value(Cockpit.open(with_lock, known_at="q2-w6"), "open_pipeline")


# --- comparison -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["lock", "q2-w5"])
def test_against_a_lock_stocks_have_a_change(with_lock: Path, words: str) -> None:
    with Cockpit.open(with_lock) as cockpit:
        result = cockpit.kpi(["open_pipeline", "won_amount"], by="owner", vs=words)
    compare = result.total("open_pipeline").compare
    assert compare is not None
    assert (compare.value, compare.delta, compare.reason) == (150, -50, None)
    assert (compare.period.label, compare.period.through) == ("q2-w5", date(2026, 11, 2))
    won = result.total("won_amount").compare
    assert won is not None
    assert (won.value, won.delta) == (40, 45)
    bob = {row.by["owner"]: row.compare for row in result.groups("open_pipeline")}["Bob"]
    assert bob is not None
    assert bob.value == 50


def test_against_a_lock_effects_add_up_to_the_change(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        effects = cockpit.effects("open_pipeline", ["owner"], vs="lock")
    assert sum(one.effect for one in effects) == -50


def test_without_a_lock_or_a_look_the_words_say_what_to_do(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit:
        with pytest.raises(UsageError, match="cockpit lock LABEL"):
            cockpit.kpi("open_pipeline", vs="lock")
        with pytest.raises(UsageError, match="no earlier look"):
            cockpit.kpi("open_pipeline", vs="visit")


def test_against_the_last_look(folder: Path) -> None:
    (folder / "deals.csv").write_text(EARLIER)
    with Cockpit.open(folder) as cockpit:
        cockpit.data.loaded()
        record_look(cockpit)
    (folder / "deals.csv").write_text(LATER)
    with Cockpit.open(folder) as cockpit:
        compare = cockpit.kpi("open_pipeline", vs="visit").total("open_pipeline").compare
    assert compare is not None
    assert (compare.value, compare.delta, compare.period.label) == (150, -50, "visit")


def test_a_look_at_a_workspace_that_cannot_be_written_is_no_error(folder: Path) -> None:
    with Cockpit.open(folder, read_only=True) as cockpit:
        cockpit.data.loaded()
        record_look(cockpit)
        assert cockpit.history.snapshots() == ()
        with pytest.raises(SourceError, match="read-only"):
            record_now(cockpit, "x")
    assert not (folder / ".cockpit" / "history").exists()


# --- restated -------------------------------------------------------------------------------------------


def test_a_restatement_names_the_deals_that_made_the_difference(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        found = restate(cockpit, "q2-w5", ["won_amount", "open_pipeline", "close_rate"])
    won, pipeline, rate = found.figures
    assert (won.reported, won.corrected, won.difference) == (40, 30, -10)
    assert [(deal.opportunity_id, deal.change) for deal in won.deals] == [("W", "amount 40 to 30")]
    assert (pipeline.reported, pipeline.corrected) == (150, 135)
    assert [deal.opportunity_id for deal in pipeline.deals] == ["A", "B"]
    assert rate.difference == 0
    (also_won,) = [deal for deal in pipeline.deals if deal.opportunity_id == "B"]
    assert also_won.change.startswith("stage Propose to Won, amount 50 to 55")
    assert found.as_of == date(2026, 11, 2)


@pytest.mark.parametrize(("owners", "anns", "bobs"), [("then", 100, 50), ("today", None, 150)])
def test_a_past_day_is_of_its_owners_or_of_those_of_today(
    with_lock: Path, owners: str, anns: int | None, bobs: int
) -> None:
    (with_lock / "cockpit.toml").write_text(CONFIG + f'[compare]\nowners = "{owners}"\n')
    for known_at in (None, "q2-w5"):
        with Cockpit.open(with_lock, as_of="2026-11-02", known_at=known_at) as cockpit:
            result = cockpit.kpi("open_pipeline", by="owner")
            amounts = {row.by["owner"]: row.value for row in result.groups("open_pipeline") if row.n}
            assert amounts == {name: amount for name, amount in (("Ann", anns), ("Bob", bobs)) if amount}
            assert result.total("open_pipeline").value == 150
            assert result.as_json()["snapshot"]["owners"] == owners
            assert ("owners and managers of today" in state_words(result.snapshot)) == (owners == "today")


def test_a_row_left_out_of_a_movement_says_where_it_stands_instead(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        told = cockpit.explain("pushed_out", period="2026-11-03..2026-12-31", row="B")
    assert {one.reason for one in told.fates} == {
        "what was open at the start", "moved otherwise: increased", "moved otherwise: won",
    }  # fmt: skip
    assert sum(one.count for one in told.left_out if one.reason == "moved otherwise: won") == 1


def test_moves_start_at_the_very_state_that_was_locked(with_lock: Path) -> None:
    (with_lock / "later.csv").write_text(EARLIER.replace("100", "90"))
    with Cockpit.open(with_lock) as cockpit:
        held(cockpit, "later.csv", LOCKED_ON.replace(hour=23))
        assert value(cockpit, "open_pipeline", as_of=date(2026, 11, 2)) == 140, "the last state of that day"
        for words in ("lock", "q2-w5", ""):
            found = moves(cockpit, words, "all")
            assert (found.since, found.before) == (date(2026, 11, 2), 150), words
            assert found.as_json()["snapshot"]["kind"] == "stored"
        assert moves(cockpit, "2026-11-02", "all").before == 140
    with Cockpit.open(with_lock, known_at="2026-11-02") as cockpit:
        assert moves(cockpit, "lock", "all").since < date(2026, 11, 2), (
            "a lock before the state that is asked"
        )


def test_a_restatement_on_the_screen(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        cockpit.history.lock("second", LOCKED_ON)
        view = RestatedView("won_amount")
        data = view.load(cockpit, Context())
        for size in (Size(60, 14), Size(80, 21), Size(120, 36)):
            page = view.page(data, size)
            assert {line.width for line in page.blocks[0].lines} == {page.blocks[0].width}
        text = "\n".join(row.text for row in page.rows())
        assert "as reported  as corrected   difference" in text
        assert "amount 40 to 30" in text
        assert view.facts(data) == "second, as reported beside as corrected"
        assert view.table(data).rows == [("W", 40, 30, "amount 40 to 30")]
        assert view.open(data, Place("kpi", "close_rate")) == RestatedView("close_rate")
        assert [choice.name for choice in view.comparisons(data)] == ["second", "q2-w5"]
        assert view.sibling(data, 1) == RestatedView("won_amount", state="q2-w5")
    with Cockpit.open(with_lock, known_at="q2-w5") as cockpit:
        assert RestatedView("won_amount").load(cockpit, Context()).found.label == "q2-w5"


@pytest.mark.parametrize("label", ["last-quarter", "FY27-Q1", "ytd", "target", "none"])
def test_a_state_is_not_locked_under_a_name_that_means_something_else(with_lock: Path, label: str) -> None:
    for more in ([], ["--at", "q2-w5"]):
        assert run(["lock", label, *more, "-w", str(with_lock)]) == 2
    with Cockpit.open(with_lock) as cockpit:
        assert [one.labels for one in cockpit.history.snapshots()] == [("q2-w5",)]
    assert run(["lock", "fy27-q1-close", "--at", "q2-w5", "-w", str(with_lock)]) == 0


def test_a_period_stays_a_period_though_a_state_was_locked_under_its_name(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        cockpit.history.lock("last-quarter", LOCKED_ON)
        compare = cockpit.kpi("won_amount", vs="last-quarter").total("won_amount").compare
        assert compare is not None
        assert (compare.period.label, compare.period.start) == ("FY27-Q1", date(2026, 7, 1))
        assert cockpit.known.at("last-quarter").labels == ("q2-w5", "last-quarter")


def test_without_a_lock_nothing_is_restated(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit, pytest.raises(UsageError, match="no state is locked"):
        RestatedView("won_amount").load(cockpit, Context())


# --- what the source brings itself ----------------------------------------------------------------------

FEED = """
[sources.opportunity_history]
path = "changes.csv"
columns = { opportunity_id = "Id", field = "Field", old_value = "Old", new_value = "New", changed_at = "At" }
"""
CHANGES = """Id,Field,Old,New,At
A,Amount,90,100,2026-10-05
A,Amount,100,80,2026-11-05
A,CloseDate,2026-12-01,2027-02-01,2026-11-06
A,StageName,Qualify,Propose,2026-10-10
B,Amount,50,55,2026-11-12
B,StageName,Propose,Won,2026-11-12
B,CloseDate,2026-11-30,2026-11-12,2026-11-12
"""


def test_a_sources_own_history_tells_past_states(folder: Path) -> None:
    (folder / "cockpit.toml").write_text(CONFIG + FEED)
    (folder / "changes.csv").write_text(CHANGES)
    with Cockpit.open(folder, as_of="2026-11-01") as cockpit:
        result = cockpit.kpi(["open_pipeline", "open_pipeline_in_period"])
        assert result.total("open_pipeline").value == 100 + 50
        assert result.total("open_pipeline_in_period").value == 150
        assert (result.snapshot.kind, result.snapshot.id) == ("stored", "opportunity_history")
        changes = cockpit.past.changes("stage") if cockpit.past is not None else None
    assert changes is not None
    assert changes.rows() == [
        ("A", date(2026, 10, 10), "Qualify", "Propose"),
        ("B", date(2026, 11, 12), "Propose", "Won"),
    ]
    with Cockpit.open(folder, as_of="2026-09-15") as cockpit:
        assert cockpit.kpi("open_pipeline").snapshot.kind == "reconstructed"


def test_stored_snapshots_tell_the_changes_of_a_field(with_lock: Path) -> None:
    with Cockpit.open(with_lock) as cockpit:
        record_now(cockpit)
        _ = cockpit.engine
        assert cockpit.past is not None
        changes = cockpit.past.changes("amount")
    assert changes is not None
    assert sorted(changes.rows()) == [
        ("A", date(2026, 11, 23), Decimal(100), Decimal(80)),
        ("B", date(2026, 11, 23), Decimal(50), Decimal(55)),
        ("W", date(2026, 11, 23), Decimal(40), Decimal(30)),
    ]


# --- exports of earlier days ------------------------------------------------------------------------------


def test_a_folder_of_exports_becomes_history(folder: Path) -> None:
    exports = folder / "exports"
    exports.mkdir()
    (exports / "deals_2026-11-02.csv").write_text(EARLIER)
    (exports / "deals_20261109.csv").write_text(EARLIER.replace("100", "95"))
    (exports / "notes.csv").write_text(EARLIER)
    (exports / "deals_2026-11-16.csv").write_text("Id,Nothing\n1,2\n")
    with Cockpit.open(folder) as cockpit:
        record_now(cockpit, "now-ish")
        done = import_exports(cockpit, "exports/*.csv")
        again = import_exports(cockpit, "exports")
    by_name = {one.path.name: one for one in done}
    assert [one.path.name for one in done][:2] == ["deals_2026-11-02.csv", "deals_20261109.csv"]
    assert by_name["deals_20261109.csv"].change is not None
    assert by_name["deals_20261109.csv"].change.changed == 1
    assert "no date in its name" in str(by_name["notes.csv"].problems[0])
    assert by_name["deals_2026-11-16.csv"].problems
    assert [one.held for one in again][:2] == [True, True]
    with Cockpit.open(folder, as_of="2026-11-09") as cockpit:
        assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 145
        assert cockpit.kpi("open_pipeline").snapshot.kind == "stored"


def test_exports_are_found_from_the_folder_that_the_pattern_is_typed_in(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("downloads")
    (elsewhere / "deals_2026-11-02.csv").write_text(EARLIER)
    monkeypatch.chdir(elsewhere)
    assert run(["history", "-w", str(folder), "--import", "deals_*.csv"]) == 0
    with Cockpit.open(folder) as cockpit:
        assert [one.origin for one in cockpit.history.snapshots()] == ["import"]


def test_an_export_of_a_day_to_come_is_refused(folder: Path) -> None:
    (folder / "deals_2090-01-01.csv").write_text(EARLIER)
    with Cockpit.open(folder) as cockpit:
        (one,) = import_exports(cockpit, "deals_*.csv")
        assert "2090-01-01, is still to come" in str(one.problems[0])
        assert cockpit.history.snapshots() == ()


def test_changes_of_other_tables_are_no_changes_of_deals(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "fx.csv").write_text("c,r\nEUR,1.1\nGBP,1.3\n")
    (folder / "cockpit.toml").write_text(
        CONFIG + '[sources.fx]\npath = "fx.csv"\ncolumns = { currency = "c", rate = "r" }\n'
    )
    with Cockpit.open(folder) as cockpit:
        cockpit.sync()
    assert run(["history", "-w", str(folder)]) == 0
    head, _, row = capsys.readouterr().out.splitlines()[:3]
    assert "new  changed  removed  other rows" in head
    assert row.split()[3:9] == ["sync", "4", "4", "0", "0", "2"]


def test_the_day_of_an_export_can_be_that_of_its_file(folder: Path) -> None:
    export = folder / "old.csv"
    export.write_text(EARLIER)
    instant = datetime(2026, 11, 3, 9, 30, tzinfo=UTC).timestamp()
    os.utime(export, (instant, instant))
    with Cockpit.open(folder) as cockpit:
        (one,) = import_exports(cockpit, "old.csv", day_from="mtime")
        assert one.taken_at == datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


# --- damage -----------------------------------------------------------------------------------------------


def test_a_cut_off_snapshot_is_said_and_the_other_figures_stay(with_lock: Path) -> None:
    file = next((with_lock / ".cockpit" / "history").glob("*base.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    with Cockpit.open(with_lock, as_of="2026-11-03") as cockpit:
        result = cockpit.kpi(["open_pipeline", "won_amount"])
        assert result.snapshot.kind == "reconstructed"
        assert result.total("won_amount").value == 30
        assert any("cut off" in problem.message for problem in cockpit.problems)
    with Cockpit.open(with_lock, known_at="q2-w5") as cockpit, pytest.raises(SourceError, match="cut off"):
        cockpit.kpi("open_pipeline")
    assert run(["check", "-w", str(with_lock)]) == 1


@pytest.fixture
def damaged_deals(folder: Path) -> Path:
    """A workspace that was locked with deals and quota, of which the deals' file is cut off."""
    import msgspec

    (folder / "quota.csv").write_text("Who,Amount,From,To\nAnn,70,2026-10-01,2026-12-31\n")
    (folder / "cockpit.toml").write_text(
        CONFIG + '[sources.quota]\npath = "quota.csv"\n'
        'columns = { assignee = "Who", amount = "Amount", valid_from = "From", valid_to = "To" }\n'
    )
    (folder / "earlier.csv").write_text(EARLIER)
    with Cockpit.open(folder) as cockpit:
        specs, place = cockpit.workspace.config.sources, cockpit.workspace.folder
        earlier = msgspec.structs.replace(specs["opportunities"], path="earlier.csv")
        tables = {
            "opportunities": load_table("opportunities", earlier, place),
            "quota": load_table("quota", specs["quota"], place),
        }
        cockpit.history.record(tables, LOCKED_ON, label="q2-w5")
    file = next((folder / ".cockpit" / "history").glob("opportunities*base.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    return folder


def test_a_damaged_table_of_a_locked_state_leaves_its_other_figures(damaged_deals: Path) -> None:
    with Cockpit.open(damaged_deals, known_at="q2-w5") as cockpit:
        result = cockpit.kpi(["open_pipeline", "quota", "attainment"])
        blank = result.total("open_pipeline")
        assert (blank.value, blank.reason) == (None, "the state of 2026-11-02 is damaged")
        assert result.total("quota").value == 70
        assert result.total("attainment").reason == "the state of 2026-11-02 is damaged"
        assert [one.message[:36] for one in cockpit.problems if "cut off" in one.message] == [
            "a file of the history is cut off: 10"
        ]
        assert cockpit.explain("open_pipeline").reason == "the state of 2026-11-02 is damaged"
    assert run(["kpi", "open_pipeline", "quota", "--known-at", "q2-w5", "-w", str(damaged_deals)]) == 0


def test_a_comparison_with_a_damaged_state_leaves_the_figures_of_now(damaged_deals: Path) -> None:
    with Cockpit.open(damaged_deals) as cockpit:
        result = cockpit.kpi(["open_pipeline", "quota"], vs="q2-w5")
        deals, quota = result.total("open_pipeline"), result.total("quota")
        assert deals.value == 100
        assert deals.compare is not None and quota.compare is not None
        assert (deals.compare.delta, deals.compare.reason) == (None, "the state of 2026-11-02 is damaged")
        assert quota.compare.delta == 0
        table = figures_text(cockpit, result, (), deals.compare.period)
        assert "no change: the state of 2026-11-02 is damaged" in table
        with pytest.raises(SourceError, match="cut off"):
            moves(cockpit, "q2-w5")
        figures = restate(cockpit, "q2-w5", ["open_pipeline", "quota"]).figures
        assert [(one.kpi, one.reported) for one in figures] == [("open_pipeline", None), ("quota", 70)]


def test_a_damaged_state_is_said_once_on_the_board_and_beside_what_is_known_by_now(with_lock: Path) -> None:
    file = next((with_lock / ".cockpit" / "history").glob("*base.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    with Cockpit.open(with_lock) as cockpit:
        board = PipelineView()
        data = board.load(cockpit, Context(against="lock"))
        assert data.board.fact.endswith("no change: the state of 2026-11-02 is damaged")
        view = RestatedView("won_amount", state="q2-w5")
        rows = view.page(view.load(cockpit, Context()), Size(120, 36)).rows()
    text = "\n".join(row.text for row in rows)
    assert text.count("the state of 2026-11-02 is damaged") == 2
    assert "Nothing can be set beside each other: the state" in text
    assert "It is not known: the state" in text
    assert "No deal counts otherwise" not in text


def test_a_damaged_index_leaves_the_live_figures(with_lock: Path) -> None:
    (with_lock / ".cockpit" / "history" / "index.json").write_text("{")
    with Cockpit.open(with_lock) as cockpit:
        assert value(cockpit, "open_pipeline", vs="last-quarter") == 100
        assert any("index.json" in str(problem) for problem in cockpit.problems)


# --- commands -------------------------------------------------------------------------------------------


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cockpit_command, arguments, standalone_mode=False)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_lock_and_history_on_the_command_line(folder: Path) -> None:
    where = ("-w", str(folder))
    assert said("lock", "q2-w8", *where).startswith("locked q2-w8: the state of Mon 23 Nov 2026")
    assert run(["lock", "q2-w8", *where]) == 4
    assert run(["lock", "2026-11-23", *where]) == 2
    document = json.loads(said("history", "--json", *where))
    assert [one["labels"] for one in document["snapshots"]] == [["q2-w8"]]
    assert document["locked"] == 1
    assert document["snapshots"][0]["changes"]["opportunities"] == {"new": 4, "changed": 0, "removed": 0}
    assert "q2-w8" in said("history", *where)
    assert run(["history", "--prune", "now and then", *where]) == 2
    assert run(["history", "--prune", "usual", "--check", *where]) == 2
    assert json.loads(said("history", "--prune", "usual", "--json", *where))["pruned"] == []
    kpi = json.loads(said("kpi", "open_pipeline", "--known-at", "q2-w8", "--json", *where))
    assert kpi["snapshot"]["basis"] == "as reported"
    assert "as reported" in said("kpi", "open_pipeline", "--known-at", "q2-w8", *where)
    assert "as reported" in said("brief", "--view", "pipeline", "--known-at", "q2-w8", *where)


def test_a_restatement_on_the_command_line(with_lock: Path) -> None:
    text = said("history", "--restated", "q2-w5", "--metric", "won_amount", "-w", str(with_lock))
    assert "as reported" in text
    assert "as corrected" in text
    assert "amount 40 to 30" in text
    document = json.loads(
        said("history", "--restated", "q2-w5", "--metric", "won_amount", "--json", "-w", str(with_lock))
    )
    assert document["figures"][0]["difference"] == -10


# --- a feed beside snapshots ------------------------------------------------------------------------------


def test_a_feed_is_read_by_sync_and_tells_days_between_snapshots(with_lock: Path) -> None:
    (with_lock / "cockpit.toml").write_text(CONFIG + FEED)
    (with_lock / "changes.csv").write_text(CHANGES)
    with Cockpit.open(with_lock) as cockpit:
        synced = {table.status.name: table.change for table in cockpit.sync().tables}
        assert "opportunity_history" in synced
        again = {table.status.name: table.change for table in cockpit.sync().tables}
        assert again["opportunity_history"] is not None
        assert not again["opportunity_history"].is_any
    with Cockpit.open(with_lock, as_of="2026-11-02") as cockpit:
        assert cockpit.kpi("open_pipeline").snapshot.basis == "as reported"
        assert value(cockpit, "open_pipeline") == 150, "the snapshot of that day"
    with Cockpit.open(with_lock, as_of="2026-11-05") as cockpit:
        assert cockpit.kpi("open_pipeline").snapshot.id == "opportunity_history"
        assert value(cockpit, "open_pipeline") == 80 + 50, "the feed knows this day, the snapshot does not"


def test_a_feed_leaves_out_what_it_does_not_tell(folder: Path) -> None:
    config = CONFIG.replace(
        'owner = "Owner"', 'owner = "Owner"\nnext_step = "Next"\nlast_activity_date = "Last"'
    )
    (folder / "cockpit.toml").write_text(config + FEED)
    (folder / "changes.csv").write_text(CHANGES)
    lines = LATER.strip().splitlines()
    (folder / "deals.csv").write_text(
        "\n".join([lines[0] + ",Next,Last", *(f"{line},Call,2026-11-20" for line in lines[1:])]) + "\n"
    )
    with Cockpit.open(folder, as_of="2026-11-01") as cockpit:
        stale = cockpit.kpi("stale_count").total("stale_count")
        assert (stale.value, stale.reason) == (None, "needs stage_date, modified_date or last_activity_date")
    with Cockpit.open(folder) as cockpit:
        assert value(cockpit, "stale_count") == 0


# --- the demo -----------------------------------------------------------------------------------------------


def test_the_demo_has_a_past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "BUDGET", 600)  # on a busy machine the weeks would come one reading later
    from cockpit.workspace.demo import write_demo

    write_demo(tmp_path / "demo", 2_000)
    with Cockpit.open(tmp_path / "demo") as cockpit:
        held = cockpit.history.snapshots()
        assert [one.labels[0] for one in held if one.labels] == ["fy27-q1-close", "lock-nov-17"]
        assert [one.origin for one in held].count("look") == 1
        weeks = [week.end for week in cockpit.fiscal.units("week", date(2026, 9, 28), date(2026, 11, 22))]
        told = cockpit.weekly.at(["stale_share", "field_completeness"], weeks, "this-quarter", None)
        assert len(weeks) == 8 and None not in (*told["stale_share"], *told["field_completeness"])
        since_lock = moves(cockpit)
        assert since_lock.balances and not since_lock.rebuilt
        assert {"pushed out", "lost"} <= {one.name for one in since_lock.buckets if one.deals}
        assert moves(cockpit, "visit").since == date(2026, 11, 20)
        restated = restate(cockpit, "fy27-q1-close", ["won_amount"]).figures[0]
        assert restated.difference and restated.deals
        past = cockpit.kpi(["open_pipeline", "slip_rate"], vs="previous").total("open_pipeline").compare
        assert past is not None and past.delta is not None
