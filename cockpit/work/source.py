"""Tasks of a source, such as a CRM export: shown as they are there until somebody here takes them on.

A row becomes the task `tasks/ID`. While nobody has claimed or assigned it here it follows its row with
every load; afterwards it is worked on here and the row no longer moves it. A task whose row has gone is
dropped; it comes back with its row.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from cockpit.base.clean import clean
from cockpit.store import NewItem, Store
from cockpit.work.days import Business
from cockpit.work.kinds import TASK
from cockpit.work.task import FINISHED, STATUSES

PREFIX = "tasks"
"""The name of the table, and what keys of its tasks begin with."""

LEAD = 10
"""Business days before its due day from which a source's task is shown."""

GONE = "is no longer in the source"

_STATES = {
    "open": ("open", "new", "not started", "to do", "todo", "planned", "scheduled", "claimed", ""),
    "in_progress": ("in progress", "in_progress", "started", "working", "active"),
    "blocked": ("blocked", "waiting", "on hold", "deferred", "waiting on someone else", "waiting for input"),
    "done": ("done", "completed", "complete", "closed", "resolved", "finished"),
    "dropped": ("dropped", "canceled", "cancelled", "rejected", "abandoned"),
}
STATES = tuple(_STATES)
"""The states that a task of a source can be in."""
_STATE_OF = {word: state for state, words in _STATES.items() for word in words}


class SourceReport(msgspec.Struct, frozen=True):
    """What taking a source's tasks did.

    Attributes:
        made: how many are new.
        changed: how many followed their row.
        dropped: how many went with their row.
        adopted: how many are worked on here, so that their row no longer moves them.
        without_id: rows without a task_id, which are left out.
        repeated: rows whose task_id another row has; the last one counts.
    """

    made: int = 0
    changed: int = 0
    dropped: int = 0
    adopted: int = 0
    without_id: int = 0
    repeated: int = 0


def take(store: Store, business: Business, rows: Iterable[Mapping[str, Any]]) -> SourceReport:
    """Let the tasks of the source be as its rows say, all in one transaction.

    Args:
        store: where tasks are kept.
        business: business days, to know from when a task is shown.
        rows: of each task task_id, title, workstream, status (see `state_of`), owner, due_date, account_id,
            opportunity_id, modified_date, ou and territory; all but task_id may be missing.
    """
    wanted: dict[str, dict[str, Any]] = {}
    without_id = repeated = 0
    lead = lru_cache(maxsize=None)(lambda day: business.add(day, -LEAD))
    for row in rows:
        identity = _text(row.get("task_id"))
        if not identity:
            without_id += 1
            continue
        key = f"{PREFIX}/{identity}"
        repeated += key in wanted
        wanted[key] = _fields(row, identity, state_of(_text(row.get("status"))) or "open", lead)
    known = {
        item.key: item for item in store.items(TASK.name, STATUSES) if item.fields.get("source") == PREFIX
    }
    adopted = {key for key, item in known.items() if item.fields.get("adopted", False)}
    gone = [
        key
        for key, item in known.items()
        if key not in wanted and key not in adopted and item.state not in FINISHED
    ]
    following = {key: fields for key, fields in wanted.items() if key in known and key not in adopted}
    following |= {key: {"state": "dropped", "drop_reason": GONE} for key in gone}
    new = [
        NewItem(
            TASK.name,
            key,
            {name: value for name, value in fields.items() if name != "state"},
            fields["state"],
        )
        for key, fields in wanted.items()
        if key not in known
    ]
    changed = store.follow(following, "the source says so")
    made = store.insert_missing(new)
    return SourceReport(len(made), changed - len(gone), len(gone), len(adopted), without_id, repeated)


def state_of(status: str | None) -> str | None:
    """The state that a source's word means; None where the word is not known, and so counts as open."""
    return _STATE_OF.get((status or "").strip().casefold())


def _fields(row: Mapping[str, Any], identity: str, state: str, lead: Any) -> dict[str, Any]:
    due = _day(row.get("due_date"))
    status = _text(row.get("status"))
    return {
        "state": state,
        "title": _text(row.get("title")) or identity,
        "workstream": (_text(row.get("workstream")) or "other").casefold(),
        "owner": _text(row.get("owner")),
        "due": None if due is None else due.isoformat(),
        "original_due": None if due is None else due.isoformat(),
        "lead_start": None if due is None else lead(due).isoformat(),
        "block_reason": f"{status} in the source" if state == "blocked" else None,
        "drop_reason": f"{status} in the source" if state == "dropped" else None,
        "evidence": f"{status} in the source" if state == "done" else None,
        "account_id": _text(row.get("account_id")),
        "opportunity_id": _text(row.get("opportunity_id")),
        "modified": _text(row.get("modified_date")),
        "ou": _text(row.get("ou")) or _text(row.get("territory")),
        "source": PREFIX,
        "row_key": identity,
        "adopted": False,
    }


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return clean(value if isinstance(value, str) else str(value)).strip() or None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
