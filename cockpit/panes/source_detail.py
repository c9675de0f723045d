"""A source in words: where it comes from, what of it was not taken, and which column is which."""

from typing import TYPE_CHECKING

from cockpit.panes.lines import BLANK, Line, Role, Span, cells, left, line, right, rule
from cockpit.panes.wrapping import labelled, wrapped

if TYPE_CHECKING:
    from cockpit.core.status import SourceStatus

LABELS = 12
"""Cells for the words that name a fact."""
MEANINGS = (
    ("rows", "rows taken"),
    ("rejected", "rows rejected: a value that is needed was wrong"),
    ("blanked", "values left blank: they could not be read as what they should be"),
    ("unmatched", "rows whose look-up key found nothing; they are kept"),
    ("corrected", "values replaced as the configuration says"),
    ("repeated", "ids that several rows have"),
)
"""What each count of a source means."""


def source_detail(status: "SourceStatus", read: str, age: str, width: int) -> list[Line]:
    """The source with its files, its counts in words, its problems and its columns.

    Args:
        status: the source.
        read: when it was last known to be as its source has it, in words.
        age: the same as how long ago.
        width: cells of each line.
    """
    lines = [rule(status.name, "in order" if status.in_order else "look at it", width)]
    paths = status.report.paths if status.report is not None else (status.path,)
    for index, path in enumerate(paths):
        lines += labelled("" if index else "from", path, width, LABELS)
    lines += labelled(
        "read", f"{read}, {age}" + (", the last good state" if status.kept else ""), width, LABELS
    )
    lines.append(BLANK)
    digits = max(cells(f"{getattr(status, name):,}") for name, _ in MEANINGS)
    for name, words in MEANINGS:
        count = getattr(status, name)
        role: Role = "text" if name == "rows" else "warn" if count and name != "corrected" else "dim"
        for index, part in enumerate(wrapped(words, max(width - digits - 2, 16))):
            shown = right(f"{count:,}", digits) if not index else " " * digits
            lines.append(line(Span(f"{shown}  ", role), Span(part, "text" if count else "dim")))
    for problem in status.problems:
        lines += [BLANK, *(line(Span(part, "warn")) for part in wrapped(str(problem), width))]
    if status.headers:
        lines += [BLANK, rule("Columns", "ours, and the source's", width)]
        ours = min(max(cells(name) for name in status.headers) + 1, width // 2)
        lines += [
            line(left(name, ours), Span(f" {header}", "dim")) for name, header in status.headers.items()
        ]
    return [shown.fitted(width) for shown in lines]
