"""Results as text, CSV, JSON, workbooks and mail."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.base.problems import SourceError
from cockpit.panes.lines import cells
from cockpit.panes.view import RawTable
from cockpit.text.csvtext import csv_cell, csv_text, guarded
from cockpit.text.export import export_table
from cockpit.text.jsontext import json_text
from cockpit.text.table import cell_text, table_text

TABLE = RawTable(
    "deals",
    ("name", "amount", "close"),
    [("=cmd|' /C calc'!A0", Decimal("12.30"), date(2026, 11, 23)), ("Contoso", None, None)],
)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=2)
    )
)
def test_csv_comes_back_with_only_the_guard_added(rows):
    back = list(csv.reader(io.StringIO(csv_text(("a", "b"), rows), newline="")))
    assert back[1:] == [[guarded(cell) for cell in row] for row in rows]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "@", "-")) for row in back[1:] for cell in row)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-5.10"), "-5.10"),
        (Decimal("1E+3"), "1000"),
        (-3, "-3"),
        (None, ""),
        (True, "true"),
        (date(2026, 11, 23), "2026-11-23"),
        (["a", "b"], "a b"),
        ({"kind": "link", "pass": None}, '{"kind":"link","pass":null}'),
        ("-5", "'-5"),
    ],
)
def test_a_cell_of_csv(value, written):
    assert csv_cell(value) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_json_carries_decimals_exactly(value):
    assert json.loads(json_text({"x": value}), parse_float=Decimal, parse_int=Decimal)["x"] == value


def test_decimals_of_a_column_have_the_same_number_of_digits():
    lines = table_text(("x",), [(Decimal("1234.5000"),), (Decimal("7.0000"),), (None,)]).splitlines()
    assert [line.strip() for line in lines[2:]] == ["1,234.50", "7.00", "-"]
    assert table_text(("x",), [(Decimal("479200.0000"),)]).endswith("479,200")


def test_a_table_is_cut_only_to_a_width():
    rows = [("a" * 100, 1)]
    assert "a" * 100 in table_text(("name", "n"), rows)
    assert all(cells(line) <= 40 for line in table_text(("name", "n"), rows, 40).splitlines())


def test_cells_for_people():
    assert [cell_text(value) for value in (None, True, 1234, 0.5, ["a", 1])] == [
        "-",
        "yes",
        "1,234",
        "0.5",
        "a, 1",
    ]


def test_an_exported_csv_is_private_and_never_overwritten(tmp_path: Path):
    path = tmp_path / "deals.csv"
    export_table(TABLE, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().splitlines()[1] == "'=cmd|' /C calc'!A0,12.30,2026-11-23"
    with pytest.raises(SourceError, match="is there already"):
        export_table(TABLE, path)
    with pytest.raises(SourceError, match="its folder is not there"):
        export_table(TABLE, tmp_path / "typo" / "deals.csv")
    assert not (tmp_path / "typo").exists()


def test_an_exported_workbook_holds_text_numbers_and_dates(tmp_path: Path):
    import fastexcel

    path = tmp_path / "deals.xlsx"
    export_table(TABLE, path)
    frame = fastexcel.read_excel(path).load_sheet(0).to_polars()
    assert frame.columns == ["name", "amount", "close"]
    assert frame["name"].to_list() == ["=cmd|' /C calc'!A0", "Contoso"]
    assert frame["amount"].to_list() == [12.3, None]
    assert str(frame["close"][0]).startswith("2026-11-23")


def test_the_mail_is_24_lines_of_80_columns(tmp_path: Path):
    from cockpit import Cockpit
    from cockpit.text.mail import mail_text
    from cockpit.workspace.demo import write_demo

    write_demo(tmp_path / "ws", rows=2000)
    with Cockpit.open(tmp_path / "ws") as cockpit:
        for number in range(12):
            cockpit.work.add(f"{'a very long title ' * 8}{number}", due="2026-11-20")
        text = mail_text(cockpit)
    lines = text.splitlines()
    assert lines[0].startswith("Subject: US Field 23 Nov: ")
    assert len(lines) <= 24
    assert max(cells(line) for line in lines) <= 80
    assert "Short week: closed Thu 26, Fri 27." in text
    assert "more (cockpit tasks overdue)" in text
    assert "1 ids" not in text
    since = next(line for line in lines if line.startswith("SINCE LOCK "))
    assert " won " in since or " lost" in since
    assert "open, due in FY27-Q2; balances" in text
    assert next(line for line in lines if line.startswith("ANNUITY ")).startswith("ANNUITY    Due to date ")


@pytest.mark.parametrize("name", ["table.png", "table.svg", "table.pdf"])
def test_a_table_is_no_picture(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"a table is written as \.csv or \.xlsx"):
        export_table(TABLE, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_more_rows_than_a_workbook_holds_are_refused_rather_than_lost(tmp_path: Path) -> None:
    table = RawTable("Deals", ("n",), range(1_048_576))  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="too many for a workbook"):
        export_table(table, tmp_path / "deals.xlsx")
    assert not list(tmp_path.iterdir())
