"""A table written as CSV and read again is the same table."""

import csv
import tempfile
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.base.clean import clean
from cockpit.panes.view import RawTable
from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec, StatusSpec
from cockpit.text.csvtext import guarded
from cockpit.text.export import export_table

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=12)
ROWS = st.lists(
    st.tuples(
        TEXT,
        TEXT,
        st.none() | st.decimals(-(10**12), 10**12, places=2, allow_nan=False, allow_infinity=False),
        st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31)),
        st.sampled_from(["Open", "Won", "Lost"]),
        TEXT,
    ),
    min_size=1,
    max_size=12,
)


BLANKS = "".join(one for one in map(chr, range(0x3001)) if one.isspace() and one not in "\x1c\x1d\x1e\x1f")


def cell(text: str) -> str | None:
    return clean(text.strip(BLANKS)).strip() or None


@settings(max_examples=80, deadline=None)
@given(
    ROWS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans()
)
def test_round_trip(rows, separator, encoding, quote_all):
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "o.csv"
        lines = []
        with path.open("w", encoding=encoding, newline="") as file:
            quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
            writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator="\n")
            writer.writerow(["Id", "Name", "Stage", "Amount", "Close", "Status", "Free Text"])
            line = 2
            for number, (name, stage, amount, close, status, note) in enumerate(rows):
                day = close.strftime("%d.%m.%Y") if close else ""
                writer.writerow(
                    [f"x{number}", name, stage, "" if amount is None else str(amount), day, status, note]
                )
                lines.append(line)
                line += 1 + sum(text.count("\n") for text in (name, stage, note))
        spec = SourceSpec(
            "o.csv",
            {
                "opportunity_id": "Id",
                "name": "Name",
                "stage": "Stage",
                "amount": "Amount",
                "close_date": "Close",
            },
            date_format="%d.%m.%Y",
            status=StatusSpec("Status", won=["Won"], lost=["Lost"], open=["Open"]),
        )
        table = load_table("opportunities", spec, Path(temporary))
    assert table.report.rejects.is_empty()
    assert table.frame["_row"].to_list() == lines
    columns = ("name", "stage", "amount", "close_date", "status", "free_text")
    expected = [
        (
            cell(name),
            cell(stage),
            None if amount is None else Decimal(amount),
            close,
            status.lower(),
            cell(note),
        )
        for name, stage, amount, close, status, note in rows
    ]
    assert table.frame.select(columns).rows() == expected


FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "＋x", '"=1"', " =1", "Contoso")


def test_30_an_export_holds_no_formula_and_its_numbers_come_back_to_the_cent(tmp_path):
    """What the cockpit exports, it reads again: text with its guard, amounts untouched."""
    rows = [
        (f"x{number}", text, Decimal(-5 - number) / 4, date(2026, 1, 2 + number))
        for number, text in enumerate(FORMULAS)
    ]
    table = RawTable("deals", ("Id", "Name", "Amount", "Close"), rows)
    columns = {"opportunity_id": "Id", "name": "Name", "amount": "Amount", "close_date": "Close"}
    for name in ("deals.csv", "deals.xlsx"):
        export_table(table, tmp_path / name)
        spec = SourceSpec(name, columns, date_format="%Y-%m-%d", status=StatusSpec(value="open"))
        frame = load_table("opportunities", spec, tmp_path).frame
        assert frame["amount"].to_list() == [row[2] for row in rows], name
        assert frame["close_date"].to_list() == [row[3] for row in rows]
        guards = guarded if name.endswith(".csv") else str  # a workbook says of each cell that it is text
        assert frame["name"].to_list() == [cell(str(guards(text))) for text in FORMULAS]
    sheet = zipfile.ZipFile(tmp_path / "deals.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
