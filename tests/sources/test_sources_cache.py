"""What was loaded once is not parsed again, until a file, a look-up or the section changes."""

import os
import shutil
from dataclasses import replace

import msgspec
import pytest

from cockpit.sources import load as load_module
from cockpit.sources.load import load_table
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec

SPEC = SourceSpec(
    "o.csv",
    {"opportunity_id": "Id", "stage": "S", "amount": "A", "close_date": "D", "created_date": "C"},
    status=StatusSpec(value="open"),
    lookup=[LookupSpec("l.csv", {"K": "K"}, {"owner": "O"})],
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "o.csv").write_text(
        "Id,S,A,D,C,K\n1,x,10.5,2026-01-01,nonsense,1\n1,x,5,2026-01-01,,7\n2,x,bad,2026-01-01,,1\n"
    )
    (tmp_path / "l.csv").write_text("K,O\n1,Ann\n")
    return tmp_path


@pytest.fixture
def parses(monkeypatch):
    count = []
    real = load_module.map_source
    monkeypatch.setattr(load_module, "map_source", lambda *arguments: count.append(1) or real(*arguments))
    return count


def load(folder, spec=SPEC, **more):
    return load_table("opportunities", spec, folder, folder / "cache", **more)


def test_the_second_load_is_equal_and_parses_nothing(folder, parses):
    first, second = load(folder), load(folder)
    assert len(parses) == 1
    assert second.frame.equals(first.frame)
    assert second.frame.schema == first.frame.schema
    assert second.headers == first.headers
    assert second.report.as_json() == first.report.as_json()
    assert second.report.rejects.height == 1
    assert second.report.blanked.height == 1
    assert second.report.problems == first.report.problems


def test_only_this_user_can_read_it(folder):
    load(folder)
    kept = list((folder / "cache").rglob("*"))
    assert len(kept) == 5
    for path in [folder / "cache", *kept]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_changes_invalidate(folder, parses):
    load(folder)
    (folder / "l.csv").write_text("K,O\n1,Bea\n")
    assert load(folder).frame["owner"][0] == "Bea"
    path = folder / "o.csv"
    path.write_text(path.read_text().replace("10.5", "20.5"))
    os.utime(path, ns=(1, 1))
    assert str(load(folder).frame["amount"][0]) == "20.5000"
    load(folder, msgspec.structs.replace(SPEC, decimal=","))
    load(folder, zone="UTC")
    assert len(parses) == 5
    assert len(list((folder / "cache").iterdir())) == 1


def test_a_damaged_cache_is_made_again(folder, parses):
    load(folder)
    for frame in (folder / "cache").rglob("frame.parquet"):
        frame.write_bytes(b"no")
    assert load(folder).frame.height == 2
    assert len(parses) == 2
    load(folder)
    assert len(parses) == 2


def test_a_cache_that_cannot_be_written_is_no_error(folder):
    (folder / "cache").write_text("a file")
    assert load(folder).frame.height == 2
    (folder / "cache").unlink()
    shutil.rmtree(folder / "cache", ignore_errors=True)


def test_the_report_can_be_replaced(folder):
    report = replace(load(folder).report, rows_read=9)
    assert report.as_json()["rows_read"] == 9
