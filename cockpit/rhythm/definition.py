"""Events and actions as they were found to be in order, ready to occur."""

from datetime import date, time
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from cockpit.fiscal.business import BusinessDays, Roll
from cockpit.rhythm.occurrence import EvidenceRule
from cockpit.rhythm.rule import Offset, Rule


class Scope(msgspec.Struct, frozen=True):
    """Where something happens: the whole calendar (name None) or a region of it.

    Attributes:
        name: the region's name, or None.
        zone: whose wall time is meant.
        business: its business days.
    """

    name: str | None
    zone: ZoneInfo
    business: BusinessDays


class Role(msgspec.Struct, frozen=True):
    """Who does what.

    Attributes:
        name: what rules call it.
        people: who has it, where the file says so.
        group: what people call it, or None.
    """

    name: str
    people: tuple[str, ...] = ()
    group: str | None = None


class ForEach(msgspec.Struct, frozen=True):
    """The rows that an action is for.

    Attributes:
        source: the table.
        key: the column that names a row.
        date: the column with the date that rules call T.
        where: the condition that rows meet, or None.
    """

    source: str
    key: str
    date: str
    where: str | None = None

    @property
    def anchor_set(self) -> str:
        """The name under which the anchors of these rows are kept: one for each different choice of rows."""
        condition = f" where {self.where}" if self.where else ""
        return f"{self.source}.{self.date}{condition}"


class EscalationRule(msgspec.Struct, frozen=True):
    """To which role an unfinished action goes, and how long after its due day."""

    to: str
    after: Offset


class Definition(msgspec.Struct, frozen=True):
    """One event or action.

    Attributes:
        id: part of its keys, never changes.
        type: event or action.
        title: what people call it.
        kind: what sort of thing it is.
        rule: when it happens.
        rule_text: the rule as the file writes it.
        until: the end of a window, or None.
        roll: what happens to a date that is not a business day.
        at: wall time.
        duration: as the file writes it, or None.
        lead: how long before its day it comes up, or None.
        roles: who takes part; of an action, the one who does it.
        scopes: where it happens; one occurrence each.
        active: first and last day on which it happens.
        event: of an action, the event it belongs to, or None.
        for_each: of an action, the rows it is for, or None.
        needs: of an action, the actions that come first.
        severity: 1 to 3, or None.
        workstream: what it is part of, or None.
        evidence: what proves it, or None.
        escalate: where it goes when it is late, or None.
        checklist: its steps.
        tags: words to filter by.
        link: where to read more, or None.
        detail: what it is about, in a sentence, or None.
        file: the file that says so.
        line: its line in that file.
    """

    id: str
    type: Literal["event", "action"]
    title: str
    kind: str
    rule: Rule
    rule_text: str
    until: Rule | None
    roll: Roll
    at: time
    duration: str | None
    lead: Offset | None
    roles: tuple[str, ...]
    scopes: tuple[Scope, ...]
    active: tuple[date, date]
    file: str
    line: int | None
    event: str | None = None
    for_each: ForEach | None = None
    needs: tuple[str, ...] = ()
    severity: int | None = None
    workstream: str | None = None
    evidence: EvidenceRule | None = None
    escalate: EscalationRule | None = None
    checklist: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    link: str | None = None
    detail: str | None = None

    @property
    def owner_role(self) -> str | None:
        """Of an action, the role that does it."""
        return self.roles[0] if self.type == "action" and self.roles else None
