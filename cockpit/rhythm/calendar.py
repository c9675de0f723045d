"""The rhythm calendar: a fiscal calendar with the events and actions that hang from it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Self

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal import FiscalCalendar
from cockpit.rhythm.clockchanges import clock_change_problems
from cockpit.rhythm.definition import Definition, Role, Scope
from cockpit.rhythm.load import Loaded, load_rhythm
from cockpit.rhythm.occurrence import Anchor, Explained, Occurrence
from cockpit.rhythm.occurring import Occurring

LOOK_AHEAD = (timedelta(days=100), timedelta(days=400), timedelta(days=1500), timedelta(days=4000))
"""How far explaining looks for the next occurrences: further only when nothing is nearer."""


class RhythmCalendar:
    """A fiscal calendar together with its events and required actions; immutable, safe for any thread.

    Attributes:
        fiscal: the fiscal calendar.
        definitions: events and actions by id.
        roles: who does what, where the files say so.
        scopes: its regions.
        domain: what iCalendar UIDs end with, or None.
        warnings: what is not wrong but should be known.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.fiscal: FiscalCalendar = loaded.fiscal
        self.definitions: Mapping[str, Definition] = {one.id: one for one in loaded.definitions}
        self.roles: tuple[Role, ...] = loaded.roles
        self.scopes: tuple[Scope, ...] = loaded.scopes
        self.domain = loaded.domain
        self._occurring = Occurring(loaded.fiscal, self.definitions)
        self.warnings: tuple[Problem, ...] = loaded.warnings + tuple(
            clock_change_problems(self._occurring, self.fiscal.today())
        )

    @classmethod
    def load(cls, path: Path, folders: Sequence[Path] = (), text: str | None = None) -> Self:
        """Read a calendar file and those it extends.

        Args:
            path: the calendar file.
            folders: folders with holiday lists, after what lies beside the file.
            text: what the file would say, instead of what it says.

        Raises:
            ConfigError: with every problem found.
        """
        return cls(load_rhythm(path, folders, text))

    @property
    def events(self) -> tuple[Definition, ...]:
        """What is on the wall calendar."""
        return tuple(one for one in self.definitions.values() if one.type == "event")

    @property
    def actions(self) -> tuple[Definition, ...]:
        """What somebody must do, with proof."""
        return tuple(one for one in self.definitions.values() if one.type == "action")

    def occurrences(
        self,
        first: date,
        last: date,
        *,
        scope: str | None = None,
        anchors: Mapping[str, Sequence[Anchor]] | None = None,
    ) -> list[Occurrence]:
        """Every occurrence between two days, both included, in time order.

        Args:
            first: the first day.
            last: the last day.
            scope: only what happens in that region or everywhere.
            anchors: the rows of `for_each` actions, by the name of their set or of their table.

        Raises:
            UsageError: there is no such scope, or the calendar does not reach the days.
        """
        known = [one.name for one in self.scopes if one.name is not None]
        if scope is not None and scope not in known:
            hint = did_you_mean(scope, known) or f"it has: {', '.join(known) or 'none'}"
            raise UsageError(Problem(f"the calendar {self.fiscal.id} has no scope {scope!r}", hint=hint))
        return self._occurring.between(first, last, scope, anchors or {})

    def explain(
        self,
        name: str,
        count: int,
        start: date,
        anchors: Mapping[str, Sequence[Anchor]] | None = None,
    ) -> list[Explained]:
        """The next occurrences of one event or action, each with the reason for its date.

        Args:
            name: its id.
            count: how many.
            start: the first day that counts.
            anchors: as for `occurrences`.

        Raises:
            UsageError: there is no such event or action; with the nearest id.
        """
        if name not in self.definitions:
            hint = did_you_mean(name, self.definitions) or "cockpit rhythm lists what occurs"
            raise UsageError(
                Problem(f"the calendar {self.fiscal.id} has no event or action {name!r}", hint=hint)
            )
        found: list[Occurrence] = []
        for ahead in LOOK_AHEAD:
            found = self._occurring.between(start, start + ahead, None, anchors or {}, (name,))
            if len(found) >= count:
                break
        return [Explained(one, one.reason) for one in found[:count]]
