"""Builds facts from tables, tasks and history when they are asked for, and keeps the last few."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from cockpit.base.problems import CockpitError
from cockpit.metrics.facts import opportunities as deals
from cockpit.metrics.facts.accounts import accounts
from cockpit.metrics.facts.cohort import cohort
from cockpit.metrics.facts.columns import FISCAL_DATES, FISCAL_UNITS
from cockpit.metrics.facts.currency import Rates, rates_of
from cockpit.metrics.facts.deal_columns import Around, with_deal_columns
from cockpit.metrics.facts.fact import Fact, fiscal_label, fiscal_labels, without_namesakes
from cockpit.metrics.facts.hygiene import hygiene
from cockpit.metrics.facts.kept import Kept
from cockpit.metrics.facts.made import Columns
from cockpit.metrics.facts.managed import managed_accounts
from cockpit.metrics.facts.moved import moved
from cockpit.metrics.facts.pushes import pushes
from cockpit.metrics.facts.quota import KnownQuota, Seasonality, known_quota, quota, tells_its_past
from cockpit.metrics.facts.renewal_links import risk_columns
from cockpit.metrics.facts.renewals import renewals
from cockpit.metrics.facts.stage_path import stage_path
from cockpit.metrics.facts.submissions import submissions
from cockpit.metrics.facts.touchpoints import AgreementWork, touchpoints
from cockpit.metrics.facts.work import work as work_fact
from cockpit.metrics.moment import Unreachable
from cockpit.metrics.query import MetricSettings

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.metrics.facts.past import Past
    from cockpit.sources.table import Table

TABLE_OF_FACT: Mapping[str, str] = {
    "opportunities": "opportunities",
    "renewals": "agreements",
    "touchpoints": "agreements",
    "quota": "quota",
    "cohort": "opportunities",
    "movements": "opportunities",
    "stage_path": "opportunities",
    "hygiene": "opportunities",
    "work": "tasks",
    "accounts": "accounts",
    "pushes": "opportunities",
    "submissions": "submissions",
    "managed_accounts": "managed_accounts",
}
"""The table that each fact is made from; `work` is made from the tasks that people have."""
_MOST_KEPT = {"fact": 8, "column": 120, "way": 400, "quota": 24}
"""How many facts, made columns, ways to make one, and (small) facts of quota are kept."""
_DAY = timedelta(days=1)


class FactBook:
    """The facts of one set of tables; may be used from any thread.

    Args:
        tables: by table name.
        calendar: gives fiscal units.
        settings: the workspace's.
        work: what people did; None where that is not known.
        past: stored history; None where there is none.
        lacking: tables that should be there and are not, each with the reason.
    """

    def __init__(
        self,
        tables: "Mapping[str, Table]",
        calendar: "FiscalCalendar",
        settings: MetricSettings,
        work: AgreementWork | None = None,
        past: "Past | None" = None,
        lacking: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._lacking = lacking
        self._tables = tables
        self._calendar = calendar
        self._settings = settings
        self._work = work
        self._past = past
        self._kept = Kept(_MOST_KEPT)

    # --- asking ---------------------------------------------------------------------------------------

    def get(
        self,
        name: str,
        as_of: date,
        start: date | None = None,
        end: date | None = None,
        opening: date | None = None,
    ) -> Fact:
        """The fact as of a day.

        Args:
            name: which.
            as_of: the day.
            start: first day of the period; only facts of a period depend on it.
            end: last day of the period.
            opening: the day on which a cohort is fixed, where it is not the day before the period.

        Raises:
            Unreachable: its table or the history that it needs is not there.
        """
        if name == "work":
            if self._work is None:
                raise Unreachable("needs tasks")
        elif TABLE_OF_FACT[name] not in self._tables:
            table = TABLE_OF_FACT[name]
            raise Unreachable(self._lacking.get(table, f"needs {table}"))
        known = self._past_version()
        match name:
            case "opportunities":
                return self._once(name, (as_of, known), partial(self._opportunities, as_of))
            case "renewals":
                both = (as_of, known, self._work_version())
                return self._once(name, both, partial(self._renewals, as_of))
            case "touchpoints":
                return self._once(name, (as_of, self._work_version()), partial(self._touchpoints, as_of))
            case "quota":
                make = partial(self._quota, as_of, start, end)
                return self._kept.once(("quota", "period", as_of, start, end, known), make)
            case "cohort":
                key = (as_of, start, end, opening, known)
                return self._once(name, key, partial(self._cohort, as_of, start, end, opening))
            case "movements":
                key = (as_of, start, end, opening, known)
                return self._once(name, key, partial(self._moved, as_of, start, end, opening))
            case "stage_path":
                return self._once(name, (as_of, known), partial(self._stage_path, as_of))
            case "hygiene":
                return self._once(name, (as_of, known), partial(self._hygiene, as_of))
            case "work":
                return self._once(name, (as_of, self._work_version()), partial(self._work_of, as_of))
            case "accounts":
                return self._once(name, (as_of, known), partial(self._accounts, as_of))
            case "pushes":
                return self._once(name, (as_of, known), partial(self._pushes, as_of))
            case "submissions":
                make = partial(self._submissions, as_of, start, end)
                return self._once(name, (as_of, start, end, known), make)
            case "managed_accounts":
                return self._once(name, (as_of, known), partial(self._managed_accounts, as_of))
        raise KeyError(name)

    def found(
        self, name: str, as_of: date, start: date | None = None, end: date | None = None
    ) -> Fact | None:
        """The fact, or None where it cannot be had."""
        try:
            return self.get(name, as_of, start, end)
        except Unreachable:
            return None

    def columns(self, fact: Fact) -> Columns:
        """The columns of a fact, of which those made before are still at hand."""
        return Columns(fact, self._kept)

    def with_columns(self, fact: Fact, columns: Sequence[str]) -> pl.DataFrame:
        """The fact's rows as one frame, with those of its late columns added that are among `columns`."""
        return self.columns(fact).all_rows(columns).whole()

    def rates(self, as_of: date) -> Rates:
        """The rates of other currencies as they are known on a day."""
        fx = self._tables.get("fx")
        frame = None if fx is None else fx.frame
        return rates_of(self._settings.currency, frame, as_of, self._settings.currency_basis)

    def latest_date(self, today: date) -> date | None:
        """The newest date of the deals that is not after `today`."""
        if "opportunities" not in self._tables:
            return None
        return self._kept.once(("latest", today), lambda: deals.latest_date(self._prepared(), today))

    def is_stored(self, day: date) -> bool:
        """Whether the state of the deals on that day is known and not put together from their dates."""
        return self.is_live(day) or (self._past is not None and self._past.is_stored(day))

    def is_as_it_was(self, table: str, day: date) -> bool:
        """Whether a table other than the deals is that of the day: live, stored, or by its own records."""
        return (
            table not in self._tables
            or self.is_live(day)
            or (self._past is not None and self._past.taken(day, table) is not None)
            or (table == "quota" and tells_its_past(self._tables[table].frame))
        )

    def is_live(self, day: date) -> bool:
        """Whether the tables as they are show the state of that day.

        They do from today on, and from their newest record on unless another state was stored for the day
        since. A workspace that stands at its newest record means its tables by that day, whatever was stored.
        """
        today = self._settings.today or self._calendar.today()
        if day >= today:
            return True
        if "opportunities" not in self._tables:
            return False
        latest = self.latest_date(today)
        if latest is None or day < latest:
            return latest is None
        if self._settings.stands_at_newest or self._past is None:
            return True
        return not self._past.is_overwritten(day)

    def _once(self, name: str, key: tuple[Any, ...], make: "partial[Fact]") -> Fact:
        return self._kept.once(("fact", name, *key), make)

    def _work_version(self) -> int:
        return 0 if self._work is None else self._work.version()

    def _past_version(self) -> int:
        return 0 if self._past is None else self._past.version()

    # --- making ---------------------------------------------------------------------------------------

    def _prepared(self) -> pl.DataFrame:
        return self._kept.once(("prepared",), lambda: deals.prepared(self._tables["opportunities"].frame))

    def _opportunities(self, as_of: date) -> Fact:
        prepared = self._prepared()
        if self._past is not None and not self.is_live(as_of) and self._past.is_stored(as_of):
            stored = self._past.deals_on(as_of)
            if stored is not None:
                prepared = deals.prepared(stored)
        fact = deals.opportunities(prepared, as_of, self.rates(as_of), self._settings)
        around = Around(as_of, self._calendar, self._settings, self._past)
        late, absent = with_deal_columns(fact, around)
        fact = replace(fact, late={**fact.late, **late}, absent={**absent, **fact.absent})
        return self._with_fiscal_columns(fact)

    def _cohort(self, as_of: date, start: date | None, end: date | None, opening: date | None) -> Fact:
        then, now = self._both_ends(as_of, start, end, opening)
        if then.has("forecast_group"):
            then = then.of(self.with_columns(then, ["forecast_group"]))
        return self._with_fiscal_columns(cohort(then, now, start, end))

    def _moved(self, as_of: date, start: date | None, end: date | None, opening: date | None) -> Fact:
        then, now = self._both_ends(as_of, start, end, opening)
        return self._with_fiscal_columns(moved(then, now, start, end))

    def _both_ends(
        self, as_of: date, start: date | None, end: date | None, opening: date | None
    ) -> tuple[Fact, Fact]:
        """The deals as they stood before the period began, and on its last day that is asked.

        Raises:
            Unreachable: the period has no first day, has not begun, or its state was not stored.
        """
        if opening is None and start is None:
            raise Unreachable("needs a period with a first day")
        first = opening or (start or as_of) - _DAY
        if first >= as_of:
            raise Unreachable(f"not before {first + _DAY}")
        last = as_of if end is None else min(as_of, end)
        for day in (first, last):
            if not self.is_stored(day):
                raise Unreachable(f"needs history of {day}")
        then, now = self.get("opportunities", first), self.get("opportunities", last)
        for fact in (then, now):
            for column in ("status", "close_date", "amount"):
                if not fact.has(column):
                    raise Unreachable(fact.why_absent(column))
        return self._settled(then), self._settled(now)

    def _settled(self, fact: Fact) -> Fact:
        """The fact with every column of its day held."""
        return fact.of(self.with_columns(fact, ()))

    def _stage_path(self, as_of: date) -> Fact:
        changes = None if self._past is None else self._past.changes("stage")
        if changes is None:
            raise Unreachable("needs history of stages")
        fact = self.get("opportunities", as_of)
        if not fact.has("stage"):
            raise Unreachable("needs stage")
        return self._with_fiscal_columns(stage_path(self._settled(fact), changes, self._settings.stages))

    def _hygiene(self, as_of: date) -> Fact:
        fact = self.get("opportunities", as_of)
        if not fact.has("status"):
            raise Unreachable("needs status")
        return self._with_fiscal_columns(hygiene(fact, self.columns(fact)))

    def _renewals(self, as_of: date) -> Fact:
        fact = self.found("opportunities", as_of)
        open_deals = None
        if fact is not None and fact.has("deal_status"):
            links = ("opportunity_id", "agreement_id", "close_date")
            wanted = [name for name in links if fact.has(name)]
            rows = self.columns(fact).rows(("deal_status", *wanted))
            is_open = pl.col("deal_status") == "open"
            open_deals = rows.collected(lambda lazy: lazy.filter(is_open).select(wanted))
        table, work = self._frame("agreements", as_of), self._work
        own_due_dates = "due_date" in table.columns and not table["due_date"].null_count()
        fact = renewals(
            table,
            as_of,
            self.rates(as_of),
            open_deals,
            self._frame_of("contacts", as_of),
            self._settings.grace_days,
            None if work is None or own_due_dates else work.first_dates(),
        )
        found = tuple if work is None else work.touchpoints
        return self._with_fiscal_columns(replace(fact, late=risk_columns(found, as_of)))

    def _touchpoints(self, as_of: date) -> Fact:
        found = () if self._work is None else self._work.touchpoints()
        return self._with_fiscal_columns(touchpoints(found, as_of))

    def _work_of(self, as_of: date) -> Fact:
        found = () if self._work is None else self._work.tasks()
        return self._with_fiscal_columns(work_fact(found, as_of))

    def _accounts(self, as_of: date) -> Fact:
        return accounts(
            self._frame("accounts", as_of),
            as_of,
            self.rates(as_of),
            self._frame_of("contacts", as_of),
            self._frame_of("team", as_of),
            self._settings.contact_days,
            self._settings.required_roles,
            self._frame_of("managed_accounts", as_of),
            self._frame_of("consumption_plan", as_of),
        )

    def _managed_accounts(self, as_of: date) -> Fact:
        listed = self._frame("managed_accounts", as_of)
        return managed_accounts(listed, self._frame_of("accounts", as_of), as_of)

    def _submissions(self, as_of: date, start: date | None, end: date | None) -> Fact:
        def bounds(name: str) -> tuple[date, date] | None:
            try:
                unit = self._calendar.unit_named(name)
            except CockpitError:
                return None
            return unit.start, unit.end

        found, rates = self.found("opportunities", as_of), self.rates(as_of)
        deals = None if found is None else self._settled(found)
        table = self._frame("submissions", as_of)
        return self._with_fiscal_columns(submissions(table, as_of, start, end, rates, bounds, deals))

    def _pushes(self, as_of: date) -> Fact:
        changes = None if self._past is None else self._past.changes("close_date")
        if changes is None:
            raise Unreachable("needs history of close dates")
        fact = self.get("opportunities", as_of)

        def quarters(days: pl.Series) -> pl.Series:
            label = fiscal_label(pl.col("day"), days, unit="quarter", calendar=self._calendar, as_of=as_of)
            return days.to_frame("day").with_columns(label.cast(pl.String).alias("label"))["label"]

        return self._with_fiscal_columns(pushes(self._settled(fact), changes, quarters))

    def _frame_of(self, table: str, as_of: date) -> pl.DataFrame | None:
        """The rows of a table that may be there."""
        return self._frame(table, as_of) if table in self._tables else None

    def _frame(self, table: str, as_of: date) -> pl.DataFrame:
        """The rows of a table as they were held on a day, else as they are by now."""
        if self._past is not None and not self.is_live(as_of):
            stored = self._past.table_on(table, as_of)
            if stored is not None:
                return without_namesakes(stored, table)
        return without_namesakes(self._tables[table].frame, table)

    def _quota(self, as_of: date, start: date | None, end: date | None) -> Fact:
        def known() -> KnownQuota:
            return known_quota(self._frame("quota", as_of), as_of, self.rates(as_of), self._calendar)

        seasonality = Seasonality(self._calendar, self._settings.quota_seasonality)
        held = self._kept.once(("quota", "known", as_of, self._past_version()), known)
        people = self._kept.once(("managers",), self._managers)
        return quota(held, start, end, seasonality, people)

    def _managers(self) -> dict[str, str]:
        """The manager of each owner who has exactly one, as the deals have them."""
        table = self._tables.get("opportunities")
        if table is None or not {"owner", "manager"} <= set(table.frame.columns):
            return {}
        pairs = table.frame.select("owner", "manager").drop_nulls().unique()
        sole = pairs.filter(pl.len().over("owner") == 1)
        return dict(sole.iter_rows())

    def _with_fiscal_columns(self, fact: Fact) -> Fact:
        """The fact with the labels of its dates' fiscal units among its late columns."""
        late = {
            f"{word}_{unit}": partial(
                fiscal_labels, source=source, unit=unit, calendar=self._calendar, as_of=fact.as_of
            )
            for word, source in FISCAL_DATES[fact.name].items()
            if source in fact.columns
            for unit in FISCAL_UNITS
        }
        return replace(fact, late={**fact.late, **late})
