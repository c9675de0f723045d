"""How often each value of a column occurs in what is shown (`f`)."""

from collections import Counter
from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.panes.lettered import lettered
from cockpit.panes.view import Choice, RawTable
from cockpit.tui.asking import narrow_to
from cockpit.tui.hidden import shown_table
from cockpit.tui.picker import Entry, Picker
from cockpit.tui.session import Session
from cockpit.tui.taking import raw_text

if TYPE_CHECKING:
    pass

MOST_VALUES = 500
"""Values that are listed; what is rarer is counted together."""
BAR = 20
"""Cells of the bar of the most frequent value."""
BLANK = "(blank)"


def frequency(session: Session) -> None:
    """Pick a column, and see how often each value occurs; Enter narrows to one."""
    level = session.level
    if not level.shows:
        session.say("there is nothing to count yet")
        return

    def ask(table: RawTable | None) -> None:
        if table is None or not table.rows:
            session.say("this view has no table to count in")
            return
        choices = lettered(clean(name) for name in table.columns)
        position = {choice.name: at for at, choice in enumerate(choices)}
        session.choose(
            "count the values of", choices, lambda choice: _count(session, table, choice, position)
        )

    session.run("table", lambda: shown_table(session), ask)


def _count(session: Session, table: RawTable, choice: Choice, position: dict[str, int]) -> None:
    column = position[choice.name]

    def listed(entries: list[Entry]) -> None:
        title = f"{table.title}: how often each {choice.label} occurs in {len(table.rows):,}"
        session.pick(Picker(title, entries, lambda entry: _narrow(session, entry)))

    session.run("count", lambda: value_counts(table, column), listed)


def value_counts(table: RawTable, column: int) -> list[Entry]:
    """The values of a column, the most frequent first, each with its share as a bar."""
    counts = counted(table, column)
    most = counts.most_common(1)[0][1]
    ranked = sorted(counts.items(), key=lambda found: (-found[1], found[0]))
    entries = [
        Entry(
            clean(value) or BLANK,
            f"{count / len(table.rows):6.1%}  {'█' * max(round(BAR * count / most), 1)}",
            value,
            mark=f"{count:>9,}",
        )
        for value, count in ranked[:MOST_VALUES]
    ]
    rest = sum(count for _, count in ranked[MOST_VALUES:])
    if rest:
        entries.append(Entry(f"{len(ranked) - MOST_VALUES:,} more values", "", None, mark=f"{rest:>9,}"))
    return entries


def counted(table: RawTable, column: int) -> "Counter[str]":
    """How often each value of a column occurs; rows that can count by themselves do it without being made."""
    count = getattr(table.rows, "counted", None)
    if count is None:
        return Counter(raw_text(row[column]) for row in table.rows)
    found: Counter[str] = Counter()
    for value, number in count(column):
        found[raw_text(value)] += number
    return found


def _narrow(session: Session, entry: Entry) -> None:
    if entry.target and session.level.view.narrowed(entry.target) is not None:
        narrow_to(session, entry.target)
