"""What was known when: the tables of a stored snapshot as an engine of their own, and words for states."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem, UsageError
from cockpit.core.owners import TODAY, recast

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.engine import Engine
    from cockpit.metrics.results import Snapshot as Shown
    from cockpit.sources.history.index import Snapshot
    from cockpit.sources.table import Table

NOW_WORDS = ("now", "today", "latest")
"""What `--known-at` says for the records as they are by now."""
DEALS = "opportunities"
_KEPT = 3
"""Engines of earlier states that are kept; each costs the memory of its tables."""


class KnownStates:
    """The engines over earlier states, the last few kept.

    Args:
        cockpit: the workspace.
        words: of `--known-at`: what every question of this cockpit is answered from; None for now.
    """

    def __init__(self, cockpit: "Cockpit", words: str | None) -> None:
        self._cockpit = cockpit
        self._lock = threading.RLock()
        self._engines: dict[str, Engine] = {}
        self._damaged: dict[str, Mapping[str, tuple[Problem, ...]]] = {}
        self.words = words

    @property
    def snapshot(self) -> "Snapshot | None":
        """The stored state that every question is answered from; None where it is that of now.

        Raises:
            UsageError: the words are neither a day nor a label, or nothing was held by then.
        """
        if self.words is None or self.words in NOW_WORDS:
            return None
        return self.at(self.words)

    @property
    def owners(self) -> str:
        """Whose deals those of stored states are: of their owners "then", or of those of "today"."""
        return self._cockpit.workspace.config.compare.owners

    @property
    def day(self) -> date | None:
        """The day of that state."""
        snapshot = self.snapshot
        return None if snapshot is None else self.day_of(snapshot)

    def holds(self, day: date) -> bool:
        """Whether the state of a day is that of now or was stored.

        It is not where it would be put together from the records' own dates, nor where no record is newer
        than an earlier day, so that only the rows of now could answer for it.
        """
        return day >= self._cockpit.as_of or self._cockpit.engine.snapshot(day).kind == "stored"

    def day_of(self, snapshot: "Snapshot") -> date:
        """The calendar's day on which a snapshot was taken."""
        return snapshot.taken_at.astimezone(self._cockpit.fiscal.zone).date()

    def at(self, known_at: datetime | date | str) -> "Snapshot":
        """The snapshot that tells what was known then.

        Raises:
            UsageError: the text is neither a day nor a label, or nothing was held by then.
        """
        history = self._cockpit.history
        found = history.find(known_at)
        if found is not None:
            return found
        held = history.snapshots()
        words = f"nothing was held by {clean(str(known_at))}"
        hint = (
            f"the first snapshot is of {self.day_of(held[0])}; --as-of rebuilds earlier days"
            if held
            else "nothing is stored so far; cockpit sync and cockpit lock store it"
        )
        raise UsageError(Problem(words, key="--known-at", hint=hint))

    def engine(self, snapshot: "Snapshot") -> "Engine":
        """The metric engine over the tables of a snapshot.

        A table whose file is missing or damaged is left out: figures that need it are blank and say so, and
        `problems` names the file.
        """
        with self._lock:
            if snapshot.id not in self._engines:
                made = self._made(snapshot)
                while len(self._engines) >= _KEPT:
                    del self._engines[next(iter(self._engines))]
                self._engines[snapshot.id] = made
            return self._engines[snapshot.id]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What of the states that were asked could not be read."""
        return tuple(
            problem for damaged in list(self._damaged.values()) for one in damaged.values() for problem in one
        )

    def damage(self, snapshot: "Snapshot", table: str) -> tuple[Problem, ...]:
        """Why a table of a state that was asked could not be read; nothing where it could."""
        return self._damaged.get(snapshot.id, {}).get(table, ())

    def _made(self, snapshot: "Snapshot") -> "Engine":
        from cockpit.core.past import StoredPast
        from cockpit.metrics.engine import Engine

        cockpit = self._cockpit
        tables, damaged = stored_tables(cockpit, snapshot)
        self._damaged[snapshot.id] = damaged
        held = cockpit.data.loaded().tables if self.owners == TODAY else {}
        if DEALS in held and DEALS in tables:
            deals = tables[DEALS]
            tables = {**tables, DEALS: replace(deals, frame=recast(deals.frame, held[DEALS].frame))}
        past = StoredPast(cockpit.history, tables, snapshot, blind_to=lambda: cockpit.as_of)
        settings = replace(cockpit.metric_settings(), today=self.day_of(snapshot))
        lacking = dict.fromkeys(damaged, f"the state of {self.day_of(snapshot)} is damaged")
        work = cockpit.agreement_work()
        return Engine(cockpit.catalogue, tables, cockpit.fiscal, settings, work, past, lacking)

    def corrected(self) -> "Engine":
        """The engine over the records of now that looks at no stored state: earlier days as known by now."""
        from cockpit.metrics.engine import Engine

        cockpit = self._cockpit
        tables = cockpit.data.loaded().tables
        work, settings = cockpit.agreement_work(), cockpit.metric_settings()
        return Engine(cockpit.catalogue, tables, cockpit.fiscal, settings, work)

    def shown(self, state: "Shown") -> "Shown":
        """How the state behind a result is named when `--known-at` was given."""
        from cockpit.metrics.results import AS_CORRECTED, AS_REPORTED
        from cockpit.metrics.results import Snapshot as Named

        state = replace(state, owners=TODAY if state.kind == "reconstructed" else self.owners)
        if self.words is None:
            return state
        snapshot = self.snapshot
        if state.kind == "live" and snapshot is not None:
            taken = snapshot.taken_at.isoformat(timespec="seconds")
            return Named("stored", snapshot.id, taken, AS_REPORTED, state.owners)
        return replace(state, basis=AS_CORRECTED) if state.kind == "reconstructed" else state


def stored_tables(
    cockpit: "Cockpit", snapshot: "Snapshot"
) -> "tuple[Mapping[str, Table], Mapping[str, tuple[Problem, ...]]]":
    """The tables of a snapshot, as loading would have given them, and what is wrong with the damaged ones."""
    import polars as pl

    from cockpit.sources.table import REJECT_SCHEMA, LoadReport, Table

    nothing = pl.DataFrame(schema=REJECT_SCHEMA)
    place = f"{cockpit.workspace.history_folder.name}: {snapshot.id}"
    tables, damaged = dict[str, Table](), dict[str, tuple[Problem, ...]]()
    for name in snapshot.tables:
        try:
            frame = cockpit.history.state(name, snapshot)
        except CockpitError as error:
            damaged[name] = error.problems
            continue
        if frame is not None:
            report = LoadReport(
                name, (place,), snapshot.taken_at, frame.height, frame.height, nothing, nothing
            )
            tables[name] = Table(name, frame, report)
    return tables, damaged


def earlier_state(cockpit: "Cockpit", words: str | None) -> "Snapshot | None":
    """The stored state that `--vs` names: `lock`, `visit` or a label; None where it names something else.

    Raises:
        UsageError: no state is locked, or nothing was stored at the last look.
    """
    if not words:
        return None
    if words == "lock":
        found = cockpit.history.index.newest_lock()
        if found is None:
            hint = "keep the state of now with cockpit lock LABEL"
            raise UsageError(Problem("no state is locked", key="--vs lock", hint=hint))
        return found
    if words == "visit":
        from cockpit.core.visits import last_visit

        looked = last_visit(cockpit)
        if looked is None:
            hint = "the screen remembers when you look"
            raise UsageError(Problem("no earlier look is remembered", key="--vs visit", hint=hint))
        found = cockpit.history.find(looked)
        if found is None:
            when = looked.astimezone(cockpit.fiscal.zone).strftime("%Y-%m-%d %H:%M")
            raise UsageError(Problem(f"nothing was stored by the last look, {when}", key="--vs visit"))
        return found
    try:
        found = cockpit.history.index.labelled(words)
    except CockpitError:
        return None  # the words may name a period, which needs no history
    return None if found is not None and names_period(cockpit, words) else found


def names_period(cockpit: "Cockpit", words: str) -> bool:
    """Whether the calendar takes the words for a period, which then is what they mean."""
    from cockpit.fiscal import resolve_period

    try:
        resolve_period(cockpit.fiscal, words, cockpit.today)
    except CockpitError:
        return False
    return True


def lock_days(cockpit: "Cockpit") -> dict[date, str]:
    """The days whose state was locked, each with the label of its newest lock."""
    return {cockpit.known.day_of(one): one.label for one in cockpit.history.index.snapshots if one.label}


def comparable_states(cockpit: "Cockpit") -> dict[str, str]:
    """The stored states that figures can be compared with, as `--vs` names them, each with what it is."""
    found = {}
    for words in ("lock", "visit"):
        try:
            state = earlier_state(cockpit, words)
        except CockpitError:
            continue
        if state is not None:
            day = cockpit.known.day_of(state)
            name = state.label if words == "lock" else "the last look"
            found[words] = f"{name}, {day:%a} {day.day} {day:%b}"
    return found
