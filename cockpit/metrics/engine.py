"""The metric engine: one door for values, rows, explanations and effects."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.results import Effect, Explanation, KpiResult, RowsResult

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.sources.table import Table


class Engine:
    """Answers queries over one set of tables.

    Args:
        catalogue: the metrics that may be asked for.
        tables: by table name ("opportunities", "agreements", "quota", "fx", "contacts").
        calendar: gives fiscal keys and quarters.
        settings: the workspace's.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        tables: "Mapping[str, Table]",
        calendar: "FiscalCalendar",
        settings: MetricSettings,
    ) -> None:
        self.catalogue = catalogue
        self.tables = tables
        self.calendar = calendar
        self.settings = settings

    def values(self, query: Query) -> KpiResult:
        """The values of the metrics asked for, their totals first."""
        raise NotImplementedError

    def rows(self, name: str, query: Query, limit: int | None = None) -> RowsResult:
        """The rows behind one metric."""
        raise NotImplementedError

    def explain(self, name: str, query: Query) -> Explanation:
        """How one figure comes about."""
        raise NotImplementedError

    def effects(self, name: str, query: Query) -> tuple[Effect, ...]:
        """The change against `query.against`, by group of `query.by`, largest effect first."""
        raise NotImplementedError

    def latest_date(self, today: date) -> date | None:
        """The as-of date `latest`: the newest date of the data that is not after `today`."""
        raise NotImplementedError
