"""What came since all rows were written, kept beside them: found from the rows that changed alone.

Only rows whose keys came are looked at, so that a refresh costs what changed and not what there is. Where
that cannot be done exactly the caller writes all rows anew (`merging.write_merged`): other columns came,
rows are made from what the server has, words for codes came, or a row has no key or shares it with another.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from cockpit.sources.changes import IS_GONE, REPLACES, live
from cockpit.sources.files import SourceFile
from cockpit.sources.http.job import Fetched
from cockpit.sources.http.merging import Difference, IncompleteError, with_hash

MOST = 0.1
"""When so many times the rows have changed since, all are written anew, which bounds reading."""
_HASH = "hash of the row"


@dataclass(frozen=True, slots=True)
class Changes:
    """What came since all rows were written.

    Attributes:
        frame: as a file of changes holds it.
        difference: from the state before this refresh.
        rows: how many all were when they were written.
    """

    frame: pl.DataFrame
    difference: Difference
    rows: int

    @property
    def are_few(self) -> bool:
        """Whether it is worth keeping them apart."""
        return self.frame.height <= MOST * self.rows


def changes_after(
    got: Fetched, held: SourceFile, digest: str, wanted: Collection[str] = ()
) -> Changes | None:
    """The file of changes as it is after what came; None where all must be written anew.

    Args:
        got: what came; not everything.
        held: what was there.
        digest: of the rows of `held`.
        wanted: headers that must be there.

    Raises:
        IncompleteError: keys are said to be present of which no row is here.
    """
    key = got.key
    if got.rows is None or got.full or key is None or got.derive is not None or any(got.lists.values()):
        return None
    schema = pl.scan_parquet(held.path, glob=False).collect_schema()
    came = got.rows.scan([key]).collect()
    if "-" not in digest or not _fit(schema, {key, *came.columns, *wanted}) or _repeats(came[key]):
        return None
    gone = pl.Series(key, sorted(got.gone), dtype=pl.String)
    came = pl.concat([pl.DataFrame(schema=schema), came], how="diagonal")
    came = came.filter(~pl.col(key).is_in(gone.implode()))
    before = _before(held, schema)
    touched = pl.concat([came[key], gone])
    if got.present is not None:
        keys = pl.read_parquet(held.path, columns=[key], glob=False)[key]
        if keys.null_count():
            return None
        present = got.present.scan([key]).select(key).collect()[key]
        swept = _swept(present, _here(keys, gone, before, came))
        came = came.filter(~pl.col(key).is_in(swept.implode()))
        touched = pl.concat([touched, swept])
    rows = pl.scan_parquet(held.path, glob=False, row_index_name=REPLACES)
    found = rows.filter(pl.col(key).is_in(touched.implode())).collect()
    if _repeats(found[key]):
        return None
    later = before.filter(pl.col(key).is_in(touched.implode()))
    found = found.join(later.select(key), on=key, how="anti", maintain_order="left")
    was = pl.concat([found.select(schema.names()), live(later.lazy()).select(schema.names()).collect()])
    places = pl.concat([found.select(key, REPLACES), later.select(key, REPLACES)])
    earlier = before.join(later.select(key), on=key, how="anti", maintain_order="left")
    height = pl.scan_parquet(held.path, glob=False).select(pl.len()).collect().item()
    return Changes(_after(earlier, came, places, key), _difference(was, came, key, digest), height)


def _fit(schema: pl.Schema, columns: Collection[str]) -> bool:
    """Whether rows with these columns can stand beside rows of that schema."""
    names = schema.names()
    apart = not {REPLACES, IS_GONE}.intersection(names)
    return apart and set(columns).issubset(names) and all(kind == pl.String for kind in schema.values())


def _after(earlier: pl.DataFrame, came: pl.DataFrame, places: pl.DataFrame, key: str) -> pl.DataFrame:
    """The changes as they are by now.

    Args:
        earlier: those before that stay as they are.
        came: the rows that came.
        places: the keys that were touched and were here, each with the row of all that it replaces.
        key: the column of the keys.
    """
    ended = places.drop_nulls().join(came.select(key), on=key, how="anti", maintain_order="left")
    fresh = came.join(places, on=key, how="left", maintain_order="left")
    return pl.concat(
        [
            earlier,
            ended.with_columns(pl.lit(value=True).alias(IS_GONE)),
            fresh.with_columns(pl.lit(value=False).alias(IS_GONE)),
        ],
        how="diagonal",
    )


def _before(held: SourceFile, schema: pl.Schema) -> pl.DataFrame:
    """The changes so far."""
    if held.changes is not None:
        return pl.read_parquet(held.changes, glob=False)
    return pl.DataFrame(schema={**schema, REPLACES: pl.UInt32(), IS_GONE: pl.Boolean()})


def _here(keys: pl.Series, gone: pl.Series, before: pl.DataFrame, came: pl.DataFrame) -> pl.Series:
    """The keys of all rows that are here by now.

    Args:
        keys: of all rows as they were written.
        gone: those told to be gone.
        before: the changes so far.
        came: the rows that came.
    """
    replaced = before[REPLACES].drop_nulls()
    staying = keys.filter(~pl.int_range(len(keys), dtype=pl.UInt32, eager=True).is_in(replaced.implode()))
    old = pl.concat([staying, before.filter(~pl.col(IS_GONE))[keys.name]])
    return pl.concat([old.filter(~old.is_in(gone.implode())), came[keys.name]]).unique()


def _swept(present: pl.Series, here: pl.Series) -> pl.Series:
    """The keys that are here and that the server no longer has.

    Raises:
        IncompleteError: it has some of which no row is here.
    """
    if not present.is_in(here.implode()).all():
        raise IncompleteError
    return here.filter(~here.is_in(present.implode()))


def _difference(was: pl.DataFrame, now: pl.DataFrame, key: str, digest: str) -> Difference:
    """What differs between the rows that were touched, as they were and as they are."""
    then, since = (with_hash(frame.lazy(), _HASH).select(key, _HASH).collect() for frame in (was, now))
    both = since.join(then, on=key, how="left", suffix=" before")
    earlier = both[f"{_HASH} before"]
    added = earlier.null_count()
    rows, _, total = digest.partition("-")
    count = int(rows) + now.height - was.height
    whole = int(total, 16) + _sum(since) - _sum(then)
    updated = int((earlier != both[_HASH]).sum())
    return Difference(f"{count}-{whole:x}", count, added, updated, was.height - (now.height - added))


def _sum(rows: pl.DataFrame) -> int:
    return int(rows[_HASH].cast(pl.Int128).sum())


def _repeats(keys: pl.Series) -> bool:
    """Whether keys do not name one row each."""
    return bool(keys.null_count()) or keys.n_unique() < keys.len() or bool((keys == "").any())
