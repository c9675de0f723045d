"""How rows are kept on their way to a file: keys seen before, parts read one by one, numbers to the digit."""

import contextlib
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.sources.changes import scan_rows
from cockpit.sources.files import SourceFile
from cockpit.sources.http import merging, seen
from cockpit.sources.http.changing import changes_after
from cockpit.sources.http.columns import frame_of
from cockpit.sources.http.decode import Digits, document_in
from cockpit.sources.http.job import Fetched
from cockpit.sources.http.rowset import RowWriter, one_by_one
from cockpit.sources.http.seen import SeenKeys


@given(pages=st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=30), recent=st.integers(1, 20))
def test_every_key_counts_once_however_many_pages_there_are(pages: list[list[int]], recent: int) -> None:
    keys, known = SeenKeys(), set[str]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen, "_RECENT", recent)
        for page in pages:
            texts = [f"key {one}" for one in page]
            assert keys.add(pl.Series(texts, dtype=pl.String)) == len(set(texts) - known)
            known.update(texts)


def test_parts_with_other_columns_are_one_table(tmp_path: Path) -> None:
    writer = RowWriter(tmp_path, "rows", "id", 100, "https://h")
    for rows in ([{"id": "1", "a": "x"}], [{"id": "2", "b": "y"}], [{"id": "1", "a": "z", "b": None}]):
        writer.add(rows)
        writer.flush()
    assert len(writer.parts) == 3
    assert writer.distinct == 2
    whole = one_by_one(writer.parts, list(writer.columns))
    assert whole.collect().rows() == [("1", "x", None), ("2", None, "y"), ("1", "z", None)]
    assert whole.select(pl.len()).collect().item() == 3
    assert whole.head(2).select("b").collect().rows() == [(None,), ("y",)]
    assert whole.filter(pl.col("a") == "z").select("id").collect().rows() == [("1",)]
    assert writer.scan().collect().rows() == [("2", None, "y"), ("1", "z", None)]  # the last of a key


def test_numbers_stand_apart_from_text_that_looks_like_them() -> None:
    body = b'[{"n":1.50,"t":"1E3"},{"n":1E3,"t":"x"},{"n":-0.0,"t":null},{"n":1e999,"t":"2.0"}]'
    document = document_in(body, "https://h")
    assert [type(one["n"]) for one in document] == [Digits] * 4
    assert frame_of(document).rows() == [("1.50", "1E3"), ("1000", "x"), ("-0.0", None), ("1e999", "2.0")]


def test_records_of_other_shapes_keep_their_values() -> None:
    alike = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert frame_of(alike).rows() == [("1", "x"), ("2", "y")]
    turned = [{"a": 1, "b": "x"}, {"b": "y", "a": 2}, {"c": True}]
    assert frame_of(turned).rows() == [("1", "x", None), ("2", "y", None), (None, None, "true")]
    nested = [{"a": {"b": 1.25, "c": None}}, {"a": None}]
    assert frame_of(nested).columns == ["a.b", "a.c", "a"]
    assert frame_of(nested).rows() == [("1.25", None, None), (None, None, None)]


@given(
    before=st.dictionaries(st.integers(0, 30), st.integers(0, 3), max_size=20),
    after=st.dictionaries(st.integers(0, 30), st.integers(0, 3), max_size=20),
)
def test_what_differs_is_counted_row_by_row(before: dict[int, int], after: dict[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_ROWS_A_GROUP", 3)
        files = []
        for name, rows in (("old", before), ("new", after)):
            file = Path(folder) / f"{name}.parquet"
            texts = {"id": [f"k{key}" for key in rows], "value": [str(value) for value in rows.values()]}
            pl.DataFrame(texts, schema={"id": pl.String, "value": pl.String}).write_parquet(file)
            files.append(file)
        found = merging.difference(files[1], SourceFile(files[0]), "id", None)
    assert found.rows == len(after)
    assert found.added == len(after.keys() - before.keys())
    assert found.removed == len(before.keys() - after.keys())
    assert found.updated == sum(after[key] != before[key] for key in after.keys() & before.keys())
    assert found.is_none == (before == after)


KEYS = st.sampled_from(["", *(f"k{number}" for number in range(16))])
ROWS = st.lists(
    st.fixed_dictionaries({"id": KEYS, "value": st.sampled_from([None, "1", "2"])}), min_size=1, max_size=12
)


STEPS = st.lists(
    st.tuples(
        ROWS | st.just([]), st.sets(KEYS, max_size=4), st.none() | st.sets(KEYS.filter(bool), max_size=9)
    ),
    min_size=1,
    max_size=4,
)


@given(before=ROWS, steps=STEPS, more=st.sampled_from(["", "", "", "another"]), codes=st.booleans())
def test_changes_kept_apart_are_what_writing_all_anew_gives(
    before: list[dict[str, str | None]],
    steps: list[tuple[list[dict[str, str | None]], set[str], set[str] | None]],
    more: str,
    codes: bool,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def written(name: str, rows: list[dict[str, str | None]]) -> RowWriter:
            writer = RowWriter(folder, name, "id", 100, "https://h", strict=False)
            writer.add([{**row} for row in rows])
            return writer

        whole, held = folder / "0.parquet", SourceFile(folder / "rows.parquet")
        for file in (whole, held.path):
            merging.write_merged(Fetched(rows=written(file.stem, before), key="id"), None, file)
        digest = merging.difference(whole, None, "id", None).digest
        for number, (came, gone, other) in enumerate(steps, 1):
            rows = written(f"came-{number}", [{**row, more: "x"} if more else row for row in came])
            lists = {"value": {"1": "one", "2": "two"}} if codes else {}
            got = Fetched(rows=rows, full=False, gone=gone, key="id", lists=lists, columns=("id", "value"))
            target = folder / f"{number}.parquet"
            if other is not None:  # a sweep finds some keys gone, and maybe one that never came
                merging.write_merged(got, SourceFile(whole), target)
                here = {*pl.read_parquet(target)["id"]}
                got.present = written(f"p-{number}", [{"id": key} for key in here ^ other])
            try:
                merging.write_merged(got, SourceFile(whole), target)
            except merging.IncompleteError:
                with contextlib.suppress(merging.IncompleteError):
                    assert changes_after(got, held, digest) is None
                return
            found = changes_after(got, held, digest)
            nameless = any(row["id"] == "" for row in [*before, *came])
            if codes or (more and came):
                assert found is None
            elif not nameless and "" not in gone:
                assert found is not None
            if found is None:
                return
            held = SourceFile(held.path, folder / f"changes-{number}.parquet")
            found.frame.write_parquet(held.changes)
            assert scan_rows(held).collect().equals(pl.read_parquet(target))
            counted = merging.difference(target, SourceFile(whole), "id", digest)
            assert found.difference.digest == counted.digest
            assert nameless or found.difference == counted  # rows without a key are not told from each other
            assert merging.difference(target, held, "id", None).is_none
            whole, digest = target, found.difference.digest
