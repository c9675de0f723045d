"""The gates of the year's start put to the tables of the workspace."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError, Problem, UsageError, did_you_mean
from cockpit.work.gate_people import GateResult, decide, missing_columns, undecided
from cockpit.work.gates import Gate, gates_for
from cockpit.work.readiness import holding_up

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core import Cockpit
    from cockpit.fiscal.unit import Unit
    from cockpit.panes.faststart_facts import Season
    from cockpit.sources.table import Table
    from cockpit.work.task import Task

TEAM_TABLES = ("opportunities", "agreements", "accounts")
"""Where managers of people are looked for, in this order."""
CONTEXT_COLUMNS = ("manager", "territory", "account")
"""Columns that tell more of a row, where its table has them."""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """A gate as of today, with what leads on from it.

    Attributes:
        result: who passes and who does not.
        tasks: the unfinished tasks that hold it up.
        opens_records: whether what `each` holds is the first column of the table, and so opens as a record.
    """

    result: GateResult
    tasks: "tuple[Task, ...]" = ()
    opens_records: bool = False

    @property
    def gate(self) -> Gate:
        """Its definition."""
        return self.result.gate


@dataclass(frozen=True, slots=True)
class Gates:
    """All gates, or why there are none."""

    facts: tuple[GateFacts, ...] = ()
    problems: tuple[Problem, ...] = ()

    def named(self, identity: str) -> GateFacts:
        """The gate of that id.

        Raises:
            UsageError: there is none.
        """
        for one in self.facts:
            if one.gate.id == identity:
                return one
        hint = did_you_mean(identity, [one.gate.id for one in self.facts])
        raise UsageError(*(self.problems or (Problem(f"there is no gate {identity!r}", hint=hint),)))


NO_GATES = Gates()
"""Out of season."""


def load_gates(cockpit: "Cockpit", current: "Season", tasks: "Iterable[Task]", read: bool = True) -> Gates:
    """Every gate of the season put to its table as of today; mistakes in gates.toml are problems.

    Args:
        cockpit: the workspace.
        current: the season.
        tasks: its tasks, to see which of them hold up a gate.
        read: whether the tables may be read; without them every gate is undecided.
    """
    year = cockpit.fiscal.unit("year", current.closes)
    if year is None:  # a table of fiscal years ends before the season does
        return NO_GATES
    try:
        gates = gates_for(cockpit.workspace.folder)
    except CockpitError as error:
        return Gates(problems=error.problems)
    loaded = cockpit.data.loaded() if read else None
    known = tuple(tasks)
    facts = []
    for gate in gates:
        due = gate.due_in(year, cockpit.fiscal)
        table = loaded.tables.get(gate.table) if loaded is not None else None
        if loaded is None:
            result = undecided(gate, due, current.today, "data is being read")
        elif table is None:
            reason = _no_table(gate.table, loaded.problems.get(gate.table, ()))
            result = undecided(gate, due, current.today, reason)
        else:
            result = _decided(cockpit, gate, table, due, year, current.today, loaded.tables)
        facts.append(
            GateFacts(
                result,
                holding_up(gate.tasks, known, current.year),
                table is not None and table.frame.columns[0] == gate.each,
            )
        )
    order = {one.gate.id: index for index, one in enumerate(facts)}
    facts.sort(key=lambda one: (one.result.due or date.max, order[one.gate.id]))
    return Gates(tuple(facts))


def _no_table(name: str, problems: tuple[Problem, ...]) -> str:
    return str(problems[0]) if problems else f"needs the table {name}"


def _decided(
    cockpit: "Cockpit",
    gate: Gate,
    table: "Table",
    due: date | None,
    year: "Unit",
    today: date,
    tables: "Mapping[str, Table]",
) -> GateResult:
    frame = table.frame
    lacking = missing_columns(gate, frame.columns)
    if lacking:
        return undecided(gate, due, today, f"needs {', '.join(lacking)} in {gate.table}")
    wanted = dict.fromkeys((*gate.columns, gate.recorded, *CONTEXT_COLUMNS))
    rows = frame.select([name for name in wanted if name in frame.columns]).iter_rows(named=True)
    return decide(gate, rows, due, today, _in_year(cockpit, year), _managers(tables))


def _in_year(cockpit: "Cockpit", year: "Unit") -> Callable[[Any], bool]:
    """Tells whether a day, or the label of a unit, lies in the fiscal year."""
    known: dict[str, bool] = {}

    def inside(value: Any) -> bool:
        if isinstance(value, date):
            return year.start <= value <= year.end
        if not isinstance(value, str):
            return False
        if value not in known:
            try:
                unit = cockpit.fiscal.unit_named(value)
                known[value] = year.start <= unit.start <= year.end
            except UsageError:
                known[value] = False
        return known[value]

    return inside


def _managers(tables: "Mapping[str, Table]") -> dict[str, str]:
    """The manager of each owner, as the tables have it."""
    managers: dict[str, str] = {}
    for name in TEAM_TABLES:
        table = tables.get(name)
        if table is not None and {"owner", "manager"} <= set(table.frame.columns):
            pairs: pl.DataFrame = table.frame.select("owner", "manager").unique().drop_nulls().sort("manager")
            for owner, manager in pairs.iter_rows():
                managers.setdefault(owner, manager)
    return managers
