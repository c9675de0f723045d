"""From the calendar's actions to tasks: what a task takes from its occurrence, and how it follows it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from cockpit.rhythm.occurrence import Anchor, Occurrence
from cockpit.store import Item, NewItem, Store, StoredAnchor
from cockpit.work.basis import window
from cockpit.work.kinds import TASK
from cockpit.work.task import UNFINISHED

WORKSPACE = "workspace"
"""The anchor of the workspace itself: the day on which its work began."""

SEVERITIES = {1: "low", 2: "medium", 3: "high"}


class SyncReport(msgspec.Struct, frozen=True):
    """What a sync did.

    Attributes:
        made: keys of new tasks.
        moved: keys of tasks that followed a change of the calendar or of their anchor.
        undated: anchors without a date, from which no task can hang.
    """

    made: tuple[str, ...]
    moved: tuple[str, ...]
    undated: tuple[Anchor, ...]


def began(store: Store, today: date) -> date:
    """The day on which the workspace's work began; `today` when it begins with this look.

    What was due before that day is nobody's task: a new workspace is not born late.
    """
    known = store.anchors(WORKSPACE)
    if known and known[0].first_date is not None:
        return known[0].first_date
    if not store.read_only:
        first_day = StoredAnchor(WORKSPACE, "began", today, today, "the first day of work")
        store.put_anchors(WORKSPACE, [first_day], today.isoformat())
    return today


def rhythm_anchors(store: Store) -> dict[str, list[Anchor]]:
    """The stored anchors as the rhythm wants them, by source."""
    anchors: dict[str, list[Anchor]] = {}
    for stored in store.anchors():
        anchors.setdefault(stored.source, []).append(
            Anchor(
                stored.source,
                stored.row_key,
                stored.date,
                stored.first_date or stored.date or date.min,
                stored.title,
                stored.owner,
                stored.values,
            )
        )
    return anchors


def stored_anchor(anchor: Anchor) -> StoredAnchor:
    """An anchor as the store keeps it; its first date is what the store remembers, if it does."""
    return StoredAnchor(
        anchor.source,
        anchor.row_key,
        anchor.date,
        anchor.first_date,
        anchor.title,
        anchor.owner,
        anchor.values,
    )


def _calendar_fields(occurrence: Occurrence) -> dict[str, Any]:
    """What a task takes from its occurrence and follows while it is unfinished."""
    escalate = occurrence.escalate
    anchor = occurrence.anchor
    return {
        "title": occurrence.title,
        "workstream": occurrence.workstream or "other",
        "owner_role": occurrence.owner_role,
        "due": occurrence.date.isoformat(),
        "at": occurrence.at.strftime("%H:%M"),
        "lead_start": None if occurrence.lead_start is None else occurrence.lead_start.isoformat(),
        "severity": None if occurrence.severity is None else SEVERITIES.get(occurrence.severity),
        "needs": list(occurrence.needs) or None,
        "evidence_rule": None if occurrence.evidence is None else occurrence.evidence.as_json(),
        "checklist": list(occurrence.checklist) or None,
        "escalate": None if escalate is None else {"to": escalate.to, "on": escalate.on.isoformat()},
        "period": occurrence.period,
        "source": None if anchor is None else anchor.source,
        "row_key": None if anchor is None else anchor.row_key,
        "ou": occurrence.scope if anchor is None else _unit_of(anchor),
    }


def _unit_of(anchor: Anchor) -> str | None:
    """The organisational unit that a row names, else its territory."""
    return anchor.values.get("ou") or anchor.values.get("territory")


def new_task(occurrence: Occurrence) -> NewItem:
    """The task of an occurrence that has none yet; a row's task begins with the row's owner."""
    fields = _calendar_fields(occurrence)
    fields["calendar"] = occurrence.calendar
    fields["action"] = occurrence.event
    fields["original_due"] = fields["due"]
    if occurrence.anchor is not None:
        fields["owner"] = occurrence.anchor.owner
    return NewItem(TASK.name, occurrence.key, fields)


def _followed_fields(item: Item, occurrence: Occurrence) -> dict[str, Any]:
    """The fields of an unfinished task that differ from what its occurrence says.

    A due day that somebody moved stays moved; only the day that the rule gives follows.
    """
    wanted = _calendar_fields(occurrence)
    wanted["original_due"] = wanted["due"]
    if item.fields.get("slips"):
        del wanted["due"]
    return {name: value for name, value in wanted.items() if item.fields.get(name) != value}


def sync(
    store: Store, occurrences: Iterable[Occurrence], anchors: Mapping[str, Sequence[Anchor]], today: date
) -> SyncReport:
    """Make the missing tasks and let unfinished ones follow; writes nothing when all is as it should be.

    Args:
        store: where tasks are kept.
        occurrences: what happens in the window around `today`.
        anchors: the rows that tasks hang from, to name those without a date.
        today: the calendar's day.
    """
    actions = {occurrence.key: occurrence for occurrence in occurrences if occurrence.type == "action"}
    made = store.insert_missing([new_task(occurrence) for occurrence in actions.values()])
    changes: dict[str, dict[str, Any]] = {}
    for key, item in store.get_many(actions.keys() - set(made)).items():
        if item.state in UNFINISHED and (differing := _followed_fields(item, actions[key])):
            changes[key] = differing
    if changes:
        store.follow(changes, "the calendar or the row it hangs from changed")
    undated = tuple(anchor for rows in anchors.values() for anchor in rows if anchor.date is None)
    return SyncReport(tuple(made), tuple(changes), undated)


def without_rule(store: Store, occurrences: Iterable[Occurrence], today: date) -> list[str]:
    """Keys of unfinished tasks in the window around today that the calendar no longer asks for."""
    actions = {occurrence.key: occurrence for occurrence in occurrences if occurrence.type == "action"}
    calendars = {occurrence.calendar for occurrence in actions.values()}
    first, last = (day.isoformat() for day in window(today))
    return [
        item.key
        for item in store.items(TASK.name, UNFINISHED)
        if item.fields.get("calendar") in calendars
        and item.key not in actions
        and first <= item.fields.get("original_due", "") <= last
    ]
