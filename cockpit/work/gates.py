"""The gates of a fiscal year's start as data: by which day what must hold, and for whom."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from cockpit.base.problems import ConfigError, Problem
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.fiscal import FiscalCalendar
from cockpit.fiscal.unit import Unit
from cockpit.rhythm.dates import candidate_in, rolled, units
from cockpit.rhythm.parse import RuleError, parse_rule

BUILT_IN = Path(__file__).with_name("gates.toml")
OWN_FILE = "gates.toml"
"""Name of a workspace's own file, which replaces the built-in gates."""

Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Name = Annotated[str, msgspec.Meta(min_length=1)]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one column of a row must hold: exactly one of the tests is given.

    Attributes:
        column: the column's canonical or own name.
        state: whether it is "filled" or "empty"; `is` in the file.
        one_of: the words that it may hold, compared without case.
        none_of: the words that it must not hold; a blank holds none of them.
        above: the number that it must exceed; a blank does not.
    """

    column: Name
    state: Literal["filled", "empty"] | None = msgspec.field(default=None, name="is")
    one_of: tuple[Name, ...] | None = None
    none_of: tuple[Name, ...] | None = None
    above: int | float | None = None

    def __post_init__(self) -> None:
        given = [test is not None for test in (self.state, self.one_of, self.none_of, self.above)]
        if sum(given) != 1:
            raise ValueError("a condition has exactly one of is, one_of, none_of, above")
        if self.one_of == () or self.none_of == ():
            raise ValueError("a list of words has at least one")

    def met(self, value: Any) -> bool:
        """Whether a value of the column meets it."""
        blank = value is None or value == ""
        if self.state is not None:
            return blank == (self.state == "empty")
        if self.one_of is not None:
            return not blank and str(value).casefold() in {word.casefold() for word in self.one_of}
        if self.none_of is not None:
            return blank or str(value).casefold() not in {word.casefold() for word in self.none_of}
        return _exceeds(value, self.above)

    @property
    def words(self) -> str:
        """What it asks, in words: "status is accepted"."""
        if self.state is not None:
            return f"{self.column} is {self.state}"
        if self.one_of is not None:
            return f"{self.column} is {' or '.join(self.one_of)}"
        if self.none_of is not None:
            return f"{self.column} is not {' or '.join(self.none_of)}"
        return f"{self.column} is above {self.above:g}"

    def miss(self, value: Any) -> str:
        """In words what is wrong with a value that does not meet it: "status published, not accepted"."""
        shown = "blank" if value is None or value == "" else str(value)
        if self.state is not None:
            return f"{self.column} is blank" if self.state == "filled" else f"{self.column} is {shown}"
        if self.one_of is not None and len(self.one_of) == 1:
            return f"{self.column} {shown}, not {self.one_of[0]}"
        return f"{self.column} {shown}"


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One gate.

    Attributes:
        id: what it is known by.
        title: what must hold, in words.
        due: the day by which, in the rule language, counted in the fiscal year that opens.
        table: the table whose rows decide it.
        each: the column that says whom or what a row is about; a blank there is a vacancy.
        passes: what every row that counts must meet.
        threshold: the share of the people that must pass, vacancies apart (0 to 1).
        name: the column with the words for what `each` holds, or None where those are words already.
        year: the column with a row's period or day, so that other years do not count, or None.
        recorded: the column with the day on which a row was written, used where the table has it: what
            is written after the day asked does not pass yet.
        counts: which rows count; all of them without a condition.
        tasks: ids of the actions that must be done for it.
    """

    id: Name
    title: Name
    due: str
    table: Literal["accounts", "agreements", "contacts", "opportunities", "quota", "team"]
    each: Name
    passes: tuple[Condition, ...]
    threshold: Share
    name: Name | None = None
    year: Name | None = None
    recorded: Name | None = None
    counts: tuple[Condition, ...] = ()
    tasks: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if not self.passes:
            raise ValueError("passes has at least one condition")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns without which it cannot be decided, in the order in which they are named."""
        conditions = (condition.column for condition in (*self.counts, *self.passes))
        named = (self.each, self.name, self.year, *conditions)
        return tuple(dict.fromkeys(column for column in named if column is not None))

    def due_in(self, year: Unit, fiscal: FiscalCalendar) -> date | None:
        """The day by which it must hold in a fiscal year; None where the holiday lists do not reach.

        A day without business gives way to the business day before it.
        """
        business = fiscal.business
        if not (business.covers(year.start) and business.covers(year.end)):
            return None
        rule = parse_rule(self.due)
        reference = rule.unit
        assert reference is not None, "checked when the file was read"
        for unit in units(reference, fiscal, year.start, year.start):
            found = candidate_in(rule, unit, fiscal, business)
            if found is not None:
                return rolled(found.day, "preceding", business, unit)
        return None


class GateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    schema: Literal[1]
    gate: tuple[Gate, ...] = ()


def load_gates(path: Path = BUILT_IN) -> tuple[Gate, ...]:
    """The gates of a file, in its order.

    Raises:
        ConfigError: with every problem found, each at its line.
    """
    file = read_toml(path)
    problems: list[Problem] = []
    read = convert(file, GateFile, problems)
    problems += _rule_problems(file)
    problems += _repeated_ids(file)
    if problems or read is None:
        raise ConfigError(*problems)
    return read.gate


def gates_for(folder: Path) -> tuple[Gate, ...]:
    """The gates of a workspace: its own file's, else the built-in ones.

    Raises:
        ConfigError: the file is wrong.
    """
    own = folder / OWN_FILE
    return load_gates(own if own.is_file() else BUILT_IN)


def _tables(file: TomlFile) -> list[tuple[int, dict[str, Any]]]:
    gates = file.data.get("gate")
    if not isinstance(gates, list):
        return []
    return [(index, gate) for index, gate in enumerate(gates) if isinstance(gate, dict)]


def _rule_problems(file: TomlFile) -> list[Problem]:
    """Due rules that cannot be read, and those that no fiscal year gives a day."""
    problems = []
    for index, gate in _tables(file):
        text = gate.get("due")
        if not isinstance(text, str):
            continue
        path = ("gate", index, "due")
        try:
            rule = parse_rule(text)
        except RuleError as error:
            words = f"{error.message} (at character {error.column})"
            problems.append(file.problem(path, words, error.hint))
            continue
        if rule.unit is None or rule.unit.outermost != "year":
            hint = 'such as "BD20 of year"'
            problems.append(file.problem(path, "a gate is due once a year: count in the year", hint))
    return problems


def _repeated_ids(file: TomlFile) -> list[Problem]:
    known: Counter[str] = Counter()
    problems = []
    for index, gate in _tables(file):
        identity = str(gate.get("id"))
        known[identity] += 1
        if known[identity] == 2:
            problems.append(file.problem(("gate", index, "id"), f"two gates are called {identity!r}"))
    return problems


def _exceeds(value: Any, limit: int | float | None) -> bool:
    try:
        return limit is not None and float(value) > limit
    except (TypeError, ValueError):
        return False
