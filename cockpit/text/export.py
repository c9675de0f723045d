"""Tables as files: CSV and XLSX, private to the user, with nothing in them that runs."""

import io
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.panes.view import RawTable
from cockpit.text.csvtext import csv_text

WORKBOOK_ROWS = 1_048_576
"""Rows of a sheet, its head counted, in the format of Excel 2007 and later."""


def export_table(table: RawTable, path: Path) -> None:
    """Write a table to a new file; a file that is there is never overwritten.

    Args:
        table: the raw values.
        path: the file; `.xlsx` makes a workbook, `.csv` and no ending CSV. Its mode is 0600, since it holds
            customers' data.

    Raises:
        SourceError: a file is there already, its kind is none of a table, or its folder is not there or
            cannot be written.
    """
    name, kind = clean(str(path)), path.suffix.casefold()
    if kind not in ("", ".csv", ".xlsx"):
        hint = "a chart (c) can be drawn to .svg and .png" if kind in (".svg", ".png") else None
        raise SourceError(Problem("a table is written as .csv or .xlsx", name, hint=hint))
    require_new(path)
    if kind == ".xlsx" and len(table.rows) >= WORKBOOK_ROWS:
        hint = f"a workbook holds {WORKBOOK_ROWS - 1:,} rows below its head; write .csv"
        raise SourceError(Problem(f"{len(table.rows):,} rows are too many for a workbook", name, hint=hint))
    content = _xlsx_bytes(table) if kind == ".xlsx" else csv_text(table.columns, table.rows)
    try:
        write_atomic(path, content)
    except OSError as error:
        raise SourceError(
            Problem(f"cannot be written: {clean(error.strerror or str(error))}", name)
        ) from error


def require_new(path: Path) -> None:
    """Refuse to write where a file is already, or into a folder that would have to be made for it.

    Raises:
        SourceError: one of these.
    """
    name = clean(str(path))
    if path.exists():
        raise SourceError(Problem("is there already", name, hint="choose another name"))
    if not path.parent.is_dir():
        raise SourceError(Problem("its folder is not there", name, hint="make it, or choose another"))


def _xlsx_bytes(table: RawTable) -> bytes:
    """The table as a workbook: numbers as numbers, dates as dates, text never as formula or link."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        sheet = workbook.add_worksheet("Table")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        head = workbook.add_format({"bold": True})
        for place, name in enumerate(table.columns):
            sheet.write_string(0, place, name, head)
        for number, row in enumerate(table.rows, 1):
            for place, value in enumerate(row):
                _write_cell(sheet, number, place, value, day)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, datetime):
        sheet.write_string(row, column, value.isoformat())
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), day)
    else:
        sheet.write_string(row, column, str(value))
