"""The data view over real files: every count, and everything that was not taken opens to its rows."""

from pathlib import Path

import pytest

from cockpit import Cockpit
from cockpit.panes.data import DataView
from cockpit.panes.lines import plain
from cockpit.panes.place import Place
from cockpit.panes.source import SourceView
from cockpit.panes.source_rows import SourceRowsView
from cockpit.panes.view import Context, Size

CONFIG = """\
schema = 1
[sources.opportunities]
path = "o.csv"
columns = { opportunity_id = "Deal Id", stage = "Stage", amount = "Amount", close_date = "Close" }
status = { value = "open" }
values = { stage = { "Led" = "Lead" } }
link = "https://crm.example/{opportunity_id}"
[[sources.opportunities.lookup]]
path = "owners.csv"
on = { "Owner" = "key" }
take = { owner = "name" }
"""
ROWS = """\
Deal Id,Stage,Amount,Close,Owner
1,Lead,100,2026-12-01,a
2,Led,200,2026-12-01,b
3,Lead,x\x1b]52;c;x,2026-12-01,a
4,Lead,400,2026-12-01,zz
5,Lead,500,2026-12-01,a
5,Lead,501,2026-12-01,a
6,Lead
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cockpit.toml").write_text(CONFIG)
    (tmp_path / "o.csv").write_text(ROWS)
    (tmp_path / "owners.csv").write_text("key,name\na,Ann\nb,Bob\n")
    return tmp_path


@pytest.fixture
def cockpit(folder: Path):
    with Cockpit.open(folder) as opened:
        yield opened


def shown(cockpit, view, width: int = 120) -> tuple[object, list]:
    data = view.load(cockpit, Context())
    page = view.page(data, Size(width, 40))
    lines = [line for block in page.blocks for line in block.lines]
    assert all(line.width == width for line in lines)
    return data, lines


@pytest.mark.parametrize("width", [80, 120, 160])
def test_every_count_stands_in_the_line_of_its_source(cockpit, width: int) -> None:
    _, lines = shown(cockpit, DataView(), width)
    heads = next(line.text.split() for line in lines if "rejected" in line.text)
    (row,) = [line for line in lines if line.key == "source:opportunities"]
    counts = dict(zip(heads[-5:], row.text.split()[-5:], strict=True))
    assert counts["repeated"] == "1"
    assert counts["corrected"] == "1"
    assert counts["unmatched"] == "1"
    assert "rows" in heads
    assert "age" in heads
    assert " now " in row.text


def test_each_issue_opens_to_its_rows_with_file_and_line(cockpit) -> None:
    view = SourceView("opportunities")
    data, lines = shown(cockpit, view)
    assert {issue.what for issue in data.issues} == {"rejected", "unmatched", "repeated", "corrected"}
    text = {}
    for line in lines:
        if line.place is not None and line.place.kind == "data":
            rows = view.open(data, line.place)
            assert isinstance(rows, SourceRowsView)
            text[rows.issue.what, rows.issue.value] = plain(shown(cockpit, rows)[1])
    wrong = "\n".join(text["rejected", "x\ufffd]52;c;x"])
    assert "o.csv:4 " in wrong
    assert "not in the table" in wrong
    assert "! Amount   x\ufffd]52;c;x" in wrong
    assert "o.csv:8 " in "\n".join(text["rejected", "6,Lead"])
    repeated = "\n".join(text["repeated", "5"])
    assert "o.csv:6 " in repeated
    assert "o.csv:7 " in repeated
    assert "in the table as 5" in repeated
    assert "! Owner    zz" in "\n".join(text["unmatched", "zz"])
    assert "! Stage    Led" in "\n".join(text["corrected", "Led"])


def test_a_row_that_was_taken_leads_to_its_record_and_to_the_crm(cockpit) -> None:
    view = SourceView("opportunities")
    data, _ = shown(cockpit, view)
    issue = next(issue for issue in data.issues if issue.what == "unmatched")
    rows = SourceRowsView("opportunities", issue, data.issues)
    found, lines = shown(cockpit, rows)
    cell = next(line for line in lines if line.place is not None)
    assert cell.place == Place("record", "opportunities", where="4")
    assert rows.link(found, cell) == "https://crm.example/4"
    assert rows.table(found).columns[:3] == ("file", "row", "Deal Id")
    assert rows.sibling(found, 1).issue != issue


def test_a_row_that_was_rejected_leads_to_the_crm_where_it_can_be_put_right(cockpit) -> None:
    data, _ = shown(cockpit, SourceView("opportunities"))
    links = {}
    for issue in data.issues:
        rows = SourceRowsView("opportunities", issue, data.issues)
        if issue.what == "rejected":
            links[issue.value] = rows.link(shown(cockpit, rows)[0], None)
    assert links == {
        "x\ufffd]52;c;x": "https://crm.example/3",
        "6,Lead": None,
    }  # of half a row no id is known


def test_a_file_that_has_changed_meanwhile_is_said_to_have(cockpit, folder: Path) -> None:
    view = SourceView("opportunities")
    data, _ = shown(cockpit, view)
    rows = view.open(data, Place("data", "opportunities", focus=data.issues[0].key))
    (folder / "o.csv").write_text(ROWS.splitlines()[0] + "\n1,Lead,1,2026-12-01,a\n")
    assert "The file has changed" in "\n".join(plain(shown(cockpit, rows)[1]))
    (folder / "o.csv").unlink()
    assert "no such file" in "\n".join(plain(shown(cockpit, rows)[1]))


def test_the_last_good_state_says_its_age(cockpit, folder: Path) -> None:
    cockpit.data.loaded()
    (folder / "o.csv").unlink()
    cockpit.data.read_again()
    text = "\n".join(plain(shown(cockpit, SourceView("opportunities"))[1]))
    assert "last good state, of" in text
    assert "no such file" in text
    _, lines = shown(cockpit, DataView(), 80)
    (row,) = [line for line in lines if line.key == "source:opportunities"]
    assert row.text.startswith("!")
