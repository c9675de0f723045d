"""iCalendar export: the rhythm as files that Outlook, Google, khal and todoman import or subscribe to.

Events go to one file, required actions as VTODO to a second, since many programs show nothing of a file
that mixes both. Every occurrence is written out, in UTC, without recurrence rules and zone tables:
Outlook shifts events of zones that are lists of dates. The same occurrences always give the same bytes.

The file that is replaced is the memory: what moved gets a higher SEQUENCE, and what is no longer there
stays as CANCELLED, because programs never remove what merely goes missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError
from cockpit.rhythm.icalformat import (
    Component,
    calendar_text,
    day_stamp,
    escaped,
    read_components,
    utc_stamp,
)
from cockpit.rhythm.occurrence import Occurrence
from cockpit.rhythm.redaction import redacted

DEFAULT_DOMAIN = "sales-cockpit.invalid"
"""The second half of UIDs where the calendar states no domain; `.invalid` is reserved for nobody."""

UNCHANGED_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
"""DTSTAMP of what never changed. A clock here would make each export differ from the one before."""

_WHAT_PEOPLE_NOTICE = ("DTSTART", "DTEND", "DUE", "SUMMARY")
_BOOKKEEPING = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")
_DAY = "X-COCKPIT-DAY"  # the day in the calendar's own zone, which the instant in UTC does not tell
_BLOCKS_TIME = frozenset({"cadence", "review"})
_TASK_STATUS = {
    "done": "COMPLETED",
    "done_without_evidence": "COMPLETED",
    "dropped": "CANCELLED",
    "claimed": "IN-PROCESS",
    "in_progress": "IN-PROCESS",
}


class ExportOptions(msgspec.Struct, frozen=True):
    """What an export is to look like.

    Attributes:
        name: what calendar programs show as the calendar's name.
        domain: the part of every UID after the @.
        redact: hide the names of accounts, and links into the CRM, of the rows of `for_each` actions.
        changes: by occurrence key, how often its date or title changed, for those who keep a journal.
    """

    name: str
    domain: str = DEFAULT_DOMAIN
    redact: bool = False
    changes: Mapping[str, int] = msgspec.field(default_factory=dict)


def tasks_path(path: Path) -> Path:
    """Where the actions go when the events go to `path`: `-tasks` before the suffix."""
    return path.with_name(f"{path.stem}-tasks{path.suffix}")


def export(
    path: Path,
    occurrences: Sequence[Occurrence],
    window: tuple[date, date],
    options: ExportOptions,
    now: datetime,
) -> tuple[Path, Path]:
    """Write the events to `path` and the actions beside it; both whole or not at all.

    Args:
        path: the file for events; what it held is read first, for SEQUENCE and cancellations.
        occurrences: what happens in the window.
        window: first and last day, both included; only what is missing in it counts as cancelled.
        options: name, domain, redaction.
        now: the instant that changed entries are stamped with.

    Returns:
        The two files.

    Raises:
        SourceError: a file cannot be read or written.
    """
    written = (path, tasks_path(path))
    for target, kind in zip(written, ("event", "action"), strict=True):
        chosen = [occurrence for occurrence in occurrences if occurrence.type == kind]
        try:
            before = target.read_bytes().decode("utf-8", "replace") if target.exists() else ""
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644 if options.redact else 0o600
            write_atomic(target, ical_text(chosen, window, options, now, before), mode)
        except OSError as error:
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"cannot be written: {reason}", clean(str(target)))) from error
    return written


def ical_text(
    occurrences: Iterable[Occurrence],
    window: tuple[date, date],
    options: ExportOptions,
    now: datetime,
    before: str = "",
) -> str:
    """The text of one file.

    Args:
        occurrences: of one type; they are written by date, then by UID.
        window: first and last day, both included.
        options: name, domain, redaction.
        now: the instant that changed entries are stamped with.
        before: the text of the file that this one replaces.
    """
    known = read_components(before)
    first, last = day_stamp(window[0]), day_stamp(window[1])
    components: dict[str, Component] = {}
    for occurrence in occurrences:
        shown = redacted(occurrence) if options.redact else occurrence
        uid = escaped(f"{shown.key}@{options.domain}")
        fresh = Component(
            "VEVENT" if occurrence.type == "event" else "VTODO",
            (("UID", uid), *_properties(shown)),
        )
        changes = options.changes.get(occurrence.key, 0)
        components[uid] = _continued(fresh, known.get(uid), changes, now)
    for uid, former in known.items():
        if uid not in components and first <= (former.value(_DAY) or "") <= last:
            components[uid] = _cancelled(former, now)
    ordered = sorted(components.items(), key=lambda entry: (_moment(entry[1]), entry[0]))
    return calendar_text(options.name, (component for _, component in ordered))


def _properties(occurrence: Occurrence) -> Iterable[tuple[str, str]]:
    """What the entry says, without UID and bookkeeping, in a fixed order."""
    if occurrence.type == "action":
        yield "DUE", utc_stamp(occurrence.utc)
    elif occurrence.kind == "window":
        last = occurrence.until or occurrence.date
        yield "DTSTART;VALUE=DATE", day_stamp(occurrence.date)
        yield "DTEND;VALUE=DATE", day_stamp(last + timedelta(days=1))
    else:
        yield "DTSTART", utc_stamp(occurrence.utc)
        if occurrence.until_utc is not None:
            yield "DTEND", utc_stamp(occurrence.until_utc)
    yield "SUMMARY", escaped(occurrence.title)
    yield "DESCRIPTION", escaped("\n".join(_description(occurrence)))
    categories = [occurrence.kind, *occurrence.tags]
    if occurrence.workstream is not None:
        categories.append(occurrence.workstream)
    yield "CATEGORIES", ",".join(escaped(category) for category in dict.fromkeys(categories))
    if occurrence.anchor is not None:
        yield "CLASS", "PRIVATE"
    if occurrence.link is not None:
        yield "URL", clean(occurrence.link)
    if occurrence.type == "action":
        yield "STATUS", _TASK_STATUS.get(occurrence.status or "", "NEEDS-ACTION")
    else:
        yield "STATUS", "CONFIRMED"
        yield "TRANSP", "OPAQUE" if occurrence.kind in _BLOCKS_TIME else "TRANSPARENT"
    yield _DAY, day_stamp(occurrence.date)


def _description(occurrence: Occurrence) -> Iterable[str]:
    if occurrence.detail is not None:
        yield occurrence.detail
    yield f"{occurrence.period}, due by {occurrence.rule}" if occurrence.period else occurrence.rule
    if occurrence.rolled_from is not None and occurrence.reason:
        yield occurrence.reason
    if occurrence.owner_role is not None:
        yield f"Owner: {occurrence.owner_role}"
    if occurrence.roles:
        yield f"With: {', '.join(occurrence.roles)}"
    if occurrence.evidence is not None:
        words = [occurrence.evidence.kind, occurrence.evidence.prompt, occurrence.evidence.passes]
        yield f"Evidence: {', '.join(word for word in words if word)}"
    if occurrence.checklist:
        yield f"Steps: {', '.join(occurrence.checklist)}"
    yield f"{occurrence.at:%H:%M} {occurrence.zone}"


def _continued(fresh: Component, former: Component | None, changes: int, now: datetime) -> Component:
    """The entry with the bookkeeping that follows from the one it replaces."""
    sequence, stamp = 0, utc_stamp(UNCHANGED_SINCE)
    if former is not None:
        sequence = _sequence(former)
        stamp = former.value("DTSTAMP") or stamp
        revived = former.value("STATUS") == "CANCELLED" and fresh.value("STATUS") != "CANCELLED"
        noticed = any(fresh.value(name) != former.value(name) for name in _WHAT_PEOPLE_NOTICE)
        if revived or noticed:
            sequence += 1
        if sorted(fresh.properties) != sorted(former.without(_BOOKKEEPING)):
            stamp = utc_stamp(now)
    return fresh.with_values(
        {"DTSTAMP": stamp, "LAST-MODIFIED": stamp, "SEQUENCE": str(max(sequence, changes))}
    )


def _cancelled(former: Component, now: datetime) -> Component:
    """The former entry, marked as cancelled; as it was when it is so already."""
    if former.value("STATUS") == "CANCELLED":
        return former
    stamp = utc_stamp(now)
    return former.with_values(
        {
            "STATUS": "CANCELLED",
            "DTSTAMP": stamp,
            "LAST-MODIFIED": stamp,
            "SEQUENCE": str(_sequence(former) + 1),
        }
    )


def _sequence(component: Component) -> int:
    value = component.value("SEQUENCE") or "0"
    return int(value) if value.isdecimal() else 0


def _moment(component: Component) -> str:
    return component.value("DTSTART") or component.value("DUE") or ""
