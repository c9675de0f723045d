"""How a text file is laid out: its encoding, its separator, the line of its header."""

import codecs
import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cockpit.base.clean import clean
from cockpit.sources.naming import folded
from cockpit.sources.raw import malformed

SEPARATORS = (",", ";", "\t", "|")
HEADER_SEARCH = 20
"""Lines in which the header is looked for when title lines stand above it."""
_SAMPLE = 1 << 16
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or workbook", "name it .xlsx, or export it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old or password protected Office file", "save it as CSV or unprotected .xlsx"),
    (b"PAR1", "a Parquet file", "name it .parquet"),
    (b"\x1f\x8b", "a gzip file", "name it .csv.gz"),
    (b"%PDF", "a PDF", "export it as CSV"),
    (b"\x89PNG", "a picture", "name the exported data"),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the data of a text file is.

    Attributes:
        separator: one character.
        headers: cleaned and stripped.
        header_line: from 1; 0 where there is none.
        skip: lines above the first row of data.
    """

    separator: str
    headers: tuple[str, ...]
    header_line: int
    skip: int


def sniff_encoding(name: str, sample: bytes, fallback: str | None) -> str | None:
    """The encoding that the beginning of a file shows, or None when it may be UTF-8.

    Raises:
        SourceError: it is not text at all.
    """
    for magic, what, hint in _MAGIC:
        if sample.startswith(magic):
            raise malformed(name, None, f"is {what}, not a text file", hint)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if odd > len(sample) // 5 and odd > 4 * even:
            return "utf-16-le"
        if even > len(sample) // 5 and even > 4 * odd:
            return "utf-16-be"
        if even + odd > len(sample) // 100 + 4:
            raise malformed(name, None, "is not a text file", "export it as CSV")
    if sample.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise malformed(name, None, "is a web page, not a table", "sign in and export it again")
    if fallback is not None and fallback.lower().startswith("utf-16"):
        return fallback
    return None


def find_layout(
    name: str, sample: bytes, wanted: Collection[str], header: int | list[str] | None, separator: str | None
) -> Layout:
    """Find separator and header.

    Args:
        name: of the file, for messages.
        sample: its first lines, UTF-8.
        wanted: headers that the configuration names; the header is the line that has most of them.
        header: as configured: a line, or names, or None to look for it.
        separator: as configured, or None to look for it.

    Raises:
        SourceError: there is no such line.
    """
    text = sample.decode("utf-8", errors="replace")
    first_line = text.split("\n", 1)[0].rstrip("\r").strip('"')
    skipped = 0
    if len(first_line) == 5 and first_line.lower().startswith("sep="):
        separator = separator or first_line[4]
        skipped = 1
    if separator == clean("\t"):
        separator = "\t"  # configuration is cleaned when it is read, which makes a tab visible
    lines = text.split("\n")[skipped : skipped + max(HEADER_SEARCH, header if isinstance(header, int) else 0)]
    candidates = [separator] if separator is not None else list(SEPARATORS)
    if isinstance(header, list):
        chosen = separator or max(candidates, key=lambda one: _cells(lines[:1], one))
        return Layout(chosen, tuple(clean(one).strip() for one in header), 0, skipped)
    if isinstance(header, int):
        position = header - 1 - skipped
        if not 0 <= position < len(lines):
            raise malformed(name, header, "there is no such line for a header", "correct header")
        found = [(position, one) for one in candidates]
    else:
        found = [(position, one) for one in candidates for position in range(len(lines))]
    names = {folded(one) for one in wanted}

    def fitness(place: tuple[int, str]) -> tuple[int, int, int]:
        position, one = place
        record, _ = _record(lines[position:], one)
        hits = len(names.intersection(folded(cell) for cell in record))
        return hits, -position, len(record)

    best = max(found, key=fitness)
    record, length = _record(lines[best[0] :], best[1])
    line = best[0] + skipped + 1
    return Layout(best[1], tuple(clean(cell.strip()) for cell in record), line, line - 1 + length)


def _record(lines: Sequence[str], separator: str) -> tuple[list[str], int]:
    """The first record of the lines and how many lines it takes."""
    reader = csv.reader(io.StringIO("\n".join(lines[:HEADER_SEARCH])), delimiter=separator)
    try:
        record = next(reader, [])
    except csv.Error:
        return [], 1
    return record, max(reader.line_num, 1)


def _cells(lines: Sequence[str], separator: str) -> int:
    return len(_record(lines, separator)[0])


def sample_of(data: bytes) -> bytes:
    """The beginning of a file that layouts are found in."""
    return data[:_SAMPLE]
