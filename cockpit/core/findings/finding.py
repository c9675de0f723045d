"""A finding as a value: what it is about, its number, change and cause, what is at stake, where it leads.

Numbers keep their units until they are shown, so that amounts can be hidden and scales fit the screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Number = int | float | Decimal
LeadKind = Literal["view", "kpi", "rows", "record", "task", "data", "agreement", "moves"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in a sentence.

    Attributes:
        value: the number; None is written as unknown.
        unit: as the catalogue names units.
        change: whether it is a change, written with its sign.
        beside: the number whose scale it keeps, or None.
    """

    value: Number | None
    unit: str
    change: bool = False
    beside: Number | None = None


Said = str | Amount
"""A piece of a sentence."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a finding leads; the fields are those of a place in the cockpit."""

    kind: LeadKind
    name: str
    by: tuple[str, ...] = ()
    where: str | None = None
    focus: str | None = None
    period: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Why a finding is quiet, until which day (included), and by whom."""

    until: date
    reason: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a person today.

    Attributes:
        rule: the name of the rule that found it.
        key: its identity, the same tomorrow: the rule and what it is about.
        check: which kind of check found it; three shown ones tell of different kinds.
        about: the first words.
        said: the rest of the sentence; begins with what separates it from the first words.
        tag: one or two words at the right end.
        lead: where it leads.
        money: what is at stake, in the workspace's currency; 0 where that cannot be said.
        days: how late it is or how soon it bites, in business days.
        rank: the higher, the sooner it is shown.
        snooze: why it is quiet, or None.
    """

    rule: str
    key: str
    check: str
    about: str
    said: tuple[Said, ...]
    tag: str
    lead: Lead
    money: float = 0.0
    days: int = 0
    rank: float = 0.0
    snooze: Snooze | None = None

    def ranked(self, rank: float) -> "Finding":
        """The same finding with its rank."""
        return replace(self, rank=rank)

    def as_json(self, sentence: str) -> dict[str, Any]:
        """One element of `cockpit findings --json`.

        Args:
            sentence: the finding as people read it.
        """
        lead: Mapping[str, Any] = {
            "kind": self.lead.kind,
            "name": self.lead.name,
            "by": list(self.lead.by),
            "where": self.lead.where,
            "focus": self.lead.focus,
            **({"period": self.lead.period} if self.lead.period else {}),
        }
        quiet = self.snooze
        return {
            "key": self.key,
            "rule": self.rule,
            "check": self.check,
            "sentence": sentence,
            "money": round(self.money, 2),
            "days": self.days,
            "rank": round(self.rank, 1),
            "lead": lead,
            "snoozed": None
            if quiet is None
            else {"until": quiet.until.isoformat(), "reason": quiet.reason, "by": quiet.by, "at": quiet.at},
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules found.

    Attributes:
        findings: all that are not snoozed, the weightiest first.
        snoozed: those that are.
        checks: how many rules could look.
        blind: rules that could not, each with the reason.
    """

    findings: tuple[Finding, ...]
    snoozed: tuple[Finding, ...]
    checks: int
    blind: tuple[tuple[str, str], ...] = ()
