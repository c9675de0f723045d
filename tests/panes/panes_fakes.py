# ruff: noqa: E501
"""A small cockpit with the figures of the drawings, so that panes can be tested without files."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar
from zoneinfo import ZoneInfo

import polars as pl

from cockpit.base.problems import UsageError
from cockpit.core.controls import Control
from cockpit.core.moves import Bucket, Moves
from cockpit.metrics.definition import Input, Metric, MetricSpec
from cockpit.metrics.results import (
    Compared,
    Effect,
    Explanation,
    Fate,
    InputFigure,
    KpiResult,
    KpiRow,
    LeftOut,
    PeriodShown,
    RowsResult,
    Snapshot,
    SourceShown,
)
from cockpit.metrics.table_rows import TableRows
from cockpit.work.people import People, Person
from cockpit.work.task import Task

USER = Person("pat", "P. Davis", ("Peyton Davis",), ("sopm",))
TODAY = date(2026, 11, 23)
AS_OF = date(2026, 11, 20)
PARTNER = date(2026, 8, 21)
HOLIDAYS = {
    date(2026, 11, 26): "Thanksgiving",
    date(2026, 11, 27): "Company holiday",
    date(2026, 12, 25): "Christmas",
}


@dataclass(frozen=True)
class Unit:
    kind: str
    start: date
    end: date
    label: str
    own_label: str
    number: int = 1


@dataclass(frozen=True)
class Occurrence:
    key: str
    title: str
    date: date
    at: time = time(17)
    kind: str = "cadence"
    type: str = "event"
    status: str = ""
    rolled_from: date | None = None
    owner_role: str | None = None
    rule: str = "2nd Tue of month"
    reason: str = "the second Tuesday; Tue 24 Nov is a business day"
    duration: str | None = "30m"
    roles: tuple[str, ...] = ("sopm",)
    scope: str | None = None
    period: str = "FY27-Q2"
    event: str = "pipeline-cadence"
    calendar: str = "us-field"
    file: str = "calendars/us-field.toml"
    line: int = 31
    until: date | None = None
    needs: tuple[str, ...] = ()
    lead_start: date | None = None
    zone: str = "America/Los_Angeles"
    evidence: object = None
    checklist: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    workstream: str | None = None
    anchor: object = None
    detail: str | None = None

    @property
    def utc(self):
        return datetime.combine(self.date, self.at, ZoneInfo(self.zone)).astimezone(UTC)

    def as_json(self):
        return {"key": self.key, "date": self.date.isoformat()}


class Business:
    def is_business_day(self, day):
        return day.weekday() < 5 and day not in HOLIDAYS

    def covers(self, day):
        return 2010 <= day.year <= 2032

    def holiday_name(self, day):
        return HOLIDAYS.get(day)

    def add(self, day, count):
        step = 1 if count > 0 else -1
        while count:
            day += timedelta(days=step)
            if self.is_business_day(day):
                count -= step
        return day

    def next(self, day):
        return self.add(day, 1)

    def roll(self, day, how, first=None, last=None):
        if self.is_business_day(day):
            return day
        return self.add(day, 1 if how == "following" else -1)

    def count(self, first, last):
        days = (last - first).days + 1
        return sum(self.is_business_day(first + timedelta(days=offset)) for offset in range(max(days, 0)))


class Fiscal:
    """Months from July, quarters of three of them, weeks from Monday inside the quarter."""

    id = "us-field"
    title = "US Field rhythm of business"
    zone = ZoneInfo("America/Los_Angeles")
    business = Business()

    def coordinates(self, day):
        quarter = self.unit("quarter", day)
        number = (day.month - 7) % 12 // 3 + 1
        week = ((day - (quarter.start - timedelta(days=quarter.start.weekday()))).days) // 7 + 1
        period = (day.month - 7) % 12 + 1
        year = self.unit("year", day)
        data = {
            "date": day.isoformat(),
            "quarter": number,
            "period": period,
            "week_of_quarter": week,
            "business_day_of_quarter": self.business.count(quarter.start, day),
            "business_days_left_in_quarter": self.business.count(day + timedelta(days=1), quarter.end),
            "labels": {
                "year": year.label,
                "half": None,
                "quarter": quarter.label,
                "period": None,
                "week": f"{quarter.label}-W{week:02}",
            },
            "quarter_start": quarter.start.isoformat(),
            "quarter_end": quarter.end.isoformat(),
            "year_start": year.start.isoformat(),
            "year_end": year.end.isoformat(),
        }
        return SimpleNamespace(
            as_json=lambda: data,
            quarter_start=quarter.start,
            week_of_quarter=week,
            business_day_of_quarter=data["business_day_of_quarter"],
            labels=data["labels"],
        )

    def unit(self, kind, day):
        fy = day.year + (day.month >= 7)
        start_of_year = date(fy - 1, 7, 1)
        if kind == "year":
            return Unit(kind, start_of_year, date(fy, 6, 30), f"FY{fy % 100}", f"FY{fy % 100}")
        month = (day.month - 7) % 12
        if kind == "quarter":
            first = month // 3 * 3
            start, end = self._month(fy, first)[0], self._month(fy, first + 2)[1]
            label = f"FY{fy % 100}-Q{first // 3 + 1}"
        elif kind == "period":
            start, end = self._month(fy, month)
            label = f"FY{fy % 100}-P{month + 1:02}"
        else:
            start = day - timedelta(days=day.weekday())
            end = start + timedelta(days=6)
            label = f"FY{fy % 100}-W{(start - start_of_year).days // 7 + 1:02}"
        return Unit(kind, start, end, label, label.split("-")[1])

    def _month(self, fy, index):
        start = date(fy - 1 + (index >= 6), (index + 6) % 12 + 1, 1)
        return start, (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    def units(self, kind, first, last):
        units, day = [], first
        while day <= last:
            unit = self.unit(kind, day)
            units.append(unit)
            day = unit.end + timedelta(days=1)
        return units

    def reaches(self, day):
        return True

    def shift(self, unit, count):
        for _ in range(count):
            unit = self.unit(unit.kind, unit.end + timedelta(days=1))
        return unit

    def unit_named(self, text):
        raise UsageError(f"no unit {text}")


def task(key, title, due, owner, late=0, at=None, **more):
    values = {
        "workstream": "annuity",
        "status": "open",
        "owner_role": "account-manager",
        "overdue": late > 0,
        "business_days_left": -late,
        "urgency": 5.0,
        "evidence": None,
        "needs": (),
        "blocked_by": (),
        "period": "FY27-Q2",
        "version": 1,
        "updated_at": "2026-11-20T17:00:00-08:00",
        "updated_by": "pat",
    }
    return Task(key=key, title=title, due=due, owner=owner, at=at, **{**values, **more})


TASKS = (
    task("t/1", "AG-1042 Contoso: T-30 PO path", date(2026, 11, 18), "Marsh", 3, severity="high"),
    task("t/2", "AG-0977 Fabrikam: T-120 deal", date(2026, 11, 19), "Adeyemi", 2),
    task("t/3", "Exceptions open: 8 deals", date(2026, 11, 20), "Brooks", 1, workstream="hygiene"),
    task("t/4", "MBR P04 asks: 2 open", date(2026, 11, 20), "Garner", 1, workstream="rhythm"),
    task("t/5", "CRM update by all sellers", TODAY, None, at="17:00", owner_role="sellers"),
    task("t/6", "AG-1101 Northwind: T-60 offer", TODAY, "Romero", at="17:00"),
    task("t/7", "Exception list out", TODAY, "Peyton Davis", at="18:00"),
    task("t/8", "Forecast lock W09", date(2026, 11, 24), None, at="18:00", owner_role="managers"),
    task("t/9", "Regional call: change note", date(2026, 11, 25), "Peyton Davis", at="10:00"),
    task("t/10", "AG-1130 Tailspin: T-30 PO path", date(2026, 11, 25), "Novak", at="17:00"),
    task(
        "t/11",
        "AG-1131 Adventure: T-30 PO path",
        date(2026, 11, 25),
        "Novak",
        at="17:00",
        block_reason="waits for PO",
    ),
)

OCCURRENCES = (
    Occurrence("us-field/pipeline-cadence/FY27-W22", "Pipeline cadence", date(2026, 11, 24), time(9)),
    Occurrence("us-field/lock/FY27-W22", "Forecast lock W09", date(2026, 11, 24), time(18), "deadline"),
    Occurrence("us-field/call/FY27-W22", "Regional call", date(2026, 11, 25), time(10)),
    Occurrence("us-field/lock/FY27-W23", "Forecast lock W10", date(2026, 12, 1), time(18), "cadence"),
    Occurrence("us-field/rob-pack/FY27-P05", "RoB pack P05", date(2026, 12, 3), time(17), "deliverable"),
    Occurrence("us-field/mbr/FY27-P05", "MBR P05", date(2026, 12, 8), time(10), "review"),
    Occurrence("us-field/scrub/FY27-Q2", "Quarter scrub", date(2026, 12, 23), time(17), "deadline"),
    Occurrence("us-field/close/FY27-Q2", "Last forecast lock", date(2026, 12, 31), time(18), "deadline"),
)


def metric(name, label, unit, good="up", drill=("manager", "owner", "opportunity_id"), **more):
    spec = MetricSpec(
        label=label, unit=unit, good=good, drill=drill, basis=more.pop("basis", None), kind=more.pop("kind", "simple"),
        fact="opportunities", date=more.pop("date", None), windows=more.pop("windows", {}),
    )  # fmt: skip
    inputs = tuple(Input(part, part) for part in more.pop("parts", ()))
    return Metric(name, spec, "catalogue/pipeline.toml", 12, inputs, **more)


METRICS = (
    metric("won_amount", "Won", "money", additive=True, date="closing_date"),
    metric("coverage_gap", "Coverage of the rest", "multiple", kind="derived", stock=True),
    metric("weighted_coverage", "Coverage of the rest, weighted", "multiple", kind="derived", stock=True),
    metric("credible_coverage", "Coverage of the rest, credible", "multiple", kind="derived", stock=True),
    metric(
        "close_rate", "Close rate", "percent", kind="ratio", proportion=True,
        basis="won / (won + lost), by count, closed in the period", parts=("won_count", "closed_count"),
    ),
    metric("won_count", "Won deals", "count", date="deal_closing_date", additive=True),
    metric("close_rate_value", "Close rate by value", "percent", kind="ratio"),
    metric("velocity", "Velocity, a day", "money_per_day", drill=(), parts=("close_rate", "past_due_count"), kind="derived", windows={"close_rate": "trailing-4-quarters"}),
    metric("past_due_count", "Past due, open", "count", "down", stock=True, additive=True),
    metric("required_coverage", "Coverage needed", "multiple", None, kind="derived"),
    metric("closed_count", "Closed deals", "count", None, additive=True),
    metric("closed_amount", "Closed amount", "money", None, additive=True),
    metric("quota", "Quota", "money", None, additive=True),
    metric("slip_rate", "Slipped out of the period", "percent", "down", kind="cohort"),
    metric("renewal_due_base", "Due to date", "money", None, ("owner",), additive=True),
    metric("renewal_book_base", "Renewal book", "money", None, ("owner",), additive=True),
    metric("renewal_to_come_base", "Renewals still to come", "money", None, ("owner",), additive=True),
    metric("renewal_at_risk_base", "At risk", "money", "down", ("owner",), additive=True),
    metric("renewal_no_deal_base", "At risk: no deal by T-120", "money", "down", ("owner",), additive=True),
    metric("renewal_missed_gate_base", "At risk: gate missed", "money", "down", ("owner",), additive=True),
    metric("renewal_no_contact_base", "At risk: no contact", "money", "down", ("owner",), additive=True),
    metric("renewal_on_time_rate", "On time", "percent", "up", ("owner",), kind="ratio"),
    metric("renewal_coverage", "Covered, 180 days", "percent", "up", ("owner",), kind="ratio", stock=True),
    metric("untracked_annuity", "No deal, 180 days", "count", "down", ("owner",), stock=True),
)  # fmt: skip

PERIOD = PeriodShown("FY27-Q2", date(2026, 10, 1), date(2026, 12, 31), AS_OF)
AGAINST = PeriodShown("FY27-Q1", date(2026, 7, 1), date(2026, 9, 30), PARTNER)


INPUTS = (
    InputFigure("close_rate", "close_rate", 0.5, "percent", 900, None, ("trailing-4-quarters",),
                "2026-01-01..2026-11-20"),
    InputFigure("past_due_count", "past_due_count", 63, "count", 63, None),
    InputFigure("before", "past_due_count", 50, "count", 50, None, ("-1 asked",), None),
)  # fmt: skip


def compared(value, delta, n=489, swing=None, unusual=None):
    basis = None if swing is None else "deals"
    return Compared(AGAINST, value, delta, swing, unusual, None, n, swing_basis=basis)


def totals():
    return {
        "won_amount": KpiRow("won_amount", {}, Decimal("21600000"), "money", 231,
            compare=compared(Decimal("20700000"), Decimal("900000")), target=Decimal("21000000"), status="good"),
        "coverage_gap": KpiRow("coverage_gap", {}, 2.7, "multiple", 412, numerator=Decimal("71300000"),
            denominator=Decimal("26400000"), compare=compared(2.9, -0.2), target=2.9, status="warn"),
        "weighted_coverage": KpiRow("weighted_coverage", {}, 0.94, "multiple", 412, numerator=Decimal("24800000"),
            denominator=Decimal("26400000"), compare=compared(0.97, -0.03), target=1.0, status="warn",
            target_origin="rule of thumb"),
        "credible_coverage": KpiRow("credible_coverage", {}, 2.0, "multiple", 300, numerator=Decimal("52800000"),
            denominator=Decimal("26400000"), compare=compared(2.3, -0.3)),
        "required_coverage": KpiRow("required_coverage", {}, 1.9, "multiple", 965),
        "closed_count": KpiRow("closed_count", {}, 476, "count", 476),
        "closed_amount": KpiRow("closed_amount", {}, Decimal("40800000"), "money", 476),
        "quota": KpiRow("quota", {}, Decimal("48000000"), "money", 42),
        "slip_rate": KpiRow("slip_rate", {}, 0.128, "percent", 401, numerator=Decimal("9100000"),
            denominator=Decimal("71300000"), compare=compared(0.109, 0.019), target=0.2, status="good",
            target_origin="rule of thumb"),
        "close_rate": KpiRow("close_rate", {}, 231 / 476, "percent", 476, numerator=231, denominator=476,
            compare=compared(254 / 489, 231 / 476 - 254 / 489, 489, 0.063, False)),
        "won_count": KpiRow("won_count", {}, 231, "count", 231),
        "close_rate_value": KpiRow("close_rate_value", {}, 0.529, "percent", 476, numerator=Decimal("21600000"),
            denominator=Decimal("40800000"), compare=compared(0.51, 0.019)),
        "velocity": KpiRow("velocity", {}, 489000.0, "money_per_day", 2204, compare=compared(499500.0, -10500.0)),
        "past_due_count": KpiRow("past_due_count", {}, 63, "count", 63, compare=compared(52, 11), target=0, status="bad"),
        "renewal_due_base": KpiRow("renewal_due_base", {}, Decimal("21400000"), "money", 96),
        "renewal_book_base": KpiRow("renewal_book_base", {}, Decimal("38600000"), "money", 170),
        "renewal_to_come_base": KpiRow("renewal_to_come_base", {}, Decimal("17200000"), "money", 74),
        "renewal_at_risk_base": KpiRow("renewal_at_risk_base", {}, Decimal("3400000"), "money", 15),
        "renewal_no_deal_base": KpiRow("renewal_no_deal_base", {}, Decimal("1500000"), "money", 8),
        "renewal_missed_gate_base": KpiRow("renewal_missed_gate_base", {}, Decimal("1200000"), "money", 4),
        "renewal_no_contact_base": KpiRow("renewal_no_contact_base", {}, Decimal("700000"), "money", 3),
        "renewal_on_time_rate": KpiRow("renewal_on_time_rate", {}, 0.902, "percent", 96,
            numerator=Decimal("19300000"), denominator=Decimal("21400000"), target=0.92, status="warn"),
        "renewal_coverage": KpiRow("renewal_coverage", {}, 0.85, "percent", 120,
            numerator=Decimal("14500000"), denominator=Decimal("17200000")),
        "untracked_annuity": KpiRow("untracked_annuity", {}, 14, "count", 14),
    }  # fmt: skip


OUTCOMES = {
    "renewed in time": Decimal("18100000"),
    "extended in time": Decimal("1200000"),
    "renewed late": Decimal("900000"),
    "lapsed": Decimal("1200000"),
}
"""What became of the 21.4M that fell due."""

MOVED = Moves(
    date(2026, 11, 17), "the lock, Tue 17 Nov", AS_OF, "FY27-Q2", "USD", False, "w08",
    Decimal("74600000"), Decimal("71300000"),
    (
        Bucket("new", Decimal("2100000"), 9), Bucket("pulled in", Decimal("900000"), 3),
        Bucket("increased", Decimal("600000"), 5), Bucket("decreased", Decimal("-400000"), 4),
        Bucket("pushed out", Decimal("-2200000"), 9), Bucket("lost", Decimal("-1400000"), 6),
        Bucket("won", Decimal("-2900000"), 5),
    ),
    41, True, "balances", ("bucket",), (),
)  # fmt: skip
"""What moved since the lock."""


MANAGERS = (
    ("Brooks", 31, 92, -0.183, True, -3.6),
    ("Okafor", 47, 95, -0.010, False, -0.2),
    ("Garner", 55, 112, -0.005, False, -0.1),
    ("Lindqvist", 36, 73, -0.007, False, -0.1),
    (None, 62, 104, 0.022, False, 0.6),
)

DEALS = tuple(
    (
        "both" if index % 2 else "denominator",
        1,
        f"OPP-{index:04}",
        f"Deal {index}",
        "Brooks" if index % 3 else None,
        f"Seller {index % 7}",
        Decimal(1000 * index),
        date(2026, 11, 1 + index % 20),
        "won" if index % 2 else "lost",
    )
    for index in range(300)
)
DEAL_COLUMNS = (
    "part",
    "contribution",
    "opportunity_id",
    "name",
    "manager",
    "owner",
    "amount",
    "close_date",
    "status",
)


@dataclass
class Source:
    name: str = "opportunities"
    path: str = "opportunities.csv"
    loaded_at: datetime | None = datetime(2026, 11, 23, 16, 2, tzinfo=UTC)
    current_at: datetime | None = datetime(2026, 11, 23, 16, 2, tzinfo=UTC)
    kept: bool = False
    rows: int = 25_000
    rejected: int = 2
    blanked: int = 0
    unmatched: int = 3
    corrected: int = 12
    repeated: int = 1
    problems: tuple = ()
    report: object = None
    headers: dict = field(default_factory=lambda: {"amount": "Est. Revenue"})

    @property
    def in_order(self):
        return not (self.rejected or self.blanked or self.unmatched or self.repeated or self.problems)


class FakeWork:
    began = date(2026, 1, 5)

    def __init__(self, cockpit):
        self.cockpit = cockpit

    def change(self, actor="mb", at="2026-11-23T16:11:00+00:00", action="change"):
        entry = SimpleNamespace(action=action)
        return SimpleNamespace(
            at=at, actor=actor, what="status open -> done", key="t/3", reason="closed", entry=entry
        )

    def blocking_chains(self, keys, today=None):
        return dict.fromkeys(keys, ())

    def finished_at(self, keys=None):
        return {}

    def changes(self, actor=None, limit=10):
        return [self.change("pat"), self.change()]

    def task(self, key, today=None):
        found = [one for one in self.cockpit.all_tasks if one.key == key]
        if not found:
            raise UsageError(f"no task {key}")
        return found[0]

    def history(self, key):
        return [self.change(action="create"), self.change()]

    def notes(self, key):
        return [SimpleNamespace(at="2026-11-20T10:00:00Z", author="pat", text="asked Marsh")]


class Metrics(tuple):
    stand_ins: ClassVar[dict] = {}


@dataclass
class FakeCockpit:
    fiscal: Fiscal = field(default_factory=Fiscal)
    today: date = TODAY
    as_of: date = AS_OF
    now: datetime = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)
    user: Person = USER
    catalogue: tuple = Metrics(METRICS)
    problems: tuple = ()
    all_tasks: tuple = TASKS
    asked: list = field(default_factory=list)
    known: dict | None = None
    all_sources: tuple = (
        Source(),
        Source("agreements", "agreements.csv", rejected=0, unmatched=0, repeated=0),
    )
    error: Exception | None = None
    deals: tuple = DEALS
    read_only: bool = False
    other_calendars: tuple = ()
    tables: dict = field(default_factory=dict)
    people: People = field(default_factory=lambda: People([USER]))
    data_read_at: datetime | None = datetime(2026, 11, 23, 16, 2, tzinfo=UTC)

    slice_owners: dict = field(default_factory=dict)
    asked_day: date | None = None

    def __post_init__(self):
        self.workspace = SimpleNamespace(
            name="US Field",
            folder=Path(__file__).parent,
            is_demo=False,
            config=SimpleNamespace(
                name="US Field",
                currency="USD",
                kpi=SimpleNamespace(
                    board=(
                        "won_amount",
                        "coverage_gap",
                        "weighted_coverage",
                        "credible_coverage",
                        "close_rate",
                        "velocity",
                        "past_due_count",
                        "slip_rate",
                    )
                ),
                display=SimpleNamespace(units="auto", decimal=".", week_start="mon"),
                slices={"east": "territory = 'US-EAST'"},
                sources={
                    "opportunities": SimpleNamespace(
                        path="opportunities.csv",
                        place="opportunities.csv",
                        link="https://crm.example/opp/{opportunity_id}",
                        refresh="15m",
                    ),
                    "agreements": SimpleNamespace(
                        path="agreements.csv", place="agreements.csv", link=None, refresh=None
                    ),
                },
                metrics={},
            ),
            people=SimpleNamespace(person=lambda login: Person(login, "M. Brooks")),
        )
        self.work = FakeWork(self)
        self.answers = SimpleNamespace(once=lambda question, ask: ask())
        self.weekly = SimpleNamespace(at=lambda names, days, period, slice: {})
        self.store = SimpleNamespace(
            notes=lambda key=None: [],
            journal=lambda key=None: [],
            items=lambda kind, states=None: [],
            note_counts=dict,
        )
        self.calendar = SimpleNamespace(
            explain=self.explained, occurrences=self.rhythm, definitions={}, fiscal=self.fiscal
        )
        self.data = SimpleNamespace(
            required=self.table,
            loaded=lambda: SimpleNamespace(tables=self.tables, problems={}),
            now_held=None,
        )

    def explained(self, event, count, start):
        later = [one for one in OCCURRENCES if one.date >= start][:count]
        return [SimpleNamespace(occurrence=one, reason=one.reason) for one in later]

    def table(self, name):
        import polars as pl

        if name == "agreements":
            frame = pl.DataFrame({"agreement_id": ["AG-1042"], "account": ["Contoso"], "_row": [2]})
        else:
            names = DEAL_COLUMNS[2:]
            frame = pl.DataFrame([row[2:] for row in self.deals], schema=list(names), orient="row")
            frame = frame.with_row_index("_row", 2)
        return SimpleNamespace(frame=frame, headers={"amount": "Value"})

    def controls(self):
        tied = Decimal(41_250_000)
        return [Control("won_amount", "FY27-Q1", None, tied, tied, Decimal(0), "finance close")]

    def tasks(self, filter_text="", typed=False, order="urgency"):
        return [one for one in self.all_tasks if filter_text != "overdue" or one.overdue]

    def rhythm(self, first, last):
        return [one for one in OCCURRENCES if first <= one.date <= last]

    def question(self, *_, **more):
        raise UsageError("these figures have no rows to follow")

    def board(self):
        return self.workspace.config.kpi.board

    def sources(self):
        return list(self.all_sources)

    def last_known(self):
        return self.known

    def remember(self, document):
        self.known = document

    def kpi(self, names, by=(), where=None, period="this-quarter", vs=None, as_of=None, slice=None):
        self.asked.append((tuple(names), tuple(by), where, period, vs, as_of))
        if self.error is not None:
            raise self.error
        rows = []
        for name in names:
            if name not in totals():
                raise UsageError(f"no metric {name}")
            total = totals()[name]
            rows.append(total)
            if by and by[0].endswith("_week"):
                rows += [
                    KpiRow(name, {by[0]: f"FY27-W{n}"}, 10 + n % 7, total.unit, 40) for n in range(10, 24)
                ]
            elif by == ("outcome",):
                rows += [KpiRow(name, {"outcome": one}, base, "money", 9) for one, base in OUTCOMES.items()]
            elif by and name == "close_rate":
                rows += [self.group(by, *manager) for manager in MANAGERS]
        return KpiResult(AS_OF, PERIOD, "USD", Snapshot("live"), tuple(rows))

    def group(self, by, name, won, closed, change, unusual, _):
        value = won / closed
        return KpiRow("close_rate", {by[0]: name}, value, "percent", closed, numerator=won, denominator=closed,
            compare=compared(value - change, change, 90, 0.14, unusual))  # fmt: skip

    def effects(self, name, by=(), where=None, period="this-quarter", vs=None, as_of=None, slice=None):
        if not by:
            return (Effect({"factor": "close_rate"}, 0.5, 0.52, 900, 880, -0.02, -8000.0, 0.0),)
        return tuple(
            Effect({by[0]: who}, won / closed, won / closed - change, closed, 90, change, effect / 100, 0.0)
            for who, won, closed, change, _, effect in sorted(MANAGERS, key=lambda one: -abs(one[5]))
        )

    def rows(self, name, where=None, period="this-quarter", as_of=None, limit=None, slice=None):
        rows = TableRows(
            pl.DataFrame(self.deals, schema=list(DEAL_COLUMNS), orient="row", infer_schema_length=None)
        )
        return RowsResult(name, AS_OF, PERIOD, len(self.deals), False, DEAL_COLUMNS, rows)

    def explain(self, name, where=None, period="this-quarter", as_of=None, slice=None, row=None):
        fates = [
            Fate("won_count", 7, True, 1, None),
            Fate("won_amount", 7, True, Decimal("479200.00"), None),
            Fate("closed_count", 8, False, None, "open"),
        ]
        return Explanation(
            name, "Close rate", "won_count / closed_count", "231 / 476 = 0.4853", 231 / 476, "percent", 476, None,
            ("status is won or lost", "closing_date in FY27-Q2, to 2026-11-20"),
            (LeftOut("open: no outcome yet", 2204), LeftOut("closed after the as-of date", 4)),
            (LeftOut("rows rejected", 2),), ("won_count", "closed_count"),
            (SourceShown("opportunities", "opportunities.csv", "2026-11-23T08:02:00-08:00", 25000, 2),),
            Snapshot("live"), "catalogue/pipeline.toml", 12, fates=() if row is None else tuple(fates),
            inputs=INPUTS if name == "velocity" else (),
        )  # fmt: skip
