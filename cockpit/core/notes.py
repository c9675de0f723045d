"""Notes on anything that has a name: a task, a deal, an agreement, a date, a figure with period and slice.

A figure is named `metric@period` with `/dimension=value` for each step into it, such as
`close_rate@FY27-Q2/manager=Brooks`; a deal `opportunities/ID`, an agreement `agreements/ID`.
"""

from typing import TYPE_CHECKING

from cockpit.base.clean import clean_note
from cockpit.base.problems import CockpitError, Problem, UsageError, did_you_mean
from cockpit.work.keys import find_key

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.store import Note

IDENTITIES = {"opportunities": "opportunity_id", "agreements": "agreement_id", "accounts": "account_id"}
"""The tables whose rows notes may be about, and the columns that name the rows."""


def write_note(cockpit: "Cockpit", key: str, text: str) -> "Note":
    """Write a note.

    Args:
        cockpit: the workspace.
        key: what it is about; any unique ending of a task's key, or the id of a deal or agreement alone.
        text: the note.

    Raises:
        UsageError: nothing has that name, or there is no text.
        SourceError: the store cannot be written.
    """
    if not text.strip():
        raise UsageError(Problem("a note needs some words", key=key))
    return cockpit.store.add_note(subject_of(cockpit, key), clean_note(text.strip()))


def notes(cockpit: "Cockpit", key: str | None = None) -> "list[Note]":
    """The notes on something and on everything inside it, oldest first; without a key all of them.

    Raises:
        UsageError: nothing has that name and no note is about it.
    """
    if key is None:
        return cockpit.store.notes()
    named = key.strip()
    known = cockpit.store.note_counts()
    within = (f"{named}/", f"{named}@")  # slices of a figure of a period, and periods of a figure
    if not any(subject == named or subject.startswith(within) for subject in known):
        if any(metric.name == named for metric in cockpit.catalogue):
            return []
        named = subject_of(cockpit, key)
    within = (f"{named}/", f"{named}@")
    return [
        note for note in cockpit.store.notes() if note.subject == named or note.subject.startswith(within)
    ]


def subject_of(cockpit: "Cockpit", key: str) -> str:
    """The full name of what a key means.

    Raises:
        UsageError: nothing has that name; with the nearest one.
    """
    named = key.strip()
    if "@" in named:
        return _figure(cockpit, named)
    table, _, identity = named.partition("/")
    if table in IDENTITIES and identity:
        return _record(cockpit, table, identity)
    if table == "finding" and identity:
        return named
    task: CockpitError | None = None
    try:
        return find_key(named, cockpit.store.states("task"))
    except UsageError as error:
        task = error
    if any(named == one.row_key for one in cockpit.store.anchors("agreements")):
        return f"agreements/{named}"
    if any(metric.name == named for metric in cockpit.catalogue):
        hint = f"{named}@{cockpit.question().period.label}"
        raise UsageError(Problem("a note on a figure names its period", key=named, hint=hint))
    for name in cockpit.workspace.config.sources:
        if name in IDENTITIES and _has(cockpit, name, named):
            return f"{name}/{named}"
    raise task


def _figure(cockpit: "Cockpit", named: str) -> str:
    """A figure's name with the canonical label of its period.

    Raises:
        UsageError: the metric, the period or the form of a step is wrong.
    """
    from cockpit.fiscal import resolve_period

    metric, _, rest = named.partition("@")
    period, *steps = rest.split("/")
    names = [one.name for one in cockpit.catalogue]
    if metric not in names:
        raise UsageError(
            Problem(f"there is no metric {metric!r}", key=named, hint=did_you_mean(metric, names))
        )
    label = resolve_period(cockpit.fiscal, period, cockpit.today).label
    for step in steps:
        dimension, equals, _ = step.partition("=")
        if not dimension or not equals:
            raise UsageError(
                Problem(f"{step!r} is no slice", key=named, hint=f"{metric}@{label}/manager=Brooks")
            )
    return "/".join((f"{metric}@{label}", *steps))


def _record(cockpit: "Cockpit", table: str, identity: str) -> str:
    if not _has(cockpit, table, identity):
        raise UsageError(Problem(f"{table} has no row {identity}", key=f"{table}/{identity}"))
    return f"{table}/{identity}"


def _has(cockpit: "Cockpit", table: str, identity: str) -> bool:
    """Whether a table has a row of that id."""
    import polars as pl

    try:
        frame = cockpit.data.required(table).frame
    except CockpitError:
        return False
    column = IDENTITIES[table]
    if column not in frame.columns:
        return False
    return not frame.filter(pl.col(column).cast(pl.String) == identity).is_empty()
