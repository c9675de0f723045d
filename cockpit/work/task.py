"""What a task is to its reader: the stored item together with all that follows from today."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import force_setattr

UNFINISHED = ("open", "claimed", "in_progress", "blocked")
FINISHED = ("done", "done_without_evidence", "dropped")
STATUSES = UNFINISHED + FINISHED
WORKSTREAMS = ("faststart", "annuity", "rhythm", "hygiene", "landing", "quota", "other")
TRIAGE = ("new", "triage", "backlog", "assigned", "transferred", "declined")
"""Where an ask from a review stands until it is done: what the function that it is put to makes of it."""


class Task(msgspec.Struct, frozen=True, gc=False):
    """A task as of a day.

    Attributes:
        key: what it is known by for ever.
        title: what is to be done.
        workstream: faststart, annuity, rhythm, hygiene, landing, quota, other, or a name of one's own.
        status: one of `STATUSES`.
        owner: the person whose it is, as known to the sources, or None.
        owner_role: the role whose it is, or None.
        due: the day it is due, or None.
        at: the time of that day, "17:00", or None.
        overdue: unfinished and due before today.
        business_days_left: business days from today to the due day, negative when late, None unknown.
        urgency: sum of `urgency_parts`; 0 when finished.
        evidence: what was given as evidence, or None.
        needs: keys that must be finished first.
        blocked_by: those of them that are unfinished.
        period: canonical label of the unit it belongs to, or None.
        version: number of the item's version.
        updated_at: when it was last changed, RFC 3339.
        updated_by: login of who changed it.
        lead_start: the day from which it is shown, or None for at once.
        severity: high, medium, low.
        evidence_rule: what evidence is asked for (kind, prompt, pass, by), or None.
        checklist: steps.
        checked: the steps that are ticked.
        original_due: the due day that the rule gives, before any move.
        due_reason: why it was moved, or None.
        slips: how many times it was moved.
        block_reason: why it is blocked by hand, or None.
        blocked_since: since when, RFC 3339, or None.
        drop_reason: why it was dropped, or None.
        wait_until: the day until which it sleeps, or None.
        wait_for: whom or what it waits for, or None.
        covered_by: who covers for the absent owner today, or None.
        escalate: to whom it goes when it is late and on which day (to, on), or None.
        escalated_to: to whom it has gone by today, or None.
        notes: how many notes it has.
        created_by: login of who made it.
        created_at: when it was made.
        calendar: id of its calendar, or None.
        source: the table it comes from, or None.
        row_key: identity of the row it belongs to (an agreement), or None.
        urgency_parts: name -> points.
        blocks: how many unfinished tasks need this one.
        adopted: whether it is worked on here; only a source's task that nobody took on is not.
        ou: the organisational unit whose it is, or None.
        function: to which function an ask is put (marketing, finance), or None.
        triage: one of `TRIAGE` of an ask, or None.
        needs_title: title of the first task that it waits for, or None.
        searched: what its words are looked for in, once somebody has looked; no part of the task.
    """

    key: str
    title: str
    workstream: str
    status: str
    owner: str | None
    owner_role: str | None
    due: date | None
    at: str | None
    overdue: bool
    business_days_left: int | None
    urgency: float
    evidence: str | None
    needs: tuple[str, ...]
    blocked_by: tuple[str, ...]
    period: str | None
    version: int
    updated_at: str
    updated_by: str
    lead_start: date | None = None
    severity: str = "medium"
    evidence_rule: Mapping[str, Any] | None = None
    checklist: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    original_due: date | None = None
    due_reason: str | None = None
    slips: int = 0
    block_reason: str | None = None
    blocked_since: str | None = None
    drop_reason: str | None = None
    wait_until: date | None = None
    wait_for: str | None = None
    covered_by: str | None = None
    escalate: Mapping[str, Any] | None = None
    notes: int = 0
    created_by: str = ""
    created_at: str = ""
    calendar: str | None = None
    source: str | None = None
    row_key: str | None = None
    urgency_parts: Mapping[str, float] = msgspec.field(default_factory=dict)
    blocks: int = 0
    escalated_to: str | None = None
    adopted: bool = True
    ou: str | None = None
    function: str | None = None
    triage: str | None = None
    needs_title: str | None = None
    searched: str | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.status in FINISHED

    @property
    def waiting(self) -> bool:
        """Whether it sleeps until a day."""
        return self.wait_until is not None

    @property
    def words(self) -> str:
        """Title, key, owner, role and whom it waits for, folded, to look for a text in."""
        if self.searched is None:
            parts = (self.title, self.key, self.owner or "", self.owner_role or "", self.wait_for or "")
            force_setattr(self, "searched", "\n".join(parts).casefold())
        return self.searched or ""

    def begun(self, today: date) -> bool:
        """Whether its lead has begun, so that it is worth showing."""
        return self.lead_start is None or self.lead_start <= today

    def as_json(self) -> dict[str, Any]:
        """The shape that `tasks --json` prints for one task."""

        def day(value: date | None) -> str | None:
            return None if value is None else value.isoformat()

        return {
            "key": self.key,
            "title": self.title,
            "workstream": self.workstream,
            "status": self.status,
            "owner": self.owner,
            "owner_role": self.owner_role,
            "due": day(self.due),
            "at": self.at,
            "overdue": self.overdue,
            "business_days_left": self.business_days_left,
            "urgency": self.urgency,
            "evidence": self.evidence,
            "needs": list(self.needs),
            "blocked_by": list(self.blocked_by),
            "period": self.period,
            "version": self.version,
            "updated_at": self.updated_at,
            "updated_by": self.updated_by,
            "lead_start": day(self.lead_start),
            "severity": self.severity,
            "evidence_rule": None if self.evidence_rule is None else dict(self.evidence_rule),
            "checklist": list(self.checklist),
            "checked": list(self.checked),
            "original_due": day(self.original_due),
            "due_reason": self.due_reason,
            "slips": self.slips,
            "block_reason": self.block_reason,
            "blocked_since": self.blocked_since,
            "drop_reason": self.drop_reason,
            "wait_until": day(self.wait_until),
            "wait_for": self.wait_for,
            "covered_by": self.covered_by,
            "escalate": None if self.escalate is None else dict(self.escalate),
            "escalated_to": self.escalated_to,
            "adopted": self.adopted,
            "ou": self.ou,
            "function": self.function,
            "triage": self.triage,
            "notes": self.notes,
            "created_at": self.created_at,
            "created_by": self.created_by,
            "urgency_parts": dict(self.urgency_parts),
        }
