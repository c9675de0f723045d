"""What pulling says while it runs and when it has ended, in words for people."""

from datetime import datetime
from typing import TYPE_CHECKING

from cockpit.sources.http.progress import Progress

if TYPE_CHECKING:
    from cockpit.core.sync import SyncResult, TableSync


def step_words(step: Progress, now: datetime) -> str:
    """How far a pulling is; a total that the server does not tell is said to be unknown."""
    if step.code is not None:
        return f"{step.table}: open {step.code.url} and type {step.code.code}"
    if step.waiting_until is not None:
        left = max(round((step.waiting_until - now).total_seconds()), 0)
        return f"{step.table}: the server asks to wait, {left} s left"
    parts = [f"{step.table}: {step.phase}"]
    if step.rows:
        parts.append(f"{step.rows:,} of {step.total:,} rows" if step.total else f"{step.rows:,} rows")
    if step.bytes:
        parts.append(size_words(step.bytes))
    if (step.rows or step.bytes) and step.total is None:
        parts.append("total unknown")
    return ", ".join(parts)


def size_words(count: int) -> str:
    """Bytes for people: "812 bytes", "14 kB", "1.4 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def told(result: "SyncResult") -> str:
    """What a pulling changed, in one quiet line; "" where nothing is different."""
    return "; ".join(str(change) for change in result.changes)


def summary_lines(result: "SyncResult") -> list[str]:
    """A line a table: its rows and what changed; below it why rows were rejected, or why it did not come."""
    width = max((len(table.status.name) for table in result.tables), default=0)
    lines: list[str] = []
    for table in result.tables:
        lines.append(f"{table.status.name:<{width}}  {_table_words(table)}")
        lines += [f"{'':<{width}}    {count:,} rejected: {reason}" for reason, count in table.reasons]
    if result.snapshot is not None:
        lines.append(f"snapshot {result.snapshot}")
    return lines


def _table_words(table: "TableSync") -> str:
    status, change = table.status, table.change
    if change is None:
        reason = str(status.problems[0]) if status.problems else "it could not be read"
        if table.kept is None:
            return f"not read: {reason}"
        kept = f"{status.rows:,} rows of {table.kept:%Y-%m-%d %H:%M} are kept"
        return f"not refreshed: {reason}; {kept}"
    parts = [f"{status.rows:>9,} row{'' if status.rows == 1 else 's'}"]
    parts += change.words() or ["nothing changed"]
    parts += [
        f"{count:,} {word}"
        for count, word in (
            (status.rejected, "rejected"),
            (status.blanked, "blanked"),
            (status.unmatched, "unmatched"),
            (status.corrected, "corrected"),
            (status.repeated, "repeated"),
        )
        if count
    ]
    if table.received:
        parts.append(size_words(table.received))
    return ", ".join(parts)
