"""Builds facts from tables when they are asked for, and keeps the last few."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from cockpit.metrics.facts import opportunities as deals
from cockpit.metrics.facts.columns import FISCAL_DATES, FISCAL_UNITS
from cockpit.metrics.facts.currency import Rates, plan_rates
from cockpit.metrics.facts.fact import Fact, fiscal_labels
from cockpit.metrics.facts.quota import Seasonality, quota
from cockpit.metrics.facts.renewal_links import risk_columns
from cockpit.metrics.facts.renewals import renewals
from cockpit.metrics.facts.touchpoints import AgreementWork, touchpoints
from cockpit.metrics.moment import Unreachable
from cockpit.metrics.query import MetricSettings

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.sources.table import Table

T = TypeVar("T")

TABLE_OF_FACT: Mapping[str, str] = {
    "opportunities": "opportunities",
    "renewals": "agreements",
    "touchpoints": "agreements",
    "quota": "quota",
}
_KEPT = 6
"""How many facts are kept; each costs the columns that depend on its day."""


class FactBook:
    """The facts of one set of tables; may be used from any thread."""

    def __init__(
        self,
        tables: "Mapping[str, Table]",
        calendar: "FiscalCalendar",
        settings: MetricSettings,
        work: AgreementWork | None = None,
    ) -> None:
        self._tables = tables
        self._calendar = calendar
        self._settings = settings
        self._work = work
        self._kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._lock = Lock()

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
        if TABLE_OF_FACT[name] not in self._tables:
            raise Unreachable(f"needs {TABLE_OF_FACT[name]}")
        if name == "opportunities":
            return self._once((name, as_of), lambda: self._opportunities(as_of))
        if name == "renewals":
            return self._once((name, as_of, self._work_version()), lambda: self._renewals(as_of))
        if name == "touchpoints":
            return self._once((name, as_of, self._work_version()), lambda: self._touchpoints(as_of))
        return self._once((name, as_of, start, end), lambda: self._quota(as_of, start, end))

    def found(
        self, name: str, as_of: date, start: date | None = None, end: date | None = None
    ) -> Fact | None:
        """The fact, or None where it cannot be had."""
        try:
            return self.get(name, as_of, start, end)
        except Unreachable:
            return None

    def is_stored(self, day: date) -> bool:
        """Whether the state of the deals on that day is known and not put together from their dates."""
        return self.is_live(day)

    def is_live(self, day: date) -> bool:
        """Whether the tables as they are show the state of that day."""
        today = self._settings.today or self._calendar.today()
        latest = self.latest_date(today)
        return latest is None or day >= min(latest, today)

    def with_columns(self, fact: Fact, columns: Sequence[str]) -> pl.DataFrame:
        """The fact's frame with those of its late columns added that are among `columns`."""
        frame = fact.frame
        for column in dict.fromkeys(columns):
            if column not in frame.columns:
                made = self._once(_made(fact, column), partial(fact.late[column], fact.frame))
                frame = frame.with_columns(made.alias(column))
        return frame

    def encoded(self, fact: Fact, frame: pl.DataFrame, column: str) -> pl.Series:
        """A text column as numbers with their words, which is faster to group by."""
        words = frame[column]
        if words.dtype != pl.String or column == fact.key:
            return words
        return self._once((*_made(fact, column), "encoded"), lambda: words.cast(pl.Categorical))

    def rates(self, as_of: date) -> Rates:
        """The plan rates valid on a day."""
        fx = self._tables.get("fx")
        return plan_rates(self._settings.currency, None if fx is None else fx.frame, as_of)

    def latest_date(self, today: date) -> date | None:
        """The newest date of the deals that is not after `today`."""
        if "opportunities" not in self._tables:
            return None
        return self._once(("latest", today), lambda: deals.latest_date(self._prepared(), today))

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        made = make()
        with self._lock:
            self._kept[key] = made
            facts = [one for one in self._kept if one[0] in TABLE_OF_FACT]
            labels = [one for one in self._kept if one[0] == "column"]
            for oldest in (*facts[:-_KEPT], *labels[: -4 * _KEPT]):
                del self._kept[oldest]
        return made

    def _prepared(self) -> pl.DataFrame:
        return self._once(("prepared",), lambda: deals.prepared(self._tables["opportunities"].frame))

    def _opportunities(self, as_of: date) -> Fact:
        fact = deals.opportunities(self._prepared(), as_of, self.rates(as_of), self._settings)
        return self._with_fiscal_columns(fact)

    def _renewals(self, as_of: date) -> Fact:
        fact = self.found("opportunities", as_of)
        open_deals = None
        if fact is not None and "deal_status" in fact.frame.columns:
            links = ("opportunity_id", "agreement_id", "close_date")
            wanted = [name for name in links if name in fact.frame.columns]
            open_deals = fact.frame.filter(pl.col("deal_status") == "open").select(wanted)
        contacts = self._tables.get("contacts")
        table, work = self._tables["agreements"].frame, self._work
        own_due_dates = "due_date" in table.columns and not table["due_date"].null_count()
        fact = renewals(
            table,
            as_of,
            self.rates(as_of),
            open_deals,
            None if contacts is None else contacts.frame,
            self._settings.grace_days,
            None if work is None or own_due_dates else work.first_dates(),
        )
        found = tuple if work is None else work.touchpoints
        return self._with_fiscal_columns(replace(fact, late=risk_columns(found, as_of)))

    def _touchpoints(self, as_of: date) -> Fact:
        found = () if self._work is None else self._work.touchpoints()
        return self._with_fiscal_columns(touchpoints(found, as_of))

    def _work_version(self) -> int:
        return 0 if self._work is None else self._work.version()

    def _quota(self, as_of: date, start: date | None, end: date | None) -> Fact:
        seasonality = Seasonality(self._calendar, self._settings.quota_seasonality)
        table = self._tables["quota"].frame
        return quota(table, as_of, start, end, self.rates(as_of), seasonality, self._managers())

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
            if source in fact.frame.columns
            for unit in FISCAL_UNITS
        }
        return replace(fact, late={**fact.late, **late})


def _made(fact: Fact, column: str) -> tuple[Any, ...]:
    return ("column", fact.name, fact.as_of, column, id(fact))
