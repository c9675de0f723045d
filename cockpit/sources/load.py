"""The one way from a source section to a typed table.

What happens to a value that cannot be cast is decided by `spec.Column.need`: where a figure would be wrong
without it (an amount, a close date, a status) its row is rejected and kept aside with its line and reason;
elsewhere the value is blanked, and that is reported too. A blank is never an error but in a column that
identifies a row.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from cockpit.base.problems import ConfigError, Problem, SourceError
from cockpit.sources.cache import last_cached_rows, read_cached, write_cached
from cockpit.sources.canonical import TABLES, ColumnType
from cockpit.sources.casting import Caster
from cockpit.sources.emptied import EmptiedError
from cockpit.sources.files import Fingerprint, SourceFile, fingerprint, shown
from cockpit.sources.http.download import download_place, downloaded
from cockpit.sources.mapping import Mapped, map_source, source_files
from cockpit.sources.packing import packed
from cockpit.sources.profile import with_profile
from cockpit.sources.refusal import Refusals
from cockpit.sources.repeats import settle_repeats
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec
from cockpit.sources.table import FILE_COLUMN, ROW_COLUMN, LoadReport, Table


def load_table(
    name: str,
    spec: SourceSpec,
    folder: Path,
    cache: Path | None = None,
    *,
    zone: str | None = None,
    may_be_empty: bool = True,
) -> Table:
    """Load one table.

    Args:
        name: one of `canonical.TABLES`.
        spec: its section.
        folder: what paths are relative to: the workspace.
        cache: folder of the typed columnar cache of this workspace, or None for none.
        zone: IANA zone in which days are counted (the calendar's); times of a source that names its
            `timezone` are converted to it before the time of day is dropped.
        may_be_empty: whether no rows may take the place of the rows that were last read.

    Raises:
        ConfigError: the section itself is wrong.
        EmptiedError: there are no rows where there were some, and that may not be.
        SourceError: the files cannot be read or do not have the mapped columns; with all problems.
    """
    spec = with_profile(name, spec)
    wrong = check_spec(name, spec)
    if wrong:
        raise ConfigError(
            *(
                Problem(
                    one.message,
                    key=".".join(str(part) for part in ("sources", name, *one.path)),
                    hint=one.hint,
                )
                for one in wrong
            )
        )
    sources, lookups = source_files(name, spec, folder)
    prints = _prints((*sources, *lookups), folder)
    if cache is not None:
        cached = read_cached(cache, name, spec, zone, prints)
        if cached is not None:
            return _dated(cached, spec, folder)
    mapped = map_source(name, spec, folder, sources, lookups)
    places = [spec.place] if spec.type is not None else [shown(file.path, folder) for file in sources]
    taken_from = [
        one.source or shown(file.path, folder) for one, file in zip(spec.lookup, lookups, strict=True)
    ]
    table = _typed(name, spec, mapped, (*places, *taken_from), zone)
    if table.frame.is_empty() and not may_be_empty and cache is not None:
        rows = last_cached_rows(cache, name, spec, zone)
        if rows:
            raise EmptiedError(name, table.report.paths[0], rows)
    if cache is not None and prints == _prints((*sources, *lookups), folder):
        write_cached(cache, table, spec, zone, prints)
    return _dated(table, spec, folder)


def _prints(files: Iterable[SourceFile], folder: Path) -> tuple[Fingerprint, ...]:
    """The state of the files."""
    return tuple(fingerprint(path, folder) for file in files for path in file.paths)


def _dated(table: Table, spec: SourceSpec, folder: Path) -> Table:
    """The table as old as its rows are: those of a server since it last said that these are its rows."""
    download = downloaded(download_place(folder, table.name)) if spec.type is not None else None
    if download is None:
        return table
    return replace(table, report=replace(table.report, loaded_at=download.checked_at))


def _typed(name: str, spec: SourceSpec, mapped: Mapped, paths: tuple[str, ...], zone: str | None) -> Table:
    """Cast every column, refuse rows, settle repeated ids, and write the report."""
    columns = TABLES[name].columns
    identity = TABLES[name].identity
    text = mapped.frame
    if spec.status is not None and spec.status.value is not None:
        text = text.with_columns(pl.lit(spec.status.value).alias("status"))
    refusals = Refusals(name, text, identity, spec.skip_blank_id)
    for raw in mapped.raw:
        refusals.add_malformed(raw)
    caster = Caster(spec, zone, all(raw.typed_dates for raw in mapped.raw))
    own = [one for one in text.columns if one not in columns and one not in (ROW_COLUMN, FILE_COLUMN)]
    names = [*(one for one in columns if one in text.columns), *own]
    kinds: list[ColumnType] = [
        columns[one].type if one in columns else spec.types.get(one, "text") for one in names
    ]
    with ThreadPoolExecutor() as pool:  # polars casts a column on one core, and lets others run meanwhile
        casts = list(pool.map(lambda one, kind: caster.cast(text[one], kind), names, kinds))
    for cast, kind in zip(casts, kinds, strict=True):
        known = columns.get(cast.column.name)
        refusals.add_cast(cast, kind, known.need if known is not None else "optional")
    typed = [cast.column for cast in casts]
    kept_files = [FILE_COLUMN] if len(mapped.raw) > 1 else []
    frame = pl.DataFrame([*typed, *text.select(ROW_COLUMN, *kept_files).get_columns()])
    frame = refusals.kept(frame)
    read = refusals.rows_read
    frame, repeats = settle_repeats(frame, identity, spec.on_duplicate, paths[0], name)
    problems = [*mapped.problems, *refusals.problems(spec), *repeats.problems]
    if name == "opportunities" and "status" not in frame.columns:
        problems.append(
            Problem(
                "nothing says which opportunities are won or lost",
                key="sources.opportunities.status",
                hint='such as status = { column = "Status", won = ["Won"], lost = ["Lost"], open = ["*"] }',
                severity="warning",
            )
        )
    if frame.is_empty() and not read:
        problems.append(
            Problem(
                "has a header and no rows", paths[0], mapped.raw[0].header_line or None, severity="warning"
            )
        )
    report = LoadReport(
        table=name,
        paths=paths,
        loaded_at=datetime.now(UTC).replace(microsecond=0),
        rows_read=read,
        rows_kept=frame.height,
        rejects=refusals.rejected,
        blanked=refusals.blanked,
        rows_without_id=refusals.without_id,
        rows_replaced=repeats.replaced,
        unmatched=tuple(mapped.unmatched),
        corrected=tuple(mapped.corrected),
        repeated_ids=repeats.ids,
        repeated_count=repeats.count,
        encoding=mapped.raw[0].encoding,
        separator=mapped.raw[0].separator,
        problems=tuple(problems),
    )
    if refusals.rows_read and frame.is_empty() and refusals.rejected.height:
        raise SourceError(*problems)
    return Table(name, packed(frame) if name == "opportunities" else frame, report, mapped.headers)
