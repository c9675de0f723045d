"""Writes the demo's folder: the files of every table and the `cockpit.toml` that reads them."""

import csv
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.paths import cache_folder
from cockpit.base.problems import Problem, SourceError, UsageError
from cockpit.base.version import cockpit_version
from cockpit.workspace.config import CONFIG_NAME
from cockpit.workspace.demo.agreements import AGREEMENT_COLUMNS, agreement_rows, make_agreements
from cockpit.workspace.demo.changes import CHANGE_COLUMNS, MOST_DEALS, Changes, followed
from cockpit.workspace.demo.customers import (
    ACCOUNT_COLUMNS,
    CONTACT_COLUMNS,
    TEAM_COLUMNS,
    account_rows,
    contact_rows,
    make_accounts,
    team_rows,
)
from cockpit.workspace.demo.dice import Dice
from cockpit.workspace.demo.opportunities import OPPORTUNITY_COLUMNS, Opportunities
from cockpit.workspace.demo.organisation import FX_RATES, SELLERS
from cockpit.workspace.demo.quota import QUOTA_COLUMNS, quota_rows
from cockpit.workspace.demo.rhythm import calendar_text
from cockpit.workspace.demo.settings import settings_text

DEFAULT_ROWS = 25_000
DEFAULT_SEED = 2027
MIN_ROWS = 200
MAX_ROWS = 50_000_000
_SELLER_COLUMNS = ("OwnerId", "Owner", "Manager", "Region", "Territory")
_FX_COLUMNS = ("Currency", "Rate", "ValidFrom", "Kind")


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was written.

    Attributes:
        folder: the workspace.
        seed: what it was made from.
        rows: lines of each file without its header, by file name.
    """

    folder: Path
    seed: int
    rows: dict[str, int]


def write_demo(folder: Path, rows: int = DEFAULT_ROWS, seed: int = DEFAULT_SEED) -> DemoSummary:
    """Write a demo workspace.

    Args:
        folder: made when it is not there; it must not hold a workspace or other files of ours.
        rows: opportunities; the other tables and the quotas grow with them.
        seed: the same seed and rows give the same bytes of every CSV file.

    Raises:
        UsageError: too few or too many rows, or the folder holds something that would be overwritten.
        SourceError: the folder cannot be written, or the disk is full.
    """
    if not MIN_ROWS <= rows <= MAX_ROWS:
        raise UsageError(Problem(f"a demo has {MIN_ROWS:,} to {MAX_ROWS:,} rows, not {rows:,}", key="--rows"))
    name = clean(str(folder))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(Problem("is not an empty folder", name, hint="name a new folder"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write(folder, rows, seed)
    except OSError as error:
        reason = clean(error.strerror or str(error))
        raise SourceError(Problem(f"the demo cannot be written: {reason}", name)) from error


def _write(folder: Path, rows: int, seed: int) -> DemoSummary:
    accounts = make_accounts(Dice(seed), max(rows // 16, 40))
    agreements = make_agreements(Dice(seed + 1), accounts, rows * 13 // 100)
    deals = Opportunities(Dice(seed + 2), accounts, agreements, rows)
    sellers = [[seat.seller_id, seat.name, seat.manager, seat.region, seat.territory] for seat in SELLERS]
    rates = [[currency, rate, "2024-07-01", "plan"] for currency, rate in FX_RATES]
    told: list[list[str]] = []
    has_changes = rows <= MOST_DEALS
    lines = followed(deals.rows(), Changes(Dice(seed + 8)), told) if has_changes else deals.rows()
    tables: tuple[tuple[str, Sequence[str], Iterable[list[str]]], ...] = (
        ("opportunities.csv", OPPORTUNITY_COLUMNS, lines),
        *((("opportunity_history.csv", CHANGE_COLUMNS, told),) if has_changes else ()),
        ("agreements.csv", AGREEMENT_COLUMNS, agreement_rows(Dice(seed + 3), agreements, deals.renewal_ids)),
        ("accounts.csv", ACCOUNT_COLUMNS, account_rows(Dice(seed + 4), accounts)),
        ("contacts.csv", CONTACT_COLUMNS, contact_rows(Dice(seed + 5), accounts)),
        ("team.csv", TEAM_COLUMNS, team_rows(Dice(seed + 6), accounts)),
        ("quota.csv", QUOTA_COLUMNS, quota_rows(Dice(seed + 7), rows)),
        ("sellers.csv", _SELLER_COLUMNS, sellers),
        ("fx.csv", _FX_COLUMNS, rates),
    )
    written = {name: _write_table(folder / name, header, lines) for name, header, lines in tables}
    write_atomic(folder / ".gitignore", ".cockpit/\n", 0o644)
    write_atomic(folder / "calendars" / "us-field.toml", calendar_text(), 0o644)
    write_atomic(
        folder / CONFIG_NAME, settings_text(seed, rows, deals.totals, has_changes=has_changes), 0o644
    )
    return DemoSummary(folder, seed, written)


def _write_table(path: Path, header: Sequence[str], lines: Iterable[list[str]]) -> int:
    """One CSV file; lines are written as they are made, so that millions need no memory."""
    count = 0

    def counted() -> Iterable[list[str]]:
        nonlocal count
        for count, line in enumerate(lines, 1):  # noqa: B007 - the last number is what is wanted
            yield line

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(counted())
    return count


def demo_folder(version: str | None = None) -> Path:
    """Where the demo of a version of the cockpit lies in the user's cache; it may not exist.

    Args:
        version: the running version when left out.
    """
    return cache_folder() / f"demo-{cockpit_version() if version is None else version}"


def ensure_demo() -> Path:
    """The folder of this version's demo, made when it is not there yet.

    It is written aside and renamed, so that it is whole even when two cockpits start at once.

    Raises:
        SourceError: the cache cannot be written.
    """
    target = demo_folder()
    if (target / CONFIG_NAME).is_file():
        return target
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        reason = clean(error.strerror or str(error))
        raise SourceError(Problem(f"the demo cannot be written: {reason}", clean(str(target)))) from error
    try:
        write_demo(aside)
        _put_in_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _put_in_place(aside: Path, target: Path) -> None:
    try:
        os.rename(aside, target)  # noqa: PTH104 - must fail, not move into it, when the folder is there
    except OSError as error:
        if not (target / CONFIG_NAME).is_file():
            reason = clean(error.strerror or str(error))
            raise SourceError(Problem(f"the demo cannot be written: {reason}", clean(str(target)))) from error
