"""CSV and its relatives: from bytes to text columns with the line of each row.

The fast way is polars', all columns as text. Whatever it cannot take as it stands (a row too long or too
short, odd quotes, records over several lines beside blank lines) goes the exact way, through the
standard library's reader, which knows the line of each record.
"""

import codecs
import csv
import io
import re
import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.sources.files import check_unchanged, fingerprint, shown, unpacked
from cockpit.sources.layout import Layout, find_layout, sample_of, sniff_encoding
from cockpit.sources.raw import RawTable, malformed, text_frame

DEFAULT_CODE_PAGE = "cp1252"
"""Of text that is neither UTF-8 nor UTF-16 and whose section names no encoding."""
_CHUNK = 1 << 18
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])
_MARK_CONTROL = bytes(0x80 if byte in _CONTROL or byte > 0x7F else byte for byte in range(256))


@dataclass(slots=True)
class _Screen:
    """What one pass over the bytes finds out."""

    plain: bool = True
    """ASCII without control characters other than line ends and tabs."""
    utf8: bool = True
    quotes: bool = False
    tabs: bool = False
    lone_returns: bool = False
    newlines: int = 0
    last: bytes = b""
    failure: OSError | None = None


def read_delimited(
    path: Path,
    folder: Path,
    *,
    wanted: Collection[str] = (),
    header: int | list[str] | None = None,
    separator: str | None = None,
    encoding: str | None = None,
) -> RawTable:
    """Read a text table.

    Args:
        path: the file; `.gz` is unpacked.
        folder: the workspace, for names in messages.
        wanted: headers that the configuration names.
        header: line or names, as configured.
        separator: as configured.
        encoding: code page, as configured.

    Raises:
        SourceError: it cannot be read, is not text, changes meanwhile, or ends inside a record.
    """
    name = shown(path, folder)
    before = fingerprint(path, folder)
    if path.suffix.lower() == ".gz":
        unpacked_content = unpacked(path, folder)
        content: Path | bytes = unpacked_content
        sample = sample_of(unpacked_content)
    else:
        content = path
        sample = _beginning(path, name)
    found = sniff_encoding(name, sample, encoding)
    if found is not None:
        content, sample = _recoded(content, found, name)
    if path.suffix.lower() in (".tsv", ".tab") and separator is None:
        separator = "\t"
    result = _read(content, sample, name, found or "utf-8", wanted, header, separator, encoding)
    check_unchanged(path, folder, before)
    return result


def _read(
    content: Path | bytes,
    sample: bytes,
    name: str,
    encoding: str,
    wanted: Collection[str],
    header: int | list[str] | None,
    separator: str | None,
    code_page: str | None,
) -> RawTable:
    if b"\n" not in sample and b"\r" in sample:
        content = _bytes_of(content, name).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        sample = sample_of(content)
    layout = find_layout(name, sample, wanted, header, separator)
    screen = _Screen()
    scanner = threading.Thread(target=_scan, args=(content, screen))
    scanner.start()
    frame = _fast(content, layout)
    scanner.join()
    if screen.failure is not None:
        raise malformed(name, None, f"cannot be read: {clean(str(screen.failure))}", "try again")
    if not screen.utf8 and encoding == "utf-8":
        encoding = code_page or DEFAULT_CODE_PAGE
        content, sample = _recoded(content, encoding, name)
        return _read(content, sample, name, encoding, wanted, header, separator, code_page)
    refused: tuple[tuple[int, str, str], ...] = ()
    rows: pl.Series | None = None
    if frame is not None and screen.quotes and not _quotes_are_regular(content, layout, name):
        frame = None
    if frame is not None and not _has_short_rows(frame, layout, content, screen, name):
        rows = _lines(frame, layout, screen)
    if frame is None or rows is None:
        frame, rows, refused = _exact(_bytes_of(content, name), layout, name, screen)
    problems = _end_problems(name, screen, frame, rows)
    return RawTable(
        name=name,
        frame=frame,
        headers=layout.headers,
        rows=rows,
        header_line=layout.header_line,
        refused=refused,
        needs_cleaning=not screen.plain or screen.lone_returns or screen.tabs or screen.quotes,
        encoding=encoding.removesuffix("-sig"),
        separator=layout.separator,
        problems=problems,
    )


def _beginning(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return sample_of(file.read(1 << 16))
    except OSError as error:
        raise malformed(name, None, f"cannot be read: {clean(error.strerror or '')}", "try again") from error


def _bytes_of(content: Path | bytes, name: str) -> bytes:
    if isinstance(content, bytes):
        return content
    try:
        return content.read_bytes()
    except OSError as error:
        raise malformed(name, None, f"cannot be read: {clean(error.strerror or '')}", "try again") from error


def _recoded(content: Path | bytes, encoding: str, name: str) -> tuple[bytes, bytes]:
    """The content as UTF-8, and its beginning; a byte that the code page lacks becomes U+FFFD."""
    data = _bytes_of(content, name)
    if encoding == "utf-8-sig":
        data = data.removeprefix(codecs.BOM_UTF8)
    else:
        text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
        data = text.encode("utf-8", errors="replace")
    return data, sample_of(data)


def _scan(content: Path | bytes, screen: _Screen) -> None:
    """One pass over the bytes, beside the parser: what they hold, not what they mean."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = b""
    try:
        with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb", buffering=0) as file:
            while block := file.read(_CHUNK):
                chunk = block
                if not chunk.translate(_MARK_CONTROL).isascii():
                    screen.plain = False
                if screen.utf8 and not screen.plain:
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        screen.utf8 = False
                screen.quotes = screen.quotes or b'"' in chunk
                screen.tabs = screen.tabs or b"\t" in chunk
                if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
                    screen.lone_returns = True
                if screen.quotes:
                    screen.newlines += chunk.count(b"\n")
    except OSError as error:
        screen.failure = error
    screen.last = chunk[-1:]


def _fast(content: Path | bytes, layout: Layout) -> pl.DataFrame | None:
    """All columns as text, or None when the file is not regular enough."""
    source = content if isinstance(content, bytes) else str(content)
    schema = {str(position): pl.String for position in range(len(layout.headers))}
    if not schema or len(layout.separator.encode()) != 1:
        return None
    try:
        return pl.read_csv(
            source,
            has_header=False,
            skip_lines=layout.skip,
            schema=schema,
            separator=layout.separator,
            empty_string_is_null=False,
            glob=False,
            raise_if_empty=False,
        )
    except (pl.exceptions.PolarsError, OSError):
        return None


def _quotes_are_regular(content: Path | bytes, layout: Layout, name: str) -> bool:
    """Whether every quoted cell is quoted as a whole: the parser takes some that are not, and misreads them.

    Line by line first, which is fast; a file with records over several lines is looked at as a whole.
    """
    separator = f"\\x{ord(layout.separator):02x}"
    cell = rf'(?:"(?:[^"]|"")*"|[^"{separator}]*)'
    source = content if isinstance(content, bytes) else str(content)
    lines = pl.scan_csv(
        source,
        has_header=False,
        skip_lines=layout.skip,
        schema={"line": pl.String},
        separator="\x1f",
        quote_char=None,
        glob=False,
        raise_if_empty=False,
    )
    regular = pl.col("line").str.contains(rf"^{cell}(?:{separator}{cell})*\r?$").fill_null(True).all()
    try:
        if lines.select(regular).collect().item():
            return True
    except (pl.exceptions.PolarsError, OSError):
        pass  # the line check needs lines; the check of the whole needs nothing
    data = _bytes_of(content, name)
    start = 0
    for _ in range(layout.skip):
        start = data.index(b"\n", start) + 1
    whole = rf'(?:(?:"(?:[^"]++|"")*+"|[^"\n\r{separator}]*+)(?:{separator}|\r?\n|\Z))*+\Z'
    return re.compile(whole.encode()).match(data, start) is not None


def _has_short_rows(
    frame: pl.DataFrame, layout: Layout, content: Path | bytes, screen: _Screen, name: str
) -> bool:
    """Whether a row may have fewer cells than the header: the parser pads such rows without a word."""
    width = len(layout.headers)
    if width < 2 or frame.is_empty():
        return False
    last = str(width - 1)
    suspects = frame.filter(pl.col(last) == "")
    if suspects.is_empty():
        return False
    blank = pl.all_horizontal(pl.all() == "")
    if suspects.select(blank.all()).item():
        return False
    separator = layout.separator
    data = _bytes_of(content, name)
    start = 0
    for _ in range(layout.skip):
        start = data.index(b"\n", start) + 1
    present = data.count(separator.encode(), start)
    if screen.quotes:
        inside = frame.select(pl.all().str.count_matches(separator, literal=True).sum())
        present -= sum(inside.row(0))
    blank_lines_at_the_end = max(data.count(b"\n", len(data.rstrip(b"\r\n"))) - 1, 0)
    return present != (frame.height - blank_lines_at_the_end) * (width - 1)


def _lines(frame: pl.DataFrame, layout: Layout, screen: _Screen) -> pl.Series | None:
    """The line of each row, or None when only the exact reader can tell."""
    first = layout.skip + 1
    height = frame.height
    lines = pl.int_range(first, first + height, dtype=pl.UInt32, eager=True).alias("row")
    ended = screen.last in (b"\n", b"")
    if not screen.quotes or screen.newlines == layout.skip + height - (0 if ended else 1):
        return lines
    inside = frame.select(
        pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)).alias("row")
    ).to_series()
    if screen.newlines != layout.skip + height - (0 if ended else 1) + int(inside.sum()):
        return None
    return (lines + inside.cum_sum().shift(1, fill_value=0)).cast(pl.UInt32)


def _exact(
    data: bytes, layout: Layout, name: str, screen: _Screen
) -> tuple[pl.DataFrame, pl.Series, tuple[tuple[int, str, str], ...]]:
    """Read record by record; rows with too few or too many cells are refused with their line."""
    text = data.decode("utf-8", errors="replace")
    source = io.StringIO(text, newline="\n")
    for _ in range(layout.skip):
        source.readline()
    # The reader takes a lone carriage return for a line end, which it is not in a file with newlines.
    lines = (line.removesuffix("\n").removesuffix("\r") + "\n" for line in source)
    shielded = (line.replace("\r", "\ufffd") if "\r" in line else line for line in lines)
    # The limit is the whole process's, so it is only ever raised: others read files too.
    csv.field_size_limit(max(csv.field_size_limit(), len(data)))
    reader = csv.reader(shielded, delimiter=layout.separator, strict=True)
    width = len(layout.headers)
    columns: list[list[str | None]] = [[] for _ in range(width)]
    numbers: list[int] = []
    refused: list[tuple[int, str, str]] = []
    line = layout.skip + 1
    try:
        for record in reader:
            if len(record) == width:
                numbers.append(line)
                for column, cell in zip(columns, record, strict=True):
                    column.append(cell)
            elif any(cell.strip() for cell in record):
                beginning = clean(layout.separator.join(record)[:80])
                word = "short" if len(record) < width else "long"
                refused.append((line, beginning, f"{word} row: {len(record)} cells, the header has {width}"))
            line = layout.skip + reader.line_num + 1
    except csv.Error as error:
        raise _broken_record(name, line, str(error), screen) from error
    if refused and screen.last != b"\n" and refused[-1][0] == line - 1 and "short" in refused[-1][2]:
        raise _half_written(name, refused[-1][0])
    return text_frame(columns, width), pl.Series("row", numbers, dtype=pl.UInt32), tuple(refused)


def _broken_record(name: str, line: int, reason: str, screen: _Screen) -> SourceError:
    if "unexpected end" in reason:
        if screen.last != b"\n":
            return _half_written(name, line)
        return malformed(
            name, line, "a quote is opened and never closed", "close it, or double it inside text"
        )
    return malformed(
        name, line, "a quote stands in the middle of a quoted cell", 'write it twice ("") or export again'
    )


def _half_written(name: str, line: int) -> SourceError:
    return malformed(
        name,
        line,
        "the file ends in the middle of a row: it is half written",
        "load again when it is complete",
    )


def _end_problems(name: str, screen: _Screen, frame: pl.DataFrame, rows: pl.Series) -> tuple[Problem, ...]:
    problems = []
    if screen.last != b"\n" and not frame.is_empty():
        problems.append(
            Problem(
                "the last line has no line end, so its last cell may be cut off",
                name,
                int(rows[-1]),
                hint="check that the file is complete",
                severity="note",
            )
        )
    return tuple(problems)
