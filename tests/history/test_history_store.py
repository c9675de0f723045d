"""What is recorded is given back: any day, whatever happened between, also when files are damaged."""

import os
import stat
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from history_tables import START, day, same_rows, table
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.base.problems import ConflictError, SourceError, UsageError
from cockpit.sources.history import chain as chains
from cockpit.sources.history.difference import HASHED_BY, row_hashes
from cockpit.sources.history.store import History
from cockpit.sources.history.thinning import Rule
from cockpit.sources.history.writing import TableChange


def deals(amounts: dict[str, int | None], stage: str = "Open") -> pl.DataFrame:
    return pl.DataFrame(
        {"opportunity_id": list(amounts), "amount": list(amounts.values()), "stage": [stage] * len(amounts)},
        schema={"opportunity_id": pl.String, "amount": pl.Decimal(38, 4), "stage": pl.String},
    ).with_row_index("_row", offset=2)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / ".cockpit" / "history")


def test_counts_of_new_changed_and_removed_rows(history: History) -> None:
    first = history.record({"opportunities": table(deals({"a": 1, "b": 2}))}, day(0))
    assert first.written
    assert (first.tables["opportunities"].new, first.before) == (2, None)
    second = history.record({"opportunities": table(deals({"c": 5, "a": 1, "b": 3}))}, day(1))
    change = second.tables["opportunities"]
    assert (change.new, change.changed, change.removed, change.rows) == (1, 1, 0, 3)
    third = history.record({"opportunities": table(deals({"b": 3}))}, day(2))
    assert third.tables["opportunities"].removed == 2
    assert [one.id for one in history.snapshots()] == [
        "2026-09-01T060000", "2026-09-02T060000", "2026-09-03T060000",
    ]  # fmt: skip


def test_nothing_changed_writes_no_rows_and_is_noted(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1, "b": 2}))}, day(0))
    files = sorted(path.name for path in history.folder.iterdir())
    again = history.record({"opportunities": table(deals({"a": 1, "b": 2}))}, day(3))
    assert not again.written
    assert again.snapshot.seen_at == day(3)
    assert again.snapshot.taken_at == day(0)
    assert sorted(path.name for path in history.folder.iterdir()) == files


def test_rows_that_only_moved_in_the_file_have_not_changed(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1, "b": 2, "c": 3}))}, day(0))
    assert not history.record({"opportunities": table(deals({"c": 3, "a": 1, "b": 2}))}, day(1)).written


def test_a_table_that_is_left_out_is_as_it_was(history: History) -> None:
    fx = pl.DataFrame({"currency": ["EUR"], "rate": [Decimal("1.1")]})
    history.record({"opportunities": table(deals({"a": 1})), "fx": table(fx, "fx")}, day(0))
    history.record({"opportunities": table(deals({"a": 2}))}, day(1))
    assert same_rows(history.state("fx", day(1)), fx)


def test_days_labels_and_instants_find_their_snapshot(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0), label="fy27-q1")
    history.record({"opportunities": table(deals({"a": 2}))}, day(5))
    found = history.find(date(2026, 9, 3))
    assert found is not None
    assert found.taken_at == day(0)
    assert history.find(date(2026, 8, 31)) is None
    assert history.state("opportunities", date(2026, 8, 31)) is None
    assert history.find("fy27-q1") == found
    assert history.find("2026-09-06T06:00:00Z") == history.snapshots()[1]
    with pytest.raises(UsageError, match=r"did you mean fy27-q1"):
        history.find("fy27-q2")


def test_a_day_ends_in_the_zone_of_the_calendar(tmp_path: Path) -> None:
    west = History(tmp_path / "history", "America/Los_Angeles")
    west.record({"opportunities": table(deals({"a": 1}))}, START)  # 23:00 of 31 August there
    assert west.find(date(2026, 8, 31)) is not None


def test_a_lock_is_kept_and_its_name_taken_once(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))
    locked = history.record({"opportunities": table(deals({"a": 1}))}, day(1), label="close")
    assert locked.written
    history.record({"opportunities": table(deals({"a": 2}))}, day(2))
    with pytest.raises(ConflictError, match="locked already"):
        history.record({"opportunities": table(deals({"a": 2}))}, day(3), label="close")
    with pytest.raises(ConflictError, match="locked already"):
        history.lock("close")
    gone = history.prune(Rule.parse("year:1d"), day(900))
    assert [one.taken_at for one in gone] == [day(0)]
    assert same_rows(history.state("opportunities", "close"), deals({"a": 1}).drop("_row"))


@pytest.mark.parametrize("label", ["", "2026-11-23", "lock", "Visit", "a b", "-x", "x\x1b[2J", "x" * 80])
def test_words_that_mean_something_else_are_no_labels(history: History, label: str) -> None:
    with pytest.raises(UsageError, match=r"no label|means something else"):
        history.record({"opportunities": table(deals({"a": 1}))}, day(0), label=label)


def test_earlier_days_can_be_added_later(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 9}))}, day(50), label="kept")
    for number in range(5):
        history.record({"opportunities": table(deals({"a": number, "b": 1}))}, day(number), origin="import")
    assert [one.taken_at for one in history.snapshots()] == [day(0), day(1), day(2), day(3), day(4), day(50)]
    for number in range(5):
        assert same_rows(
            history.state("opportunities", day(number)), deals({"a": number, "b": 1}).drop("_row")
        )
    assert same_rows(history.state("opportunities", "kept"), deals({"a": 9}).drop("_row"))


def test_columns_that_come_go_or_change_their_type_begin_a_new_base(history: History) -> None:
    frame = deals({"a": 1, "b": 2})
    history.record({"opportunities": table(frame)}, day(0))
    other = frame.with_columns(pl.col("stage").alias("region"), pl.col("amount").cast(pl.String)).drop(
        "stage"
    )
    change = history.record({"opportunities": table(other)}, day(1)).tables["opportunities"]
    assert change.columns_added == ("region",)
    assert change.columns_removed == ("stage",)
    assert change.columns_retyped == ("amount",)
    assert (change.new, change.changed, change.removed) == (0, 0, 0)
    assert change.differs
    assert same_rows(history.state("opportunities", day(0)), frame.drop("_row"))
    assert same_rows(history.state("opportunities", day(1)), other.drop("_row"))


def test_many_days_are_packed_and_all_of_them_stay(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.sources.history.writing.LOOSE_FILES", 4)
    monkeypatch.setattr("cockpit.sources.history.writing.FULL_AGAIN", 3.0)
    frames = [deals({"a": number, "b": 2, "c": number // 3}) for number in range(20)]
    for number, frame in enumerate(frames):
        history.record({"opportunities": table(frame)}, day(number))
    for number, frame in enumerate(frames):
        assert same_rows(history.state("opportunities", day(number)), frame.drop("_row"))
    names = [path.name for path in history.folder.iterdir()]
    assert any(".pack." in name for name in names)
    assert len(history.index.chains) > 1


def test_a_reader_keeps_the_revision_it_opened(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.sources.history.writing.LOOSE_FILES", 3)
    monkeypatch.setattr("cockpit.sources.history.writing.FULL_AGAIN", 50.0)
    history.record({"opportunities": table(deals({"a": 0}))}, day(0))
    history.record({"opportunities": table(deals({"a": 1}))}, day(1))
    reader = History(history.folder)
    assert len(reader.snapshots()) == 2
    for number in range(2, 9):
        history.record({"opportunities": table(deals({"a": number}))}, day(number))
    assert len(reader.snapshots()) == 2
    assert same_rows(reader.state("opportunities", day(8)), deals({"a": 1}).drop("_row"))
    for name in history.index.replaced:  # as after the time of grace
        (history.folder / name).unlink()
    assert same_rows(reader.state("opportunities", day(1)), deals({"a": 1}).drop("_row"))
    reader.refresh()
    assert len(reader.snapshots()) == 9


def newest_file(folder: Path, part: str) -> Path:
    return max((path for path in folder.iterdir() if part in path.name), key=lambda path: path.name)


@pytest.mark.parametrize("damage", ["cut", "altered", "missing"])
def test_a_damaged_file_blanks_its_day_and_no_other(history: History, damage: str) -> None:
    frames = [deals({"a": number, "b": 2, "c": 3}) for number in range(3)]
    for number, frame in enumerate(frames):
        history.record({"opportunities": table(frame)}, day(number))
    file = newest_file(history.folder, ".2.parquet")
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "altered":
        file.write_bytes(content[:-9] + b"X" + content[-8:])
    else:
        file.unlink()
    words = {"cut": "cut off", "altered": "not what was written", "missing": "cannot be read"}[damage]
    with pytest.raises(SourceError, match=words) as caught:
        history.state("opportunities", day(2))
    assert file.name in (caught.value.problems[0].file or "")
    assert same_rows(history.state("opportunities", day(1)), frames[1].drop("_row"))
    assert [words in one.message for one in history.check()] == [True]
    after = deals({"a": 7, "b": 2, "c": 3})
    history.record({"opportunities": table(after)}, day(3))
    history.record({"opportunities": table(after.with_columns(pl.lit("Won").alias("stage")))}, day(4))
    assert (
        same_rows(
            history.state("opportunities", day(4)),
            after.with_columns(pl.lit("Won").alias("stage")).drop("_row"),
        )
        or history.check()
    )


def test_a_file_of_another_schema_is_named(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))
    chain = next(iter(history.index.chains.values()))
    other = chains.write_frame(history.folder, chain.base.name, pl.DataFrame({"x": [1]}), 0o600)
    text = (history.folder / "index.json").read_text()
    text = text.replace(chain.base.digest, other.digest).replace(
        f'"size":{chain.base.size}', f'"size":{other.size}'
    )
    (history.folder / "index.json").write_text(text)
    with pytest.raises(SourceError, match="other columns"):
        History(history.folder).state("opportunities", day(0))


@pytest.mark.parametrize("content", ["", "{", '{"format":99}', "[]"])
def test_an_index_that_is_cut_off_or_of_another_format_is_said(history: History, content: str) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))
    (history.folder / "index.json").write_text(content)
    with pytest.raises(SourceError, match=r"cut off or damaged|format 99"):
        History(history.folder).snapshots()


@pytest.mark.parametrize(("shared", "folder", "file"), [(False, 0o700, 0o600), (True, 0o2770, 0o660)])
def test_modes(tmp_path: Path, shared: bool, folder: int, file: int) -> None:
    history = History(tmp_path / ".cockpit" / "history", shared=shared)
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))
    assert stat.S_IMODE(history.folder.stat().st_mode) == folder
    assert {stat.S_IMODE(path.stat().st_mode) for path in history.folder.iterdir()} == {file}


def test_a_writer_waits_for_its_turn(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))
    monkeypatch.setattr("cockpit.sources.history.locking.PATIENCE", 0.1)
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
         "print('held', flush=True);"
         "sys.stdin.read()", str(history.folder.parent / "lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None and holder.stdin is not None
    holder.stdout.readline()
    with pytest.raises(ConflictError, match="has been writing"):
        history.record({"opportunities": table(deals({"a": 2}))}, day(1))
    holder.stdin.close()
    holder.wait()
    assert history.record({"opportunities": table(deals({"a": 2}))}, day(1)).written


def test_a_process_that_dies_before_the_index_leaves_the_history_as_it_was(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.record({"opportunities": table(deals({"a": 1}))}, day(0))

    def dies(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("cockpit.sources.history.store.write_index", dies)
        with pytest.raises(OSError, match="no space"):
            history.record({"opportunities": table(deals({"a": 2}))}, day(1))
    fresh = History(history.folder)
    assert len(fresh.snapshots()) == 1
    fresh.record({"opportunities": table(deals({"a": 3}))}, day(2))
    assert same_rows(fresh.state("opportunities", day(2)), deals({"a": 3}).drop("_row"))


def test_heads_of_another_polars_are_made_again(history: History) -> None:
    history.record({"opportunities": table(deals({"a": 1, "b": 2}))}, day(0))
    text = (history.folder / "index.json").read_text()
    assert f'"polars":"{HASHED_BY}"' in text and pl.__version__ in HASHED_BY
    (history.folder / "index.json").write_text(text.replace(f'"polars":"{HASHED_BY}"', '"polars":"0.1"'))
    change = History(history.folder).record({"opportunities": table(deals({"a": 1, "b": 3}))}, day(1))
    assert (change.tables["opportunities"].changed, change.tables["opportunities"].new) == (1, 0)


def test_heads_are_brought_forward_until_much_has_changed(history: History) -> None:
    amounts: dict[str, int | None] = {f"d{number}": number for number in range(40)}
    history.record({"opportunities": table(deals(amounts))}, day(0))
    first = history.index.heads["opportunities"]
    del amounts["d3"]
    amounts |= {"d5": 500, "new": 1}
    change = history.record({"opportunities": table(deals(amounts))}, day(1)).tables["opportunities"]
    assert (change.new, change.changed, change.removed) == (1, 1, 1)
    assert history.index.heads["opportunities"] == first  # three of forty
    assert not history.record({"opportunities": table(deals(amounts))}, day(2)).written
    amounts |= {"d5": 501, "d3": 3}
    change = history.record({"opportunities": table(deals(amounts))}, day(3)).tables["opportunities"]
    assert (change.new, change.changed, change.removed) == (1, 1, 0)
    assert history.index.heads["opportunities"].step == 2
    amounts["d6"] = 600
    history.record({"opportunities": table(deals(amounts))}, day(4))
    (history.folder / history.index.heads["opportunities"].file.name).write_bytes(b"spoilt")
    amounts["d7"] = 700
    change = history.record({"opportunities": table(deals(amounts))}, day(5)).tables["opportunities"]
    assert (change.new, change.changed, change.removed) == (0, 1, 0)
    assert history.index.heads["opportunities"].step == 4


def test_a_table_that_grew_large_is_not_all_changed(history: History) -> None:
    rows = pl.concat([deals({"a": 1, "b": 2, "c": 3}), deals({"a": 1, "b": 2, "c": 4})])
    small, large = rows[:3], rows[3:]
    texts = [name for name, kind in rows.schema.items() if kind == pl.String and name != "opportunity_id"]
    packed = large.with_columns(pl.col(texts).cast(pl.Categorical))
    history.record({"opportunities": table(small)}, day(0))
    change = history.record({"opportunities": table(packed)}, day(1)).tables["opportunities"]
    assert (change.new, change.changed, change.removed, change.columns_retyped) == (0, 1, 0, ())
    assert same_rows(history.state("opportunities", day(1)), large.drop("_row"))
    blank = packed.with_columns(pl.lit(None, pl.Categorical).alias(texts[0]))
    assert row_hashes(blank).equals(row_hashes(blank.with_columns(pl.col(texts).cast(pl.String))))


def test_hashes_are_the_same_in_every_process(history: History) -> None:
    code = (
        "import polars as pl, decimal;"
        "print(pl.DataFrame({'a': ['x', None], 'b': [1.5, None], 'c': [decimal.Decimal('1.10'), None]})"
        ".hash_rows().to_list())"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(shown) == 1


def test_versions_tell_how_each_row_came_to_be(history: History) -> None:
    for number, amounts in enumerate([{"a": 1}, {"a": 1, "b": 5}, {"a": 2, "b": 5}, {"a": 2}]):
        history.record({"opportunities": table(deals(amounts))}, day(number))
    told = history.versions("opportunities").filter(pl.col("opportunity_id") == "b")
    assert told["known_from"].to_list() == [day(1), day(3)]
    assert told["gone"].to_list() == [False, True]
    amounts = history.versions("opportunities").filter(pl.col("opportunity_id") == "a")["amount"].to_list()
    assert list(dict.fromkeys(amounts)) == [Decimal(1), Decimal(2)]


# --- any sequence of readings ---------------------------------------------------------------------------

VALUES = {
    pl.String: st.one_of(st.none(), st.sampled_from(["", "x", "East", "it's"])),
    pl.Float64: st.one_of(st.none(), st.sampled_from([0.0, 1.5, -2.0])),
    pl.Date: st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 5))),
    pl.Decimal(38, 4): st.one_of(st.none(), st.decimals(0, 3, places=1).map(lambda one: one)),
}
KINDS = {
    "amount": [pl.Decimal(38, 4), pl.Decimal(38, 4), pl.String],
    "stage": [pl.String, pl.String, pl.Date],
    "extra": [pl.Float64],
}


@st.composite
def frames(draw: st.DrawFn, identity: str | None) -> pl.DataFrame:
    """A reading: rows with ids that may repeat, columns that may come, go and change their type."""
    height = draw(st.integers(0, 6))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {}
    data: dict[str, list[object]] = {}
    if identity is not None:
        schema[identity] = pl.String
        data[identity] = draw(st.lists(st.sampled_from("abcdef"), min_size=height, max_size=height))
    names = draw(st.sampled_from([("amount",), ("amount", "stage"), ("amount", "stage"), ("stage", "extra")]))
    for name in names:
        kind = draw(st.sampled_from(KINDS[name]))
        schema[name] = kind
        data[name] = draw(st.lists(VALUES[kind], min_size=height, max_size=height))
    return pl.DataFrame(data, schema=schema)


def counts(change: TableChange) -> tuple[int, int, int]:
    """New, changed and removed rows."""
    return change.new, change.changed, change.removed


def told(before: pl.DataFrame, after: pl.DataFrame, identity: str | None) -> tuple[int, int, int]:
    """The same, counted row by row; an id that repeats is told by its number as well."""
    states: list[dict[object, object]] = []
    for frame in (before, after):
        seen: dict[object, int] = {}
        state: dict[object, object] = {}
        for row in frame.rows(named=True):
            key = row[identity] if identity is not None else tuple(row.values())
            seen[key] = seen.get(key, 0) + 1
            state[key, seen[key]] = row
        states.append(state)
    then, now = states
    changed = sum(now[key] != then[key] for key in now.keys() & then.keys())
    return len(now.keys() - then.keys()), changed, len(then.keys() - now.keys())


@pytest.mark.parametrize(("name", "identity"), [("opportunities", "opportunity_id"), ("quota", None)])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_every_stored_day_is_given_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, name: str, identity: str | None, data: st.DataObject
) -> None:
    readings = data.draw(st.lists(frames(identity), min_size=1, max_size=12))
    folder = tmp_path_factory.mktemp("any") / "history"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cockpit.sources.history.writing.LOOSE_FILES", data.draw(st.integers(2, 5)))
        patched.setattr(
            "cockpit.sources.history.writing.FULL_AGAIN", data.draw(st.sampled_from([0.5, 3.0, 99.0]))
        )
        patched.setattr(
            "cockpit.sources.history.writing.HEADS_AGAIN", data.draw(st.sampled_from([0.0, 0.5, 99.0]))
        )
        history = History(folder)
        order = data.draw(st.permutations(range(len(readings)))) if data.draw(st.booleans()) else None
        for number in order or range(len(readings)):
            locked = {"label": f"lock-{number}"} if data.draw(st.integers(0, 3)) == 0 else {}
            found = history.record({name: table(readings[number], name)}, day(number), **locked)
            if order is None and number and readings[number].schema == readings[number - 1].schema:
                assert counts(found.tables[name]) == told(readings[number - 1], readings[number], identity)
        if order is None:
            for number, reading in enumerate(readings):
                assert same_rows(History(folder).state(name, day(number)), reading), number
        labels = {label: one for one in history.snapshots() for label in one.labels}
        for label in labels:
            assert same_rows(history.state(name, label), readings[int(label.removeprefix("lock-"))])
        before = {one.id: history.state(name, one) for one in history.snapshots()}
        rule = data.draw(st.sampled_from(["day:3d", "week:all", "month:all", "all:4d,week:20d"]))
        gone = {one.id for one in history.prune(Rule.parse(rule), day(len(readings)))}
        assert not gone & {one.id for one in labels.values()}
        for one in history.snapshots():
            rows = before[one.id]
            assert rows is not None
            assert same_rows(history.state(name, one), rows)
        added = data.draw(frames(identity))
        history.record({name: table(added, name)}, day(40))
        assert same_rows(history.state(name, day(40)), added)
        assert not history.check()
