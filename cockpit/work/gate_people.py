"""Who passes a gate and who does not: a gate put to the rows of its table, as of a day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from cockpit.work.gates import Gate

Row = Mapping[str, Any]
State = Literal["passed", "open", "missed", "unknown"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one of a gate's people (or accounts) stands.

    Attributes:
        key: the value of the gate's `each`.
        name: the same in words.
        passed: whether all rows that count meet every condition.
        rows: how many rows count.
        status: what the column of the first condition holds, each word once, "" where it is blank.
        missing: what is wrong, in words, each reason once; empty for who passed.
        manager: whose team, where the tables say, or None.
    """

    key: str
    name: str
    passed: bool
    rows: int
    status: str
    missing: tuple[str, ...] = ()
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate as of a day.

    Attributes:
        gate: its definition.
        due: the day by which it must hold, or None where no holiday list reaches.
        today: the day it is looked at.
        people: how everybody stands, who misses first.
        vacant: what has no one: the rest of the rows without a value in `each`, in words.
        reason: why it cannot be decided (a missing column, an empty population), or "".
    """

    gate: Gate
    due: date | None
    today: date
    people: tuple[Standing, ...] = ()
    vacant: tuple[str, ...] = ()
    reason: str = ""

    @property
    def passed(self) -> int:
        """How many pass."""
        return sum(one.passed for one in self.people)

    @property
    def total(self) -> int:
        """How many there are, vacancies apart."""
        return len(self.people)

    @property
    def share(self) -> float | None:
        """The share that passes, from 0 to 1; None where there is nobody."""
        return self.passed / self.total if self.people else None

    @property
    def holds(self) -> bool:
        """Whether enough pass; exact, so that 95 of 100 reach 0.95."""
        return bool(self.people) and self.passed >= Decimal(str(self.gate.threshold)) * self.total

    @property
    def lacking(self) -> int:
        """How many more must pass."""
        needed = Decimal(str(self.gate.threshold)) * self.total
        return max(int(needed.to_integral_value("ROUND_CEILING")) - self.passed, 0)

    @property
    def state(self) -> State:
        """Passed; open while its day has not gone by; missed after it; unknown without an answer."""
        if self.reason:
            return "unknown"
        if self.holds:
            return "passed"
        return "missed" if self.due is not None and self.due < self.today else "open"


def undecided(gate: Gate, due: date | None, today: date, reason: str) -> GateResult:
    """A gate that cannot be decided, and why."""
    return GateResult(gate, due, today, reason=reason)


def missing_columns(gate: Gate, columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that the gate needs and a table lacks."""
    present = set(columns)
    return tuple(column for column in gate.columns if column not in present)


def decide(
    gate: Gate,
    rows: Iterable[Row],
    due: date | None,
    today: date,
    of_year: Callable[[Any], bool],
    managers: Mapping[str, str] | None = None,
) -> GateResult:
    """Put a gate to the rows of its table.

    Args:
        gate: the gate.
        rows: the table's rows with at least the gate's columns.
        due: the day by which it must hold.
        today: the day it is looked at.
        of_year: whether a value of the gate's `year` column lies in the fiscal year that opens.
        managers: manager by name of a person.
    """
    people: dict[str, list[Row]] = {}
    vacant: dict[str, None] = {}
    for row in rows:
        if gate.year is not None and not of_year(row[gate.year]):
            continue
        if not all(condition.met(row[condition.column]) for condition in gate.counts):
            continue
        who = row[gate.each]
        if who is None or who == "":
            vacant[_vacancy(gate, row)] = None
        else:
            people.setdefault(str(who), []).append(row)
    known = managers or {}
    standings = [_standing(gate, key, members, today, known) for key, members in people.items()]
    standings.sort(key=lambda one: (one.passed, one.name.casefold(), one.key))
    reason = "" if standings else f"no row of {gate.table} counts for it"
    return GateResult(gate, due, today, tuple(standings), tuple(vacant), reason)


def _standing(gate: Gate, key: str, rows: list[Row], today: date, managers: Mapping[str, str]) -> Standing:
    missing: dict[str, int] = {}
    words: dict[str, None] = {}
    first = gate.passes[0].column
    for row in rows:
        written = row.get(gate.recorded) if gate.recorded is not None else None
        if isinstance(written, date) and written > today:
            missing["nothing recorded yet"] = missing.get("nothing recorded yet", 0) + 1
            continue
        if row[first] not in (None, ""):
            words[str(row[first])] = None
        for condition in gate.passes:
            value = row[condition.column]
            if not condition.met(value):
                reason = condition.miss(value)
                missing[reason] = missing.get(reason, 0) + 1
    reasons = tuple(
        reason if count == len(rows) else f"{reason} ({count} of {len(rows)})"
        for reason, count in missing.items()
    )
    name = rows[0].get(gate.name) if gate.name is not None else None
    manager = rows[0].get("manager") or managers.get(key)
    return Standing(
        key=key,
        name=str(name or key),
        passed=not missing,
        rows=len(rows),
        status=", ".join(words) if len(words) <= 3 else f"{len(words)} values",
        missing=reasons,
        manager=None if manager is None else str(manager),
    )


def _vacancy(gate: Gate, row: Row) -> str:
    """What tells one vacancy from another: its place, where the table has one."""
    place = (gate.name and row.get(gate.name)) or row.get("territory") or row.get("account")
    return str(place or "no place given")
