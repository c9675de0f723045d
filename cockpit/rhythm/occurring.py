"""Occurrences: every event and action of a calendar, on its days, with stable keys.

An occurrence depends on its own definition, its event and its row only: adding another event never moves
it, and its key is made from canonical labels, so the same deadline can never appear twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from cockpit.fiscal import FiscalCalendar
from cockpit.rhythm.dates import (
    Candidate,
    RuleUnit,
    candidate_in,
    candidates,
    moved,
    reach,
    rolled,
)
from cockpit.rhythm.definition import Definition, Scope
from cockpit.rhythm.moments import moment, parse_duration
from cockpit.rhythm.occurrence import Anchor, Escalation, Occurrence
from cockpit.rhythm.rule import EventBase, FixedDate
from cockpit.rhythm.words import reason, written

FAR = timedelta(days=400)
"""How far an action that another one needs is looked for, where they do not share a unit."""


class Hit(msgspec.Struct, frozen=True):
    """A definition on one of its days.

    Attributes:
        mark: what its key ends with: the unit's label or a date; of rows the row's key and first date.
        candidate: the day before rolling, and its unit.
        day: the day.
        anchor: the row that it is for, or None.
        hung: the date that it hangs from, in words, for `T` and `event`.
    """

    mark: str
    candidate: Candidate
    day: date
    anchor: Anchor | None = None
    hung: str = ""


class Occurring:
    """Lets definitions occur.

    Args:
        fiscal: the calendar whose units rules count in.
        definitions: all of them, by id.
    """

    def __init__(self, fiscal: FiscalCalendar, definitions: Mapping[str, Definition]) -> None:
        self.fiscal = fiscal
        self.definitions = definitions

    def between(
        self,
        first: date,
        last: date,
        scope: str | None,
        anchors: Mapping[str, Sequence[Anchor]],
        only: Sequence[str] | None = None,
    ) -> list[Occurrence]:
        """Every occurrence between two days, both included, in time order; so are windows that reach in."""
        run = _Run(self, anchors)
        found = [
            occurrence
            for name, definition in self.definitions.items()
            if only is None or name in only
            for place in definition.scopes
            if scope is None or place.name in (None, scope)
            for occurrence in run.occurrences(definition, place, first, last)
        ]
        return sorted(found, key=lambda one: (one.utc, one.key))

    def signature(self, definition: Definition) -> str:
        """What a definition's keys count in: a kind of unit, dates, or the rows of a source."""
        if definition.for_each is not None:
            return f"rows of {definition.for_each.source}"
        if isinstance(definition.rule.base, EventBase) and definition.event is not None:
            return self.signature(self.definitions[definition.event])
        unit = definition.rule.unit
        if unit is None:
            return "dates"
        return "period" if unit.kind == "month" and self.fiscal.engine.periods_are_months else unit.kind


class _Run:
    """One question for occurrences; what several actions need is found once."""

    def __init__(self, owner: Occurring, anchors: Mapping[str, Sequence[Anchor]]) -> None:
        self.owner = owner
        self.fiscal = owner.fiscal
        self.anchors = anchors
        self._event_hits: dict[tuple[str, str | None, date, date], list[Hit]] = {}

    def occurrences(
        self, definition: Definition, scope: Scope, first: date, last: date
    ) -> Iterator[Occurrence]:
        until_reach = timedelta(days=0) if definition.until is None else FAR
        for hit in self.hits(definition, scope, first - until_reach, last):
            until = self._until(definition, scope, hit) if definition.until is not None else None
            if hit.day > last or (until or hit.day) < first:
                continue
            if definition.active[0] <= hit.day <= definition.active[1]:
                yield self._occurrence(definition, scope, hit, until)

    def hits(self, definition: Definition, scope: Scope, first: date, last: date) -> Iterator[Hit]:
        """The days of a definition, rolled, about between two days."""
        rule, business = definition.rule, scope.business
        if definition.for_each is not None:
            yield from self._row_hits(definition, scope, first, last)
        elif isinstance(rule.base, EventBase):
            yield from self._event_bound_hits(definition, scope, first, last)
        elif isinstance(rule.base, FixedDate):
            found = Candidate(None, rule.base.day, moved(rule.base.day, rule.offset, business))
            yield self._hit(definition, scope, found, rule.base.day.isoformat())
        else:
            for found in candidates(rule, self.fiscal, business, first, last):
                mark = found.unit.label if found.unit is not None else found.day.isoformat()
                yield self._hit(definition, scope, found, mark)

    def _hit(
        self,
        definition: Definition,
        scope: Scope,
        found: Candidate,
        mark: str,
        anchor: Anchor | None = None,
        hung: str = "",
    ) -> Hit:
        unit = found.unit if found.unit is not None else self._unit_around(definition, found.day)
        return Hit(mark, found, rolled(found.day, definition.roll, scope.business, unit), anchor, hung)

    def _unit_around(self, definition: Definition, day: date) -> RuleUnit | None:
        """The unit that a modified roll must not leave where the rule itself counts in none: the period."""
        if not definition.roll.startswith("modified"):
            return None
        unit = self.fiscal.unit("period", day)
        return RuleUnit("period", unit.label, unit.start, unit.end) if unit is not None else None

    def _row_hits(self, definition: Definition, scope: Scope, first: date, last: date) -> Iterator[Hit]:
        assert definition.for_each is not None
        rule = definition.rule
        margin = reach(rule.offset) + timedelta(days=10)
        earliest, latest = first - margin, last + margin
        rows = self.anchors.get(definition.for_each.anchor_set)
        if rows is None:
            rows = self.anchors.get(definition.for_each.source, ())
        for anchor in rows:
            if anchor.date is None or not earliest <= anchor.date <= latest:
                continue
            day = moved(anchor.date, rule.offset, scope.business)
            mark = f"{anchor.row_key}/{anchor.first_date.isoformat()}"
            hung = f"{anchor.title or anchor.row_key} on {written(anchor.date, True)}"
            yield self._hit(definition, scope, Candidate(None, anchor.date, day), mark, anchor, hung)

    def _event_bound_hits(
        self, definition: Definition, scope: Scope, first: date, last: date
    ) -> Iterator[Hit]:
        assert definition.event is not None
        event = self.owner.definitions[definition.event]
        margin = reach(definition.rule.offset) + timedelta(days=10)
        place = next((one for one in event.scopes if one.name == scope.name), event.scopes[0])
        for hit in self._hits_of_event(event, place, first - margin, last + margin):
            if not event.active[0] <= hit.day <= event.active[1]:
                continue
            day = moved(hit.day, definition.rule.offset, scope.business)
            hung = f"{event.title} on {written(hit.day, True)}"
            # the unit of the event, so that the action belongs to it; rolls stay free, as the day may not
            found = Candidate(hit.candidate.unit, hit.day, day)
            yield self._hit(definition, scope, found, hit.mark, hung=hung)

    def _hits_of_event(self, event: Definition, scope: Scope, first: date, last: date) -> list[Hit]:
        """The event's days, kept for the other actions of the same event."""
        wide = (first.replace(day=1), last + timedelta(days=31 - last.day))
        key = (event.id, scope.name, *wide)
        if key not in self._event_hits:
            self._event_hits[key] = list(self.hits(event, scope, *wide))
        return self._event_hits[key]

    def _until(self, definition: Definition, scope: Scope, hit: Hit) -> date | None:
        """The last day of a window: in the same unit where its rule counts in it, else the next one."""
        until = definition.until
        assert until is not None
        unit = hit.candidate.unit
        if unit is not None and until.unit is not None and until.unit == definition.rule.unit:
            found = candidate_in(until, unit, self.fiscal, scope.business)
            if found is not None:
                return max(rolled(found.day, definition.roll, scope.business, unit), hit.day)
        if isinstance(until.base, FixedDate):
            return max(until.base.day, hit.day)
        days = sorted(
            rolled(one.day, definition.roll, scope.business, one.unit)
            for one in candidates(until, self.fiscal, scope.business, hit.day, hit.day + FAR)
        )
        return next((day for day in days if day >= hit.day), None)

    def _occurrence(self, definition: Definition, scope: Scope, hit: Hit, until: date | None) -> Occurrence:
        business = scope.business
        later = definition.type == "action" or definition.kind == "deadline"
        utc = moment(hit.day, definition.at, scope.zone, later)
        escalate = None
        if definition.escalate is not None:
            on = moved(hit.day, definition.escalate.after, business)
            escalate = Escalation(definition.escalate.to, on)
        lead_start = None
        if definition.lead is not None:
            lead = definition.lead
            lead_start = moved(hit.day, type(lead)(-lead.count, lead.unit), business)
        title = definition.title
        if hit.anchor is not None:
            title = f"{hit.anchor.row_key} {hit.anchor.title}: {definition.title}"
        return Occurrence(
            key=self._key(definition, scope, hit.mark),
            calendar=self.fiscal.id,
            event=definition.id,
            kind=definition.kind,
            title=title,
            date=hit.day,
            at=definition.at,
            zone=scope.zone.key,
            utc=utc,
            until=until,
            until_utc=self._until_utc(definition, scope, utc, until),
            duration=definition.duration,
            scope=scope.name,
            period=self._period(hit),
            roles=definition.roles,
            rule=definition.rule_text,
            rolled_from=hit.candidate.day if hit.day != hit.candidate.day else None,
            type=definition.type,
            file=definition.file,
            line=definition.line,
            reason=reason(definition.rule, hit.candidate, hit.day, business, hit.hung),
            owner_role=definition.owner_role,
            needs=self._needs(definition, scope, hit),
            evidence=definition.evidence,
            lead_start=lead_start,
            severity=definition.severity,
            workstream=definition.workstream,
            checklist=definition.checklist,
            escalate=escalate,
            tags=definition.tags,
            link=definition.link,
            detail=definition.detail,
            anchor=hit.anchor,
        )

    def _key(self, definition: Definition, scope: Scope, mark: str) -> str:
        key = f"{self.fiscal.id}/{definition.id}/{mark}"
        return key if scope.name is None else f"{key}/{scope.name}"

    def _period(self, hit: Hit) -> str | None:
        if hit.candidate.unit is not None:
            return hit.candidate.unit.label
        unit = self.fiscal.unit("period", hit.candidate.base) or self.fiscal.unit("week", hit.candidate.base)
        return unit.label if unit is not None else None

    def _until_utc(
        self, definition: Definition, scope: Scope, utc: datetime, until: date | None
    ) -> datetime | None:
        if until is not None:
            return moment(until, definition.at, scope.zone, True)
        if definition.duration is not None:
            length = parse_duration(definition.duration)
            return utc + length if length is not None else None
        return None

    def _needs(self, definition: Definition, scope: Scope, hit: Hit) -> tuple[str, ...]:
        """The keys of the actions that come first: in the same unit or row, else the last ones before.

        Of an action for several regions the one in its own region comes first, or all of them where it has
        no region or where the needed one is in other regions only.
        """
        found: list[str] = []
        for name in definition.needs:
            needed = self.owner.definitions[name]
            places = [one for one in needed.scopes if scope.name is None or one.name in (None, scope.name)]
            places = places or list(needed.scopes)
            same = self.owner.signature(needed) == self.owner.signature(definition)
            for place in places:
                mark = hit.mark if same else self._last_before(needed, place, hit.day)
                if mark is not None:
                    found.append(self._key(needed, place, mark))
        return tuple(found)

    def _last_before(self, needed: Definition, scope: Scope, day: date) -> str | None:
        earlier = [hit for hit in self.hits(needed, scope, day - FAR, day) if hit.day <= day]
        return max(earlier, key=lambda hit: hit.day).mark if earlier else None
