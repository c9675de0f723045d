"""Editing a calendar file: on a copy, checked, compared, and only then put in the place of the old one."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import bundled
from cockpit.base.problems import ConfigError, ConflictError, Problem, SourceError, UsageError
from cockpit.core.calendar_stub import new_calendar, override
from cockpit.rhythm import Definition, RhythmCalendar
from cockpit.rhythm.moved import Change, changes
from cockpit.work.task import FINISHED

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

FILE_MODE = 0o644
"""Of a calendar that is new: as readable as what an editor writes."""


class CalendarEdit:
    """One edit of a calendar of the workspace.

    A calendar that comes with the cockpit is never written: a file of the same name in the workspace lies
    over it. An event that the file inherits starts as a table of its own at the end.

    Attributes:
        path: the calendar file of the workspace; it need not exist yet.
        copy: the copy that is edited, of the same name; gone once the edit was taken or left.
        line: the line that says the event or action, or None.
    """

    def __init__(
        self, cockpit: "Cockpit", calendar: RhythmCalendar, definition: Definition | None = None
    ) -> None:
        """Make the copy.

        Args:
            cockpit: the workspace.
            calendar: the calendar as it is.
            definition: the event or action that is to be changed, or None.

        Raises:
            UsageError: the calendar is the demo's.
            SourceError: the file cannot be read, or nothing can be written where it is.
        """
        self._cockpit = cockpit
        self._before = calendar
        source = Path(calendar.fiscal.file)
        comes_along = source.resolve().is_relative_to(bundled("calendars").resolve())
        if comes_along and cockpit.workspace.is_demo:
            raise UsageError(
                Problem(
                    "the demo keeps the calendar as it comes", hint="cockpit init makes a workspace of yours"
                )
            )
        self.path = cockpit.workspace.folder / "calendars" / source.name if comes_along else source
        try:
            self._original = None if comes_along else self.path.read_bytes()
            self._refuse_what_cannot_be_written()
            folder = Path(tempfile.mkdtemp(prefix="cockpit-"))
        except OSError as error:
            raise SourceError(self._problem("cannot be edited", error)) from error
        self.copy = folder / self.path.name
        text = self._original
        if text is None:
            text = new_calendar(source.stem, calendar.fiscal.id).encode()
        self.line = None if definition is None else definition.line
        if definition is not None and (comes_along or Path(definition.file) != source):
            if not text.endswith(b"\n"):
                text += b"\n"
            self.line = text.count(b"\n") + 3
            text += override(definition, Path(definition.file).name).encode()
        self._started = text
        self.copy.write_bytes(text)

    @property
    def changed(self) -> bool:
        """Whether the copy says something else than at the start."""
        return self._edited() != self._started

    def dry_run(self) -> list[Change]:
        """What would move, come and go in the next thirteen months.

        Raises:
            ConfigError: the copy is no calendar; with all problems, under the name of the file itself.
        """
        cockpit = self._cockpit
        try:
            text = self._edited().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise ConfigError(
                Problem(f"not UTF-8 text (byte {error.start})", clean(str(self.path)))
            ) from error
        after = RhythmCalendar.load(self.path, cockpit.workspace.holiday_folders, text)
        finished = {task.key for task in cockpit.tasks("all") if task.status in FINISHED}
        return changes(self._before, after, cockpit.today, anchors=cockpit.anchors, finished=finished)

    def take(self) -> None:
        """Put the copy in the place of the file; the cockpit then follows it.

        Raises:
            ConflictError: somebody else has changed the file meanwhile; nothing is written.
            SourceError: the file cannot be written.
        """
        try:
            now = self.path.read_bytes() if self.path.exists() else None
            if now != self._original:
                raise ConflictError(Problem("was changed by somebody else meanwhile", clean(str(self.path))))
            self.path.parent.mkdir(exist_ok=True)
            mode = FILE_MODE if now is None else self.path.stat().st_mode & 0o777
            write_atomic(self.path, self._edited(), mode)
        except OSError as error:
            raise SourceError(self._problem("cannot be written", error)) from error
        self.leave()
        self._cockpit.read_calendars_again()

    def leave(self) -> None:
        """Throw the copy away; the file stays as it is."""
        shutil.rmtree(self.copy.parent, ignore_errors=True)

    def _refuse_what_cannot_be_written(self) -> None:
        """Before somebody has worked for ten minutes."""
        folder = self.path.parent if self.path.parent.is_dir() else self.path.parent.parent
        if not os.access(folder, os.W_OK):
            raise PermissionError(None, "no permission to write there")

    def _edited(self) -> bytes:
        try:
            return self.copy.read_bytes()
        except OSError as error:
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"the edited copy cannot be read: {reason}")) from error

    def _problem(self, what: str, error: OSError) -> Problem:
        return Problem(f"{what}: {clean(error.strerror or str(error))}", clean(str(self.path)))
