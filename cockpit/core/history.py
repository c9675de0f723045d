"""Keeping the state of now, and loading earlier days from exports: what writes to a workspace's history."""

import glob
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem, SourceError, UsageError, did_you_mean
from cockpit.core.known import names_period

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.history.index import Snapshot
    from cockpit.sources.history.store import Recorded
    from cockpit.sources.history.thinning import Rule
    from cockpit.sources.history.writing import TableChange

DayFrom = Literal["name", "mtime"]
"""Where the day of an export comes from: the date in its name, or when the file was last written."""
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)")
OTHER_WORDS = ("target", "none", "full")
"""Words that comparisons take, beside periods and those of the history itself."""
_DAYS_END = time(23, 59)
"""An export that only names its day is taken to be of its evening."""


def open_history(cockpit: "Cockpit") -> None:
    """Give a cockpit the history of its workspace; the demo's begins with a few states of its own."""
    from cockpit.sources.history.store import History

    workspace = cockpit.workspace
    history = History(workspace.history_folder, cockpit.fiscal.zone, shared=workspace.config.store.shared)
    cockpit._history = history
    if workspace.is_demo:
        from cockpit.core.demo_history import begin_demo_history

        begin_demo_history(cockpit, history)


def record_now(cockpit: "Cockpit", label: str | None = None) -> "Recorded":
    """Keep what the sources hold by now; with a label for good.

    Raises:
        SourceError: a source cannot be read, so that its state is not known, or nothing can be written.
        ConflictError: the label is taken.
        UsageError: the label is none, or means something else already.
    """
    if label is not None:
        _check_meaning(cockpit, label)
    loaded = cockpit.data.loaded()
    if loaded.all_problems:
        raise SourceError(*loaded.all_problems)
    with _writing(cockpit):
        return cockpit.history.record(loaded.tables, cockpit.now, label=label, origin="lock")


def lock_held(cockpit: "Cockpit", label: str, known_at: str) -> "Snapshot":
    """Keep a state that is held already under a name, for good.

    Raises:
        SourceError: nothing can be written.
        ConflictError: the label is taken.
        UsageError: the label is none or means something else already, or nothing was held then.
    """
    _check_meaning(cockpit, label)
    with _writing(cockpit):
        return cockpit.history.lock(label, known_at)


def _check_meaning(cockpit: "Cockpit", label: str) -> None:
    """A state is locked for good, so its name must not be one that `--vs` takes for a period or a target."""
    if label.casefold() in OTHER_WORDS or names_period(cockpit, label):
        hint = "a name of its own, such as fy27-q1-close"
        words = f"{clean(label)!r} means something else already: --vs takes it for a period or a target"
        raise UsageError(Problem(words, key="LABEL", hint=hint))


def prune(cockpit: "Cockpit", rule: "Rule") -> "tuple[Snapshot, ...]":
    """Let go of the snapshots that the rule does not keep.

    Raises:
        SourceError: the workspace cannot be written.
    """
    with _writing(cockpit):
        return cockpit.history.prune(rule, cockpit.now)


def record_look(cockpit: "Cockpit") -> None:
    """Note that somebody looks at the screen, and keep what it shows when the look begins.

    So "since the last look" has an answer. A place that cannot be written is no error: the figures are there
    all the same.
    """
    from cockpit.core.visits import note_visit

    began, loaded = cockpit.visit_began is None, cockpit.data.now_held
    if began and loaded is not None and not cockpit.read_only and cockpit.known.words is None:
        tables = {name: table for name, table in loaded.tables.items() if name not in loaded.problems}
        with suppress(CockpitError, OSError):
            if tables:
                cockpit.history.record(tables, cockpit.now, origin="look")
    note_visit(cockpit)


@dataclass(frozen=True, slots=True)
class Export:
    """One file of an earlier day.

    Attributes:
        path: the file.
        taken_at: the instant that its rows are held for.
        day_from: where that comes from.
        change: what it changed; None where it was not taken.
        problems: why it was not taken.
        held: whether a snapshot of that instant was there already.
    """

    path: Path
    taken_at: datetime | None
    day_from: DayFrom
    change: "TableChange | None" = None
    problems: tuple[Problem, ...] = ()
    held: bool = False

    def as_json(self) -> dict[str, Any]:
        """One element of the document of `cockpit history --import --json`."""
        return {
            "file": clean(str(self.path)),
            "taken_at": self.taken_at.isoformat(timespec="seconds") if self.taken_at else None,
            "day_from": self.day_from,
            "held_already": self.held,
            **(self.change.as_json() if self.change is not None else {"rows": None}),
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_exports(
    cockpit: "Cockpit",
    pattern: str,
    table: str = "opportunities",
    day_from: DayFrom = "name",
    progress: Callable[[Export], None] = lambda one: None,
) -> tuple[Export, ...]:
    """Load a folder of exports as history, each file as the table stood on its day.

    The files are read with the columns, formats and look-ups that the workspace has for the table.

    Args:
        cockpit: the workspace.
        pattern: the files: a folder or a glob, relative to the workspace or absolute.
        table: which table they are exports of.
        day_from: where a file's day comes from.
        progress: told each file when it is done.

    Returns:
        One for each file, the earliest first; those that could not be read carry their problems.

    Raises:
        UsageError: the workspace has no such table, or no file matches.
        SourceError: the workspace cannot be written.
    """
    from cockpit.sources.load import load_table

    specs = cockpit.workspace.config.sources
    if table not in specs:
        hint = did_you_mean(table, specs) or f"sources: {', '.join(specs) or 'none'}"
        raise UsageError(Problem(f"the workspace has no source {clean(table)!r}", key="--table", hint=hint))
    folder = cockpit.workspace.folder
    files = [_not_to_come(cockpit, _dated(cockpit, path, day_from)) for path in _files(folder, pattern)]
    done = []
    held = {one.taken_at for one in cockpit.history.snapshots() if table in one.tables}
    for one in sorted(files, key=lambda each: (each.taken_at is None, str(each.taken_at), each.path.name)):
        if one.taken_at is not None and one.taken_at in held:
            one = replace(one, held=True)
        elif one.taken_at is not None:
            spec = msgspec.structs.replace(specs[table], path=str(one.path.absolute()), type=None)
            try:
                read = load_table(table, spec, folder, None, zone=cockpit.fiscal.zone.key)
                with _writing(cockpit):
                    kept = cockpit.history.record({table: read}, one.taken_at, origin="import")
                one = Export(one.path, one.taken_at, day_from, kept.tables[table])
            except CockpitError as error:
                one = Export(one.path, one.taken_at, day_from, None, error.problems)
        progress(one)
        done.append(one)
    return tuple(done)


def _files(folder: Path, pattern: str) -> list[Path]:
    whole = folder / pattern
    if whole.is_dir():
        found = [path for path in whole.iterdir() if path.is_file() and not path.name.startswith((".", "~"))]
    else:
        names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 (patterns may be absolute)
        found = [folder / name for name in names if (folder / name).is_file()]
    if not found:
        hint = "a folder, or a pattern such as 'exports/deals_*.csv'"
        raise UsageError(Problem("no file matches", clean(str(whole)), key="--import", hint=hint))
    return sorted(found)


def _dated(cockpit: "Cockpit", path: Path, day_from: DayFrom) -> Export:
    zone = cockpit.fiscal.zone
    if day_from == "mtime":
        written = datetime.fromtimestamp(path.stat().st_mtime, zone).replace(microsecond=0)
        return Export(path, written, day_from)
    days = [match.groups() for match in _DAY.finditer(path.name)]
    try:
        year, month, day = (int(part) for part in days[-1])
        taken_at = datetime.combine(datetime(year, month, day, tzinfo=zone).date(), _DAYS_END, zone)
    except (IndexError, ValueError):
        hint = "a name such as deals_2026-11-23.csv; --dates mtime takes the day of the file"
        return Export(
            path, None, day_from, None, (Problem("no date in its name", clean(str(path)), hint=hint),)
        )
    return Export(path, taken_at, day_from)


def _not_to_come(cockpit: "Cockpit", one: Export) -> Export:
    """An export of a day that has not come would stand before every state of now, so it is refused."""
    if one.taken_at is None or one.taken_at.date() <= cockpit.today:
        return one
    problem = Problem(f"its day, {one.taken_at:%Y-%m-%d}, is still to come", clean(str(one.path)))
    return Export(one.path, None, one.day_from, None, (problem,))


@contextmanager
def _writing(cockpit: "Cockpit") -> Iterator[None]:
    """Say in words why a history cannot be written."""
    place = clean(str(cockpit.workspace.history_folder))
    if cockpit.read_only:
        raise SourceError(Problem("the workspace is opened read-only, so nothing is kept", place))
    try:
        yield
    except OSError as error:
        words = f"cannot be written: {clean(error.strerror or str(error))}"
        raise SourceError(Problem(words, place)) from error
