"""A table brought forward by changed rows is exactly what reading all rows gives."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cockpit.base.problems import SourceError
from cockpit.sources import load as load_module
from cockpit.sources import packing
from cockpit.sources.changes import scan_rows
from cockpit.sources.http.changing import changes_after
from cockpit.sources.http.download import (
    Download,
    download_place,
    downloaded,
    new_revision,
    rows_file,
    switch,
)
from cockpit.sources.http.job import Fetched
from cockpit.sources.http.merging import difference, write_merged
from cockpit.sources.http.rowset import RowWriter
from cockpit.sources.load import load_table
from cockpit.sources.original import original_rows
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec
from cockpit.sources.table import ROW_COLUMN, Table

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
COLUMNS = ("id", "ref", "name", "amount", "close", "stage", "state", "size", "team")
Row = Mapping[str, str | None]


def spec_of(**more: Any) -> SourceSpec:
    columns = {
        "opportunity_id": "id", "name": "name", "amount": "amount", "close_date": "close", "stage": "stage",
    }  # fmt: skip
    known: dict[str, Any] = {
        "type": "odata",
        "url": "https://crm.example/deals",
        "key": "id",
        "columns": columns,
        "types": {"size": "number"},
        "status": StatusSpec(column="state", won=["Won"], lost=["Lost"], open=["Open"]),
    }
    return SourceSpec(**{**known, **more})


class Server:
    """A download that is written as `storing` writes it, however many rows change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = download_place(folder, "opportunities")
        self.place.mkdir(parents=True)
        self.number = 0

    def whole(self, rows: Sequence[Row]) -> None:
        """All rows are written."""
        with new_revision(self.place) as folder:
            got = Fetched(rows=self._writer(folder, rows), key="id", columns=COLUMNS)
            (folder / "revision").mkdir()
            write_merged(got, None, folder / "revision" / "rows.parquet")
            digest = difference(folder / "revision" / "rows.parquet", None, "id", None).digest
            self._switch(folder / "revision", f"{self.number + 1:08}/rows.parquet", None, digest)

    def change(self, rows: Sequence[Row], gone: set[str]) -> bool:
        """Rows come and go; tells whether that could be kept apart."""
        current = downloaded(self.place)
        assert current is not None
        with new_revision(self.place) as folder:
            writer = self._writer(folder, rows)
            got = Fetched(rows=writer, full=False, gone=gone, key="id", columns=COLUMNS)
            found = changes_after(got, rows_file(self.place, current), current.digest)
            if found is None:
                return False
            (folder / "revision").mkdir()
            found.frame.write_parquet(folder / "revision" / "changes.parquet")
            changes = f"{self.number + 1:08}/changes.parquet"
            self._switch(folder / "revision", current.file, changes, found.difference.digest)
        return True

    def rows(self) -> pl.DataFrame:
        current = downloaded(self.place)
        assert current is not None
        return scan_rows(rows_file(self.place, current)).collect()

    def _writer(self, folder: Path, rows: Sequence[Row]) -> RowWriter:
        writer = RowWriter(folder, "rows", "id", 1000, "https://crm.example", strict=False)
        writer.add([dict(row) for row in rows])
        return writer

    def _switch(self, written: Path, file: str, changes: str | None, digest: str) -> None:
        self.number += 1
        switch(
            self.place,
            written,
            Download(
                f"{self.number:08}", file, "crm.example/deals", 0, NOW, NOW, NOW, "", digest, "id",
                changes=changes,
            ),
        )  # fmt: skip


def told(table: Table) -> tuple[Any, ...]:
    report = {**table.report.as_json(), "loaded_at": None}
    return table.frame.to_dict(as_series=False), table.frame.schema, report, table.headers


def read_whole(spec: SourceSpec, rows: pl.DataFrame, lookups: Path) -> Table | str:
    """The table from all rows in one file, without a cache."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in lookups.glob("*.csv"):
            (folder / file.name).write_bytes(file.read_bytes())
        server = Server(folder)
        (server.place / "written").mkdir()
        rows.write_parquet(server.place / "written" / "rows.parquet")
        server._switch(server.place / "written", "00000001/rows.parquet", None, "")
        return loaded(spec, folder, None)


def loaded(spec: SourceSpec, folder: Path, cache: Path | None) -> Table | str:
    try:
        return load_table("opportunities", spec, folder, cache, zone="Europe/Berlin")
    except SourceError as error:
        return str(error)


IDS = st.sampled_from([f"D{number}" for number in range(14)])
ROW = st.fixed_dictionaries(
    {
        "id": IDS,
        "ref": st.sampled_from(["R1", "R2", "R3", "Total", None]),
        "name": st.sampled_from(["Deal", " padded ", "tab\there", "x" * 5, "Grand total"]),
        "amount": st.sampled_from(["10.5", "20", "1e2", "1,234.50", "bad", None]),
        "close": st.sampled_from(["2026-01-01", "2026-02-03", "2026-02-03", "1.2.2026", None]),
        "stage": st.sampled_from(["Lead", "Closing", None]),
        "state": st.sampled_from(["Open", "Won", "Lost", "Open", "odd", None]),
        "size": st.sampled_from(["1", "2.5", "0.0000000000123", "1,000", "none"]),
        "team": st.sampled_from(["T1", "T2"]),
    }
)
SOUND = ROW.map(lambda row: {**row, "amount": "7", "close": "2026-03-04", "state": "Open", "stage": "Lead"})
ODD = ROW.map(lambda row: {**row, "amount": "USD 5", "team": "T9", "name": "y" * 20_001})
ROWS = st.lists(st.one_of(SOUND, SOUND, ROW), min_size=1, max_size=10)
CAME = st.lists(st.one_of(SOUND, SOUND, SOUND, ROW, ROW, ODD), max_size=5)
SPECS = st.sampled_from(
    [
        spec_of(),
        spec_of(),
        spec_of(types={"size": "text"}, skip_blank_id=True),
        spec_of(decimal=","),
        spec_of(columns={**spec_of().columns, "opportunity_id": "ref"}),
        spec_of(columns={**spec_of().columns, "opportunity_id": "ref"}, on_duplicate="last"),
        spec_of(values={"stage": {"Closing": "Close"}}),
        spec_of(lookup=[LookupSpec("teams.csv", {"team": "Team"}, {"owner": "Owner"})]),
        spec_of(
            lookup=[
                LookupSpec("teams.csv", {"team": "Team"}, {"owner": "Owner"}),
                LookupSpec("stages.csv", {"stage": "Stage", "team": "Team"}, {"product": "What"}),
            ],
            values={"owner": {"Ann": "Anna"}, "team": {"T1": ""}, "product": {"first": "1st", "last": ""}},
        ),
    ]
)


@given(
    spec=SPECS,
    before=ROWS,
    steps=st.lists(st.tuples(CAME, st.sets(IDS, max_size=2)), min_size=1, max_size=4),
    fewest=st.sampled_from([3, 250_000]),
)
def test_it_is_what_reading_all_gives(
    spec: SourceSpec,
    before: list[Row],
    steps: list[tuple[list[Row], set[str]]],
    fewest: int,
) -> None:
    with tempfile.TemporaryDirectory() as name, patch.object(packing, "FEWEST_ROWS", fewest):
        folder = Path(name)
        (folder / "teams.csv").write_text("Team,Owner\nT1,Ann\nT2,Bea\n")
        (folder / "stages.csv").write_text("Stage,Team,What\nLead,T2,first\nClosing,T2,last\n")
        server = Server(folder)
        server.whole(before)
        first = loaded(spec, folder, folder / "cache")
        states = {} if isinstance(first, str) else {first.state: first}
        for came, gone in steps:
            assert server.change(came, gone)
            found = loaded(spec, folder, folder / "cache")
            expected = read_whole(spec, server.rows(), folder)
            if isinstance(expected, str) or isinstance(found, str):
                assert found == expected
                continue
            assert told(found) == told(expected)
            again = loaded(spec, folder, folder / "cache")
            assert not isinstance(again, str)
            assert told(again) == told(expected)
            event("brought forward" if any(folder.glob("cache/*/later.parquet")) else "read whole")
            if found.delta is not None and found.delta.since in states:
                earlier = states[found.delta.since]
                event("with a difference")
                assert rows_of(without(earlier, found.delta.before), found.delta.after) == rows_of(
                    found.frame
                )
            states[found.state] = found


def without(earlier: Table, before: pl.DataFrame) -> pl.DataFrame:
    """The rows of an earlier state but those that are told to differ."""
    columns = [one for one in before.columns if one != ROW_COLUMN]
    texts = pl.all().cast(pl.String)
    kept = (
        earlier.frame.select(columns)
        .select(texts)
        .join(before.select(columns).select(texts), on=columns, how="anti", nulls_equal=True)
    )
    assert kept.height == earlier.frame.height - before.height
    return kept


def rows_of(*frames: pl.DataFrame) -> list[tuple[Any, ...]]:
    rows = [
        row
        for one in frames
        for row in one.drop(ROW_COLUMN, strict=False).select(pl.all().cast(pl.String)).rows()
    ]
    return sorted(rows, key=str)


def sound(number: int, **more: str) -> Row:
    return {
        "id": f"D{number}", "ref": None, "name": f"Deal {number}", "amount": "7", "close": "2026-03-04",
        "stage": "Lead", "state": "Open", "size": "1", "team": "T1", **more,
    }  # fmt: skip


@pytest.fixture
def casts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each casting took."""
    heights: list[int] = []
    real = load_module.typed

    def counted(name: str, spec: SourceSpec, mapped: Any, zone: str | None) -> Any:
        heights.append(mapped.frame.height)
        return real(name, spec, mapped, zone)

    monkeypatch.setattr(load_module, "typed", counted)
    return heights


def test_only_rows_that_came_are_cast(tmp_path: Path, casts: list[int]) -> None:
    server = Server(tmp_path)
    server.whole([*(sound(number) for number in range(30)), sound(30, amount="bad")])
    first = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert server.change([sound(3, amount="8"), sound(31)], {"D5"})
    second = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert server.change([sound(4, amount="9")], set())
    third = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert casts == [31, 2, 3]
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert isinstance(third, Table)
    assert second.frame["opportunity_id"].to_list()[-2:] == ["D3", "D31"]
    assert second.report.rejects["row"].to_list() == [29]  # as it stands behind two rows that left
    assert second.delta is not None
    assert second.delta.since == first.state
    assert sorted(second.delta.before["opportunity_id"]) == ["D3", "D5"]
    assert sorted(second.delta.after["opportunity_id"]) == ["D3", "D31"]
    assert third.delta is not None
    assert third.delta.since == second.state
    assert third.frame.filter(opportunity_id="D4")["amount"].item() == 9


def test_a_cache_that_is_gone_is_made_of_all_rows_and_then_goes_forward(
    tmp_path: Path, casts: list[int]
) -> None:
    server = Server(tmp_path)
    server.whole([sound(number) for number in range(30)])
    assert server.change([sound(3, amount="8")], set())
    loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert server.change([sound(4, amount="9")], set())
    found = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert casts == [30, 1, 2]
    assert isinstance(found, Table)
    assert found.frame["amount"].sum() == 30 * 7 + 3


@pytest.mark.parametrize("part", ["later", "replaced", "facts", "frame"])
def test_a_damaged_state_is_made_again(tmp_path: Path, part: str) -> None:
    server = Server(tmp_path)
    server.whole([sound(number) for number in range(30)])
    loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert server.change([sound(3, amount="8")], set())
    whole = loaded(spec_of(), tmp_path, tmp_path / "cache")
    for file in tmp_path.glob(f"cache/*/{part}.*"):
        file.write_bytes(b"no")
    again = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert isinstance(whole, Table)
    assert isinstance(again, Table)
    assert told(again) == told(whole)


def test_what_is_counted_over_rows_is_counted_again(tmp_path: Path, casts: list[int]) -> None:
    (tmp_path / "teams.csv").write_text("Team,Owner\nT1,Ann\n")
    server = Server(tmp_path)
    server.whole([*(sound(number) for number in range(30)), sound(30, stage="Closing", team="T9")])
    spec = spec_of(
        values={"stage": {"Closing": "Close"}},
        lookup=[LookupSpec("teams.csv", {"team": "Team"}, {"owner": "Owner"})],
    )
    loaded(spec, tmp_path, tmp_path / "cache")
    for number in (3, 4):
        assert server.change([sound(number, stage="Closing", team="T9")], set())
        found = loaded(spec, tmp_path, tmp_path / "cache")
        assert isinstance(found, Table)
        assert (found.report.corrected[0].count, found.report.unmatched[0].count) == (number - 1, number - 1)
    assert found.report.corrected[0].rows == (29, 30, 31)
    assert casts == [31, 1, 2]


def test_what_rows_together_say_is_read_again(tmp_path: Path, casts: list[int]) -> None:
    server = Server(tmp_path)
    server.whole([*(sound(number) for number in range(30)), sound(30, amount="USD 5")])
    loaded(spec_of(), tmp_path, tmp_path / "cache")
    for number in (3, 4):
        assert server.change([sound(number, amount="EUR 5")], set())
        found = loaded(spec_of(), tmp_path, tmp_path / "cache")
        assert isinstance(found, Table)
        assert any("2 currency marks: EUR, USD" in str(one) for one in found.report.problems)
    assert casts == [31, 31, 31]


def test_a_refused_row_opens_to_itself_before_and_after_others_left(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.whole([*(sound(number) for number in range(30)), sound(30, amount="bad")])
    assert server.change([sound(4), sound(5, close="never")], {"D7", "D8"})
    found = loaded(spec_of(), tmp_path, tmp_path / "cache")
    assert isinstance(found, Table)
    rejects = found.report.rejects
    assert rejects["value"].to_list() == ["bad", "never"]
    opened = original_rows("opportunities", spec_of(), tmp_path, list(rejects.select("file", "row").rows()))
    assert [(one.row, one.cells[0]) for one in opened] == [(27, ("id", "D30")), (29, ("id", "D5"))]
