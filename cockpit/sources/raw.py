"""A file as it was read: text in columns, each row with its line, nothing cast."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from cockpit.base.problems import Problem, SourceError, did_you_mean
from cockpit.sources.naming import folded


@dataclass(frozen=True, slots=True)
class RawTable:
    """One file, not yet mapped.

    Attributes:
        name: the file as messages name it.
        frame: text columns named by position ("0", "1", ...); a blank is null or "".
        headers: the header of each column, cleaned and stripped; equal ones are possible.
        rows: line (text) or row (others) of each row, counted from 1; UInt32.
        header_line: where the header is, or 0 where the file has none.
        refused: malformed rows as (line, what the row begins with, reason).
        needs_cleaning: whether a cell may hold anything that the cleaner would change.
        typed_dates: whether days come as ISO text from typed cells, whatever the declared format.
        encoding, separator: of a text file.
        problems: what is worth saying though the file could be read.
    """

    name: str
    frame: pl.DataFrame
    headers: tuple[str, ...]
    rows: pl.Series
    header_line: int
    refused: tuple[tuple[int, str, str], ...] = ()
    needs_cleaning: bool = True
    typed_dates: bool = False
    encoding: str | None = None
    separator: str | None = None
    problems: tuple[Problem, ...] = field(default=())

    def find(self, header: str) -> list[int]:
        """Positions of the columns with that header: those written just so, else those equal without case."""
        exact = [position for position, one in enumerate(self.headers) if one == header.strip()]
        if exact:
            return exact
        wanted = folded(header)
        return [position for position, one in enumerate(self.headers) if folded(one) == wanted]

    def problem_of(self, header: str, key: str, others: Sequence[str] = ()) -> Problem | None:
        """What is wrong with using that header: it is not there, or there twice; None when it is right.

        Args:
            header: as the configuration names it.
            key: the configuration's key that names it.
            others: names beside the headers that would be right too.
        """
        found = self.find(header)
        line = self.header_line or None
        if not found:
            known = [*self.headers, *others]
            hint = did_you_mean(header, known) or _columns_words(known)
            return Problem(f"the file has no column {header!r}", self.name, line, key, hint)
        if len(found) > 1:
            places = " and ".join(str(position + 1) for position in found)
            return Problem(
                f"the header {header!r} is there {len(found)} times (columns {places})",
                self.name,
                line,
                key,
                "rename one in the file, or give names in header = [...]",
            )
        return None


def _columns_words(known: Sequence[str]) -> str:
    """The columns there are. A file of one column is hardly the table that was meant: none of it is shown."""
    named = [one for one in known if one]
    if len(named) < 2:
        return "the file has one column: is it the right file, and the right separator?"
    return f"columns: {', '.join(named)[:300]}"


def text_frame(columns: Sequence[Sequence[str | None]], width: int) -> pl.DataFrame:
    """A frame of text columns named by position."""
    return pl.DataFrame(
        [pl.Series(str(position), columns[position], dtype=pl.String) for position in range(width)]
    )


def malformed(name: str, line: int | None, message: str, hint: str) -> SourceError:
    """The error of a file that is not what its name says."""
    return SourceError(Problem(message, name, line, hint=hint))
