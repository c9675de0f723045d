"""What a calendar file may say about events, actions, roles and scopes, exactly as people write it."""

from datetime import date
from typing import Literal

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a calendar file."""


Kind = Literal["cadence", "milestone", "deadline", "review", "deliverable", "window"]
Workstream = Literal["faststart", "annuity", "rhythm", "hygiene", "landing", "quota", "other"]


class ActiveSpec(Part, frozen=True, kw_only=True):
    """`active`: the days between which something happens; either end may be open."""

    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None


class EvidenceSpec(Part, frozen=True, kw_only=True):
    """`evidence`: what proves that an action is done."""

    kind: Literal["link", "file", "number", "note", "signoff"]
    prompt: str | None = None
    pass_: str | None = msgspec.field(default=None, name="pass")
    by: str | None = None


class EscalateSpec(Part, frozen=True, kw_only=True):
    """`escalate`: how long after its due day an action goes to another role."""

    after: str
    to: str


class ForEachSpec(Part, frozen=True, kw_only=True):
    """`for_each`: an action for each row of a table, hanging from a date in the row."""

    source: str
    key: str
    date: str
    where: str | None = None


class EventSpec(Part, frozen=True, kw_only=True):
    """`[[event]]`: what is on the wall calendar; in a file that extends another only the id is needed."""

    id: str
    drop: bool = False
    title: str | None = None
    detail: str | None = None
    kind: Kind | None = None
    when: str | None = None
    until: str | None = None
    at: str | None = None
    duration: str | None = None
    roll: str | None = None
    lead: str | None = None
    roles: list[str] | None = None
    scopes: list[str] | None = None
    timezone: str | None = None
    active: ActiveSpec | None = None
    tags: list[str] | None = None
    link: str | None = None


class ActionSpec(Part, frozen=True, kw_only=True):
    """`[[action]]`: what somebody must do, with proof."""

    id: str
    drop: bool = False
    title: str | None = None
    detail: str | None = None
    event: str | None = None
    for_each: ForEachSpec | None = None
    owner: str | None = None
    due: str | None = None
    at: str | None = None
    roll: str | None = None
    lead: str | None = None
    needs: list[str] | None = None
    severity: int | str | None = None
    workstream: Workstream | None = None
    evidence: EvidenceSpec | None = None
    escalate: EscalateSpec | None = None
    checklist: list[str] | None = None
    scopes: list[str] | None = None
    timezone: str | None = None
    active: ActiveSpec | None = None
    tags: list[str] | None = None
    link: str | None = None


class RoleSpec(Part, frozen=True, kw_only=True):
    """`[[role]]`: who does what; people may be named in the workspace instead."""

    name: str
    people: list[str] | None = None
    group: str | None = None


class ScopeSpec(Part, frozen=True, kw_only=True):
    """`[[scope]]`: a region with its own zone and holidays."""

    name: str
    timezone: str | None = None
    holidays: list[str] | None = None
    roles: list[str] | None = None
