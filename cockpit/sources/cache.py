"""The typed columnar cache: what was loaded once is not parsed again while its files stay the same.

A table is kept in a folder of its own whose name is two digests: of the section with the cockpit's version,
and of the state (size, time, inode) of every file it was read from. When the files are gone or spoilt, the
first of the two still finds what was last read in order. Folders are written aside and renamed, so a reader
sees a whole one or none. Frames are Parquet: repeated texts are kept once, in the file and in
memory, which mapped Arrow files of the same table need twice the memory for and no less time.

A table that was brought forward by changed rows (`forward.py`) is kept as these rows, beside the folder of
the state from which it was brought; that one stays for as long.
"""

import hashlib
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import polars as pl

from cockpit.base.problems import Problem
from cockpit.base.version import cockpit_version
from cockpit.sources.files import Fingerprint
from cockpit.sources.forward import Later
from cockpit.sources.spec import SourceSpec
from cockpit.sources.table import Corrected, LoadReport, Onward, RepeatedId, Table, Unmatched

FORMAT = 5
"""Raised when the meaning of a cached table changes; older ones are then made again."""
ROW_GROUP = 131_072
"""Rows read by one thread at a time."""


class _Facts(msgspec.Struct):
    """Everything of a table but its frames.

    Attributes:
        words: as of `Onward`, where later changes can be put into these rows.
        base: the folder of the state from which this was brought forward; None where all rows are here.
        base_rows: how many rows were read for that one.
    """

    name: str
    headers: dict[str, str]
    paths: tuple[str, ...]
    loaded_at: datetime
    rows_read: int
    rows_kept: int
    rows_without_id: int
    rows_replaced: int
    unmatched: tuple[Unmatched, ...]
    corrected: tuple[Corrected, ...]
    repeated_ids: tuple[RepeatedId, ...]
    repeated_count: int
    encoding: str | None
    separator: str | None
    problems: tuple[Problem, ...]
    words: dict[str, int] | None = None
    base: str | None = None
    base_rows: int = 0


@dataclass(frozen=True, slots=True)
class TableCache:
    """The cached states of one table as its section reads it.

    Attributes:
        folder: of the cache.
        name: of the table.
        spec: its section, with its profile.
        zone: in which days are counted.
    """

    folder: Path
    name: str
    spec: SourceSpec
    zone: str | None

    @property
    def _section(self) -> str:
        """The beginning of the names of all states."""
        content = msgspec.json.encode(
            [FORMAT, cockpit_version(), pl.__version__, self.name, self.spec, self.zone]
        )
        return f"{self.name}-{hashlib.sha256(content).hexdigest()[:20]}-"

    def state(self, prints: tuple[Fingerprint, ...]) -> str:
        """The name of the state that is read from files that are just so."""
        return f"{self._section}{hashlib.sha256(msgspec.json.encode(prints)).hexdigest()[:20]}"

    def read(self, state: str) -> Table | None:
        """The table in that state, or None."""
        place = self.folder / state
        try:
            facts = _facts(place)
            rejects, blanked = (_frame(place, part) for part in ("rejects", "blanked"))
            onward = None
            if facts.words is not None:
                onward = Onward(facts.rows_read, facts.words, _frame(place, "noted"))
            if facts.base is None:
                frame = _frame(place, "frame")
            else:
                frame = _later(place, facts).put_into(_frame(self.folder / facts.base, "frame"))
        except (OSError, msgspec.DecodeError, pl.exceptions.PolarsError):
            return None
        return _table(facts, frame, rejects, blanked).known(state, onward=onward)

    def last(self) -> Table | None:
        """The table as it was last read in order, whatever has become of its files; or None."""
        return next((table for state in self._newest() if (table := self.read(state))), None)

    def last_rows(self) -> int:
        """How many rows `last` has; 0 where there is none. Reads no rows."""
        for state in self._newest():
            with suppress(OSError, msgspec.DecodeError):
                return _facts(self.folder / state).rows_kept
        return 0

    def brought_from(self, base: str) -> tuple[str, Later | None] | None:
        """The newest state that is `base` or was brought forward from it, and what changed between."""
        for state in self._newest():
            if state == base:
                return state, None
            with suppress(OSError, msgspec.DecodeError, pl.exceptions.PolarsError):
                facts = _facts(self.folder / state)
                if facts.base == base:
                    return state, _later(self.folder / state, facts)
        return None

    def _newest(self) -> list[str]:
        found = []
        for place in self.folder.glob(f"{self._section}*"):
            with suppress(OSError):
                found.append(((place / "facts.json").stat().st_mtime_ns, place.name))
        return [state for _, state in sorted(found, reverse=True)]

    def write(self, table: Table, later: Later | None = None, beside: str | None = None) -> None:
        """Keep a table in its state, and drop older ones. A cache that cannot be written is no error.

        Args:
            table: with its state.
            later: what makes it out of the state from which it was brought forward.
            beside: a state that is not dropped.
        """
        report = table.report
        facts = _Facts(
            name=table.name,
            headers=dict(table.headers),
            paths=report.paths,
            loaded_at=report.loaded_at,
            rows_read=report.rows_read,
            rows_kept=report.rows_kept,
            rows_without_id=report.rows_without_id,
            rows_replaced=report.rows_replaced,
            unmatched=report.unmatched,
            corrected=report.corrected,
            repeated_ids=report.repeated_ids,
            repeated_count=report.repeated_count,
            encoding=report.encoding,
            separator=report.separator,
            problems=report.problems,
            words=None if table.onward is None else dict(table.onward.words),
            base=None if later is None else later.base,
            base_rows=0 if later is None else later.rows,
        )
        frames = {"rejects": report.rejects, "blanked": report.blanked}
        if later is None:
            frames["frame"] = table.frame
            if table.onward is not None:
                frames["noted"] = table.onward.noted
        else:
            frames |= {"later": later.frame, "replaced": later.replaced.to_frame("replaced")}
        assert table.state is not None, "what is kept has a state"
        temporary: Path | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(dir=self.folder, prefix=".writing-"))
            for part, frame in frames.items():
                target = temporary / f"{part}.parquet"
                target.touch(mode=0o600)
                frame.write_parquet(target, compression="lz4", statistics=False, row_group_size=ROW_GROUP)
            facts_file = temporary / "facts.json"
            facts_file.touch(mode=0o600)
            facts_file.write_bytes(msgspec.json.encode(facts))
            place = self.folder / table.state
            shutil.rmtree(place, ignore_errors=True)  # there only when it could not be read
            temporary.rename(place)
            self._drop_all_but({table.state, beside})
        except (OSError, pl.exceptions.PolarsError):
            pass
        finally:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)

    def _drop_all_but(self, states: set[str | None]) -> None:
        for folder in self.folder.glob(f"{self.name}-*"):
            if folder.name not in states:
                with suppress(OSError):
                    shutil.rmtree(folder)


def _facts(place: Path) -> _Facts:
    return msgspec.json.decode((place / "facts.json").read_bytes(), type=_Facts)


def _frame(place: Path, part: str) -> pl.DataFrame:
    return pl.read_parquet(place / f"{part}.parquet", glob=False)


def _later(place: Path, facts: _Facts) -> Later:
    assert facts.base is not None, "it was brought forward"
    return Later(facts.base, facts.base_rows, _frame(place, "replaced").to_series(), _frame(place, "later"))


def _table(facts: _Facts, frame: pl.DataFrame, rejects: pl.DataFrame, blanked: pl.DataFrame) -> Table:
    report = LoadReport(
        table=facts.name,
        paths=facts.paths,
        loaded_at=facts.loaded_at,
        rows_read=facts.rows_read,
        rows_kept=facts.rows_kept,
        rejects=rejects,
        blanked=blanked,
        rows_without_id=facts.rows_without_id,
        rows_replaced=facts.rows_replaced,
        unmatched=facts.unmatched,
        corrected=facts.corrected,
        repeated_ids=facts.repeated_ids,
        repeated_count=facts.repeated_count,
        encoding=facts.encoding,
        separator=facts.separator,
        problems=facts.problems,
    )
    return Table(facts.name, frame, report, facts.headers)
