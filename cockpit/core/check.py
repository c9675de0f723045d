"""Everything that is wrong with a workspace, at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.check_rows import check_rows
from cockpit.core.check_sources import SourceCheck, check_sources
from cockpit.core.cockpit import Cockpit
from cockpit.core.task_calendars import told_of_calendars

if TYPE_CHECKING:
    from cockpit.core.controls import Control


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        problems: all of them, in the order of the parts.
        sources: each source with whether it could be pulled now.
        controls: each figure that must tie, with what it is.
    """

    problems: tuple[Problem, ...]
    sources: tuple[SourceCheck, ...] = ()
    controls: "tuple[Control, ...]" = ()


def check_all(folder: Path | None, progress: Callable[[str], None] = lambda table: None) -> Checked:
    """Read configuration, calendars, metrics, sources, controls and store, and collect every problem.

    Args:
        folder: the workspace as named on the command line, or None.
        progress: told the name of each table whose server is asked.
    """
    try:
        cockpit = Cockpit.open(folder, read_only=True)
    except CockpitError as error:
        return Checked(error.problems)
    problems: list[Problem] = []
    sources: list[SourceCheck] = []
    controls: list[Control] = []

    def _sources(cockpit: Cockpit) -> list[Problem]:
        sources.extend(check_sources(cockpit, progress))
        return [problem for one in sources for problem in _with_hint(one)]

    def _controls(cockpit: Cockpit) -> list[Problem]:
        controls.extend(cockpit.controls())
        return [_control_problem(cockpit, index, one) for index, one in enumerate(controls) if not one.ties]

    with cockpit:
        for look in (
            _calendars, _tasks, _metrics, _slices, _views, _sources, check_rows, _controls, _findings, _gates,
            _history, _store,
        ):  # fmt: skip
            try:
                problems += look(cockpit)
            except CockpitError as error:
                problems += error.problems
    return Checked(tuple(dict.fromkeys(problems)), tuple(sources), tuple(controls))


def _calendars(cockpit: Cockpit) -> list[Problem]:
    return [problem for one in (cockpit.calendar, *cockpit.other_calendars) for problem in one.warnings]


def _tasks(cockpit: Cockpit) -> list[Problem]:
    """Unfinished tasks of calendars that are no longer named."""
    if not cockpit.workspace.store_path.exists():
        return []
    return told_of_calendars(cockpit, cockpit.tasks("status:open"))


def _metrics(cockpit: Cockpit) -> list[Problem]:
    """What is wrong with own metrics, and names in `[targets]` and `[kpi]` that no metric has."""
    from cockpit.metrics.catalogue import Catalogue

    config = cockpit.workspace.config
    strict = Catalogue.read(cockpit.workspace.metrics_folder, cockpit.engine.own_columns(cockpit.as_of))
    named = [(("targets", name), name) for name in config.targets]
    named += [(("kpi", name), name) for name in config.metrics]
    named += [(("kpi", "board"), name) for name in config.kpi.board]
    return [*strict.problems, *cockpit.unknown_metrics(named)]


def _history(cockpit: Cockpit) -> list[Problem]:
    """Files of stored snapshots that are missing or damaged."""
    return cockpit.history.check()


def _slices(cockpit: Cockpit) -> list[Problem]:
    problems = []
    board = cockpit.board()
    for name in cockpit.workspace.config.slices:
        try:
            cockpit.kpi(board[:1], slice=name)
        except CockpitError as error:
            file = cockpit.workspace.file
            problems += [
                file.problem(("slices", name), problem.message, problem.hint) for problem in error.problems
            ]
    return problems


def _views(cockpit: Cockpit) -> list[Problem]:
    """Saved views whose name or filter cannot be read, or that name a figure which cannot be asked so."""
    from cockpit.core.saved_figures import figure_problems
    from cockpit.rhythm.agenda_filter import parse_filter
    from cockpit.work.saved import wrong_name

    problems = []
    file = cockpit.workspace.file
    for name in (*cockpit.saved_views, *cockpit.saved_figures, *cockpit.saved_rhythms):
        wrong = wrong_name(name)
        if wrong is not None:
            problems.append(file.problem(("views", name), wrong))
    for name, figure in cockpit.saved_figures.items():
        problems += figure_problems(cockpit, name, figure)
    for name, saved in cockpit.saved_rhythms.items():
        try:
            parse_filter(saved.rhythm)
        except CockpitError as error:
            problems += [
                file.problem(("views", name, "rhythm"), problem.message, problem.hint)
                for problem in error.problems
            ]
    for name, view in cockpit.saved_views.items():
        try:
            cockpit.work.read_filter(view.filter)
        except CockpitError as error:
            problems += [
                file.problem(("views", name), f"{problem.key}: {problem.message}", problem.hint)
                for problem in error.problems
            ]
    return problems


def _with_hint(source: SourceCheck) -> Iterator[Problem]:
    """The problems of a source, with the command that lists its rejected rows."""
    where = f"cockpit rejects --table {source.table}"
    for problem in source.problems:
        yield problem if problem.hint or not source.rejected else replace(problem, hint=where)
    if source.rejected and not source.problems:
        of = f" of {source.rows:,}" if source.rows is not None else ""
        yield Problem(f"rejected {source.rejected:,}{of} rows", source.place, hint=where, severity="warning")


def _control_problem(cockpit: Cockpit, index: int, control: "Control") -> Problem:
    from cockpit.metrics.explain import shown

    said = f"is blank: {control.reason}"
    if control.value is not None:
        said = f"is {shown(control.value, control.unit)}"
    expected = shown(control.expected, control.unit)
    message = f"{control.metric} of {control.subject} does not tie: {said}, expected {expected}"
    return cockpit.workspace.file.problem(("control", index), message, control.source)


def _findings(cockpit: Cockpit) -> list[Problem]:
    """The workspace's own rules of findings; reading them raises what is wrong."""
    from cockpit.core.findings.find import rules_of

    rules_of(cockpit)
    return []


def _gates(cockpit: Cockpit) -> list[Problem]:
    """The workspace's own gates of the year's start; reading them raises what is wrong."""
    from cockpit.work.gates import gates_for

    gates_for(cockpit.workspace.folder)
    return []


def _store(cockpit: Cockpit) -> list[Problem]:
    if not cockpit.workspace.store_path.exists():
        return []
    return [*cockpit.store.warnings, *cockpit.store.check()]
