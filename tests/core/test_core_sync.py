"""Pulling files: what changed is told, a table arrives whole or not at all, and the last good one stays."""

import errno
import threading
from pathlib import Path

import polars as pl
import pytest

from cockpit import Cockpit
from cockpit.base.problems import UsageError
from cockpit.core.sync import synchronise
from cockpit.core.sync_changes import TableChange, change_between
from cockpit.core.sync_pull import Stopped
from cockpit.core.sync_words import size_words, step_words, summary_lines, told
from cockpit.sources.http.progress import Progress
from cockpit.sources.table import Delta

CONFIG = """\
schema = 1
name = "small"
[sources.opportunities]
path = "o.csv"
columns = { opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }
status = { value = "open" }
[sources.fx]
path = "fx.csv"
columns = { currency = "c", rate = "r" }
"""
HEADER = "id,stage,amount,close\n"
ROWS = [f"{number},Lead,{number}00,2026-12-0{number}\n" for number in range(1, 9)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    write(tmp_path, ROWS)
    (tmp_path / "fx.csv").write_text("c,r\nEUR,1.1\n")
    return tmp_path


def write(folder: Path, rows: list[str]) -> None:
    (folder / "o.csv").write_text(HEADER + "".join(rows))


def pulled(folder: Path, **more):
    with Cockpit.open(folder) as cockpit:
        return cockpit.sync(**more)


def test_without_room_for_a_snapshot_what_changed_is_still_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pulled(folder)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("cockpit.sources.history.store.History.record", full)
    write(folder, ROWS[1:])
    result = pulled(folder)
    assert result.snapshot is None
    assert told(result) == "opportunities: 1 removed"
    assert "No space left on device (those before it are as they were" in str(result.problems[0])
    monkeypatch.undo()
    with Cockpit.open(folder, read_only=True) as cockpit:
        assert told(cockpit.sync()) == "opportunities: 1 removed"
        assert [one.id for one in cockpit.history.snapshots()] == [first.snapshot]


def test_what_changed_is_told_against_the_snapshot_before(folder: Path) -> None:
    first = pulled(folder)
    assert first.all_arrived
    assert first.snapshot is not None
    assert str(first.tables[0].change) == "opportunities: 8 new"
    assert pulled(folder).changes == ()
    write(
        folder, [ROWS[2].replace("300", "301"), *ROWS[3:], "9,Lead,1,2026-12-01\n", "10,Lead,x,2026-12-01\n"]
    )
    result = pulled(folder)
    assert told(result) == "opportunities: 1 new, 1 changed, 2 removed"
    table = result.tables[0]
    assert table.status.rejected == 1
    assert table.reasons == (("amount: not an amount", 1),)
    assert "1 rejected: amount: not an amount" in "\n".join(summary_lines(result))
    document = result.as_json()["tables"][0]
    assert (document["new"], document["changed"], document["removed"], document["rejected"]) == (1, 1, 2, 1)


def test_the_order_of_rows_is_no_change(folder: Path) -> None:
    pulled(folder)
    write(folder, ROWS[::-1])
    assert pulled(folder).changes == ()


def test_one_source_alone_leaves_the_others_as_they_were(folder: Path) -> None:
    pulled(folder)
    write(folder, ROWS[1:])
    (folder / "fx.csv").write_text("c,r\nEUR,1.2\n")
    with Cockpit.open(folder) as cockpit:
        assert cockpit.data.loaded().revision == 1
        result = cockpit.sync("fx")
        assert [one.status.name for one in result.tables] == ["fx"]
    with pytest.raises(UsageError, match="did you mean opportunities"):
        pulled(folder, source="oportunities")


def test_a_table_that_cannot_be_read_keeps_its_last_good_rows_with_age_and_reason(folder: Path) -> None:
    pulled(folder)
    (folder / "o.csv").unlink()
    result = pulled(folder)  # another process would find them too: they are in the cache
    broken, fine = result.tables
    assert not broken.arrived
    assert fine.arrived
    assert broken.status.rows == 8
    assert broken.status.kept
    assert broken.kept is not None
    assert "no such file" in str(broken.status.problems[0])
    assert "8 rows of" in summary_lines(result)[0]


@pytest.mark.parametrize(
    "content", [HEADER + '1,"Lead,1,2026-12-01\n', "", HEADER + "1,Lead\n", "\x00\x01\x02"]
)
def test_the_cockpit_opens_on_the_last_good_rows_and_works(folder: Path, content: str) -> None:
    with Cockpit.open(folder) as cockpit:
        cockpit.kpi("open_pipeline")
    (folder / "o.csv").write_text(content)
    with Cockpit.open(folder) as cockpit:
        assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 3600
        assert cockpit.rows("open_pipeline").count == 8
        assert cockpit.data_read_at < cockpit.data.loaded().read_at
        assert any(problem.severity == "error" for problem in cockpit.problems)


def test_the_history_has_the_last_good_rows_when_even_the_cache_is_gone(folder: Path) -> None:
    import shutil

    with Cockpit.open(folder) as cockpit:
        cockpit.sync()
        shutil.rmtree(cockpit.workspace.cache_folder)
    (folder / "o.csv").unlink()
    with Cockpit.open(folder) as cockpit:
        assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 3600
        assert cockpit.sources()[0].kept


def test_no_rows_take_the_place_of_rows_only_when_somebody_says_so(folder: Path) -> None:
    pulled(folder)
    write(folder, [])
    for _ in range(2):  # neither the first nor a later process forgets the rows
        result = pulled(folder)
        assert result.tables[0].emptied == 8
        assert result.tables[0].status.rows == 8
        assert not result.all_arrived
    agreed = pulled(folder, may_be_empty=("opportunities",))
    assert agreed.all_arrived
    assert str(agreed.tables[0].change) == "opportunities: 8 removed"
    assert pulled(folder).all_arrived


def test_a_stopped_pulling_changes_nothing(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit:
        before = cockpit.data.loaded()
        write(folder, ROWS[3:])
        stop = threading.Event()

        def halfway(step: Progress) -> None:
            if step.table == "opportunities":
                stop.set()

        with pytest.raises(Stopped):
            synchronise(cockpit, progress=halfway, stop=stop)
        assert cockpit.data.now_held is before
        assert cockpit.history.snapshots() == ()


def test_a_read_only_cockpit_records_nothing(folder: Path) -> None:
    with Cockpit.open(folder, read_only=True) as cockpit:
        assert cockpit.sync().snapshot is None
    assert not (folder / ".cockpit").exists()


def test_rows_without_ids_are_told_apart_by_what_they_say(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit:
        before = cockpit.data.loaded().tables["fx"]
        (folder / "fx.csv").write_text("c,r\nGBP,1.3\nEUR,1.1\nEUR,1.1\n")
        after = cockpit.data.read_again(["fx"]).tables["fx"]
        assert change_between("fx", before, after) == TableChange("fx", new=2)
        assert change_between("fx", after, before) == TableChange("fx", removed=2)
        assert change_between("fx", None, after).new == 3


def test_ids_on_several_rows_are_compared_with_all_their_rows(folder: Path) -> None:
    write(folder, [*ROWS, "1,Lead,7,2026-12-01\n"])
    with Cockpit.open(folder) as cockpit:
        before = cockpit.data.loaded().tables["opportunities"]
        write(folder, [ROWS[1], "1,Lead,7,2026-12-01\n", ROWS[0], *ROWS[2:]])
        same = cockpit.data.read_again().tables["opportunities"]
        assert not change_between("opportunities", before, same).is_any
        write(folder, ROWS)
        fewer = cockpit.data.read_again().tables["opportunities"]
        assert change_between("opportunities", before, fewer) == TableChange("opportunities", changed=1)
        assert isinstance(fewer.frame, pl.DataFrame)


def test_what_a_table_knows_to_be_different_is_all_that_is_compared(folder: Path) -> None:
    with Cockpit.open(folder) as cockpit:
        before = cockpit.data.loaded().tables["opportunities"]
        write(folder, [ROWS[0].replace("Lead", "Closing"), *ROWS[1:7]])
        after = cockpit.data.read_again().tables["opportunities"]
        assert after.state not in (None, before.state)
        expected = TableChange("opportunities", changed=1, removed=1)
        assert change_between("opportunities", before, after) == expected
        ends = before.frame.filter(pl.col("opportunity_id").is_in(["1", "8"]))
        for since, changed in ((before.state, expected), ("another", expected)):
            delta = Delta(since or "", ends, after.frame.head(1))
            told = after.known(after.state, delta)
            assert change_between("opportunities", before, told) == changed
        nothing = after.known(after.state, Delta(before.state or "", ends.clear(), ends.clear()))
        assert not change_between("opportunities", before, nothing).is_any  # the others are not looked at


def test_how_far_it_is_in_words() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert step_words(Progress("deals", "asking"), now) == "deals: asking"
    known = Progress("deals", "fetching", rows=4200, bytes=1_240_000, total=20_000)
    assert step_words(known, now) == "deals: fetching, 4,200 of 20,000 rows, 1.2 MB"
    unknown = Progress("deals", "fetching", rows=4200, bytes=900)
    assert step_words(unknown, now) == "deals: fetching, 4,200 rows, 900 bytes, total unknown"
    waiting = Progress("deals", "waiting", waiting_until=now + timedelta(seconds=12))
    assert step_words(waiting, now) == "deals: the server asks to wait, 12 s left"
    assert size_words(14_400) == "14 kB"


def test_columns_that_came_and_went_are_told_though_no_row_differs_else(folder: Path) -> None:
    def deals(*, wide: bool) -> None:
        lines = [HEADER, *ROWS]
        own = [f"{row.strip()},East\n" for row in lines[1:]]
        (folder / "o.csv").write_text("".join([f"{HEADER.strip()},Region\n", *own] if wide else lines))

    pulled(folder)
    deals(wide=True)
    result = pulled(folder)
    table = result.as_json()["tables"][0]
    assert (table["columns_new"], table["columns_gone"]) == (["region"], [])
    assert summary_lines(result)[0].endswith("8 rows, column new: region")
    with Cockpit.open(folder) as cockpit:
        cockpit.data.loaded()
        deals(wide=False)
        assert told(cockpit.sync()) == "opportunities: column gone: region"
