"""The rhythm calendar: a fiscal calendar with the events and actions that hang from it."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Self

from cockpit.base.problems import Problem
from cockpit.fiscal import FiscalCalendar
from cockpit.rhythm.occurrence import Anchor, Explained, Occurrence


class RhythmCalendar:
    """A fiscal calendar together with its events and required actions."""

    fiscal: FiscalCalendar
    warnings: tuple[Problem, ...]

    @classmethod
    def load(cls, path: Path, folders: Sequence[Path] = ()) -> Self:
        """Read a calendar file and those it extends."""
        raise NotImplementedError

    def occurrences(
        self,
        first: date,
        last: date,
        *,
        scope: str | None = None,
        anchors: Mapping[str, Sequence[Anchor]] | None = None,
    ) -> list[Occurrence]:
        """Every occurrence between two days, both included, in time order."""
        raise NotImplementedError

    def explain(
        self,
        name: str,
        count: int,
        start: date,
        anchors: Mapping[str, Sequence[Anchor]] | None = None,
    ) -> list[Explained]:
        """The next occurrences of one event or action, each with the reason for its date."""
        raise NotImplementedError
