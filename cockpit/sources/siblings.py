"""Finding the files beside a source that its keys point to, and what is worth taking from them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cockpit.base.problems import SourceError
from cockpit.sources.cleaning import cleaned
from cockpit.sources.formats import read_raw
from cockpit.sources.lookup import normalised
from cockpit.sources.naming import own_name
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import LookupSpec

MAX_SIBLINGS = 40
"""Most files looked at in a folder."""
MAX_BYTES = 50_000_000
"""Larger siblings are no look-up files."""
MAX_GROUPS = 60
"""A column that is not canonical is taken when it divides the rows into at most so many groups,
or when it is what the key stands for ("Partner" beside "Partner ID")."""
_KEY_WORDS = {"id", "seq", "key", "code", "nr", "no", "number", "guid", "nummer"}
_MATCHED = 0.5
"""Share of the distinct keys that must be found for a shared column to be a look-up."""
_ALIEN = {"status", "state", "type", "id"}
"""Columns that, in a look-up file, tell something about its own records and not about the source's."""
_SUFFIXES = {".csv", ".tsv", ".txt", ".parquet", ".ndjson", ".jsonl", ".xlsx"}


@dataclass(frozen=True, slots=True)
class Sibling:
    """A file beside the source, read and cleaned."""

    path: Path
    raw: RawTable

    def column(self, position: int) -> pl.Series:
        """A column by its position."""
        return self.raw.frame[str(position)]

    def positions(self) -> dict[str, int]:
        """Own name to position of the columns whose header is unique."""
        names = [own_name(header) for header in self.raw.headers]
        return {name: place for place, name in enumerate(names) if name and names.count(name) == 1}


@dataclass(frozen=True, slots=True)
class FoundLookup:
    """A proposed look-up, with how well its key matches."""

    spec: LookupSpec
    name: str
    matched: int
    keys: int
    rows_unmatched: int
    repeated_keys: int = 0


def read_siblings(source: Path, folder: Path, but: Sequence[Path]) -> list[Sibling]:
    """The readable tables in the source's folder, without those named in `but`."""
    left_out = {one.resolve() for one in (source, *but)}
    found = []
    for path in sorted(source.parent.iterdir())[: MAX_SIBLINGS * 4]:
        if path.resolve() in left_out or path.name.startswith(("~$", ".")) or not path.is_file():
            continue
        if path.suffix.lower() not in _SUFFIXES or path.stat().st_size > MAX_BYTES:
            continue
        try:
            raw = read_raw(path, folder)
        except SourceError:
            continue
        if raw.frame.width == len(raw.headers) > 1:
            found.append(Sibling(path, cleaned_table(raw)))
        if len(found) == MAX_SIBLINGS:
            break
    return found


def cleaned_table(raw: RawTable) -> RawTable:
    """The table with every cell cleaned, without the rows in which nothing stands."""
    frame = cleaned(raw.frame, raw.needs_cleaning)
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    return RawTable(
        raw.name,
        frame.filter(filled),
        raw.headers,
        raw.rows.filter(filled),
        raw.header_line,
        encoding=raw.encoding,
        separator=raw.separator,
        typed_dates=raw.typed_dates,
    )


def find_lookups(
    source: RawTable,
    siblings: Sequence[Sibling],
    folder: Path,
    synonyms: Mapping[str, Sequence[str]],
    mapped: Mapping[str, str],
) -> Iterator[FoundLookup]:
    """Propose look-ups, nearest first; a look-up may hang on a column that an earlier one takes.

    Args:
        source: the table to enrich, cleaned.
        siblings: candidates.
        folder: the workspace, which paths are relative to.
        synonyms: of the table.
        mapped: canonical name to header of the source, for what is mapped already.
    """
    known = {own_name(header): source.frame[str(place)] for place, header in enumerate(source.headers)}
    lefts = {own_name(header): header for header in source.headers}
    used = {own_name(header) for header in source.headers} | set(mapped)
    waiting = list(siblings)
    while waiting:
        choices = [
            (_fit(one, key, known[key]), one, key)
            for one in waiting
            for key in one.positions()
            if key in known and is_key(key)
        ]
        usable = [choice for choice in choices if choice[0].matched >= _MATCHED * max(choice[0].keys, 1)]
        usable = [choice for choice in usable if choice[0].keys]
        if not usable:
            return
        # The files in alphabetical order; of one file, the key that finds most.
        fit, sibling, key = max(usable, key=lambda one: (-waiting.index(one[1]), one[0].matched))
        waiting.remove(sibling)
        positions = sibling.positions()
        on = {lefts[key]: sibling.raw.headers[positions[key]]}
        path = relative(sibling.path, folder)
        if fit.repeated:
            spec = LookupSpec(path, on, {})
            yield FoundLookup(
                spec, sibling.path.name, fit.matched, fit.keys, fit.rows_unmatched, fit.repeated
            )
            continue
        later = {name for other in waiting for name in other.positions() if is_key(name)}
        takes = _takes(sibling, key, synonyms, used, later - set(known))
        if not takes:
            continue
        joined = _brought(known[key], sibling, positions[key], takes)
        for name, place in takes.items():
            header_name = own_name(sibling.raw.headers[place])
            if header_name in later:
                known[header_name] = joined[str(place)]
                lefts[header_name] = name
        used.update(takes)
        spec = LookupSpec(path, on, {name: sibling.raw.headers[place] for name, place in takes.items()})
        yield FoundLookup(spec, sibling.path.name, fit.matched, fit.keys, fit.rows_unmatched)


def relative(path: Path, folder: Path) -> str:
    """The path as a configuration in `folder` names it."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


@dataclass(frozen=True, slots=True)
class _Fit:
    matched: int
    keys: int
    rows_unmatched: int
    repeated: int


def _fit(sibling: Sibling, key: str, left: pl.Series) -> _Fit:
    """How well a key of the sibling answers the source's column."""
    right = _key(sibling.column(sibling.positions()[key])).drop_nulls()
    asked = _key(left).drop_nulls()
    distinct = asked.unique()
    matched = int(distinct.is_in(right.implode()).sum())
    unmatched = int((~asked.is_in(right.implode())).sum())
    return _Fit(matched, len(distinct), unmatched, len(right) - right.n_unique())


def _key(column: pl.Series) -> pl.Series:
    return column.alias("key").to_frame().select(normalised(pl.col("key"))).to_series()


def is_key(name: str) -> bool:
    """Whether a column called so holds keys rather than figures or words."""
    words = name.split("_")
    return words[-1] in _KEY_WORDS or name.endswith(("id", "seq"))


def _takes(
    sibling: Sibling, key: str, synonyms: Mapping[str, Sequence[str]], used: set[str], later: set[str]
) -> dict[str, int]:
    """Final name to position: canonical columns, keys of further files, and columns that divide the rows."""
    positions = {name: place for name, place in sibling.positions().items() if name != key}
    takes: dict[str, int] = {}
    for canonical, names in synonyms.items():
        if canonical in used or canonical.endswith("_id"):
            continue
        fitting = next((name for name in names if name in positions and name not in _ALIEN), None)
        if fitting is not None and positions[fitting] not in takes.values():
            takes[canonical] = positions[fitting]
    if "name" in takes and not _names_the_row(key, synonyms):
        del takes["name"]
    for name, place in positions.items():
        if place in takes.values() or name in used or name in takes:
            continue
        values = sibling.column(place).drop_nulls()
        is_number = values.cast(pl.Float64, strict=False).null_count() == 0
        divides = 1 < values.n_unique() <= MAX_GROUPS and not is_key(name) and not is_number
        if name in later or divides or name == key.rpartition("_")[0]:
            takes[name] = place
    return takes


def _names_the_row(key: str, synonyms: Mapping[str, Sequence[str]]) -> bool:
    """Whether the key is the source's own id, so that a "name" beside it names the row."""
    identity = next(iter(synonyms))
    return key in synonyms[identity]


def _brought(left: pl.Series, sibling: Sibling, key_place: int, takes: Mapping[str, int]) -> pl.DataFrame:
    """The taken columns for each row of the source."""
    right = sibling.raw.frame.select(
        normalised(pl.col(str(key_place))).alias("key"), *(pl.col(str(place)) for place in takes.values())
    ).unique("key", keep="first")
    asked = _key(left).to_frame()
    return asked.join(right, on="key", how="left", maintain_order="left")
