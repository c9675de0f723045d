"""What moved in the open pipeline since a day: the waterfall and its deals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cockpit.base.problems import CockpitError, Problem, SourceError, UsageError
from cockpit.core.visits import last_visit

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core.cockpit import Cockpit
    from cockpit.metrics.facts.movements import Waterfall
    from cockpit.sources.history.index import Snapshot

LOCK, VISIT = "lock", "visit"
LOCK_REACH = timedelta(days=35)
"""How old a lock may be to be the last one; beyond it the calendar's own is meant."""
ALL = "all"
DEALS = "opportunities"
ONLY_DATES = "rebuilt from the records' own dates: of what moved only new, won and lost are known"


@dataclass(frozen=True, slots=True)
class Bucket:
    """One step of the waterfall: its name, its change, and how many deals made it."""

    name: str
    change: Decimal
    deals: int


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved.

    Attributes:
        since: the day that is compared from, its state at the end of it.
        since_words: what that day is ("the lock, Tue 17 Nov"), or its date alone.
        through: the day of the figures.
        period: label of the period in which deals must be due, or "all".
        currency: of the amounts.
        rebuilt: whether the state of `since` is rebuilt from the records' own dates, so that only new, won
            and lost deals are known.
        state: what the state of `since` is taken from: the id of a snapshot, or the source's own history.
        before, after: open amount on both days.
        buckets: the steps between them.
        moved: how many deals moved.
        balances: whether both totals and the buckets agree to the cent.
        words: whether it balances, in words; of a rebuilt state that it is one comes first.
        columns: of `deals`.
        deals: one row a change, the largest first.
    """

    since: date
    since_words: str
    through: date
    period: str
    currency: str | None
    rebuilt: bool
    state: str | None
    before: Decimal
    after: Decimal
    buckets: tuple[Bucket, ...]
    moved: int
    balances: bool
    words: str
    columns: tuple[str, ...]
    deals: tuple[tuple[Any, ...], ...]

    def of(self, bucket: str) -> list[Mapping[str, Any]]:
        """The changes of one bucket, each as a mapping."""
        place = self.columns.index("bucket")
        rows = (row for row in self.deals if row[place] == bucket)
        return [dict(zip(self.columns, row, strict=True)) for row in rows]

    def as_json(self) -> dict[str, Any]:
        """The `moves` document."""
        return {
            "since": self.since,
            "through": self.through,
            "period": self.period,
            "currency": self.currency,
            "snapshot": {"id": self.state, "kind": "reconstructed" if self.rebuilt else "stored"},
            "before": self.before,
            "after": self.after,
            "balances": self.balances,
            "words": self.words,
            "moved": self.moved,
            "buckets": [
                {"bucket": one.name, "change": one.change, "deals": one.deals} for one in self.buckets
            ],
            "deals": [dict(zip(self.columns, row, strict=True)) for row in self.deals],
        }


def moves(
    cockpit: "Cockpit",
    since: str = "",
    period: str = "this-quarter",
    where: str | None = None,
    as_of: date | None = None,
    slice: str | None = None,
) -> Moves:
    """What moved since a day.

    Args:
        cockpit: the workspace.
        since: a date, "lock", the label of a lock, "visit", or "" for the last lock, else a week before.
        period: deals due in it; "all" for the whole open pipeline.
        where: a condition.
        as_of: the day of the figures, instead of the cockpit's own.
        slice: the name of a standing filter.

    Raises:
        UsageError: a word means nothing here, the day is not before the day of the figures, or what moved
            is in a currency that has no rate.
        SourceError: the opportunities could not be read.
    """
    from cockpit.metrics.expression import Parameters, compile_condition
    from cockpit.metrics.facts.movements import movements, unrated, waterfall

    question = cockpit.question(where, period, None, as_of, slice)
    day, words = since_day(cockpit, since, question.as_of)
    engine = cockpit.engine
    snapshot = stored_start(cockpit, since, day)
    then = engine if snapshot is None else cockpit.known.engine(snapshot)
    before, after = then.deals(day), engine.deals(question.as_of)
    if before is None or after is None:
        damage = () if snapshot is None else cockpit.known.damage(snapshot, DEALS)
        if damage:
            raise SourceError(*damage)
        raise UsageError(Problem("there are no opportunities to follow"))
    span = question.period
    start, end = (None, None) if period == ALL else (span.start, span.end)
    within: pl.Expr | None = None
    if question.where is not None:
        within = compile_condition(question.where, after.schema, Parameters(question.as_of, start, end))
    currency = cockpit.workspace.config.currency
    rows = movements(before, after, start=start, end=end, within=within, currency=currency)
    lacking = unrated(before, after, rows, start=start, end=end, within=within)
    if lacking:
        raise UsageError(
            Problem(
                f"what moved cannot be added up: no rate for {', '.join(lacking)}",
                hint="a table of rates, [sources.fx], gives one",
            )
        )
    found = waterfall(before, after, rows, start=start, end=end, within=within)
    state = engine.snapshot(day)
    rebuilt = snapshot is None and state.kind != "stored"
    ordered = rows.sort("change", "opportunity_id")
    return Moves(
        since=day,
        since_words=words,
        through=question.as_of,
        period=span.label,
        currency=currency,
        rebuilt=rebuilt,
        state=state.id if snapshot is None else snapshot.id,
        before=found.before,
        after=found.after,
        buckets=tuple(Bucket(name, change, found.deals[name]) for name, change in found.buckets.items()),
        moved=found.moved,
        balances=found.balances,
        words=_words(found, rebuilt),
        columns=tuple(ordered.columns),
        deals=tuple(ordered.iter_rows()),
    )


def _words(found: "Waterfall", rebuilt: bool) -> str:
    """Whether it balances; of a rebuilt state first what is known of it: that it balances says nothing."""
    if not rebuilt:
        return found.words
    return ONLY_DATES if found.balances else f"{ONLY_DATES}; {found.words}"


def since_day(cockpit: "Cockpit", since: str, as_of: date) -> tuple[date, str]:
    """The day that is compared from, and what it is in words.

    Raises:
        UsageError: the word means nothing here, or the day is not before the day of the figures.
    """
    words = since.strip().casefold()
    if words in ("", LOCK):
        day = last_lock(cockpit, as_of)
        if day is not None:
            return day, f"the lock, {_day(day)}"
        if words == LOCK:
            raise UsageError(Problem("no state is locked, and the calendar has no lock", key="--since"))
        day = as_of - timedelta(days=7)
        return day, _day(day)
    if words == VISIT:
        seen = _last_visit(cockpit)
        if seen is None or seen >= as_of:
            raise UsageError(Problem("there was no look before this day", key="--since"))
        return seen, f"the last look, {_day(seen)}"
    labelled = stored_start(cockpit, since, as_of)
    if labelled is not None and cockpit.known.day_of(labelled) < as_of:
        kept = cockpit.known.day_of(labelled)
        return kept, f"{since.strip()}, {_day(kept)}"
    try:
        day = date.fromisoformat(words)
    except ValueError as error:
        raise UsageError(
            Problem(f"{since!r} is no day", key="--since", hint="lock, visit or a date")
        ) from error
    if day >= as_of:
        raise UsageError(Problem(f"{day} is not before {as_of}", key="--since"))
    return day, _day(day)


def stored_start(cockpit: "Cockpit", since: str, day: date) -> "Snapshot | None":
    """The very state that a lock, a label or the last look names, and not one of later that day.

    Args:
        cockpit: the workspace.
        since: as `moves` takes it.
        day: what it means.
    """
    words = since.strip()
    try:
        if words.casefold() == VISIT:
            looked = last_visit(cockpit)
            return None if looked is None else cockpit.history.find(looked)
        if words.casefold() in ("", LOCK):
            return _kept_before(cockpit, day + timedelta(days=1), day)
        return cockpit.history.index.labelled(words)
    except CockpitError:
        return None


def last_lock(cockpit: "Cockpit", as_of: date) -> date | None:
    """The day of the last lock before a day: of a kept state, else of the calendar's forecast lock."""
    kept = _kept_before(cockpit, as_of)
    held = None if kept is None else cockpit.known.day_of(kept)
    if held is not None and as_of - held <= LOCK_REACH:
        return held
    days = [
        occurrence.date
        for occurrence in cockpit.rhythm(as_of - LOCK_REACH, as_of - timedelta(days=1))
        if occurrence.type == "event" and "lock" in occurrence.event
    ]
    return max(days, default=held)


def _kept_before(cockpit: "Cockpit", day: date, first: date | None = None) -> "Snapshot | None":
    """The newest locked state that was taken before a day, and not before `first`; None where none was."""
    try:
        held = cockpit.history.snapshots()
    except CockpitError:
        return None
    day_of = cockpit.known.day_of
    kept = [
        one for one in held if one.labels and day_of(one) < day and (first is None or day_of(one) >= first)
    ]
    return kept[-1] if kept else None


def _last_visit(cockpit: "Cockpit") -> date | None:
    looked = last_visit(cockpit)
    return None if looked is None else looked.astimezone(cockpit.fiscal.zone).date()


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"
