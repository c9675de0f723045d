"""Every metric of the catalogue computed a second time by DuckDB, from random tables with history.

The facts come from SQL of their own (`duck_facts`); values and conditions of simple metrics are run as
their definitions write them, so that the engine's reading of SQL is checked as well; ratios and formulas
are divided and calculated by DuckDB from its own figures.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import isfinite, isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duck_facts
import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metric_tables import CATALOGUE, frame_of, table

from cockpit.base.paths import bundled
from cockpit.fiscal import FiscalCalendar, Span
from cockpit.metrics.aggregate import Part
from cockpit.metrics.engine import Engine
from cockpit.metrics.facts import deal_columns
from cockpit.metrics.facts.touchpoints import Touchpoint
from cockpit.metrics.facts.work import TaskRecord
from cockpit.metrics.moment import Moment, Unreachable, moment_at
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.question import QUESTION_NUMBERS, question_number
from cockpit.metrics.results import KpiRow
from cockpit.metrics.state import Cut

CALENDAR = FiscalCalendar.load(
    bundled("calendars") / "calendar-year.toml", (bundled("calendars") / "holidays",)
)
FIRST = date(2025, 1, 1)
NOW = date(2026, 8, 20)
PERIODS = ("FY26-Q3", "FY26-Q2", "FY26")
days = st.integers(0, 640).map(lambda count: FIRST + timedelta(count))
maybe_day = st.none() | days
near = st.integers(470, 720).map(lambda count: FIRST + timedelta(count))
cents = (
    st.none()
    | st.sampled_from([Decimal(50), Decimal("1200.50")])
    | st.integers(1, 10**8).map(lambda value: Decimal(value) / 100)
)
one_of = st.sampled_from
deal = st.fixed_dictionaries(
    {
        "opportunity_id": st.integers(1, 25).map(str),
        "account_id": one_of([None, "A1", "A2"]),
        "owner": one_of([None, "a", "b"]),
        "manager": one_of(["m", "n"]),
        "segment": one_of([None, "SMB", "Enterprise"]),
        "product": one_of(["x", "y"]),
        "stage": one_of([None, "1", "2", "3"]),
        "status": one_of(["open", "open", "won", "won", "lost"]),
        "forecast_category": one_of([None, "Omitted", "Commit", "Best case", "Pipeline"]),
        "amount": cents,
        "probability": st.none() | st.integers(0, 100).map(lambda value: Decimal(value) / 100),
        "created_date": maybe_day,
        "close_date": near | maybe_day,
        "closed_date": maybe_day,
        "stage_date": maybe_day,
        "modified_date": maybe_day,
        "next_step": one_of([None, "call", "tbd"]),
        "next_step_date": maybe_day,
        "lost_reason": one_of([None, "Price", "No decision"]),
        "agreement_id": one_of([None, "G1", "G2"]),
        "push_reason": one_of([None, "budget moved"]),
    }
)
OF_A_DEAL = (
    "account_id", "owner", "manager", "segment", "product", "stage", "forecast_category", "agreement_id",
    "push_reason",
)  # fmt: skip
agreement = st.fixed_dictionaries(
    {
        "agreement_id": st.integers(1, 12).map(lambda number: f"G{number}"),
        "account_id": one_of(["A1", "A2", None]),
        "owner": one_of([None, "a"]),
        "opportunity_id": one_of([None, "1", "2"]),
        "base_amount": st.integers(1, 10**6).map(Decimal),
        "renewed_amount": st.none() | st.integers(1, 10**6).map(Decimal),
        "attached_amount": st.none() | st.integers(0, 10**5).map(Decimal),
        "expires_date": near,
        "due_date": near | maybe_day,
        "renewed_date": maybe_day,
        "contract_date": maybe_day,
        "po_date": maybe_day,
        "extended_date": maybe_day,
        "extended_to": maybe_day,
        "terminated_date": st.none() | st.none() | maybe_day,
    }
)
task = st.fixed_dictionaries(
    {
        "agreement_id": one_of(["G1", "G2", "G3"]),
        "owner": one_of([None, "a"]),
        "status": one_of(["open", "done", "done_without_evidence", "dropped"]),
        "due_date": near,
        "made_date": days,
        "done_date": maybe_day,
    }
)
account = st.fixed_dictionaries(
    {
        "owner": one_of([None, "a"]),
        "install_base": st.none() | st.just(Decimal(0)),
        "install_base_date": maybe_day,
        "segment": one_of([None, "SMB"]),
        "parent_id": one_of([None, "A1", "A9"]),
        "plan_required": one_of([None, True, False]),
    }
)
listed = st.fixed_dictionaries(
    {
        "account_id": one_of(["A1", "A2", "A3", "A9"]),
        "owner": one_of([None, "a"]),
        "segment": one_of([None, "SMB"]),
    }
)
planned = st.fixed_dictionaries(
    {
        "account_id": one_of(["A1", "A2", "A3"]),
        "due_date": near | maybe_day,
        "amount": one_of([None, Decimal(0), Decimal(100)]),
    }
)
locks = one_of([date(2026, 4, 10), date(2026, 5, 4), date(2026, 7, 6), date(2026, 7, 13), date(2026, 8, 31)])
submission = st.fixed_dictionaries(
    {
        "period": one_of(["FY26-Q2", "FY26-Q3", "FY26", "someday"]),
        "node": one_of(["a", "b", "m", "East"]),
        "parent": one_of([None, "m"]),
        "category": one_of([None, "Commit", "Call", "Best case"]),
        "amount": st.none() | st.integers(0, 10**6).map(Decimal),
        "submitted_date": st.none() | near | locks,
        "locked_date": st.none() | locks,
        "note": one_of([None, "why"]),
    }
)
contact = st.fixed_dictionaries(
    {
        "account_id": one_of(["A1", "A2", "A3"]), "email": one_of([None, "x@y.example", "none"]),
        "phone": one_of([None, "555"]), "consent": one_of([None, True, False]), "role": one_of([None, "CIO"]),
        "verified_date": maybe_day,
    }
)  # fmt: skip
member = st.fixed_dictionaries(
    {
        "account_id": one_of(["A1", "A2"]),
        "person": st.just("p"),
        "valid_from": maybe_day,
        "valid_to": maybe_day,
    }
)
change_of = {
    "stage": one_of([None, "1", "2", "3"]),
    "close_date": maybe_day,
    "amount": cents,
}
worlds = st.fixed_dictionaries(
    {
        "deals": st.lists(deal, min_size=20, max_size=45),
        "earlier": st.lists(deal, min_size=15, max_size=30),
        "agreements": st.lists(agreement, min_size=8, max_size=12, unique_by=lambda row: row["agreement_id"]),
        "tasks": st.lists(task, min_size=1, max_size=12),
        "accounts": st.lists(account, min_size=1, max_size=4),
        "contacts": st.lists(contact, min_size=1, max_size=8),
        "team": st.lists(member, min_size=1, max_size=5),
        "managed_accounts": st.lists(listed, min_size=1, max_size=4, unique_by=lambda row: row["account_id"]),
        "consumption_plan": st.lists(planned, min_size=1, max_size=6),
        "submissions": st.lists(submission, min_size=1, max_size=25),
        "quota": st.lists(
            st.tuples(near, st.integers(0, 100), st.integers(0, 10**6)), min_size=1, max_size=4
        ),
        **{
            f"changed_{field}": st.lists(
                st.tuples(st.integers(1, 25).map(str), days, values, values), max_size=20
            )
            for field, values in change_of.items()
        },
    }
)


def of_one_mind(rows: list[dict[str, Any]], single: bool = False) -> list[dict[str, Any]]:
    """Rows whose lines of one deal share what belongs to the deal; with `single` only its first line."""
    first: dict[str, dict[str, Any]] = {}
    found = []
    for row in rows:
        known = row["opportunity_id"] in first
        one = first.setdefault(row["opportunity_id"], row)
        if not (single and known):
            found.append({**row, **{name: one[name] for name in OF_A_DEAL}, "account": one["account_id"]})
    return found


@dataclass
class World:
    """Random tables, the history behind them and the work beside them; answers what the engine asks."""

    frames: dict[str, pl.DataFrame]
    touch: list[Touchpoint]
    records: list[TaskRecord]

    def version(self) -> int:
        return 1

    def is_stored(self, day: date) -> bool:
        return True

    def is_overwritten(self, day: date) -> bool:
        return False

    def taken(self, day: date, table: str = "opportunities") -> None:
        return None

    def table_on(self, table: str, day: date) -> None:
        return None

    def deals_on(self, day: date) -> pl.DataFrame:
        return self.frames["earlier"]

    def changes(self, field: str) -> pl.DataFrame:
        return self.frames[f"changed_{field}"].drop("place")

    def touchpoints(self) -> list[Touchpoint]:
        return self.touch

    def tasks(self) -> list[TaskRecord]:
        return self.records

    def first_dates(self) -> dict[str, date]:
        return {}


def world_of(drawn: dict[str, Any], single: bool) -> World:
    frames = {
        name: frame_of("opportunities", of_one_mind(drawn[name], single)) for name in ("deals", "earlier")
    }
    money = {"attached_amount": pl.Decimal(38, 4)}
    frames["agreements"] = frame_of("agreements", drawn["agreements"], money)
    accounts = [{"account_id": f"A{place}", **row} for place, row in enumerate(drawn["accounts"], 1)]
    frames["accounts"] = frame_of("accounts", accounts)
    contacts = [{"contact_id": str(place), **row} for place, row in enumerate(drawn["contacts"])]
    frames["contacts"] = frame_of("contacts", contacts)
    for name in ("team", "managed_accounts", "consumption_plan", "submissions"):
        frames[name] = frame_of(name, drawn[name])
    quotas = [
        {"assignee": "a", "valid_from": start, "valid_to": start + timedelta(length), "amount": amount}
        for start, length, amount in drawn["quota"]
    ]
    frames["quota"] = frame_of("quota", quotas)
    kinds = {"stage": pl.String(), "close_date": pl.Date(), "amount": pl.Decimal(38, 4)}
    for field, kind in kinds.items():
        rows = sorted(drawn[f"changed_{field}"], key=lambda row: row[1])
        schema = {"opportunity_id": pl.String(), "day": pl.Date(), "before": kind, "after": kind}
        frames[f"changed_{field}"] = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("place")
    touch = [
        Touchpoint(f"t{place}", row["agreement_id"], "gate", "do", row["owner"], None, row["due_date"],
                   row["made_date"], row["done_date"], row["status"])
        for place, row in enumerate(drawn["tasks"])
    ]  # fmt: skip
    records = [
        TaskRecord(one.task_key, one.title, "annuity", one.owner, None, one.status, one.due_date,
                   one.made_date, one.done_date)
        for one in touch
    ]  # fmt: skip
    for name, found in (("touch", touch), ("tasks", records)):
        columns = ("task_key", "agreement_id", "owner", "status", "due_date", "made_date", "done_date")
        data = {column: [getattr(one, column, None) for one in found] for column in columns}
        dates = dict.fromkeys(("due_date", "made_date", "done_date"), pl.Date())
        frames[name] = pl.DataFrame(data, schema_overrides=dates)
    return World(frames, touch, records)


def engine_of(world: World) -> Engine:
    names = (
        "agreements", "accounts", "contacts", "team", "quota", "managed_accounts", "consumption_plan",
        "submissions",
    )  # fmt: skip
    tables = {name: table(name, world.frames[name]) for name in names}
    tables["opportunities"] = table("opportunities", world.frames["deals"])
    chosen = MetricSettings(currency="USD", today=NOW, unqualified_stages=("1",))
    return Engine(CATALOGUE, tables, CALENDAR, chosen, world, world)  # type: ignore[arg-type]


class Duck:
    """The same figures from DuckDB."""

    def __init__(self, world: World, folder: Path, engine: Engine) -> None:
        self.database = duckdb.connect()
        self.live = engine._book.is_live
        self.made: dict[str, str] = {}
        for name, frame in world.frames.items():
            frame.write_parquet(folder / f"{name}.parquet")
            self.database.execute(f"CREATE TABLE {name} AS SELECT * FROM '{folder}/{name}.parquet'")

    def deals(self, day: date) -> str:
        table = "deals" if self.live(day) else "earlier"
        return self.kept(duck_facts.opportunities(table, day))

    def kept(self, sql: str) -> str:
        """A query made a table, once."""
        if sql not in self.made:
            name = f"made_{len(self.made)}"
            self.database.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            self.made[sql] = f"SELECT * FROM {name}"
        return self.made[sql]

    def fact(self, part: Part) -> str:
        return self.kept(self.fact_text(part))

    def fact_text(self, part: Part) -> str:
        name, as_of = part.metric.spec.fact, part.as_of
        if name in ("cohort", "movements"):
            opening = part.opening or (part.start or as_of) - timedelta(1)
            last = as_of if part.end is None else min(as_of, part.end)
            make = duck_facts.cohort if name == "cohort" else duck_facts.movements
            return make(self.deals(opening), self.deals(last), part.start, part.end)
        if name == "opportunities":
            return self.deals(as_of)
        if name == "quota":
            return duck_facts.quota(part.start, part.end)
        if name == "submissions":
            return duck_facts.submissions(self.deals(as_of), as_of, part.start, part.end)
        if name in ("stage_path", "hygiene", "renewals", "pushes"):
            return getattr(duck_facts, name)(self.deals(as_of), as_of)
        return getattr(duck_facts, name)(as_of)

    def one(self, sql: str) -> Any:
        return self.database.execute(sql).fetchone()[0]

    def value(self, part: Part) -> Any:
        """The value of a simple metric, as its definition writes it."""
        spec = part.metric.spec
        first, last = duck_facts.day(part.start, "0001-01-01"), duck_facts.day(part.end, "9999-12-31")
        now = duck_facts.day(part.as_of, "")
        conditions = [spec.where or "TRUE"]
        if spec.date is not None:
            conditions.append(f"{spec.date} BETWEEN {first} AND LEAST({last}, {now})")
        where = " AND ".join(f"({text})" for text in conditions)
        for name, text in (("period_start", first), ("period_end", last), ("as_of", now)):
            where = re.sub(rf"\b{name}\b", text, where)
        function, operand = re.fullmatch(r"(\w+)\((.*)\)", spec.value or "", re.DOTALL).groups()  # type: ignore[union-attr]
        rows = f"SELECT * FROM ({self.fact(part)}) WHERE {where}"
        if function == "COUNT":
            return self.one(f"SELECT {spec.value} FROM ({rows})")
        if function == "SUM":
            return self.one(f"SELECT COALESCE(SUM({operand}), 0) FROM ({rows})")
        share = None
        if function in ("QUANTILE_CONT", "TOP_SUM"):
            operand, _, share = operand.rpartition(",")
        values = f"SELECT {operand} AS x FROM ({rows}) WHERE ({operand}) IS NOT NULL"
        if spec.per_deal is not None:
            values = (
                f"SELECT {spec.per_deal}({operand}) AS x FROM ({rows}) WHERE ({operand}) IS NOT NULL "
                "GROUP BY opportunity_id"
            )
        if function == "TOP_SUM":
            return self.one(f"SELECT SUM(x) FROM (SELECT x FROM ({values}) ORDER BY x DESC LIMIT {share})")
        if function == "HERFINDAHL":
            return self.one(
                f"WITH v AS ({values}) SELECT SUM((x::DOUBLE / (SELECT SUM(x) FROM v)::DOUBLE) ** 2) FROM v"
            )
        aggregate = f"{function}(x::DOUBLE{'' if share is None else ',' + share})"
        return self.one(f"SELECT {aggregate} FROM ({values})")


def expected(
    duck: Duck, engine: Engine, name: str, cut: Cut, steps: tuple[str, ...], known: dict[Any, Any]
) -> Any:
    """What a metric of any kind should be; None where it has no value."""
    metric = CATALOGUE.get(name)
    if (name, steps) in known:
        return known[name, steps]
    spec = metric.spec

    def part_of(one: Any) -> Any:
        return expected(duck, engine, one.metric, cut, (*steps, *one.steps), known)

    if metric.counts_rows:
        try:
            found = duck.value(engine._state.part((name, steps), cut))
        except Unreachable:
            found = None
    elif metric.kind == "cumulative":
        found = part_of(metric.inputs[0])
    elif spec.once_over and cut.period.end > cut.as_of:
        found = None
    elif metric.divides:
        top, bottom = map(part_of, metric.inputs)
        found = None if top is None or not bottom else float(top) / float(bottom)
    else:
        values = {one.name: part_of(one) for one in metric.inputs}
        moment = moment_at(Moment(cut.as_of, cut.period), steps, CALENDAR)
        values |= {
            number: int(question_number(number, moment, CALENDAR))
            for number in QUESTION_NUMBERS
            if re.search(rf"\b{number}\b", spec.formula or "")
        }
        found = None
        if None not in values.values() and not any(values[one] == 0 for one in spec.nonzero):
            text = re.sub(
                r"\b[a-z_][a-z_0-9]*\b",
                lambda word: f"({float(values[word[0]])!r})::DOUBLE",
                spec.formula or "",
            )
            if "LN(" not in text or all(float(value) > 0 for value in values.values()):
                found = duck.one(f"SELECT {text}")
        if isinstance(found, float) and not isfinite(found):
            found = None  # what is divided by nothing has no value, and neither has what is made of it
    known[name, steps] = found
    return found


def same(row: KpiRow, wanted: Any) -> bool:
    """Whether a figure is what DuckDB says; without a value both have none."""
    if isinstance(wanted, float) and (isnan(wanted) or abs(wanted) == float("inf")):
        wanted = None
    if row.reason == "n too small":
        return True
    if row.value is None or wanted is None:
        return row.value is None and wanted is None
    if isinstance(row.value, float) or isinstance(wanted, float):
        return float(row.value) == pytest.approx(float(wanted), rel=1e-7, abs=1e-4)
    return bool(row.value == wanted)


def check_all(drawn: dict[str, Any], label: str, single: bool, names: list[str]) -> None:
    world = world_of(drawn, single)
    engine = engine_of(world)
    period = Span.of(CALENDAR.unit_named(label))
    result = engine.values(Query(tuple(names), period, NOW))
    cut = Cut(NOW, period)
    with TemporaryDirectory() as folder:
        duck = Duck(world, Path(folder), engine)
        known: dict[Any, Any] = {}
        for name in names:
            row = result.total(name)
            wanted = expected(duck, engine, name, cut, (), known)
            assert same(row, wanted), (name, row.value, row.reason, wanted)
        duck.database.close()


@pytest.fixture(autouse=True)
def _small_baselines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deal_columns, "FEWEST", duck_facts.FEWEST)


def on(*facts: str) -> list[str]:
    """The metrics that need any of the facts."""
    return [metric.name for metric in CATALOGUE if set(metric.facts) & set(facts)]


GROUPS = {
    "deals": (on("opportunities", "hygiene", "quota"), False),
    "history": (on("cohort", "stage_path", "pushes"), False),
    "waterfall": (on("movements"), True),
    "agreements": (on("renewals", "touchpoints"), False),
    "others": (on("work", "accounts", "managed_accounts", "submissions"), False),
}


def test_no_metric_of_the_catalogue_is_left_out() -> None:
    assert {name for names, _ in GROUPS.values() for name in names} == set(CATALOGUE.names())


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=7, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=worlds, label=one_of(PERIODS))
def test_duckdb_agrees(group: str, drawn: dict[str, Any], label: str) -> None:
    names, single = GROUPS[group]
    check_all(drawn, label, single, names)


def test_every_metric_can_be_computed_somewhere() -> None:
    """No metric lacks a column in a world that has them all."""
    world = world_of(EXAMPLE, False)
    period = Span.of(CALENDAR.unit_named("FY26-Q3"))
    rows = engine_of(world).values(Query(CATALOGUE.names(), period, NOW)).rows
    assert not [(row.kpi, row.reason) for row in rows if (row.reason or "").startswith("needs ")]


EXAMPLE = {
    "deals": [{"closed_date": None} | {
        "opportunity_id": "1", "account_id": "A1", "owner": "a", "manager": "m", "segment": "SMB",
        "product": "x", "stage": "1", "status": "open", "forecast_category": "Commit", "amount": Decimal(5),
        "probability": Decimal("0.5"), "created_date": FIRST, "close_date": NOW, "stage_date": FIRST,
        "modified_date": FIRST, "next_step": "call", "next_step_date": NOW, "lost_reason": None,
        "agreement_id": "G1", "push_reason": None,
    }],
    "agreements": [{
        "agreement_id": "G1", "account_id": "A1", "owner": "a", "opportunity_id": "1",
        "base_amount": Decimal(1), "renewed_amount": Decimal(1), "attached_amount": Decimal(1),
        "expires_date": NOW, "due_date": NOW, "renewed_date": None, "contract_date": None, "po_date": None,
        "extended_date": None, "extended_to": None, "terminated_date": None,
    }],
    "tasks": [{"agreement_id": "G1", "owner": "a", "status": "open", "due_date": NOW, "made_date": FIRST,
               "done_date": None}],
    "accounts": [{"owner": "a", "install_base": Decimal(0), "install_base_date": NOW, "segment": None,
                  "parent_id": None, "plan_required": True}],
    "managed_accounts": [{"account_id": "A1", "owner": "a", "segment": None}],
    "consumption_plan": [{"account_id": "A1", "due_date": NOW, "amount": Decimal(1)}],
    "submissions": [{"period": "FY26-Q3", "node": "a", "parent": "m", "category": "Commit",
                     "amount": Decimal(1), "submitted_date": NOW, "locked_date": NOW, "note": None}],
    "contacts": [{"account_id": "A1", "email": "x@y.example", "phone": None, "consent": True, "role": "CIO",
                  "verified_date": NOW}],
    "team": [{"account_id": "A1", "person": "p", "valid_from": None, "valid_to": None}],
    "quota": [(NOW, 10, 100)],
    "changed_stage": [], "changed_close_date": [], "changed_amount": [],
}  # fmt: skip
EXAMPLE["earlier"] = EXAMPLE["deals"]
