"""What another version of a calendar would change: the dry run before an edited file is taken."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from cockpit.rhythm.calendar import RhythmCalendar
from cockpit.rhythm.occurrence import Anchor, Occurrence

ChangeKind = Literal["moved", "new", "gone", "kept"]
AHEAD = timedelta(days=396)
"""How far ahead two calendars are compared: thirteen months, so that every yearly event is among them."""
MARGIN = timedelta(days=62)
"""How far beyond both ends one looks, so that what moves over an end is not taken for new or gone."""


class Change(msgspec.Struct, frozen=True):
    """What happens to one occurrence.

    Attributes:
        kind: moved, new, gone, or kept: it would move, but its task is finished and keeps its day.
        key: the occurrence's key.
        before: the occurrence as it is, or None for a new one.
        after: the occurrence as it would be, or None for one that is gone.
    """

    kind: ChangeKind
    key: str
    before: Occurrence | None
    after: Occurrence | None

    @property
    def shown(self) -> Occurrence:
        """The occurrence that names the change: as it would be, else as it is."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def day(self) -> date:
        """The earlier of its days, by which changes are put in order."""
        return min(one.date for one in (self.before, self.after) if one is not None)


def changes(
    before: RhythmCalendar,
    after: RhythmCalendar,
    first: date,
    last: date | None = None,
    *,
    anchors: Mapping[str, Sequence[Anchor]] | None = None,
    finished: Collection[str] = (),
) -> list[Change]:
    """Which occurrences another version of a calendar would move, add or take away.

    Args:
        before: the calendar as it is.
        after: the calendar as it would be.
        first: the first day that counts, usually today: the past stays as it was.
        last: the last day that counts; thirteen months on when left out.
        anchors: the rows of `for_each` actions.
        finished: keys of tasks that are finished; they keep their day.

    Returns:
        The changes by day; an occurrence counts when one of its two days lies between `first` and `last`.
        Keys name the fiscal unit, not the day, so that a moved occurrence is still the same one.
    """
    end = first + AHEAD if last is None else last
    old = _by_key(before, first, end, anchors)
    new = _by_key(after, first, end, anchors)
    found: list[Change] = []
    for key in {**old, **new}:
        was, would_be = old.get(key), new.get(key)
        if was is not None and would_be is not None and _moment(was) == _moment(would_be):
            continue
        if not any(one is not None and first <= one.date <= end for one in (was, would_be)):
            continue
        found.append(Change(_kind(was, would_be, key in finished), key, was, would_be))
    return sorted(found, key=lambda change: (change.day, change.key))


def _by_key(
    calendar: RhythmCalendar, first: date, last: date, anchors: Mapping[str, Sequence[Anchor]] | None
) -> dict[str, Occurrence]:
    found = calendar.occurrences(first - MARGIN, last + MARGIN, anchors=anchors)
    return {occurrence.key: occurrence for occurrence in found}


def _moment(occurrence: Occurrence) -> tuple[object, ...]:
    """What must be equal for an occurrence to have stayed where it is."""
    return (occurrence.date, occurrence.utc, occurrence.until, occurrence.until_utc)


def _kind(was: Occurrence | None, would_be: Occurrence | None, finished: bool) -> ChangeKind:
    if was is None:
        return "new"
    if finished:
        return "kept"
    return "gone" if would_be is None else "moved"
