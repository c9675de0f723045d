"""Hostile files: each ends in right rows, in a list of rejected ones, or in one clear line, in little memory.

The numbers are those of the battery in which the cases were first written down.
"""

import gzip
import io
import json
import os
import subprocess
import sys
import textwrap
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from cockpit.base.problems import SourceError
from cockpit.sources.load import load_table
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec

COLUMNS = {
    "opportunity_id": "Id",
    "name": "Name",
    "stage": "Stage",
    "amount": "Amount",
    "close_date": "Close",
}
HEADER = "Id,Name,Stage,Amount,Close\n"
ROWS = "1,Ann,Lead,100.50,2026-01-02\n2,Bob,Lead,200,2026-02-03\n3,Cy,Lead,300,2026-03-04\n"
TOTAL = Decimal("600.5")


def spec(path: str, **more) -> SourceSpec:
    return SourceSpec(**{"path": path, "columns": COLUMNS, "status": StatusSpec(value="open"), **more})


def load(folder: Path, path: str, **more):
    return load_table("opportunities", spec(path, **more), folder)


def refused(folder: Path, path: str, **more) -> str:
    with pytest.raises(SourceError) as caught:
        load(folder, path, **more)
    assert caught.value.exit_code == 3
    assert all("\x1b" not in str(problem) and "\n" not in str(problem) for problem in caught.value.problems)
    return str(caught.value)


def ndjson(folder: Path, *lines: str | bytes) -> str:
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n"
    (folder / "o.ndjson").write_bytes(data)
    return "o.ndjson"


def deal(**more) -> str:
    return json.dumps({"Id": "1", "Name": "Ann", "Stage": "Lead", "Amount": 1, "Close": "2026-01-02", **more})


# --- 16: too much ------------------------------------------------------------------------------------------


def test_16_a_cell_of_a_megabyte_is_cut_and_that_is_told(tmp_path):
    (tmp_path / "o.csv").write_text(HEADER + f"1,{'x' * 1_000_000},Lead,1,2026-01-02\n")
    table = load(tmp_path, "o.csv")
    assert len(table.frame["name"][0]) == 1_000
    assert any("longer than 1,000 characters" in problem.message for problem in table.report.problems)


def test_16_of_five_thousand_columns_the_mapped_ones_and_the_first_others_are_taken(tmp_path):
    others = [f"Extra {number}" for number in range(5_000)]
    header = ",".join([*others, "Id", "Name", "Stage", "Amount", "Close"])
    row = ",".join([*("x" for _ in others), "1", "Ann", "Lead", "5", "2026-01-02"])
    (tmp_path / "o.csv").write_text(f"{header}\n{row}\n")
    table = load(tmp_path, "o.csv")
    assert table.frame["amount"].to_list() == [5]
    assert table.frame.width < 600
    assert any("5,005 columns" in problem.message for problem in table.report.problems)


def test_16_two_million_rows_stay_below_a_ceiling_of_memory(tmp_path):
    """In a process of its own, whose peak is its own."""
    script = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from cockpit.sources.load import load_table
        from cockpit.sources.spec import SourceSpec, StatusSpec
        folder = Path(sys.argv[1])
        with (folder / "o.csv").open("w") as file:
            file.write("Id,Name,Stage,Amount,Close\\n")
            for start in range(0, 2_000_000, 50_000):
                numbers = range(start, start + 50_000)
                file.write("".join(f"{n},Deal,Lead,{n // 977}.25,2026-01-02\\n" for n in numbers))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        spec = SourceSpec("o.csv", COLUMNS, status=StatusSpec(value="open"))
        table = load_table("opportunities", spec, folder)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(table.frame.height, (after - before) // 1024)
        """
    ).replace("COLUMNS", repr(COLUMNS))
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 2_000_000
    assert megabytes < 1_500


# --- 17, 18, 19: JSON --------------------------------------------------------------------------------------


def test_17_a_lone_surrogate_is_replaced_and_the_row_is_kept(tmp_path):
    path = ndjson(tmp_path, '{"Id":"1","Name":"A\\ud800B","Stage":"Lead","Amount":1,"Close":"2026-01-02"}')
    table = load(tmp_path, path)
    assert table.report.rows_kept == 1
    assert table.frame["name"][0] in ("A?B", "A\ufffdB")


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400, '"12,34"', '"nan"', '"1e400"']
)
def test_18_what_is_no_amount_rejects_its_row_and_no_total_counts_it(tmp_path, amount):
    bad = deal(Id="2").replace('"Amount": 1', f'"Amount": {amount}')
    table = load(tmp_path, ndjson(tmp_path, deal(Amount=7), bad))
    assert table.frame["amount"].sum() == 7
    assert table.report.rows_rejected == 1
    assert table.report.rejects["row"].to_list() == [2]


def test_18_minus_nought_and_grouped_numbers_are_amounts(tmp_path):
    table = load(tmp_path, ndjson(tmp_path, deal(Amount="1,234"), deal(Id="2").replace(": 1,", ": -0,")))
    assert table.frame["amount"].to_list() == [1234, 0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("[" * 200_000 + "]" * 200_000, "nested too deep"),
        ('{"Id":"2","Id":"3","Name":"x","Stage":"Lead","Amount":1,"Close":"2026-01-02"}', "stands twice"),
        (deal(Id="2") + " trailing", "Extra data"),
        ("[1, 2]", "is not an object"),
    ],
)
def test_19_json_that_cannot_be_taken_is_a_rejected_line(tmp_path, line, words):
    table = load(tmp_path, ndjson(tmp_path, deal(Amount=7), line))
    assert table.report.rows_kept == 1
    assert words in table.report.rejects["reason"][0]


def test_19_nothing_but_such_lines_fails_and_the_last_good_rows_stay(tmp_path):
    assert "holds no JSON object" in refused(tmp_path, ndjson(tmp_path, "[" * 200_000))


# --- 31: text files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + ROWS).encode("utf-16"),
        (HEADER + ROWS).encode("utf-16-le"),
        (HEADER + ROWS).encode("utf-8-sig"),
        (HEADER + ROWS).replace("Ann", "Zoë").encode("cp1252"),
        (HEADER + ROWS).replace("\n", "\r").encode(),
        ("sep=;\n" + (HEADER + ROWS).replace(",", ";")).encode(),
        ("Report of today\nBy Ann\n\n" + HEADER + ROWS).encode(),
        gzip.compress((HEADER + ROWS).encode()),
    ],
    ids=["utf-16", "utf-16-le", "bom", "cp1252", "cr only", "sep=", "title rows", "gzip"],
)
def test_31_what_can_be_read_gives_the_right_total(tmp_path, content):
    name = "o.csv.gz" if content.startswith(b"\x1f\x8b") else "o.csv"
    (tmp_path / name).write_bytes(content)
    table = load(tmp_path, name)
    assert table.frame["amount"].sum() == TOTAL
    assert table.report.rows_kept == 3


def test_31_a_total_row_is_rejected_and_not_counted(tmp_path):
    (tmp_path / "o.csv").write_text(HEADER + ROWS + ",Total,,600.50,\n")
    table = load(tmp_path, "o.csv")
    assert table.frame["amount"].sum() == TOTAL
    assert table.report.rows_rejected == 1


def test_31_short_and_long_rows_are_rejected_with_their_line(tmp_path):
    (tmp_path / "o.csv").write_text(HEADER + ROWS + "4,Dee,Lead\n5,Eve,Lead,9,2026-01-02,more\n")
    table = load(tmp_path, "o.csv")
    assert table.frame["amount"].sum() == TOTAL
    assert table.report.rejects["row"].to_list() == [5, 6]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEADER.replace("Name", "Amount") + ROWS, "the header 'Amount' is there 2 times"),
        (HEADER + ROWS + '4,"Dee,Lead,1,2026-01-02\n', "a quote is opened and never closed"),
        (HEADER + ROWS + "4,Dee,Lead,2", "half written"),
        (gzip.compress((HEADER + ROWS * 500).encode())[:-20], "cut short"),
    ],
    ids=["duplicate header", "unbalanced quote", "half line", "half gzip"],
)
def test_31_what_cannot_be_read_is_refused_in_words(tmp_path, content, words):
    name = "o.csv.gz" if isinstance(content, bytes) else "o.csv"
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert words in refused(tmp_path, name)


# --- 32: dates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "month"), [("%m/%d/%Y", 3), ("%d/%m/%Y", 4)])
def test_32_the_same_text_is_the_day_that_the_section_says(tmp_path, written, month):
    (tmp_path / "o.csv").write_text(HEADER + "1,Ann,Lead,1,03/04/2026\n")
    assert load(tmp_path, "o.csv", date_format=written).frame["close_date"][0].month == month


def test_32_without_a_format_it_is_no_day_at_all(tmp_path):
    (tmp_path / "o.csv").write_text(HEADER + ROWS + "4,Ann,Lead,1,03/04/2026\n")
    table = load(tmp_path, "o.csv")
    assert table.report.rows_rejected == 1
    assert table.frame["amount"].sum() == TOTAL


# --- 33: what stands where a file should -------------------------------------------------------------------


def test_33_a_folder_a_pipe_a_device_and_ten_gigabytes_of_nothing_are_never_opened(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in refused(tmp_path, "folder.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a pipe" in refused(tmp_path, "pipe.csv")  # opening it would wait for ever
    assert "is a pipe or a device" in refused(tmp_path, "/dev/zero")
    with (tmp_path / "sparse.csv").open("wb") as file:
        file.truncate(10_000_000_000)
    assert "larger than" in refused(tmp_path, "sparse.csv")


def test_33_a_link_to_a_file_of_secrets_shows_none_of_it(tmp_path):
    secret = tmp_path / "shadow"
    secret.write_text("root:$y$j9T$canary:19000:0:99999:7:::\nbin:*:19000::::::\n")
    (tmp_path / "o.csv").symlink_to(secret)
    assert "canary" not in refused(tmp_path, "o.csv")
    if Path("/etc/shadow").exists():
        (tmp_path / "s.csv").symlink_to("/etc/shadow")
        words = refused(tmp_path, "s.csv")
        assert "root" not in words.replace("pytest-of-root", "")


def test_33_a_broken_link_and_a_link_to_itself_are_refused(tmp_path):
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere")
    assert "no such file" in refused(tmp_path, "gone.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert refused(tmp_path, "loop.csv")


def test_33_a_file_that_shrinks_while_it_is_read_never_gives_a_silent_wrong_total(tmp_path, monkeypatch):
    from cockpit.sources import delimited, files

    monkeypatch.setattr(files, "SETTLE_SECONDS", 0.001)
    path = tmp_path / "o.csv"
    path.write_text(HEADER + ROWS * 1000)
    real = delimited._fast

    def cut(content, layout):
        if content == path:
            os.truncate(path, len(HEADER + ROWS))
        return real(content, layout)

    monkeypatch.setattr(delimited, "_fast", cut)
    assert load(tmp_path, "o.csv").frame["amount"].sum() == TOTAL  # of the file as it rests


# --- 34: workbooks -----------------------------------------------------------------------------------------


def workbook(folder: Path, *sheets: tuple[str, bool], name: str = "o.xlsx") -> Path:
    import xlsxwriter

    path = folder / name
    book = xlsxwriter.Workbook(path)
    for title, hidden in sheets:
        sheet = book.add_worksheet(title)
        for row, line in enumerate((HEADER + ROWS).splitlines()):
            for column, cell in enumerate(line.split(",")):
                sheet.write(row, column, float(cell) if row and column == 3 else cell)
        if hidden:
            sheet.hide()
        else:
            sheet.activate()
            sheet.set_first_sheet()
    book.close()
    return path


def test_34_a_workbook_gives_its_visible_sheet_and_says_so(tmp_path):
    workbook(tmp_path, ("Old", True), ("Deals", False))
    table = load(tmp_path, "o.xlsx")
    assert table.frame["amount"].sum() == TOTAL
    assert any("reads the sheet 'Deals'; not Old" in problem.message for problem in table.report.problems)


def test_34_an_error_of_a_formula_rejects_its_row(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "o.xlsx")
    sheet = book.add_worksheet("Deals")
    for column, cell in enumerate(HEADER.strip().split(",")):
        sheet.write(0, column, cell)
    for row, formula in enumerate(("=1/0", "=[other.xlsx]Deals!A1"), 1):
        sheet.write_row(row, 0, [str(row), "Ann", "Lead"])
        sheet.write_formula(row, 3, formula, value="#DIV/0!" if row == 1 else 42)
        sheet.write(row, 4, "2026-01-02")
    book.close()
    table = load(tmp_path, "o.xlsx")
    assert [value for value in table.frame["amount"].to_list() if value is not None] == [42]
    assert table.frame["amount"].sum() == 42  # the linked book is never opened: its last value stands here


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "password protected"),
        (b"", "is empty"),
        (b"not a workbook", "is not a whole workbook"),
    ],
    ids=["encrypted", "empty", "text"],
)
def test_34_what_is_no_workbook_is_refused_in_words(tmp_path, content, words):
    (tmp_path / "o.xlsx").write_bytes(content)
    assert words in refused(tmp_path, "o.xlsx")


def test_34_half_a_workbook_and_a_lock_file_are_refused(tmp_path):
    path = workbook(tmp_path, ("Deals", False))
    (tmp_path / "~$o.xlsx").write_bytes(b"\x03Ann")
    assert "temporary" in refused(tmp_path, "~$o.xlsx")
    assert load(tmp_path, "*.xlsx").report.paths == ("o.xlsx",)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "is not a whole workbook" in refused(tmp_path, "o.xlsx")


BOMB = """
import resource, sys
from pathlib import Path
import polars, fastexcel
from cockpit.base.problems import SourceError
from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec, StatusSpec
folder, name = Path(sys.argv[1]), sys.argv[2]
spec = SourceSpec(name, COLUMNS, status=StatusSpec(value="open"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_table("opportunities", spec, folder)
    words = "read"
except SourceError as error:
    words = str(error)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print((after - before) // 1024, words)
"""


def bombed(folder: Path, name: str, limit: str = "") -> tuple[int, str]:
    """Megabytes that reading it took at most, and what was said."""
    script = BOMB.replace("COLUMNS", repr(COLUMNS))
    script = script.replace("folder, name =", f"{limit}\nfolder, name =")
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), name], capture_output=True, text=True, check=True
    )
    megabytes, words = done.stdout.split(" ", 1)
    return int(megabytes), words


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_34_a_zip_bomb_is_refused_without_being_unpacked(tmp_path):
    (tmp_path / "o.xlsx").write_bytes(zipped({"xl/worksheets/sheet1.xml": b"\0" * 400_000_000}))
    megabytes, words = bombed(tmp_path, "o.xlsx")
    assert "which no honest workbook does" in words
    assert megabytes < 40


def test_34_a_workbook_that_lies_about_its_size_is_refused(tmp_path):
    import struct

    data = bytearray(zipped({"xl/worksheets/sheet1.xml": b"\0" * 400_000_000}))
    small = struct.pack("<I", 1000)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature) + offset
        data[start : start + 4] = small
    (tmp_path / "o.xlsx").write_bytes(data)
    megabytes, words = bombed(tmp_path, "o.xlsx")
    assert "workbook" in words
    assert megabytes < 100


def test_a_gzip_bomb_is_given_up_at_the_ceiling(tmp_path):
    (tmp_path / "o.csv.gz").write_bytes(gzip.compress(HEADER.encode() + b"\0" * 300_000_000))
    limit = "from cockpit.sources import files; files.MAX_BYTES = 20_000_000"
    megabytes, words = bombed(tmp_path, "o.csv.gz", limit)
    assert "unpacks to more than 20,000,000 bytes" in words
    assert megabytes < 20 + 40


def test_a_gzip_bomb_in_a_workbook_is_given_up_at_the_ceiling(tmp_path):
    (tmp_path / "o.xlsx.gz").write_bytes(gzip.compress(b"\0" * 300_000_000))
    limit = "from cockpit.sources import files; files.MAX_BYTES = 20_000_000"
    megabytes, words = bombed(tmp_path, "o.xlsx.gz", limit)
    assert "unpacks to more than" in words
    assert megabytes < 20 + 40


def test_a_look_up_that_is_hostile_is_refused_like_the_source(tmp_path):
    (tmp_path / "o.csv").write_text(HEADER + ROWS)
    os.mkfifo(tmp_path / "l.csv")
    one = LookupSpec("l.csv", {"Id": "Id"}, {"owner": "Owner"})
    assert "l.csv: is a pipe" in refused(tmp_path, "o.csv", lookup=[one])


def test_parquet_of_every_broken_kind_is_refused(tmp_path):
    path = tmp_path / "o.parquet"
    pl.DataFrame(
        {"Id": ["1"], "Name": ["x"], "Stage": ["L"], "Amount": ["1"], "Close": ["2026-01-02"]}
    ).write_parquet(path)
    whole = path.read_bytes()
    for content in (
        whole[: len(whole) // 2],
        b"PAR1" + b"\0" * 20 + b"PAR1",
        whole[:-8] + b"\xff" * 4 + b"PAR1",
    ):
        path.write_bytes(content)
        assert "is not a whole Parquet file" in refused(tmp_path, "o.parquet")
