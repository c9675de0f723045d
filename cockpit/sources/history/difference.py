"""What changed in a table between two readings: new, changed and removed rows, found by a hash a row.

A row is told by the table's identity column and, where an id has several rows, by its number among them. A
table without an identity (quota, team, rates) is told by its whole rows, so there a changed row is one that
went and one that came.

A row's hash holds for one version of polars only; `heads` are therefore kept as a cache that can be made
again from the rows themselves.
"""

from dataclasses import dataclass

import polars as pl

from cockpit.sources.table import FILE_COLUMN, ROW_COLUMN

NTH = "_nth"
"""The number of a row among those of the same id, from 0."""
HASH = "_hash"
KEY = "_key"


@dataclass(frozen=True, slots=True)
class Difference:
    """What came, changed and went.

    Attributes:
        written: the new rows and the changed ones as they are by now, with `NTH`.
        removed: identity and `NTH` of the rows that are gone.
        new, changed: how many of each are in `written`.
    """

    written: pl.DataFrame
    removed: pl.DataFrame
    new: int
    changed: int

    @property
    def nothing(self) -> bool:
        """Whether both readings hold the same rows."""
        return self.written.is_empty() and self.removed.is_empty()


def storable(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that tell what was known, without the places of the rows in their file.

    A line inserted at the top of an export would else change every row below it.
    """
    places = [name for name in (ROW_COLUMN, FILE_COLUMN) if name in frame.columns]
    words = [
        pl.col(name).cast(pl.String)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Enum | pl.Categorical)
    ]
    return frame.drop(places).with_columns(words) if words else frame.drop(places)


def identities(frame: pl.DataFrame, identity: str | None) -> list[str]:
    """The columns that tell a row from others: its id, else all of them; `NTH` goes with them."""
    return [identity] if identity is not None and identity in frame.columns else list(frame.columns)


def numbered(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The frame with `NTH`."""
    number = pl.lit(0, pl.UInt32)
    # Different hashes are of different rows, and are found in half the time.
    if frame.height and frame.select(keys).hash_rows().n_unique() < frame.height:
        number = pl.int_range(pl.len(), dtype=pl.UInt32).over(keys)
    return frame.with_columns(number.alias(NTH))


def heads(frame: pl.DataFrame, identity: str, before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Id, number and hash of each row, which is all that a comparison needs.

    Args:
        frame: the rows.
        identity: the column that names a row.
        before: the heads of an earlier reading; where the ids are the same in the same order, so are the
            numbers.
    """
    keys = frame.select(pl.col(identity).alias(KEY))
    if before is not None and keys[KEY].equals(before[KEY]):
        keys = keys.with_columns(before[NTH])
    else:
        keys = numbered(keys, [KEY])
    return keys.with_columns(frame.hash_rows().alias(HASH))


def difference(
    before: pl.DataFrame, frame: pl.DataFrame, identity: str, now: pl.DataFrame | None = None
) -> Difference:
    """What changed since.

    Args:
        before: the heads of the earlier reading.
        frame: the rows of the later one, as `storable` gives them.
        identity: the column that names a row.
        now: the heads of the later one, where they are known already.
    """
    now = heads(frame, identity) if now is None else now
    shared = min(before.height, now.height)
    if now[KEY].head(shared).equals(before[KEY].head(shared)) and now[NTH].head(shared).equals(
        before[NTH].head(shared)
    ):
        changed = (now[HASH].head(shared) != before[HASH].head(shared)).arg_true()
        fresh = pl.int_range(shared, now.height, dtype=pl.UInt32, eager=True)
        gone = before.slice(shared)
    else:
        matched = now.with_row_index("_at").join(before, on=[KEY, NTH], how="left", suffix="_before")
        known = pl.col(f"{HASH}_before").is_not_null()
        changed = matched.filter(known & (pl.col(HASH) != pl.col(f"{HASH}_before")))["_at"].sort()
        fresh = matched.filter(~known)["_at"].sort()
        gone = before.join(now, on=[KEY, NTH], how="anti", maintain_order="left")
    places = pl.concat([fresh.cast(pl.UInt32), changed.cast(pl.UInt32)])
    written = frame[places].with_columns(now[NTH][places])
    removed = gone.select(pl.col(KEY).alias(identity), NTH)
    return Difference(written, removed, fresh.len(), changed.len())


def whole_difference(before: pl.DataFrame, frame: pl.DataFrame) -> Difference:
    """What changed in a table whose rows have no identity; both with the same columns."""
    keys = list(frame.columns)
    then, now = numbered(before, keys), numbered(frame, keys)
    on = [*keys, NTH]
    fresh = now.join(then, on=on, how="anti", nulls_equal=True, maintain_order="left")
    gone = then.join(now, on=on, how="anti", nulls_equal=True, maintain_order="left")
    return Difference(fresh, gone, fresh.height, 0)


def changed_under_other_columns(
    before: pl.DataFrame, frame: pl.DataFrame, identity: str | None
) -> tuple[int, int, int]:
    """How many rows are new, changed and removed when the columns are not the same; shared ones decide.

    A column whose type changed is compared as text.
    """
    shared = [name for name in frame.columns if name in before.columns]
    other = [name for name in shared if frame.schema[name] != before.schema[name]]
    as_text = [pl.col(name).cast(pl.String) for name in other]
    then, now = (one.select(shared).with_columns(as_text) for one in (before, frame))
    if identity is None or identity not in shared:
        found = whole_difference(then, now)
        return found.new, 0, found.removed.height
    found = difference(heads(then, identity), now, identity)
    return found.new, found.changed, found.removed.height
