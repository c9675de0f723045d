"""The whole catalogue on 1 M (or 10 M) opportunities: the engine against one polars pass and DuckDB.

Run: python tests/bench/bench_metrics_catalogue.py [ROWS]. Everything that the deals' own columns suffice for
is asked at once: totals, then by manager. The polars pass is one `select` (or `group_by`) of the same
filtered aggregates over the same columns, as somebody would write them out; DuckDB has the same columns in a
table of its own and runs the definitions as they are written. Prints medians of alternating runs, ratios, the
time of a drill step, and the largest memory of the process: what DuckDB and the polars pass need is in it up
to two million rows, above that it is the engine's alone. The sample is made by a process of its own, and read
from Parquet as the cache of a workspace is.
"""

import re
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_metrics import AS_OF, sample, table

from cockpit.base.paths import bundled
from cockpit.fiscal import FiscalCalendar, Span, resolve_period
from cockpit.metrics.aggregate import Part, counted
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.engine import Engine
from cockpit.metrics.expression import compile_value
from cockpit.metrics.figures import simple_parts
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.state import Cut
from cockpit.sources.cache import ROW_GROUP
from cockpit.sources.packing import packed

ROUNDS = 5


def wide_sample(rows: int) -> pl.DataFrame:
    """The sample with the other columns that metrics ask for."""
    random = np.random.default_rng(11)
    day = np.datetime64(AS_OF)

    def days_before(most: int) -> np.ndarray[Any, Any]:
        return day - random.integers(0, most, rows).astype("timedelta64[D]")

    return sample(rows).with_columns(
        pl.Series("segment", random.choice(["SMB", "Corporate", "Enterprise"], rows)),
        pl.Series("product", random.choice(["Platform", "Suite", "Service"], rows)),
        pl.Series("account", random.integers(0, 60_000, rows)).cast(pl.String),
        pl.Series("forecast_category", random.choice(["Commit", "Best case", "Pipeline", "Omitted"], rows)),
        pl.Series("lost_reason", random.choice(["Price", "No decision", "Fit"], rows)),
        pl.Series("stage_date", days_before(200)).cast(pl.Date),
        pl.Series("next_step_date", day + random.integers(-30, 60, rows).astype("timedelta64[D]")).cast(
            pl.Date
        ),
        pl.Series("push_count", random.integers(0, 4, rows)).cast(pl.Float64),
    )


def written(rows: int, place: Path) -> None:
    """The sample as the cache keeps a table, made a million rows at a time."""
    pieces = []
    for start in range(0, rows, 1_000_000):
        piece = wide_sample(min(1_000_000, rows - start))
        ids = pl.int_range(start, start + piece.height, eager=True).cast(pl.String)
        pieces.append(packed(piece.with_columns(ids.alias("opportunity_id"))))
    pl.concat(pieces).write_parquet(place, compression="lz4", statistics=False, row_group_size=ROW_GROUP)


def parts_of(engine: Engine, catalogue: Catalogue, names: list[str], cut: Cut) -> list[Part]:
    """Every simple part of the metrics over the deals, each once."""
    keys = dict.fromkeys(key for name in names for key in simple_parts(catalogue, catalogue.get(name)))
    return [engine._state.part(key, cut) for key in keys]


def one_pass(frame: pl.DataFrame, parts: list[Part], by: str | None) -> pl.DataFrame:
    """The same aggregates in one polars pass."""
    aggregates = []
    for place, part in enumerate(parts):
        value = compile_value(part.metric.spec.value or "", frame.schema, part.parameters)
        mask = counted(part, frame.schema)
        if value.operand is None or value.aggregate.distinct:
            found = mask.sum()  # every deal of the sample has one line
        else:
            kept = value.operand.filter(mask)
            found = {
                "SUM": kept.sum, "COUNT": kept.count, "AVG": kept.mean,
                "MEDIAN": kept.cast(pl.Float64).median,
                "QUANTILE_CONT": lambda kept=kept: kept.cast(pl.Float64).quantile(0.8, "linear"),
                "TOP_SUM": lambda kept=kept: kept.top_k(5).sum(),
                "HERFINDAHL": lambda kept=kept: (kept.cast(pl.Float64) ** 2).sum(),
            }[value.function]()  # fmt: skip
        aggregates.append(found.alias(str(place)))
    lazy = frame.lazy()
    plans = [lazy.select(aggregates)] + ([lazy.group_by(by).agg(aggregates)] if by else [])
    return pl.collect_all(plans)[0]


def duck_sql(parts: list[Part], by: str | None) -> str:
    """The same aggregates in SQL, as the definitions write them."""
    found = []
    for part in parts:
        spec = part.metric.spec
        first, last = part.start or date(1, 1, 1), min(part.end or part.as_of, part.as_of)
        conditions = [spec.where or "TRUE"]
        if spec.date is not None:
            conditions.append(f"{spec.date} BETWEEN DATE '{first}' AND DATE '{last}'")
        where = " AND ".join(f"({text})" for text in conditions)
        for name, value in (("period_start", first), ("period_end", part.end), ("as_of", part.as_of)):
            where = re.sub(rf"\b{name}\b", f"DATE '{value}'", where)
        value = spec.value or ""
        if value.startswith("COUNT(DISTINCT"):
            value = "COUNT(*)"
        if value.startswith("TOP_SUM"):
            value = "MAX(amount, 5)"
        if value.startswith("HERFINDAHL"):
            value = "SUM(amount::DOUBLE * amount::DOUBLE)"
        found.append(f"{value} FILTER ({where})")
    groups = f" GROUP BY GROUPING SETS ((), ({by}))" if by else ""
    return f"SELECT {', '.join(found)}{', ' + by if by else ''} FROM deals{groups}"


def timed(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Median milliseconds of each, taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = perf_counter()
            run()
            taken[name].append((perf_counter() - start) * 1000)
    return {name: median(values) for name, values in taken.items()}


def largest_memory() -> float:
    """Megabytes that the process had at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    compared = rows <= 2_000_000
    calendar = FiscalCalendar.load(
        bundled("calendars") / "microsoft-like.toml", (bundled("calendars") / "holidays",)
    )
    catalogue, period = Catalogue.load(), resolve_period(calendar, "FY27-Q2", AS_OF)
    settings = MetricSettings(currency="USD", today=AS_OF)
    with TemporaryDirectory() as folder:
        making = get_context("spawn").Process(target=written, args=(rows, Path(folder) / "sample.parquet"))
        making.start()
        making.join()
        deals = table(pl.read_parquet(Path(folder) / "sample.parquet"))
    print(f"largest memory with the table alone {largest_memory():,.0f} MB")
    engine = Engine(catalogue, {"opportunities": deals}, calendar, settings)
    start = perf_counter()
    first = engine.values(Query(catalogue.names(), period, AS_OF))
    known = [row.kpi for row in first.rows if not (row.reason or "").startswith("needs ")]
    print(f"{len(catalogue)} metrics, {len(known)} of them from deals alone; first time, building the facts: "
          f"{perf_counter() - start:.2f} s, largest memory {largest_memory():,.0f} MB")  # fmt: skip
    names = [name for name in known if catalogue.get(name).facts == ("opportunities",)]
    parts = parts_of(engine, catalogue, names, Cut(AS_OF, period))
    fact = engine._book.get("opportunities", AS_OF)
    frame = pl.DataFrame()
    if compared:
        import duckdb  # above that it is not in the memory that is told

        database = duckdb.connect()
        frame = engine._book.with_columns(fact, [column for part in parts for column in part.columns])
        with TemporaryDirectory() as folder:
            money = [pl.col(name).cast(pl.Decimal(18, 4)) for name in ("amount",)]
            shares = [pl.col(name).cast(pl.Decimal(7, 6)) for name in ("probability", "own_rate")]
            words = [pl.col(name).cast(pl.String) for name in ("status", "deal_status")]
            frame.with_columns(*money, *shares, *words).write_parquet(f"{folder}/deals.parquet")
            database.execute(f"CREATE TABLE deals AS SELECT * FROM '{folder}/deals.parquet'")
    for by in (None, "manager"):
        query = Query(tuple(names), period, AS_OF, by=(by,) if by else ())
        runs: dict[str, Callable[[], object]] = {"engine": lambda query=query: engine.values(query)}
        if compared:
            sql = duck_sql(parts, by)
            runs["one polars pass"] = lambda by=by: one_pass(frame, parts, by)
            runs["duckdb"] = lambda sql=sql: database.execute(sql).fetchall()
        taken = timed(runs)
        line = ", ".join(f"{name} {value:.0f} ms" for name, value in taken.items())
        print(f"{len(names)} metrics of {len(parts)} parts, {rows:,} rows, by {by or 'nothing'}: {line}")
        if compared:
            print(f"  engine / one pass {taken['engine'] / taken['one polars pass']:.2f}, "
                  f"duckdb / engine {taken['duckdb'] / taken['engine']:.2f}")  # fmt: skip
    step = Query(("won_amount",), period, AS_OF, by=("owner",), where="manager = '3'")
    print(f"one drill step: {timed({'step': lambda: engine.values(step)})['step']:.1f} ms")
    year = Query(("close_rate",), Span("year", date(2026, 7, 1), AS_OF), AS_OF, by=("territory",))
    print(f"one step of a rate: {timed({'step': lambda: engine.values(year)})['step']:.1f} ms")
    print(f"largest memory {largest_memory():,.0f} MB")


if __name__ == "__main__":
    main()
