"""Thinning a history by rule: fewer snapshots the older they are, and files that hold only what is left."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.sources.canonical import TABLES
from cockpit.sources.history.chain import GONE, STEP, read_changes, read_state, write_frame
from cockpit.sources.history.difference import NTH, identities
from cockpit.sources.history.index import Chain, Delta, Index, Snapshot, Version
from cockpit.sources.history.writing import ChainWriter

USUAL = "all:14d,day:400d,week:3y,month:all"
"""Every snapshot for two weeks, one a day for 13 months, one a week for three years, then one a month."""
_PART = re.compile(r"(all|day|week|month|year):(?:(\d{1,5})([dwmy])|all)")
_DAYS = {"d": 1, "w": 7, "m": 30.4375, "y": 365.25}
_HINT = f"parts like day:90d or month:all, joined by commas; usual means {USUAL}"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which snapshots are kept: of each part one a unit of time, up to an age.

    Attributes:
        parts: unit and age in days (None: without end).
    """

    parts: tuple[tuple[str, float | None], ...]

    @classmethod
    def parse(cls, text: str) -> "Rule":
        """The rule that the words mean, such as `day:90d,week:1y,month:all` or `usual`.

        Raises:
            UsageError: they mean nothing.
        """
        words = USUAL if text.strip() == "usual" else text
        parts: list[tuple[str, float | None]] = []
        for word in words.split(","):
            match = _PART.fullmatch(word.strip())
            if match is None:
                raise UsageError(Problem(f"{clean(word.strip())!r} is no rule", key="--prune", hint=_HINT))
            unit, count, of = match.groups()
            parts.append((unit, None if count is None else int(count) * _DAYS[of]))
        return cls(tuple(parts))

    def kept(self, snapshots: tuple[Snapshot, ...], now: datetime, zone: ZoneInfo) -> tuple[Snapshot, ...]:
        """Those that stay: what a part keeps (the last of its unit), all that are locked, and the newest."""
        kept = {one.id for one in snapshots if one.labels} | {one.id for one in snapshots[-1:]}
        for unit, days in self.parts:
            last: dict[object, str] = {}
            for one in snapshots:
                if days is None or now - one.taken_at <= timedelta(days=days):
                    last[_unit_of(one, unit, zone)] = one.id
            kept.update(last.values())
        return tuple(one for one in snapshots if one.id in kept)


def _unit_of(snapshot: Snapshot, unit: str, zone: ZoneInfo) -> object:
    day = snapshot.taken_at.astimezone(zone).date()
    if unit == "all":
        return snapshot.id
    if unit == "day":
        return day
    if unit == "week":
        return day.isocalendar()[:2]
    return (day.year, day.month) if unit == "month" else day.year


def thinned(
    folder: Path, index: Index, kept: tuple[Snapshot, ...], writer: ChainWriter
) -> tuple[Snapshot, ...]:
    """The kept snapshots over chains that hold no step that none of them needs.

    A chain that cannot be read stays as it is, so that nothing is lost that might still be saved.

    Raises:
        OSError: the folder cannot be written.
    """
    steps: dict[str, set[int]] = {}
    for snapshot in kept:
        for version in snapshot.tables.values():
            steps.setdefault(version.chain, set()).add(version.step)
    moved: dict[tuple[str, int], int] = {}
    for name, chain in index.chains.items():
        needed = sorted(steps.get(name, ()))
        if len(needed) == chain.last_step + 1:
            continue
        if needed:
            try:
                writer.chains[name] = _shorter(folder, name, chain, needed, writer)
            except SourceError:
                continue
            moved.update({(name, step): place for place, step in enumerate(needed)})
        else:
            del writer.chains[name]
        files = {chain.base.name, *(delta.file.name for delta in chain.deltas)}
        remaining = writer.chains.get(name)
        writer.replaced += sorted(files - ({remaining.base.name} if remaining is not None else set()))
    writer.heads = {
        table: msgspec.structs.replace(one, step=moved.get((one.chain, one.step), one.step))
        for table, one in index.heads.items()
        if one.step in steps.get(one.chain, ())
    }
    writer.marks = {
        table: msgspec.structs.replace(one, step=moved.get((one.chain, one.step), one.step))
        for table, one in index.marks.items()
        if one.step in steps.get(one.chain, ())
    }
    writer.old_heads += [one.file.name for table, one in index.heads.items() if table not in writer.heads]
    return tuple(_moved(snapshot, moved) for snapshot in kept)


def _shorter(folder: Path, name: str, chain: Chain, needed: list[int], writer: ChainWriter) -> Chain:
    """The chain with only the needed steps, numbered anew from 0."""
    identity = TABLES[chain.table].identity if chain.table in TABLES else None
    base = chain.base
    if needed[0] > 0:
        rows = read_state(folder, chain, needed[0], identity)
        base = write_frame(folder, f"{name}.{writer.revision}.base.parquet", rows, writer.mode)
    changes = read_changes(folder, chain).filter((pl.col(STEP) > needed[0]) & (pl.col(STEP) <= needed[-1]))
    if changes.is_empty():
        return msgspec.structs.replace(chain, base=base, deltas=())
    places = pl.DataFrame(
        {"_needed": needed, "_place": range(len(needed))}, schema={"_needed": pl.UInt32, "_place": pl.UInt32}
    )
    keys = [*identities(changes.drop(NTH, GONE, STEP), identity), NTH]
    last = (
        changes.sort(STEP, maintain_order=True)
        .join_asof(places, left_on=STEP, right_on="_needed", strategy="forward")
        .unique([*keys, "_place"], keep="last", maintain_order=True)
        .with_columns(pl.col("_place").alias(STEP))
        .drop("_needed", "_place")
    )
    file = write_frame(folder, f"{name}.{writer.revision}.pack.parquet", last, writer.mode)
    return msgspec.structs.replace(chain, base=base, deltas=(Delta(file, 1, len(needed) - 1),))


def _moved(snapshot: Snapshot, moved: dict[tuple[str, int], int]) -> Snapshot:
    tables = {
        name: Version(version.chain, moved.get((version.chain, version.step), version.step), version.rows)
        for name, version in snapshot.tables.items()
    }
    return msgspec.structs.replace(snapshot, tables=tables)
