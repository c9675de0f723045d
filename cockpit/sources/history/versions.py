"""How each row came to be what it is: all its versions, across every snapshot."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import polars as pl

from cockpit.sources.history.chain import GONE, STEP, read_changes
from cockpit.sources.history.difference import NTH, identities
from cockpit.sources.history.index import Index, Version

KNOWN_FROM, IS_GONE = "known_from", "gone"
"""Columns of the log: when a row came to be known so (UTC), and whether that is its end."""


def all_versions(
    folder: Path,
    index: Index,
    held: Iterable[tuple[datetime, Version]],
    identity: str | None,
    columns: tuple[str, ...] | None = None,
) -> pl.DataFrame:
    """Every version of every row, oldest first, with `KNOWN_FROM` and `IS_GONE`.

    Args:
        folder: of the history.
        index: what is held.
        held: the version of the table at each snapshot, in time order.
        identity: the column that names a row.
        columns: which columns are wanted, the identity among them; None for all.

    Raises:
        SourceError: a file is missing or damaged.
    """
    frames: list[pl.DataFrame] = []
    before: pl.DataFrame | None = None
    for chain, known in _runs(held):
        first, last = min(known), max(known)
        wanted = None if columns is None else [one for one in index.chains[chain].columns if one in columns]
        changes = read_changes(folder, index.chains[chain], wanted)
        state = _state(changes, first, identity)
        frames += _begin(before, state, known[first], identity)
        if last > first:
            at = pl.DataFrame(
                {STEP: list(known), KNOWN_FROM: list(known.values())},
                schema={STEP: pl.UInt32, KNOWN_FROM: pl.Datetime("us", "UTC")},
            )
            later = changes.filter(pl.col(STEP) > first)
            frames.append(later.join(at, on=STEP).rename({GONE: IS_GONE}).drop(STEP, NTH))
            state = _state(changes, last, identity)
        before = state
    if not frames:
        return pl.DataFrame(schema={KNOWN_FROM: pl.Datetime("us", "UTC"), IS_GONE: pl.Boolean})
    return pl.concat(frames, how="diagonal_relaxed").sort(KNOWN_FROM, maintain_order=True)


def _runs(held: Iterable[tuple[datetime, Version]]) -> list[tuple[str, dict[int, datetime]]]:
    """Chains in the order of their use, each with the instant at which each step was first known."""
    runs: list[tuple[str, dict[int, datetime]]] = []
    for taken_at, version in held:
        if not runs or runs[-1][0] != version.chain:
            runs.append((version.chain, {}))
        runs[-1][1].setdefault(version.step, taken_at)
    return runs


def _state(changes: pl.DataFrame, step: int, identity: str | None) -> pl.DataFrame:
    keys = [*identities(changes.drop(NTH, GONE, STEP), identity), NTH]
    known = changes.filter(pl.col(STEP) <= step).sort(STEP, maintain_order=True)
    return known.unique(keys, keep="last", maintain_order=True).filter(~pl.col(GONE)).drop(GONE, STEP)


def _begin(
    before: pl.DataFrame | None, state: pl.DataFrame, at: datetime, identity: str | None
) -> list[pl.DataFrame]:
    """What a table stored in full again tells: the rows that are not as before, and those that are gone."""
    stamp = pl.lit(at).cast(pl.Datetime("us", "UTC")).alias(KNOWN_FROM)
    if before is None:
        return [state.drop(NTH).with_columns(stamp, pl.lit(value=False).alias(IS_GONE))]
    fresh = state
    if before.schema == state.schema:
        fresh = state.join(before, on=state.columns, how="anti", nulls_equal=True, maintain_order="left")
    keys = [*identities(before.drop(NTH), identity), NTH]
    frames = [fresh.drop(NTH).with_columns(stamp, pl.lit(value=False).alias(IS_GONE))]
    if all(state.schema.get(name) == before.schema[name] for name in keys):
        gone = before.join(state, on=keys, how="anti", nulls_equal=True, maintain_order="left").select(keys)
        frames.append(gone.drop(NTH).with_columns(stamp, pl.lit(value=True).alias(IS_GONE)))
    return frames
