"""Files of every awkward kind become right tables, or one clear line: never a silent wrong total."""

import gzip
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from cockpit.base.problems import ConfigError, SourceError
from cockpit.sources.load import load_table
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec

COLUMNS = {
    "opportunity_id": "Id",
    "name": "Name",
    "stage": "Stage",
    "amount": "Amount",
    "close_date": "Close",
}
HEADER = "Id,Name,Stage,Amount,Close,Status,Note\n"
ROWS = (
    "1,Ann,Lead,100.50,2026-01-02,Open,a\n2,Bob,Won,200,2026-02-03,Won,b\n3,Cy,Lost,300,2026-03-04,Lost,c\n"
)
STATUS = StatusSpec(column="Status", won=["Won"], lost=["Lost"], open=["Open"])


def spec(path="o.csv", **more) -> SourceSpec:
    return SourceSpec(**{"path": path, "columns": COLUMNS, "status": STATUS, **more})


def write(folder: Path, content: str | bytes, name: str = "o.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def load(folder: Path, content: str | bytes, **more):
    write(folder, content)
    return load_table("opportunities", spec(**more), folder)


def refused(folder: Path, **more) -> str:
    with pytest.raises(SourceError) as caught:
        load_table("opportunities", spec(**more), folder)
    assert caught.value.exit_code == 3
    return str(caught.value)


def total(table) -> Decimal:
    return table.frame["amount"].sum()


def assert_plain(table) -> None:
    assert table.frame["opportunity_id"].to_list() == ["1", "2", "3"]
    assert table.frame["status"].to_list() == ["open", "won", "lost"]
    assert table.frame["close_date"].to_list() == [date(2026, 1, 2), date(2026, 2, 3), date(2026, 3, 4)]
    assert total(table) == Decimal("600.5")
    assert table.report.rejects.is_empty()


def test_plain_file(tmp_path):
    table = load(tmp_path, HEADER + ROWS)
    assert_plain(table)
    assert table.frame["_row"].to_list() == [2, 3, 4]
    assert table.frame.schema["amount"] == pl.Decimal(38, 4)
    assert table.report.encoding == "utf-8"
    assert table.report.separator == ","
    assert table.frame["note"].to_list() == ["a", "b", "c"]
    assert table.headers["amount"] == "Amount"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (("\ufeff" + HEADER + ROWS).encode(), "utf-8"),
        ((HEADER + ROWS).encode("utf-16"), "utf-16"),
        ((HEADER + ROWS).encode("utf-16-le"), "utf-16-le"),
        ((HEADER + ROWS).encode("utf-16-be"), "utf-16-be"),
        ((HEADER + ROWS).replace("\n", "\r\n").encode(), "utf-8"),
        ((HEADER + ROWS).replace("\n", "\r").encode(), "utf-8"),
        (("sep=;\n" + (HEADER + ROWS).replace(",", ";")).encode(), "utf-8"),
        ((HEADER + ROWS).replace(",", "\t").encode(), "utf-8"),
        ((HEADER + ROWS).replace(",", "|").encode(), "utf-8"),
        (("Pipeline report\nprinted, 1 May\n\n" + HEADER + ROWS).encode(), "utf-8"),
        ((HEADER + ROWS + "\n\n,,,,,,\n").encode(), "utf-8"),
        ((HEADER.replace("Amount", "  amount ") + ROWS).encode(), "utf-8"),
        ((HEADER + ROWS.replace(",", " , ")).encode(), "utf-8"),
    ],
)
def test_layouts(tmp_path, content, encoding):
    table = load(tmp_path, content)
    assert_plain(table)
    assert table.report.encoding == encoding


def test_cp1252_keeps_letters_and_says_so(tmp_path):
    table = load(tmp_path, (HEADER + ROWS.replace("Ann", "Jürgen “J”")).encode("cp1252"))
    assert table.frame["name"][0] == "Jürgen “J”"
    assert table.report.encoding == "cp1252"


def test_gz_tsv_and_glob(tmp_path):
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress((HEADER + ROWS).replace(",", "\t").encode()))
    assert_plain(load_table("opportunities", spec("a.tsv.gz"), tmp_path))
    write(tmp_path, HEADER + "4,D,Lead,1,2026-01-01,Open,x\n", "p2.csv")
    write(tmp_path, "Close,Status,Stage,Amount,Id,Name,Extra\n2026-01-01,Open,Lead,2,5,E,y\n", "p1.csv")
    table = load_table("opportunities", spec("p*.csv"), tmp_path)
    assert table.frame.select("opportunity_id", "_file", "_row").rows() == [
        ("5", "p1.csv", 2),
        ("4", "p2.csv", 2),
    ]
    assert total(table) == 3
    assert table.frame["extra"].to_list() == ["y", None]


def test_truncated_gzip_is_refused(tmp_path):
    whole = gzip.compress((HEADER + ROWS * 500).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[:-30])
    assert "cut short" in refused(tmp_path, path="a.csv.gz")


@pytest.mark.parametrize("kind", ["parquet", "ndjson", "xlsx"])
def test_other_formats(tmp_path, kind):
    frame = pl.DataFrame(
        {
            "Id": [1, 2, 3], "Name": ["Ann", "Bob", "Cy"], "Stage": ["Lead", "Won", "Lost"],
            "Amount": [100.5, 200.0, 300.0], "Close": [date(2026, 1, 2), date(2026, 2, 3), date(2026, 3, 4)],
            "Status": ["Open", "Won", "Lost"],
        }
    )  # fmt: skip
    path = tmp_path / f"o.{kind}"
    if kind == "parquet":
        frame.write_parquet(path)
    elif kind == "ndjson":
        frame.write_ndjson(path)
    else:
        frame.write_excel(path)
    assert_plain(load_table("opportunities", spec(path.name, date_format="%d/%m/%Y"), tmp_path))


def test_ndjson_keeps_exact_money_and_refuses_bad_lines(tmp_path):
    lines = (
        '{"Id":"1","Name":"a\\ud800b","Stage":"s","Amount":1234567890123.4567,"Close":"2026-01-01","Status":"Open"}\n'
        '{"Id":"2","Amount":NaN}\n{"Id":"3","Id":"4"}\nnonsense\n' + "[" * 100_000 + "\n"
    )
    write(tmp_path, lines, "o.ndjson")
    table = load_table("opportunities", spec("o.ndjson"), tmp_path)
    assert total(table) == Decimal("1234567890123.4567")
    assert table.frame["name"][0] == "a?b"
    assert table.report.rejects["row"].to_list() == [2, 3, 4, 5]


def test_short_and_long_rows_are_rejected_with_their_line(tmp_path):
    table = load(tmp_path, HEADER + "9,short,Lead\n" + ROWS + "8,E,Lead,5,2026-01-01,Open,x,extra\n")
    assert total(table) == Decimal("600.5")
    assert table.report.rejects.select("row", "reason").rows() == [
        (2, "short row: 3 cells, the header has 7"),
        (6, "long row: 8 cells, the header has 7"),
    ]
    assert table.report.rows_read == 5
    assert table.frame["_row"].to_list() == [3, 4, 5]


def test_lines_are_right_after_quoted_newlines(tmp_path):
    content = HEADER + '1,"A\nB",Lead,1,2026-01-01,Open,x\n2,B,Lead,bad,2026-01-01,Open,"y,z"\n'
    table = load(tmp_path, content)
    assert table.frame["_row"].to_list() == [2]
    assert table.report.rejects.row(0, named=True) == {
        "file": "o.csv", "row": 4, "column": "amount", "value": "bad", "reason": "not an amount",
    }  # fmt: skip
    assert table.frame["name"][0] == "A⏎B"


def test_lines_are_right_with_quoted_newlines_and_blank_lines(tmp_path):
    content = HEADER + '\n1,"A\n\nB",Lead,1,2026-01-01,Open,x\n\n2,B,Lead,bad,2026-01-01,Open,y\n'
    table = load(tmp_path, content)
    assert table.frame["_row"].to_list() == [3]
    assert table.report.rejects["row"].to_list() == [7]


def test_quotes(tmp_path):
    table = load(
        tmp_path, HEADER + '1,5" pipe,Lead,1,2026-01-01,Open,x\n2,"a ""b""",Lead,2,2026-01-01,Open,x\n'
    )
    assert table.frame["name"].to_list() == ['5" pipe', 'a "b"']
    assert total(table) == 3
    write(tmp_path, HEADER + '1,"open,Lead,1,2026-01-01,Open,x\n2,B,Lead,2,2026-01-01,Open,x\n')
    assert "o.csv:2: a quote is opened and never closed" in refused(tmp_path)
    write(tmp_path, HEADER + ROWS + '4,"5" pipe",Lead,1,2026-01-01,Open,x\n')
    assert "o.csv:5: a quote stands in the middle" in refused(tmp_path)


def test_half_written_file(tmp_path):
    write(tmp_path, HEADER + ROWS + "4,D,Lead,2")
    assert "o.csv:5: the file ends in the middle of a row: it is half written" in refused(tmp_path)
    table = load(tmp_path, (HEADER + ROWS)[:-1])
    assert_plain(table)
    assert [problem.line for problem in table.report.problems] == [4]


def test_total_rows_are_never_counted(tmp_path):
    table = load(
        tmp_path, HEADER + ROWS + "Total,,,600.50,,,\n,,,600.50,,,\n", status=StatusSpec(value="open")
    )
    assert total(table) == Decimal("600.5")
    assert table.report.rejects.select("row", "reason").rows() == [
        (5, "is a total, not a record"),
        (6, "opportunity_id is blank"),
    ]
    table = load(tmp_path, HEADER + ROWS + ",,,600.50,,,\n", skip_blank_id=True)
    assert (table.report.rows_without_id, table.report.rows_rejected, table.report.rows_kept) == (1, 0, 3)
    assert total(table) == Decimal("600.5")


@pytest.mark.parametrize("row", ["Total,,,600.50,,,", ",,,600.50,,,"])
def test_what_is_no_record_is_not_asked_for_its_outcome(tmp_path, row):
    report = load(tmp_path, HEADER + ROWS + row + "\n").report
    assert report.rows_rejected == 1
    assert [problem.severity for problem in report.problems] == ["warning"] * len(report.problems)
    assert "listed neither" not in " ".join(str(problem) for problem in report.problems)


def test_a_record_without_an_outcome_is_an_error(tmp_path):
    report = load(tmp_path, HEADER + ROWS + "4,Dee,Lead,7,2026-01-02,,\n").report
    assert [problem.message for problem in report.problems if problem.severity == "error"] == [
        "a blank status (1 row) is listed neither under won, lost nor open"
    ]


def test_duplicate_headers(tmp_path):
    write(tmp_path, HEADER.replace("Note", "Amount") + ROWS)
    assert "o.csv:1: sources.opportunities.columns.amount: the header 'Amount' is there 2 times" in refused(
        tmp_path
    )
    table = load(tmp_path, HEADER.replace("Note", "Note,Note,note") + ROWS.replace("\n", ",x,y\n"))
    assert table.frame.columns[-4:] == ["note", "note_2", "note_3", "_row"]


def test_wrong_column_names_are_all_named_with_a_guess(tmp_path):
    write(tmp_path, HEADER + ROWS)
    text = refused(tmp_path, columns={**COLUMNS, "amount": "Amuont", "close_date": "Clse"})
    assert "columns.amount: the file has no column 'Amuont' (did you mean Amount?)" in text
    assert "columns.close_date: the file has no column 'Clse' (did you mean Close?)" in text
    text = refused(tmp_path, types={"noote": "number"}, values={"nam": {}})
    assert "did you mean note?" in text
    assert "did you mean name?" in text


def test_wrong_sections():
    two = spec(lookup=[LookupSpec("x.csv", {"a": "a"}, {"amount": "b"})])
    with pytest.raises(ConfigError) as caught:
        load_table("opportunities", two, Path())
    assert "two columns are mapped to 'amount'" in str(caught.value)
    assert caught.value.exit_code == 2
    with pytest.raises(ConfigError, match=r"did you mean opportunities\?"):
        load_table("opportunity", spec(), Path())
    with pytest.raises(ConfigError, match="no column is mapped to amount"):
        load_table(
            "opportunities", SourceSpec("x", {"opportunity_id": "a", "stage": "b", "close_date": "c"}), Path()
        )


def test_files_that_cannot_be_read(tmp_path):
    write(tmp_path, HEADER + ROWS)
    assert "no such file (did you mean o.csv?)" in refused(tmp_path, path="p.csv")
    write(tmp_path, b"", "empty.csv")
    assert "empty.csv: is empty" in refused(tmp_path, path="empty.csv")
    (tmp_path / "d").mkdir()
    assert "d: is a folder" in refused(tmp_path, path="d")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a pipe" in refused(tmp_path, path="pipe.csv")
    assert "no file matches" in refused(tmp_path, path="*.tsv")
    assert "control character" in refused(tmp_path, path="a\0b")
    assert "no such file" in refused(tmp_path, path="../../nowhere/x.csv")
    with (tmp_path / "sparse.csv").open("wb") as file:
        file.truncate(10_000_000_000)
    assert "larger than" in refused(tmp_path, path="sparse.csv")
    write(tmp_path, b"PK\x03\x04rest", "zip.csv")
    assert "a zip archive or workbook" in refused(tmp_path, path="zip.csv")
    write(tmp_path, b"\x89PNG\r\n\x1a\n\0\0\0", "picture.csv")
    assert "not a text file" in refused(tmp_path, path="picture.csv")
    write(tmp_path, "<!DOCTYPE html><html>sign in", "page.csv")
    assert "web page" in refused(tmp_path, path="page.csv")
    write(tmp_path, HEADER + ROWS, "~$o.csv")
    assert "temporary" in refused(tmp_path, path="~$o.csv")
    if os.geteuid() != 0:
        (tmp_path / "o.csv").chmod(0)
        assert "no permission" in refused(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "password protected"),
        (b"PK\x03\x04 half a file", "is not a whole workbook"),
        (b"hello", "is not a whole workbook"),
    ],
)
def test_broken_workbooks(tmp_path, content, words):
    write(tmp_path, content, "o.xlsx")
    assert words in refused(tmp_path, path="o.xlsx")


def test_broken_parquet(tmp_path):
    write(tmp_path, b"PAR1 and no more", "o.parquet")
    assert "not a whole Parquet file" in refused(tmp_path, path="o.parquet")


@pytest.fixture
def brief_looks(monkeypatch):
    from cockpit.sources import files

    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(files, "SETTLE_LOOKS", 3)


def read_slowly(monkeypatch, meanwhile) -> None:
    from cockpit.sources import delimited

    real = delimited._fast

    def slowly(content, layout):
        frame = real(content, layout)
        meanwhile()
        return frame

    monkeypatch.setattr(delimited, "_fast", slowly)


def test_a_file_that_changes_while_it_is_read_is_copied_once_it_rests(tmp_path, monkeypatch, brief_looks):
    path = write(tmp_path, HEADER + ROWS)
    again = HEADER + ROWS.replace("100.50", "1")
    read_slowly(monkeypatch, lambda: path.write_text(again))
    table = load_table("opportunities", spec(), tmp_path, tmp_path / "cache")
    assert total(table) == Decimal(501)
    assert table.report.paths == ("o.csv",)
    assert not (tmp_path / "cache").exists()  # nothing says what state of the file that was


def test_a_file_that_does_not_come_to_rest_is_left_for_later(tmp_path, monkeypatch, brief_looks):
    from cockpit.sources import files

    path = write(tmp_path, HEADER + ROWS)
    lengths = iter(range(1, 100))

    def grow(seconds=0) -> None:
        path.write_text(HEADER + ROWS * next(lengths))

    monkeypatch.setattr(files.time, "sleep", grow)
    read_slowly(monkeypatch, grow)
    assert "changed while it was being read" in refused(tmp_path)


def test_only_a_header(tmp_path):
    table = load(tmp_path, HEADER)
    assert table.frame.is_empty()
    assert table.frame.schema["close_date"] == pl.Date
    assert "no rows" in str(table.report.problems[-1])


def test_unlisted_status_is_a_problem_with_its_count(tmp_path):
    table = load(
        tmp_path, HEADER + ROWS + "4,D,x,1,2026-01-01,Wonn,\n5,E,x,1,2026-01-01,Wonn,\n6,E,x,1,2026-01-01,,\n"
    )
    assert table.report.rows_kept == 3
    words = [str(problem) for problem in table.report.problems if problem.severity == "error"]
    assert words[0] == (
        "o.csv:5: sources.opportunities.status: the status 'Wonn' (2 rows) is listed neither under "
        "won, lost nor open (did you mean Won?)"
    )
    assert "a blank status (1 row)" in words[1]


def test_status_star_takes_the_rest(tmp_path):
    status = StatusSpec(column="Stage", won=["won"], lost=["Lost"], open=["*"])
    table = load(tmp_path, HEADER + ROWS + "4,D,,1,2026-01-01,,\n", status=status)
    assert table.frame["status"].to_list() == ["open", "won", "lost", "open"]
    assert table.frame["stage"].to_list() == ["Lead", "Won", "Lost", None]


def test_optional_values_are_blanked_and_told(tmp_path):
    columns = {**COLUMNS, "created_date": "Note"}
    table = load(tmp_path, HEADER + ROWS, columns=columns)
    assert table.report.rows_kept == 3
    assert table.frame["created_date"].to_list() == [None] * 3
    assert table.report.blanked["value"].to_list() == ["a", "b", "c"]
    assert any(problem.severity == "error" for problem in table.report.problems)


def test_bad_amounts_are_rejected_and_totals_go_without_them(tmp_path):
    bad = ["NaN", "Infinity", "1e999", "10" * 200, "-", "N/A", "1,23", "1.2.3"]
    rows = "".join(f'{number},x,s,"{value}",2026-01-01,Open,\n' for number, value in enumerate(bad, 10))
    table = load(tmp_path, HEADER + ROWS + rows)
    assert total(table) == Decimal("600.5")
    assert table.report.rows_rejected == len(bad)
    good = ["(500.00)", "$1,200", "1 234", "1.2M", "-0", "5-", "3k"]
    rows = "".join(f'{number},x,s,"{value}",2026-01-01,Open,\n' for number, value in enumerate(good, 10))
    table = load(tmp_path, HEADER + rows)
    assert total(table) == Decimal(-500 + 1200 + 1234 + 1_200_000 - 5 + 3000)


def test_two_currency_signs_without_a_currency_column_are_an_error(tmp_path):
    table = load(tmp_path, HEADER + "1,x,s,$5,2026-01-01,Open,\n2,x,s,€6,2026-01-01,Open,\n")
    assert any("2 currency marks: $, €" in problem.message for problem in table.report.problems)


def test_decimal_comma_is_as_declared(tmp_path):
    content = HEADER.replace(",", ";") + "1;x;s;1.234,50;02.01.2026;Open;\n2;x;s;1.5;03.01.2026;Open;\n"
    table = load(tmp_path, content, decimal=",", date_format="%d.%m.%Y")
    assert total(table) == Decimal("1234.5")
    assert table.report.rejects["value"].to_list() == ["1.5"]


@pytest.mark.parametrize(("chrono", "month"), [("%m/%d/%Y", 3), ("%d/%m/%Y", 4)])
def test_dates_follow_the_declared_format_only(tmp_path, chrono, month):
    table = load(tmp_path, HEADER + "1,x,s,1,03/04/2026,Open,\n", date_format={"close_date": chrono})
    assert table.frame["close_date"][0].month == month


def test_dates_without_a_format_must_be_iso(tmp_path):
    write(tmp_path, HEADER + "1,x,s,1,03/04/2026,Open,\n")
    assert "not a date as %Y-%m-%d, first '03/04/2026'" in refused(tmp_path)
    table = load(tmp_path, HEADER + ROWS + "9,x,s,1,26-01-02,Open,\n8,x,s,1,2026-02-30,Open,\n")
    assert table.report.rejects["value"].to_list() == ["26-01-02", "2026-02-30"]


def test_times_are_moved_to_the_zone_before_they_are_dropped(tmp_path):
    write(tmp_path, HEADER + "1,x,s,1,2026-01-02 03:30:00,Open,\n")
    one = spec(date_format="%Y-%m-%d %H:%M:%S%.f", timezone="UTC")
    table = load_table("opportunities", one, tmp_path, zone="America/New_York")
    assert table.frame["close_date"][0] == date(2026, 1, 1)
    table = load_table(
        "opportunities", spec(date_format="%Y-%m-%d %H:%M:%S%.f"), tmp_path, zone="America/New_York"
    )
    assert table.frame["close_date"][0] == date(2026, 1, 2)
    write(tmp_path, HEADER + "1,x,s,1,2026-01-02T00:30:00+02:00,Open,\n")
    table = load_table(
        "opportunities", spec(date_format="%Y-%m-%dT%H:%M:%S%#z"), tmp_path, zone="Europe/London"
    )
    assert table.frame["close_date"][0] == date(2026, 1, 1)


def test_probability_scale(tmp_path):
    content = HEADER.replace("Note", "P") + ROWS.replace(",a", ",10").replace(",b", ",55 %").replace(
        ",c", ",120"
    )
    columns = {**COLUMNS, "probability": "P"}
    table = load(tmp_path, content, columns=columns, probability_scale=100)
    assert table.frame["probability"].to_list() == [Decimal("0.1"), Decimal("0.55"), None]
    assert table.report.blanked["reason"].to_list() == ["not a probability from 0 to 100"]


def test_corrections_are_applied_and_counted(tmp_path):
    table = load(tmp_path, HEADER + ROWS, values={"name": {"Ann": "Anna", "Zoe": "Z"}, "amount": {"200": ""}})
    assert table.frame["name"].to_list() == ["Anna", "Bob", "Cy"]
    assert total(table) == Decimal("400.5")
    assert [(one.column, one.value, one.count) for one in table.report.corrected] == [
        ("name", "Ann", 1), ("amount", "200", 1)
    ]  # fmt: skip


def test_repeated_ids(tmp_path):
    content = HEADER + ROWS + ROWS.splitlines()[0].replace("100.50", "1") + "\n"
    table = load(tmp_path, content)
    assert (table.report.rows_kept, table.report.repeated_ids[0].rows) == (4, (2, 5))
    table = load(tmp_path, content, on_duplicate="last")
    assert (table.report.rows_kept, table.report.rows_replaced, total(table)) == (3, 1, 501)
    assert "on lines 2, 5" in refused(tmp_path, on_duplicate="error")


def test_header_by_line(tmp_path):
    table = load(
        tmp_path, "Id,Name,Stage,Amount,Close,Status,Note\nunits,,,USD,,,\n" + HEADER + ROWS, header=3
    )
    assert_plain(table)
    assert table.frame["_row"].to_list() == [4, 5, 6]


def test_header_by_names(tmp_path):
    names = ["Id", "Name", "Stage", "Amount", "Close", "Status", "Note"]
    table = load(tmp_path, ROWS, header=names)
    assert_plain(table)
    assert table.frame["_row"].to_list() == [1, 2, 3]
    write(tmp_path, ROWS)
    assert "header" in refused(tmp_path, header=names[:-1])


def test_hostile_text_is_harmless_everywhere(tmp_path):
    hostile = "A\x1b]0;PWNED\x07B\x9b31m\u202efdp\x00\x08"
    content = HEADER.replace("Note", "No\x1b[2Jte") + ROWS.replace("Ann", hostile).replace(
        "Bob", "deal [/b] x"
    )
    table = load(tmp_path, content + "7,[@click=app.quit]x,s,1,2026-01-01,\x1b]52;c;x\x07,\n")
    text = (
        str(table.report.as_json())
        + str(table.frame.to_dicts())
        + str(table.frame.columns)
        + str(table.headers)
    )
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or character == "\u202e" for character in text
    )
    assert table.frame["name"][0] == "A�]0;PWNED�B�31m�fdp��"
    assert table.frame["name"][1] == "deal [/b] x"
    assert "�]52;c;x�" in table.report.rejects["value"].to_list()


def test_large_cells_and_marks_are_cut(tmp_path):
    table = load(tmp_path, HEADER + f"1,{'x' * 1_000_000},s,1,2026-01-01,Open,e{chr(0x301) * 20_000}\n")
    assert len(table.frame["name"][0]) == 1_000
    assert len(table.frame["note"][0]) < 10


def test_own_names_and_types(tmp_path):
    header = "Id,Name,Stage,Amount,Close,Status,SystemUserSeq,DateDiff-Days,Probability,"
    header += "Ümsatz (neu),#,weeks open\n"
    table = load(
        tmp_path, header + "1,x,s,1,2026-01-01,Open,7,-3,0.5,9,z,12\n", types={"weeks_open": "number"}
    )
    own = [name for name in table.frame.columns if name not in COLUMNS and name != "status"]
    assert own == [
        "system_user_seq",
        "date_diff_days",
        "probability_2",
        "ümsatz_neu",
        "column_5",
        "weeks_open",
        "_row",
    ]
    assert table.frame["weeks_open"].to_list() == [12.0]


def test_lookups(tmp_path):
    write(tmp_path, "Key,Owner,Boss\n1.0,Ann,10\n2.00,Bob,11\n3,Cy,12\n", "owners.csv")
    write(tmp_path, "Boss,Manager\n10.0,Max\n11,Mia\n", "bosses.csv")
    lookups = [
        LookupSpec("owners.csv", {"Note": "Key"}, {"owner": "Owner", "boss": "Boss"}),
        LookupSpec("bosses.csv", {"boss": "Boss"}, {"manager": "Manager"}),
    ]
    rows = ROWS.replace(",a", ",1").replace(",b", ",2.0").replace(",c", ",3") + "4,D,s,1,2026-01-01,Open,77\n"
    table = load(tmp_path, HEADER + rows, lookup=lookups)
    assert table.frame["owner"].to_list() == ["Ann", "Bob", "Cy", None]
    assert table.frame["manager"].to_list() == ["Max", "Mia", None, None]
    assert [(one.column, one.value, one.count) for one in table.report.unmatched] == [
        ("Note", "77", 1), ("boss", "12", 1)
    ]  # fmt: skip
    write(tmp_path, "Key,Owner,Boss\n1.0,Ann,10\n2,Bob,11\n1,Zed,12\n", "owners.csv")
    assert (
        "owners.csv:4: sources.opportunities.lookup[1]: the key '1' stands twice, on lines 2 and 4"
        in refused(tmp_path, lookup=lookups)
    )


@pytest.mark.parametrize(
    ("table", "content", "columns", "kept"),
    [
        (
            "agreements",
            "A,E,B\nx,2026-01-01,5\n",
            {"agreement_id": "A", "expires_date": "E", "base_amount": "B"},
            1,
        ),
        ("accounts", "A,N\nx,Contoso\n,y\n", {"account_id": "A", "account": "N"}, 1),
        ("contacts", "C,OK\n1,yes\n2,nein\n", {"contact_id": "C", "consent": "OK"}, 2),
        ("quota", "P,F,Q\nAnn,2026-01-01,5\nBob,,\n", {"assignee": "P", "valid_from": "F", "amount": "Q"}, 1),
        ("team", "A,P\n1,Ann\n", {"account_id": "A", "person": "P"}, 1),
        ("tasks", "I,T\n1,Call\n", {"task_id": "I", "title": "T"}, 1),
        ("fx", "C,R\nEUR,1.08543\nGBP,x\n", {"currency": "C", "rate": "R"}, 1),
    ],
)
def test_every_table_loads(tmp_path, table, content, columns, kept):
    write(tmp_path, content)
    loaded = load_table(table, SourceSpec("o.csv", columns), tmp_path)
    assert loaded.report.rows_kept == kept
    assert loaded.report.rows_read == kept + loaded.report.rows_rejected
