"""Texts that repeat take the room of a number: a large table keeps each of its words once.

A column of texts costs 16 bytes a row, one of words with numbers 4. Names and remarks, which hardly repeat,
stay texts; so do the ids that tables are joined on, and all columns of small tables, where it would not be
felt.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from cockpit.sources.canonical import TABLES

FEWEST_ROWS: Final = 250_000
"""Tables with fewer rows stay as they are."""
_KEYS: Final = frozenset(table.identity for table in TABLES.values())
_MOST_DIFFERENT: Final = 0.2
"""A column is packed if at most this share of its rows differ."""
_INEXACT: Final = 0.1
"""By how much a count of different values may be off, with room to spare."""


def packed(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its repeating texts as Categorical, where it is large."""
    return packed_by(frame, words_in(frame))


def words_in(frame: pl.DataFrame) -> dict[str, int]:
    """About how many different values each text column has that may be packed; none of a small table."""
    if frame.height < FEWEST_ROWS:
        return {}
    texts = [name for name, kind in frame.schema.items() if kind == pl.String and name not in _KEYS]
    return frame.select(pl.col(texts).approx_n_unique()).row(0, named=True)


def packed_by(frame: pl.DataFrame, words: Mapping[str, int]) -> pl.DataFrame:
    """The frame with those columns packed that have few words, as `words_in` counted them."""
    repeating = [name for name, many in words.items() if many <= _MOST_DIFFERENT * frame.height]
    return frame.with_columns(pl.col(repeating).cast(pl.Categorical)) if repeating else frame


def stays_packed(words: Mapping[str, int], before: int, after: int, added: int, dropped: int) -> bool:
    """Whether it is sure that the same columns are packed after some rows were added and dropped.

    Args:
        words: as `words_in` counted them before.
        before, after: how many rows there were and are.
        added, dropped: how many rows came and went between.
    """
    if (before < FEWEST_ROWS) != (after < FEWEST_ROWS):
        return False
    most = _MOST_DIFFERENT * after
    for many in words.values():
        if many <= _MOST_DIFFERENT * before:
            sure = (many / (1 - _INEXACT) + added) * (1 + _INEXACT) <= most
        else:
            sure = (many / (1 + _INEXACT) - dropped) * (1 - _INEXACT) > most
        if not sure:
            return False
    return True
