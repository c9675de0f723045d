"""Dates in the data that actions hang from, kept in the store so that tasks need no data to be read.

An action with `for_each` names a table, a condition, a key and a date column. After each load the rows
that meet the condition become anchors; `rhythm` and `tasks` read those.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError
from cockpit.rhythm import Anchor, ForEach, RhythmCalendar
from cockpit.store.values import StoredAnchor

if TYPE_CHECKING:
    import polars as pl

    from cockpit.sources.table import Table
    from cockpit.store import Store
    from cockpit.work import Work

_TASK_COLUMNS = (
    "task_id", "title", "workstream", "status", "owner", "due_date", "account_id", "opportunity_id",
    "modified_date", "ou", "territory",
)  # fmt: skip
_TITLE_COLUMNS = ("account", "name", "title")
_OWNER_COLUMNS = ("owner", "assignee", "person")
_SHOWN_COLUMNS = (
    "account", "product", "owner", "opportunity_id", "base_amount", "currency", "status", "ou", "territory",
)  # fmt: skip
"""Columns whose values go along with an anchor, for titles, links and redaction."""


def put_anchors(store: "Store", calendars: Iterable[RhythmCalendar], tables: Mapping[str, "Table"]) -> bool:
    """Write the anchors of every `for_each` of the calendars.

    A table that is not there leaves its anchors as they are: a file that cannot be read today must not
    make tasks vanish.

    Returns:
        Whether any anchor changed.
    """
    changed = 0
    for calendar in calendars:
        for anchored in dict.fromkeys(action.for_each for action in calendar.actions if action.for_each):
            table = tables.get(anchored.source)
            if table is None:
                continue
            changed += store.put_anchors(
                anchored.anchor_set, _anchors(anchored, table.frame), anchored.anchor_set
            )
    return changed > 0


def take_tasks(work: "Work", tables: Mapping[str, "Table"]) -> None:
    """Let the tasks of the table `tasks` be as its rows say; nothing is read while the rows are the same."""
    table = tables.get("tasks")
    if table is None:
        return
    frame = table.frame.select(name for name in _TASK_COLUMNS if name in table.frame.columns)
    work.take_source(frame.iter_rows(named=True), f"{frame.height} rows {frame.hash_rows().sum()}")


def stored_anchors(store: "Store") -> dict[str, Sequence[Anchor]]:
    """The anchors as the last load left them, by the name of their set."""
    found: dict[str, list[Anchor]] = {}
    for anchor in store.anchors():
        if anchor.present and anchor.first_date is not None:
            found.setdefault(anchor.source, []).append(
                Anchor(
                    anchor.source,
                    anchor.row_key,
                    anchor.date,
                    anchor.first_date,
                    anchor.title,
                    anchor.owner,
                    anchor.values,
                )
            )
    return dict(found)


def _anchors(anchored: ForEach, frame: "pl.DataFrame") -> list[StoredAnchor]:
    """The rows that the action is for; none where the table lacks the columns."""
    if anchored.key not in frame.columns or anchored.date not in frame.columns:
        return []
    if anchored.where is not None:
        frame = _narrowed(frame, anchored.where)
    present = [name for name in dict.fromkeys((*_SHOWN_COLUMNS, *_TITLE_COLUMNS)) if name in frame.columns]
    columns = list(dict.fromkeys([anchored.key, anchored.date, *_owners(frame), *present]))
    anchors: dict[str, StoredAnchor] = {}
    for row in frame.select(columns).iter_rows(named=True):
        if row[anchored.key] is None:
            continue
        key = clean(str(row[anchored.key]))
        anchors[key] = StoredAnchor(
            anchored.anchor_set,
            key,
            row[anchored.date],
            row[anchored.date],
            next((str(row[name]) for name in _TITLE_COLUMNS if row.get(name)), key),
            next((str(row[name]) for name in _owners(frame) if row.get(name)), None),
            {name: str(row[name]) for name in present if row[name] is not None},
        )
    return list(anchors.values())


def _owners(frame: "pl.DataFrame") -> list[str]:
    return [name for name in _OWNER_COLUMNS if name in frame.columns]


def _narrowed(frame: "pl.DataFrame", where: str) -> "pl.DataFrame":
    """The rows for which the condition is true; all of them where it does not fit the table's columns.

    An agreement too many in the list is seen and dropped; one too few is never missed by anybody.
    """
    from datetime import date

    from cockpit.metrics.expression import Parameters, compile_condition

    try:
        expression = compile_condition(where, dict(frame.schema), Parameters(date.max))
    except CockpitError:
        return frame
    return frame.filter(expression)
