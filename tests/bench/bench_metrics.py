"""A board of 24 metrics on 1 M rows: the engine against the same aggregates by hand in polars and DuckDB.

Run: python tests/bench/bench_metrics.py [ROWS]. Prints milliseconds (median of nine, alternating) and ratios.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cockpit.base.paths import bundled
from cockpit.fiscal import FiscalCalendar, Span
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.engine import Engine
from cockpit.metrics.query import MetricSettings, Query
from cockpit.sources.table import REJECT_SCHEMA, LoadReport, Table

AS_OF = date(2026, 11, 20)
PERIOD = Span("FY27-Q2", date(2026, 10, 1), date(2026, 12, 31))
BOARD = (
    "open_pipeline",
    "open_count",
    "weighted_pipeline",
    "avg_open_deal",
    "median_open_deal",
    "open_pipeline_in_period",
    "pipeline_created",
    "created_count",
    "won_amount",
    "won_count",
    "lost_amount",
    "lost_count",
    "closed_count",
    "avg_won_deal",
    "close_rate",
    "close_rate_value",
    "cohort_won_count",
    "cycle_days_mean",
    "cycle_days_median",
    "past_due_count",
    "past_due_amount",
    "stale_count",
    "stale_share",
    "line_count",
)
ROUNDS = 9


def sample(rows: int) -> pl.DataFrame:
    """Opportunities of twelve columns, all of whose dates lie on or before the as-of date but open closes."""
    random = np.random.default_rng(7)
    status = random.choice(["won", "lost", "open"], rows, p=[0.35, 0.4, 0.25])
    created = np.datetime64(AS_OF) - random.integers(1, 900, rows).astype("timedelta64[D]")
    closed = np.minimum(
        created + random.integers(1, 200, rows).astype("timedelta64[D]"), np.datetime64(AS_OF)
    )
    expected = np.datetime64(AS_OF) + random.integers(-30, 200, rows).astype("timedelta64[D]")
    changed = np.minimum(
        created + random.integers(0, 300, rows).astype("timedelta64[D]"), np.datetime64(AS_OF)
    )
    cents = random.integers(10_000, 9_000_000, rows)
    return pl.DataFrame(
        {
            "opportunity_id": pl.Series(range(rows)).cast(pl.String),
            "owner": pl.Series(random.integers(0, 300, rows)).cast(pl.String),
            "manager": pl.Series(random.integers(0, 12, rows)).cast(pl.String),
            "territory": pl.Series(random.integers(0, 20, rows)).cast(pl.String),
            "stage": random.choice(["1-Qualify", "2-Develop", "3-Propose", "4-Close"], rows),
            "status": status,
            "amount": pl.Series(cents).cast(pl.Decimal(38, 4)) / pl.Series([100]).cast(pl.Decimal(38, 4)),
            "probability": pl.Series(random.integers(1, 10, rows)).cast(pl.Decimal(38, 6))
            / pl.Series([10]).cast(pl.Decimal(38, 6)),
            "created_date": created,
            "close_date": np.where(status == "open", expected, closed),
            "modified_date": changed,
            "next_step": random.choice(["call", "visit", "offer"], rows),
        }
    ).with_columns(pl.col("created_date", "close_date", "modified_date").cast(pl.Date))


def table(frame: pl.DataFrame) -> Table:
    """The frame as if it had been loaded."""
    nothing = pl.DataFrame(schema=REJECT_SCHEMA)
    report = LoadReport(
        "opportunities", ("sample",), datetime.now(UTC), frame.height, frame.height, nothing, nothing
    )
    return Table("opportunities", frame, report)


def by_hand(frame: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """The same aggregates as somebody who knows polars and this data would write them."""
    amount, close, created = pl.col("amount"), pl.col("close_date"), pl.col("created_date")
    is_open, is_won, is_lost = (pl.col("status") == word for word in ("open", "won", "lost"))
    closed_in = close.is_between(PERIOD.start, AS_OF)
    created_in = created.is_between(PERIOD.start, AS_OF)
    in_period = is_open & close.is_between(AS_OF, PERIOD.end)
    late = is_open & (close < AS_OF)
    stale = is_open & ((pl.lit(AS_OF) - pl.col("modified_date")).dt.total_days() > 90)
    weighted = amount.cast(pl.Decimal(38, 10)) * pl.col("probability")
    cycle = (close - created).dt.total_days()
    aggregates = [
        amount.filter(is_open).sum().alias("open_pipeline"),
        is_open.sum().alias("open_count"),
        weighted.filter(is_open).sum().alias("weighted"),
        amount.filter(is_open).cast(pl.Float64).median().alias("median_open"),
        amount.filter(in_period).sum().alias("in_period"),
        amount.filter(created_in).sum().alias("created"),
        created_in.sum().alias("created_count"),
        amount.filter(is_won & closed_in).sum().alias("won"),
        (is_won & closed_in).sum().alias("won_count"),
        amount.filter(is_lost & closed_in).sum().alias("lost"),
        (is_lost & closed_in).sum().alias("lost_count"),
        amount.filter((is_won | is_lost) & closed_in).sum().alias("closed"),
        ((is_won | is_lost) & closed_in).sum().alias("closed_count"),
        (is_won & created_in).sum().alias("cohort_won"),
        cycle.filter(is_won & closed_in).mean().alias("cycle_mean"),
        cycle.filter(is_won & closed_in).cast(pl.Float64).median().alias("cycle_median"),
        late.sum().alias("late_count"),
        amount.filter(late).sum().alias("late"),
        stale.sum().alias("stale_count"),
        amount.filter(stale).sum().alias("stale"),
        pl.len().alias("lines"),
    ]
    total = frame.lazy().select(aggregates)
    plans = [total, frame.lazy().group_by(by).agg(aggregates)] if by else [total]
    return pl.collect_all(plans)[0]


def duck_sql(by: tuple[str, ...]) -> str:
    """The same aggregates in SQL."""
    closed = f"close_date BETWEEN DATE '{PERIOD.start}' AND DATE '{AS_OF}'"
    created = f"created_date BETWEEN DATE '{PERIOD.start}' AND DATE '{AS_OF}'"
    stale = f"status = 'open' AND DATE '{AS_OF}' - modified_date > 90"
    late = f"status = 'open' AND close_date < DATE '{AS_OF}'"
    aggregates = [
        "SUM(amount) FILTER (status = 'open')",
        "COUNT(*) FILTER (status = 'open')",
        "SUM(amount * probability) FILTER (status = 'open')",
        "MEDIAN(amount) FILTER (status = 'open')",
        f"SUM(amount) FILTER (status = 'open' AND close_date BETWEEN DATE '{AS_OF}' AND DATE '{PERIOD.end}')",
        f"SUM(amount) FILTER ({created})",
        f"COUNT(*) FILTER ({created})",
        f"SUM(amount) FILTER (status = 'won' AND {closed})",
        f"COUNT(*) FILTER (status = 'won' AND {closed})",
        f"SUM(amount) FILTER (status = 'lost' AND {closed})",
        f"COUNT(*) FILTER (status = 'lost' AND {closed})",
        f"SUM(amount) FILTER (status IN ('won', 'lost') AND {closed})",
        f"COUNT(*) FILTER (status IN ('won', 'lost') AND {closed})",
        f"COUNT(*) FILTER (status = 'won' AND {created})",
        f"AVG(close_date - created_date) FILTER (status = 'won' AND {closed})",
        f"MEDIAN(close_date - created_date) FILTER (status = 'won' AND {closed})",
        f"COUNT(*) FILTER ({late})",
        f"SUM(amount) FILTER ({late})",
        f"COUNT(*) FILTER ({stale})",
        f"SUM(amount) FILTER ({stale})",
        "COUNT(*)",
    ]
    groups = f", {', '.join(by)}" if by else ""
    clause = f" GROUP BY GROUPING SETS ((), ({', '.join(by)}))" if by else ""
    return f"SELECT {', '.join(aggregates)}{groups} FROM deals{clause}"


def timed(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = perf_counter()
            run()
            taken[name].append((perf_counter() - start) * 1000)
    return {name: median(values) for name, values in taken.items()}


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    frame = sample(rows)
    calendar = FiscalCalendar.load(
        bundled("calendars") / "microsoft-like.toml", (bundled("calendars") / "holidays",)
    )
    start = perf_counter()
    catalogue = Catalogue.load()
    print(f"catalogue of {len(catalogue)} metrics loaded in {(perf_counter() - start) * 1000:.0f} ms")
    settings = MetricSettings(currency="USD", today=AS_OF)
    engine = Engine(catalogue, {"opportunities": table(frame)}, calendar, settings)
    start = perf_counter()
    engine.values(Query(BOARD, PERIOD, AS_OF))
    print(f"first board, building the fact: {(perf_counter() - start) * 1000:.0f} ms")
    words = frame.with_columns(pl.col("status").cast(pl.Enum(["lost", "open", "won"])))
    database = duckdb.connect()
    with TemporaryDirectory() as folder:
        frame.write_parquet(f"{folder}/deals.parquet")
        database.execute(f"CREATE TABLE deals AS SELECT * FROM '{folder}/deals.parquet'")
    for by in ((), ("manager",), ("manager", "territory")):
        sql = duck_sql(by)
        taken = timed(
            {
                "engine": lambda by=by: engine.values(Query(BOARD, PERIOD, AS_OF, by=by)),
                "polars by hand": lambda by=by: by_hand(words, by),
                "duckdb": lambda sql=sql: database.execute(sql).fetchall(),
            }
        )
        print(
            f"{len(BOARD)} metrics, {rows:,} rows, by {', '.join(by) or 'nothing'}: "
            + ", ".join(f"{name} {value:.1f} ms" for name, value in taken.items())
            + f"; engine / by hand {taken['engine'] / taken['polars by hand']:.2f}"
            + f", duckdb / engine {taken['duckdb'] / taken['engine']:.2f}"
        )
    step = Query(("won_amount",), PERIOD, AS_OF, by=("owner",), where="manager = '3'")
    print(f"one drill step: {timed({'step': lambda: engine.values(step)})['step']:.1f} ms")
    start = perf_counter()
    engine.values(Query(BOARD, PERIOD, date(2026, 11, 19)))
    print(f"another as-of date: {(perf_counter() - start) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
