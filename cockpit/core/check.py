"""Everything that is wrong with a workspace, at once."""

from dataclasses import replace
from pathlib import Path

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.cockpit import Cockpit


def check_all(folder: Path | None) -> list[Problem]:
    """Read configuration, calendars, metrics, sources, controls and store, and collect every problem.

    Args:
        folder: the workspace as named on the command line, or None.
    """
    try:
        cockpit = Cockpit.open(folder, read_only=True)
    except CockpitError as error:
        return list(error.problems)
    problems: list[Problem] = []
    with cockpit:
        for look in (_calendars, _metrics, _slices, _views, _sources, _controls, _gates, _store):
            try:
                problems += look(cockpit)
            except CockpitError as error:
                problems += error.problems
    return list(dict.fromkeys(problems))


def _calendars(cockpit: Cockpit) -> list[Problem]:
    return [problem for one in (cockpit.calendar, *cockpit.other_calendars) for problem in one.warnings]


def _metrics(cockpit: Cockpit) -> list[Problem]:
    """Names in `[targets]`, `[kpi]` and `[[control]]` that no metric has."""
    from cockpit.base.problems import did_you_mean

    config, file = cockpit.workspace.config, cockpit.workspace.file
    known = cockpit.catalogue.names()
    named = [(("targets", name), name) for name in config.targets]
    named += [(("kpi", name), name) for name in config.metrics]
    named += [(("kpi", "board"), name) for name in config.kpi.board]
    return [
        file.problem(path, f"there is no metric {name!r}", did_you_mean(name, known))
        for path, name in named
        if name not in known
    ]


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
    """Saved views whose name or filter cannot be read."""
    from cockpit.work.saved import wrong_name

    problems = []
    file = cockpit.workspace.file
    for name, view in cockpit.saved_views.items():
        wrong = wrong_name(name)
        if wrong is not None:
            problems.append(file.problem(("views", name), wrong))
        try:
            cockpit.work.read_filter(view.filter)
        except CockpitError as error:
            problems += [
                file.problem(("views", name), f"{problem.key}: {problem.message}", problem.hint)
                for problem in error.problems
            ]
    return problems


def _sources(cockpit: Cockpit) -> list[Problem]:
    problems: list[Problem] = []
    for status in cockpit.sources():
        where = f"cockpit rejects --table {status.name}"
        problems += [
            problem if problem.hint or not status.rejected else replace(problem, hint=where)
            for problem in status.problems
        ]
        if status.rejected and not status.problems:
            words = f"rejected {status.rejected:,} of {status.rows + status.rejected:,} rows"
            problems.append(Problem(words, status.path, hint=where, severity="warning"))
    return problems


def _controls(cockpit: Cockpit) -> list[Problem]:
    problems = []
    for index, control in enumerate(cockpit.controls()):
        if control.ties:
            continue
        said = f"is {control.value}" if control.value is not None else f"is blank: {control.reason}"
        message = f"{control.metric} of {control.period} does not tie: {said}, expected {control.expected}"
        problems.append(cockpit.workspace.file.problem(("control", index), message, control.source))
    return problems


def _gates(cockpit: Cockpit) -> list[Problem]:
    """The workspace's own gates of the year's start; reading them raises what is wrong."""
    from cockpit.work.gates import gates_for

    gates_for(cockpit.workspace.folder)
    return []


def _store(cockpit: Cockpit) -> list[Problem]:
    if not cockpit.workspace.store_path.exists():
        return []
    return [*cockpit.store.warnings, *cockpit.store.check()]
