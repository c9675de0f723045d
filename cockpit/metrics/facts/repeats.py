"""Which rows of a large table may hold what others hold too, found without the room of the table.

Different hashes are of different values. Short ones need a fraction of the memory of what they are of, and
are shared by a few different values, so what is found is still to be looked at. They are compared in parts,
one after another: the same hash is always in the same part.
"""

from collections.abc import Sequence

import polars as pl

_PARTS = 8
HASH = pl.UInt32
"""Type of a short hash."""


def short_hash(values: pl.Expr) -> pl.Expr:
    """A short hash of each value."""
    return values.hash().cast(HASH, wrap_numerical=True)


def places_of_repeated(hashes: Sequence[pl.Series]) -> pl.Series:
    """The places at which a hash stands that also stands elsewhere, in their order.

    Args:
        hashes: pieces of the short hashes of all rows, in the order of these.
    """
    found = [pl.Series([], dtype=HASH)]
    for part in range(_PARTS):
        some = pl.concat([found[0], *(piece.filter(piece % _PARTS == part) for piece in hashes)]).sort()
        found.append(some.filter(some == some.shift(1)).unique())
    again, start = pl.concat(found).implode(), 0
    places = [pl.Series([], dtype=pl.UInt32)]
    for piece in hashes:
        places.append(piece.is_in(again).arg_true().cast(pl.UInt32) + start)
        start += len(piece)
    return pl.concat(places)
