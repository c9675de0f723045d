"""Editing a calendar file: on a copy, checked, compared, and only then put in the place of the old one."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import bundled
from cockpit.base.problems import CockpitError, ConfigError, ConflictError, Problem, SourceError, UsageError
from cockpit.rhythm import RhythmCalendar
from cockpit.rhythm.moved import Change, changes
from cockpit.work.task import FINISHED

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit


class CalendarEdit:
    """One edit of a calendar's own file.

    The copy lies beside the file, so that what it extends and its holiday lists are found as before.

    Attributes:
        path: the calendar file.
        copy: the copy that is edited; gone once the edit was taken or left.
    """

    def __init__(self, cockpit: "Cockpit", calendar: RhythmCalendar) -> None:
        """Make the copy.

        Raises:
            UsageError: the file comes with the cockpit.
            SourceError: the file cannot be read, or nothing can be written beside it.
        """
        self._cockpit = cockpit
        self._before = calendar
        self.path = Path(calendar.fiscal.file)
        if self.path.resolve().is_relative_to(bundled("calendars").resolve()):
            raise UsageError(
                Problem(
                    f"{self.path.name} comes with the cockpit and is read-only",
                    hint=f'a calendar in calendars/ with extends = "{self.path.stem}" can change its events',
                )
            )
        try:
            self._original = self.path.read_bytes()
            descriptor, name = tempfile.mkstemp(".toml", f".{self.path.stem}.", self.path.parent)
            with os.fdopen(descriptor, "wb") as copy:
                copy.write(self._original)
        except OSError as error:
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"cannot be edited: {reason}", clean(str(self.path)))) from error
        self.copy = Path(name)

    @property
    def changed(self) -> bool:
        """Whether the copy says something else than the file."""
        return self._edited() != self._original

    def dry_run(self) -> list[Change]:
        """What would move, come and go in the next thirteen months.

        Raises:
            ConfigError: the copy is no calendar; with all problems, under the name of the file itself.
        """
        cockpit = self._cockpit
        try:
            after = RhythmCalendar.load(self.copy, cockpit.workspace.holiday_folders)
        except CockpitError as error:
            raise ConfigError(*(self._named(problem) for problem in error.problems)) from error
        finished = {task.key for task in cockpit.tasks("all") if task.status in FINISHED}
        return changes(self._before, after, cockpit.today, anchors=cockpit.anchors, finished=finished)

    def take(self) -> None:
        """Put the copy in the place of the file; the cockpit then follows it.

        Raises:
            ConflictError: somebody else has changed the file meanwhile; nothing is written.
            SourceError: the file cannot be written.
        """
        try:
            if self.path.read_bytes() != self._original:
                raise ConflictError(Problem("was changed by somebody else meanwhile", clean(str(self.path))))
            write_atomic(self.path, self._edited(), self.path.stat().st_mode & 0o777)
        except OSError as error:
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"cannot be written: {reason}", clean(str(self.path)))) from error
        self.leave()
        self._cockpit.read_calendars_again()

    def leave(self) -> None:
        """Throw the copy away; the file stays as it is."""
        self.copy.unlink(missing_ok=True)

    def _edited(self) -> bytes:
        try:
            return self.copy.read_bytes()
        except OSError as error:
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"the edited copy cannot be read: {reason}")) from error

    def _named(self, problem: Problem) -> Problem:
        file = problem.file
        if file is not None and Path(file).name == self.copy.name:
            file = clean(str(self.path))
        return replace(problem, file=file, message=problem.message.replace(self.copy.stem, self.path.stem))
