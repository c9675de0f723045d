"""Texts that repeat take the room of a number: a large table keeps each of its words once.

A column of texts costs 16 bytes a row, one of words with numbers 4. Names and remarks, which hardly repeat,
stay texts; so do the ids that tables are joined on, and all columns of small tables, where it would not be
felt.
"""

from typing import Final

import polars as pl

from cockpit.sources.canonical import TABLES

FEWEST_ROWS: Final = 250_000
"""Tables with fewer rows stay as they are."""
_KEYS: Final = frozenset(table.identity for table in TABLES.values())
_MOST_DIFFERENT: Final = 0.2
"""A column is packed if at most this share of its rows differ."""


def packed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its repeating texts as Categorical, where it is large."""
    if frame.height < FEWEST_ROWS:
        return frame
    texts = [name for name, kind in frame.schema.items() if kind == pl.String and name not in _KEYS]
    most = _MOST_DIFFERENT * frame.height
    different = frame.select(pl.col(texts).approx_n_unique()).row(0)
    repeating = [name for name, many in zip(texts, different, strict=True) if many <= most]
    return frame.with_columns(pl.col(repeating).cast(pl.Categorical)) if repeating else frame
