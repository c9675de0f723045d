"""What the rhythm says happens: an occurrence of an event or of a required action, and its anchor."""

import datetime
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

OccurrenceType = Literal["event", "action"]


class Anchor(msgspec.Struct, frozen=True):
    """A date in the data that actions hang from, for example the expiry of an agreement.

    Attributes:
        source: the table that the row is in.
        row_key: the row's own key.
        date: the date as it stands; None where the row has none.
        first_date: the date as it was first seen; it is part of keys and never changes.
        title: what the row is called.
        owner: the person the row belongs to, or None.
        values: further columns of the row, as text, for links and for what must be hidden.
    """

    source: str
    row_key: str
    date: datetime.date | None
    first_date: datetime.date
    title: str = ""
    owner: str | None = None
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


class EvidenceRule(msgspec.Struct, frozen=True):
    """What an action must be proven with.

    Attributes:
        kind: link, file, number, note or signoff.
        prompt: what to ask for, or None.
        passes: a condition on a number, such as `<= 0`, or None; `pass` in calendar files.
        by: the role that signs off, or None.
    """

    kind: str
    prompt: str | None = None
    passes: str | None = None
    by: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """As calendar files write it."""
        return {"kind": self.kind, "prompt": self.prompt, "pass": self.passes, "by": self.by}


class Escalation(msgspec.Struct, frozen=True):
    """To which role an unfinished action goes, and on which day."""

    to: str
    on: datetime.date


class Occurrence(msgspec.Struct, frozen=True):
    """One event or required action on its day.

    Attributes:
        key: calendar id / event or action id / unit [/ scope]; never changes.
        calendar: the calendar's id.
        event: the event's or action's id.
        kind: cadence, milestone, deadline, review, deliverable or window; of an action the kind of
            its event, else `deadline`.
        title: what people call it.
        date: its day.
        at: wall time in the zone of its scope, event or calendar.
        zone: the IANA name of that zone.
        utc: the instant, in UTC.
        until: the last day of a window, included, or None.
        until_utc: the end of a window, or of an event with a duration.
        duration: how long it takes, as the file writes it ("30m"), or None.
        scope: the regional variant, or None.
        period: canonical label of the unit that it belongs to; for `for_each` the period of its anchor.
        roles: who takes part.
        rule: the rule as the file writes it.
        rolled_from: the day before rolling, or None.
        type: event or action.
        file: the calendar file that says so.
        line: its line in that file.
        status: of an action the status of its task, filled in by those who know the store.
        reason: why it falls on that day, in words.
        owner_role: of an action, the role that does it.
        needs: keys of the actions that come first.
        evidence: what proves it, or None.
        lead_start: the day from which it is coming up.
        severity: how much it matters, 1 to 3, or None.
        workstream: what it is part of, or None.
        checklist: its steps.
        escalate: where it goes when it is late, or None.
        tags: words to filter by.
        link: where to read more, or None.
        detail: what it is about, in a sentence, or None.
        anchor: the row it hangs from, of `for_each` actions.
    """

    key: str
    calendar: str
    event: str
    kind: str
    title: str
    date: datetime.date
    at: datetime.time
    zone: str
    utc: datetime.datetime
    until: datetime.date | None
    until_utc: datetime.datetime | None
    duration: str | None
    scope: str | None
    period: str | None
    roles: tuple[str, ...]
    rule: str
    rolled_from: datetime.date | None
    type: OccurrenceType
    file: str
    line: int | None
    status: str | None = None
    reason: str = ""
    owner_role: str | None = None
    needs: tuple[str, ...] = ()
    evidence: EvidenceRule | None = None
    lead_start: datetime.date | None = None
    severity: int | None = None
    workstream: str | None = None
    checklist: tuple[str, ...] = ()
    escalate: Escalation | None = None
    tags: tuple[str, ...] = ()
    link: str | None = None
    detail: str | None = None
    anchor: Anchor | None = None

    def as_json(self) -> dict[str, Any]:
        """One entry of the document that `cockpit rhythm --json` prints."""
        document: dict[str, Any] = {
            "key": self.key,
            "calendar": self.calendar,
            "event": self.event,
            "kind": self.kind,
            "title": self.title,
            "date": self.date.isoformat(),
            "at": self.at.strftime("%H:%M"),
            "utc": instant(self.utc),
            "until": self.until.isoformat() if self.until else None,
            "until_utc": instant(self.until_utc) if self.until_utc else None,
            "duration": self.duration,
            "scope": self.scope,
            "period": self.period,
            "roles": list(self.roles),
            "rule": self.rule,
            "rolled_from": self.rolled_from.isoformat() if self.rolled_from else None,
            "type": self.type,
            "file": self.file,
            "line": self.line,
            "status": self.status,
            "reason": self.reason,
            "detail": self.detail,
        }
        if self.type == "action":
            document |= {
                "owner_role": self.owner_role,
                "needs": list(self.needs),
                "evidence": self.evidence.as_json() if self.evidence else None,
                "lead_start": self.lead_start.isoformat() if self.lead_start else None,
            }
        return document


class Explained(msgspec.Struct, frozen=True):
    """An occurrence with the reason for its date in words."""

    occurrence: Occurrence
    reason: str


def instant(moment: datetime.datetime) -> str:
    """An instant in RFC 3339 with its offset."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
