"""From calendar files to events and actions: laid over each other, every rule read, everything checked."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.fiscal import BusinessDays, FiscalCalendar
from cockpit.fiscal.business import ROLLS, Roll
from cockpit.fiscal.engines import MonthsEngine
from cockpit.fiscal.holidays import HolidayLists
from cockpit.fiscal.labels import CANONICAL
from cockpit.fiscal.layers import Layered, read_layers
from cockpit.fiscal.load import DEFAULT_AT, build_fiscal, merged_calendar, parse_zone
from cockpit.fiscal.naming import Naming
from cockpit.fiscal.shape import WeekRule
from cockpit.fiscal.spec import CalendarSpec
from cockpit.rhythm.definition import Definition, EscalationRule, ForEach, Role, Scope
from cockpit.rhythm.entries import Entry, layered_entries
from cockpit.rhythm.moments import parse_duration
from cockpit.rhythm.needs import needs_problems
from cockpit.rhythm.occurrence import EvidenceRule
from cockpit.rhythm.parse import RuleError, parse_lead, parse_rule
from cockpit.rhythm.rule import AnchorBase, EventBase, Offset, Rule
from cockpit.rhythm.spec import ActionSpec, EventSpec, RoleSpec, ScopeSpec

DEFAULT_ROLL: Roll = "preceding"
SEVERITIES = {"low": 1, "medium": 2, "high": 3}
AnyEntry = Entry[EventSpec] | Entry[ActionSpec]
_PASS = re.compile(r"(<=|>=|<|>|=)\s*-?\d+(\.\d+)?")


class Loaded(msgspec.Struct, frozen=True):
    """A calendar as its files say."""

    fiscal: FiscalCalendar
    definitions: tuple[Definition, ...]
    roles: tuple[Role, ...]
    scopes: tuple[Scope, ...]
    warnings: tuple[Problem, ...]
    domain: str | None


def load_rhythm(path: Path, folders: Sequence[Path] = (), text: str | None = None) -> Loaded:
    """Read a calendar file and those it extends; `text` stands for what the file itself says.

    Raises:
        ConfigError: with every problem found, fiscal ones included.
    """
    problems: list[Problem] = []
    layered = read_layers(path, problems, text)
    fiscal = build_fiscal(layered, folders, problems, FiscalCalendar)
    head = merged_calendar(layered, []) or CalendarSpec()
    reader = _Reader(layered, folders, fiscal or _stand_in(path), problems)
    reader.default_roll = reader.roll_word(head.roll, None) or DEFAULT_ROLL
    definitions = reader.definitions()
    if fiscal is None or _errors(problems):
        raise ConfigError(*_errors(problems))
    warnings = tuple(problem for problem in problems if problem.severity != "error")
    return Loaded(
        fiscal,
        definitions,
        tuple(reader.roles.values()),
        tuple(reader.scopes.values()),
        warnings,
        head.domain,
    )


def _stand_in(path: Path) -> FiscalCalendar:
    """A calendar with every kind of unit, to read rules with when the file's own fiscal year is wrong.

    So the mistakes in events and actions are told together with those in the fiscal year.
    """
    weeks = WeekRule()
    return FiscalCalendar(
        id="",
        title="",
        zone=ZoneInfo("UTC"),
        at=DEFAULT_AT,
        business=BusinessDays(),
        engine=MonthsEngine(1, 1, "end", weeks),
        naming=Naming(dict(CANONICAL), weeks),
        file=path,
    )


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


class _Reader:
    """Turns the tables of a calendar into definitions, noting every problem."""

    def __init__(
        self, layered: Layered, folders: Sequence[Path], fiscal: FiscalCalendar, problems: list[Problem]
    ) -> None:
        self.layered = layered
        self.fiscal = fiscal
        self.problems = problems
        self.default_roll: Roll = DEFAULT_ROLL
        self.roles = self._roles()
        self.scopes = self._scopes(folders)

    def _roles(self) -> dict[str, Role]:
        found: dict[str, Role] = {}
        for _file, _index, spec in self.layered.tables("role", RoleSpec, self.problems):
            found.setdefault(spec.name, Role(spec.name, tuple(spec.people or ()), spec.group))
        return found

    def _scopes(self, folders: Sequence[Path]) -> dict[str, Scope]:
        found: dict[str, Scope] = {}
        lists: HolidayLists | None = None
        for file, index, spec in self.layered.tables("scope", ScopeSpec, self.problems):
            if spec.name in found:
                continue
            zone: ZoneInfo | None = self.fiscal.zone
            if spec.timezone is not None:
                zone = parse_zone(
                    spec.timezone, ("scope", index, "timezone"), Layered((file,)), self.problems
                )
            business = self.fiscal.business
            if spec.holidays is not None:
                if lists is None:
                    lists = HolidayLists(self.layered, folders, self.fiscal.today(), self.problems)
                off = lists.days_off(spec.holidays, file, ("scope", index, "holidays"))
                business = BusinessDays(business.workweek, off.names, off.years)
            found[spec.name] = Scope(spec.name, zone or self.fiscal.zone, business)
        return found

    def definitions(self) -> tuple[Definition, ...]:
        """All events, then all actions."""
        events = layered_entries(self.layered, "event", EventSpec, self.problems)
        actions = layered_entries(self.layered, "action", ActionSpec, self.problems)
        for name in actions:
            if name in events:
                self.problems.append(actions[name].problem("id", f"{name} is an event too", "ids are unique"))
        made: dict[str, Definition] = {}
        for name, event_entry in events.items():
            event = self._event(name, event_entry, event_entry.spec)
            if event is not None:
                made[name] = event
        for name, action_entry in actions.items():
            action = self._action(name, action_entry, action_entry.spec, made, events)
            if action is not None:
                made[name] = action
        self.problems += [
            actions[name].problem("needs", message, hint)
            for name, message, hint in needs_problems(
                {name: entry.spec.needs or () for name, entry in actions.items()}
            )
        ]
        return tuple(made.values())

    def _event(self, name: str, entry: Entry[EventSpec], spec: EventSpec) -> Definition | None:
        rule = self._rule(entry, "when", spec.when)
        until = self._rule(entry, "until", spec.until) if spec.until is not None else None
        for key, one in (("when", rule), ("until", until)):
            if one is not None and isinstance(one.base, (EventBase, AnchorBase)):
                self.problems.append(entry.problem(key, f"an event cannot hang from {one.base}"))
        if spec.duration is not None and parse_duration(spec.duration) is None:
            self.problems.append(
                entry.problem("duration", f"{spec.duration!r} is no length of time", 'such as "30m" or "2h"')
            )
        title = self._title(entry, spec.title)
        if rule is None or title is None:
            return None
        return Definition(
            id=name,
            type="event",
            title=title,
            kind=spec.kind or ("window" if until is not None else "milestone"),
            rule=rule,
            rule_text=spec.when or "",
            until=until,
            roll=self.roll_word(spec.roll, entry) or self.default_roll,
            at=self._time(entry, spec.at) or self.fiscal.at,
            duration=spec.duration,
            lead=self._lead(entry, spec.lead),
            roles=self._known_roles(entry, "roles", spec.roles or ()),
            scopes=self._known_scopes(entry, spec.scopes, spec.timezone),
            active=_active(spec),
            file=str(entry.file.path),
            line=entry.line,
            tags=tuple(spec.tags or ()),
            link=spec.link,
            detail=spec.detail,
        )

    def _action(
        self,
        name: str,
        entry: Entry[ActionSpec],
        spec: ActionSpec,
        made: Mapping[str, Definition],
        events: Mapping[str, Entry[EventSpec]],
    ) -> Definition | None:
        event = made.get(spec.event) if spec.event is not None else None
        if spec.event is not None and spec.event not in events:
            hint = did_you_mean(spec.event, events)
            self.problems.append(entry.problem("event", f"there is no event {spec.event!r}", hint))
        if spec.event is not None and spec.for_each is not None:
            self.problems.append(
                entry.problem("for_each", "has an event too", "an action has one of the two")
            )
        rule = self._rule(entry, "due", spec.due)
        if rule is not None:
            self._check_base(entry, spec, rule)
        title = self._title(entry, spec.title)
        owner = self._known_roles(entry, "owner", (spec.owner,) if spec.owner is not None else ())
        evidence = self._evidence(entry, spec)
        escalate = self._escalate(entry, spec)
        if rule is None or title is None or (spec.event is not None and event is None):
            return None
        scopes = self._known_scopes(entry, spec.scopes, spec.timezone)
        if event is not None and spec.scopes is None and spec.timezone is None:
            scopes = event.scopes
        at = self._time(entry, spec.at) or (event.at if event is not None else self.fiscal.at)
        return Definition(
            id=name,
            type="action",
            title=title,
            kind=event.kind if event is not None else "deadline",
            rule=rule,
            rule_text=spec.due or "",
            until=None,
            roll=self.roll_word(spec.roll, entry) or self.default_roll,
            at=at,
            duration=None,
            lead=self._lead(entry, spec.lead),
            roles=owner,
            scopes=scopes,
            active=_active(spec) if spec.active is not None or event is None else event.active,
            file=str(entry.file.path),
            line=entry.line,
            event=spec.event,
            for_each=_for_each(spec),
            needs=tuple(spec.needs or ()),
            severity=self._severity(entry, spec.severity),
            workstream=spec.workstream or "rhythm",
            evidence=evidence,
            escalate=escalate,
            checklist=tuple(spec.checklist or ()),
            tags=tuple(spec.tags or ()),
            link=spec.link,
            detail=spec.detail,
        )

    def _check_base(self, entry: Entry[ActionSpec], spec: ActionSpec, rule: Rule) -> None:
        if isinstance(rule.base, EventBase) and spec.event is None:
            self.problems.append(entry.problem("due", "hangs from an event, but names none", 'event = "..."'))
        if isinstance(rule.base, AnchorBase) and spec.for_each is None:
            self.problems.append(entry.problem("due", "hangs from T, the date of a row", "needs for_each"))
        if spec.for_each is not None and not isinstance(rule.base, AnchorBase):
            hint = 'such as due = "T-90d"'
            self.problems.append(entry.problem("due", "an action for each row hangs from T", hint))

    def _rule(self, entry: AnyEntry, key: str, text: str | None) -> Rule | None:
        if text is None:
            self.problems.append(entry.problem(None, f"needs the key {key}"))
            return None
        try:
            rule = parse_rule(text)
        except RuleError as error:
            message = f'{key} = "{text}": {error.message}, at character {error.column}'
            self.problems.append(entry.problem(key, message, error.hint))
            return None
        unit = rule.unit
        while unit is not None:
            if unit.kind != "month" and unit.kind not in self.fiscal.kinds:
                hint = f"it has: {', '.join(self.fiscal.kinds)}"
                self.problems.append(
                    entry.problem(key, f'{key} = "{text}": the calendar has no {unit.kind}', hint)
                )
                return None
            unit = unit.inside
        return rule

    def _title(self, entry: AnyEntry, title: str | None) -> str | None:
        if not title:
            self.problems.append(entry.problem(None, "needs the key title"))
        return title

    def roll_word(self, word: str | None, entry: AnyEntry | None) -> Roll | None:
        """The roll of that name."""
        if word is None:
            return None
        found = next((roll for roll in ROLLS if roll == word), None)
        if found is None:
            hint = did_you_mean(word, ROLLS) or f"one of {', '.join(ROLLS)}"
            message = f"unknown roll {word!r}"
            self.problems.append(
                entry.problem("roll", message, hint)
                if entry is not None
                else self.layered.problem(("calendar", "roll"), message, hint)
            )
        return found

    def _time(self, entry: AnyEntry, text: str | None) -> time | None:
        if text is None:
            return None
        found = re.fullmatch(r"(\d{1,2}):(\d\d)", text)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            self.problems.append(entry.problem("at", f"{text!r} is no time of day", 'such as "17:00"'))
            return None
        return time(int(found[1]), int(found[2]))

    def _lead(self, entry: AnyEntry, text: str | None, key: str = "lead") -> Offset | None:
        if text is None:
            return None
        try:
            return parse_lead(text)
        except RuleError as error:
            self.problems.append(entry.problem(key, f'{key} = "{text}": {error.message}', error.hint))
            return None

    def _known_roles(self, entry: AnyEntry, key: str, names: Sequence[str]) -> tuple[str, ...]:
        """The roles named; where a calendar lists its roles, others are typing mistakes."""
        for name in names:
            if self.roles and name not in self.roles:
                hint = did_you_mean(name, self.roles) or "add a [[role]] of that name"
                self.problems.append(entry.problem(key, f"unknown role {name!r}", hint))
        return tuple(names)

    def _known_scopes(
        self, entry: AnyEntry, names: Sequence[str] | None, timezone: str | None
    ) -> tuple[Scope, ...]:
        zone = self.fiscal.zone
        if timezone is not None:
            file, index = entry.origins["timezone"]
            place = Layered((file,))
            zone = parse_zone(timezone, (entry.table, index, "timezone"), place, self.problems) or zone
        if not names:
            return (Scope(None, zone, self.fiscal.business),)
        found = []
        for name in names:
            scope = self.scopes.get(name)
            if scope is None:
                hint = did_you_mean(name, self.scopes) or "add a [[scope]] of that name"
                self.problems.append(entry.problem("scopes", f"unknown scope {name!r}", hint))
            else:
                found.append(Scope(name, zone, scope.business) if timezone is not None else scope)
        return tuple(found)

    def _severity(self, entry: AnyEntry, severity: int | str | None) -> int | None:
        if severity is None or severity in (1, 2, 3):
            return severity if severity is None else int(severity)
        if isinstance(severity, str) and severity in SEVERITIES:
            return SEVERITIES[severity]
        self.problems.append(
            entry.problem("severity", f"{severity!r} is no severity", "1 to 3, or low, medium, high")
        )
        return None

    def _evidence(self, entry: Entry[ActionSpec], spec: ActionSpec) -> EvidenceRule | None:
        given = spec.evidence
        if given is None:
            return None
        if given.pass_ is not None:
            if given.kind != "number":
                self.problems.append(
                    entry.problem("evidence", f"pass goes with numbers, not with a {given.kind}")
                )
            elif _PASS.fullmatch(given.pass_.strip()) is None:
                hint = 'such as "<= 0"'
                self.problems.append(entry.problem("evidence", f"pass {given.pass_!r} is no condition", hint))
        if given.by is not None:
            self._known_roles(entry, "evidence", (given.by,))
        return EvidenceRule(given.kind, given.prompt, given.pass_, given.by)

    def _escalate(self, entry: Entry[ActionSpec], spec: ActionSpec) -> EscalationRule | None:
        if spec.escalate is None:
            return None
        after = self._lead(entry, spec.escalate.after, "escalate")
        self._known_roles(entry, "escalate", (spec.escalate.to,))
        return None if after is None else EscalationRule(spec.escalate.to, after)


def _active(spec: EventSpec | ActionSpec) -> tuple[date, date]:
    active = spec.active
    if active is None:
        return date.min, date.max
    return active.from_ or date.min, active.to or date.max


def _for_each(spec: ActionSpec) -> ForEach | None:
    given = spec.for_each
    return None if given is None else ForEach(given.source, given.key, given.date, given.where)
