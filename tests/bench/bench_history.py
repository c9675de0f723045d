"""History by the year: how large it is, how fast a day is there, and what recording costs beside loading.

Run by hand: `python tests/bench/bench_history.py [DEALS] [DAYS]`. Prints figures and ratios; asserts nothing.
"""

import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from cockpit.core import Cockpit
from cockpit.sources.history.store import History
from cockpit.sources.load import load_table
from cockpit.sources.table import Table
from cockpit.workspace.demo import write_demo

MOVED = 0.02
STAGES = ["Qualify", "Develop", "Propose", "Negotiate", "Won", "Lost"]


def changed(frame: pl.DataFrame, share: float, day: date, dice: np.random.Generator) -> pl.DataFrame:
    """The frame with that share of its deals edited on that day."""
    hit = np.zeros(frame.height, dtype=bool)
    hit[dice.choice(frame.height, int(frame.height * share), replace=False)] = True
    kind = dice.integers(0, 4, frame.height)
    edited = frame.with_columns(
        hit=pl.Series(hit), kind=pl.Series(kind), noise=pl.Series(dice.integers(1, 999, frame.height))
    ).with_columns(
        pl.when(pl.col("hit")).then(pl.lit(day)).otherwise("modified_date").alias("modified_date"),
        pl.when(pl.col("hit") & (pl.col("kind") == 0))
        .then((pl.col("amount") + pl.col("noise")).cast(frame.schema["amount"]))
        .otherwise("amount").alias("amount"),
        pl.when(pl.col("hit") & (pl.col("kind") == 1))
        .then(pl.col("close_date") + pl.duration(days=pl.col("noise") % 60))
        .otherwise("close_date").alias("close_date"),
        pl.when(pl.col("hit") & (pl.col("kind") == 2))
        .then(pl.lit(STAGES[int(dice.integers(0, 6))])).otherwise("stage").alias("stage"),
        pl.when(pl.col("hit") & (pl.col("kind") == 3))
        .then(pl.format("Call again, item {}", "noise")).otherwise("next_step").alias("next_step"),
    ).drop("hit", "kind", "noise")  # fmt: skip
    return edited.select(frame.columns)


def milliseconds(started: float) -> float:
    """Since then."""
    return (time.perf_counter() - started) * 1000


def year(table: Table, days: int) -> None:
    """Daily snapshots: size, recording, and access to any day."""
    dice = np.random.default_rng(27)
    with tempfile.TemporaryDirectory() as place:
        history = History(Path(place) / "history")
        frame, start = table.frame, datetime(2025, 11, 24, 6, tzinfo=UTC)
        spent = []
        for number in range(days):
            instant = start + timedelta(days=number)
            if number:
                frame = changed(frame, MOVED, instant.date(), dice)
            began = time.perf_counter()
            history.record({"opportunities": Table(table.name, frame, table.report)}, instant)
            spent.append(milliseconds(began))
        size = sum(path.stat().st_size for path in history.folder.iterdir())
        print(f"{days} days of {table.frame.height:,} deals, {MOVED:.0%} changed a day")
        print(f"  on disk              {history.index.size / 1e6:8.1f} MB in use")
        print(f"  with what readers of a revision before may need {size / 1e6:.1f} MB")
        print(f"  recording a day      {np.median(spent):8.0f} ms median, {max(spent):.0f} ms at most")
        reader = History(history.folder)
        reading = []
        for number in [*dice.choice(days, min(days, 25), replace=False).tolist(), days - 1]:
            began = time.perf_counter()
            state = reader.state("opportunities", start + timedelta(days=int(number)))
            reading.append(milliseconds(began))
            assert state is not None
        print(f"  a day read back      {np.median(reading):8.0f} ms median, {max(reading):.0f} ms at most")
        last = reader.state("opportunities", start + timedelta(days=days))
        assert last is not None
        same = last.sort("opportunity_id").equals(frame.drop("_row").sort("opportunity_id"))
        print(f"  last day as stored   {same}")
        began = time.perf_counter()
        reader.versions("opportunities", ("opportunity_id", "close_date"))
        print(f"  all close dates      {milliseconds(began):8.0f} ms")


def million(folder: Path) -> None:
    """One per cent of a million deals changed: recording beside a full load."""
    write_demo(folder, rows=1_000_000)
    with Cockpit.open(folder) as cockpit:
        spec = cockpit.workspace.config.sources["opportunities"]
        began = time.perf_counter()
        table = load_table("opportunities", spec, folder, None, zone=cockpit.fiscal.zone.key)
        full = milliseconds(began)
    history = History(folder / "history")
    start = datetime(2026, 11, 22, 6, tzinfo=UTC)
    began = time.perf_counter()
    history.record({"opportunities": table}, start)
    first = milliseconds(began)
    frame, dice = table.frame, np.random.default_rng(3)
    spent = []
    for number in range(1, 6):
        frame = changed(frame, 0.01, date(2026, 11, 23), dice)
        began = time.perf_counter()
        history.record(
            {"opportunities": Table(table.name, frame, table.report)}, start + timedelta(days=number)
        )
        spent.append(milliseconds(began))
    began = time.perf_counter()
    history.record({"opportunities": Table(table.name, frame, table.report)}, start + timedelta(days=9))
    nothing = milliseconds(began)
    print(f"{table.frame.height:,} deals, 1 % changed")
    print(f"  full load            {full:8.0f} ms")
    print(f"  first snapshot       {first:8.0f} ms")
    print(
        f"  recording the change {np.median(spent):8.0f} ms: {np.median(spent) / full:.3f} of the full load"
    )
    print(f"  nothing changed      {nothing:8.0f} ms: {nothing / full:.3f} of the full load")


if __name__ == "__main__":
    deals = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    days = int(sys.argv[2]) if len(sys.argv) > 2 else 365
    with tempfile.TemporaryDirectory() as place:
        write_demo(Path(place) / "demo", rows=deals)
        with Cockpit.open(Path(place) / "demo") as cockpit:
            year(cockpit.data.loaded().tables["opportunities"], days)
        million(Path(place) / "million")
