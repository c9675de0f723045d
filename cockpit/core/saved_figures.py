"""Whether a saved figure can be asked as its line of `[views]` says, before it is opened and by `check`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, ConfigError, Problem, did_you_mean
from cockpit.fiscal import resolve_period
from cockpit.workspace.saved_figure import SavedFigure

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

GROUP_COLUMNS = ("group", "value", "n", "change", "effect")
"""What the groups of a figure can be sorted by; rows have the columns of their table."""
NO_PERIOD = ("", "target", "lock", "visit")
"""Comparisons that are no period: nothing, the target, a stored state, which need not be there yet."""

AGREEMENT = frozenset({"agreement_id", "base_amount"})
"""Columns by which rows are agreements; deals may carry the id of theirs."""


def require_figure(cockpit: "Cockpit", name: str) -> SavedFigure:
    """The saved figure of a name, once it is sure that it can be asked. Reads the data.

    Raises:
        ConfigError: with file and line, what in it means nothing: metric, period, dimension, condition.
    """
    figure = cockpit.saved_figures[name]
    problems = [one for one in figure_problems(cockpit, name, figure) if one.severity == "error"]
    if problems:
        raise ConfigError(*problems)
    return figure


def figure_problems(cockpit: "Cockpit", name: str, figure: SavedFigure) -> list[Problem]:
    """What in a saved figure means nothing; each with file and line.

    A value that no row has is a warning: somebody may have left, or is still to come.
    """
    file = cockpit.workspace.file
    problems = [
        file.problem(("views", name, key), message, hint) for key, message, hint in _wrong(cockpit, figure)
    ]
    if not problems:
        problems += [
            file.problem(("views", name, "at"), message, hint, severity="warning")
            for message, hint in _unknown_values(cockpit, figure)
        ]
    return problems


def _unknown_values(cockpit: "Cockpit", figure: SavedFigure) -> Iterator[tuple[str, str | None]]:
    """The values of `at` that no row of any table has in a column of that name."""
    import polars as pl

    tables = cockpit.data.loaded().tables.values()
    for name, value in figure.at.items():
        columns = [
            table.frame[name]
            for table in tables
            if name in table.frame.columns and table.frame.schema[name] == pl.String
        ]
        if columns and not any((column == value).any() for column in columns):
            known = pl.concat(columns).drop_nulls().unique().sort().to_list()
            yield f"no row has the {name} {value!r}", did_you_mean(value, known)


def _wrong(cockpit: "Cockpit", figure: SavedFigure) -> Iterator[tuple[str, str, str | None]]:
    """Each mistake: its key, what is wrong, a remedy."""
    known = cockpit.catalogue.names()
    if figure.figure not in known:
        message = f"there is no metric {figure.figure!r}"
        yield "figure", message, did_you_mean(figure.figure, known) or "cockpit kpis lists them"
        return
    if figure.slice is not None and figure.slice not in cockpit.slices:
        yield "slice", f"there is no slice {figure.slice!r}", did_you_mean(figure.slice, cockpit.slices)
    if figure.show == "groups" and figure.sort is not None and figure.sort not in GROUP_COLUMNS:
        yield "sort", f"groups have no {figure.sort!r}", f"one of: {', '.join(GROUP_COLUMNS)}"
    try:
        resolve_period(cockpit.fiscal, figure.period, cockpit.as_of)
    except CockpitError as error:
        yield "period", *_words(error)
        return
    try:
        if figure.versus not in NO_PERIOD:
            cockpit.kpi((figure.figure,), period=figure.period, vs=figure.versus)
    except CockpitError as error:
        yield "versus", *_words(error)
    if figure.show != "groups":
        yield from _wrong_rows(cockpit, figure)
    dimensions = [("at", name) for name in figure.at] + ([("by", figure.by)] if figure.by else [])
    for key, dimension in dimensions:
        try:
            cockpit.kpi((figure.figure,), by=(dimension,), period=figure.period)
        except CockpitError as error:
            yield key, *_words(error)
    try:
        if figure.where:
            cockpit.kpi((figure.figure,), where=figure.where, period=figure.period)
    except CockpitError as error:
        yield "where", *_words(error)


def _wrong_rows(cockpit: "Cockpit", figure: SavedFigure) -> Iterator[tuple[str, str, str | None]]:
    try:
        columns = cockpit.rows(figure.figure, period=figure.period, limit=1).columns
    except CockpitError as error:
        yield "show", *_words(error)
        return
    if figure.show == "agreements" and not AGREEMENT.issubset(columns):
        yield "show", f"the rows of {figure.figure} are no agreements", 'show = "rows"'
    elif figure.sort is not None and figure.sort not in columns:
        yield "sort", f"{figure.show} have no column {figure.sort!r}", did_you_mean(figure.sort, columns)


def _words(error: CockpitError) -> tuple[str, str | None]:
    first = error.problems[0]
    return first.message, first.hint
