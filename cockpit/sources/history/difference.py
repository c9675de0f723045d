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
IS_GONE = "_gone"
"""Whether a stored change is the end of its row."""
HASHED_BY = f"{pl.__version__} by texts"
"""What hashes hold for: others are made again."""


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

    A line inserted at the top of an export would else change every row below it. Texts that a large table
    keeps as Categorical stay so until they are written (`as_texts`).
    """
    return as_texts(
        frame.drop([name for name in (ROW_COLUMN, FILE_COLUMN) if name in frame.columns]), pl.Enum
    )


def as_texts(frame: pl.DataFrame, *kinds: type[pl.DataType]) -> pl.DataFrame:
    """The frame with its Enum and Categorical columns (or those of the kinds named) as texts."""
    wanted = kinds or (pl.Enum, pl.Categorical)
    words = [pl.col(name).cast(pl.String) for name, kind in frame.schema.items() if isinstance(kind, wanted)]
    return frame.with_columns(words) if words else frame


def row_hashes(frame: pl.DataFrame) -> pl.Series:
    """A hash of each row, the same whether its texts are kept as such or as Categorical."""
    return frame.select(_hashed(frame[name]) for name in frame.columns).hash_rows()


def _hashed(values: pl.Series) -> pl.Series:
    """Texts as their hashes, other values as they are."""
    if values.dtype == pl.String:
        return values.hash().set(values.is_null(), None)
    if values.dtype != pl.Categorical:
        return values
    places = values.to_physical()
    most = places.max()
    if not isinstance(most, int):
        return pl.repeat(None, len(values), dtype=pl.UInt64, eager=True).alias(values.name)
    rows = pl.int_range(len(values), dtype=pl.UInt32, eager=True).filter(places.is_not_null())
    row_of_place = pl.repeat(0, most + 1, dtype=pl.UInt32, eager=True).scatter(places.drop_nulls(), rows)
    return values.gather(row_of_place).cast(pl.String).hash().gather(places).alias(values.name)


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
    return keys.with_columns(row_hashes(frame).alias(HASH))


def brought_forward(before: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The heads after later changes: rows stay where they were, new ones follow.

    Args:
        before: the heads of an earlier reading.
        changes: `KEY`, `NTH`, `HASH` and, under `IS_GONE`, whether that is the row's end; oldest first.
    """
    last = changes.unique([KEY, NTH], keep="last", maintain_order=True)
    maybe = before[KEY].is_in(last[KEY].implode()).fill_null(value=True).arg_true()  # also of another number
    touched = before[maybe].select(KEY, NTH, maybe.alias("_at"))
    last = last.join(touched, on=[KEY, NTH], how="left", nulls_equal=True, maintain_order="left")
    changed = last.filter(~pl.col(IS_GONE) & pl.col("_at").is_not_null())
    fresh = last.filter(~pl.col(IS_GONE) & pl.col("_at").is_null())
    gone = last.filter(pl.col(IS_GONE))["_at"].drop_nulls()
    hashes = before[HASH].clone().scatter(changed["_at"], changed[HASH])
    after = before.with_columns(hashes)
    if gone.len():
        places = pl.int_range(after.height, dtype=pl.UInt32, eager=True)
        after = after.filter(~places.is_in(gone.implode()))
    return pl.concat([after, fresh.select(after.columns)])


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
        on = [KEY, NTH] if (before[NTH] > 0).any() or (now[NTH] > 0).any() else [KEY]
        then = before.select(*on, HASH)
        matched = now.with_row_index("_at").join(then, on=on, how="left", suffix="_before")
        known = pl.col(f"{HASH}_before").is_not_null()
        changed = matched.filter(known & (pl.col(HASH) != pl.col(f"{HASH}_before")))["_at"].sort()
        fresh = matched.filter(~known)["_at"].sort()
        gone = before.join(now.select(on), on=on, how="anti", maintain_order="left")
    places = pl.concat([fresh.cast(pl.UInt32), changed.cast(pl.UInt32)])
    written = as_texts(frame[places]).with_columns(now[NTH][places])
    removed = gone.select(pl.col(KEY).alias(identity), NTH)
    return Difference(written, removed, fresh.len(), changed.len())


def whole_difference(before: pl.DataFrame, frame: pl.DataFrame) -> Difference:
    """What changed in a table whose rows have no identity; both with the same columns."""
    keys = list(frame.columns)
    then, now = numbered(before, keys), numbered(as_texts(frame), keys)
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
    frame = as_texts(frame)
    shared = [name for name in frame.columns if name in before.columns]
    other = [name for name in shared if frame.schema[name] != before.schema[name]]
    as_text = [pl.col(name).cast(pl.String) for name in other]
    then, now = (one.select(shared).with_columns(as_text) for one in (before, frame))
    if identity is None or identity not in shared:
        found = whole_difference(then, now)
        return found.new, 0, found.removed.height
    found = difference(heads(then, identity), now, identity)
    return found.new, found.changed, found.removed.height
