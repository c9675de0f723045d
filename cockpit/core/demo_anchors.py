"""The demo's agreements as anchors, taken from its files without polars.

So the demo's tasks are all there at the first look, whichever command or screen looks first. Reading the
data gives the same anchors, and then changes nothing.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.store import StoredAnchor
from cockpit.workspace.demo.rhythm import CONDITIONS, LARGE

if TYPE_CHECKING:
    from cockpit.rhythm import RhythmCalendar

_Rows = Mapping[str, Mapping[str, str]]
_CENTS_OF_CENTS = Decimal("0.0001")
"""Money is kept with four places once it is read."""


def demo_anchors(folder: Path, calendars: "Iterable[RhythmCalendar]") -> dict[str, list[StoredAnchor]]:
    """The agreements from which the demo's own touchpoints hang, by the name of their set.

    Args:
        folder: the demo.
        calendars: its calendars; a choice of rows that somebody wrote into them since is left to the data.

    Raises:
        OSError: one of the demo's files cannot be read.
    """
    sets = {
        action.for_each.anchor_set: CONDITIONS[action.for_each.where]
        for calendar in calendars
        for action in calendar.actions
        if action.for_each is not None
        and action.for_each.where in CONDITIONS
        and (action.for_each.source, action.for_each.date) == ("agreements", "expires_date")
    }
    if not sets:
        return {}
    statuses = {status for taken in sets.values() for status in taken}
    large = [
        row
        for row in _read(folder / "agreements.csv")
        if row["Status"] in statuses and int(row["BaseAmount"]) >= LARGE
    ]
    theirs = {row["AccountId"] for row in large}
    sellers = {row["OwnerId"]: row for row in _read(folder / "sellers.csv")}
    accounts = {row["AccountId"]: row for row in _read(folder / "accounts.csv") if row["AccountId"] in theirs}
    return {
        name: [_anchor(name, row, sellers, accounts) for row in large if row["Status"] in taken]
        for name, taken in sets.items()
    }


def _anchor(name: str, row: Mapping[str, str], sellers: _Rows, accounts: _Rows) -> StoredAnchor:
    """An agreement as the columns of `cockpit.toml` and its look-ups would give it."""
    account = accounts[row["AccountId"]]
    owner, expires = sellers[row["OwnerId"]]["Owner"], date.fromisoformat(row["ExpiresOn"])
    values = {
        "account": account["Account"],
        "product": row["Product"],
        "owner": owner,
        "opportunity_id": row["OpportunityId"],
        "base_amount": str(Decimal(row["BaseAmount"]).quantize(_CENTS_OF_CENTS)),
        "currency": row["Currency"],
        "status": row["Status"],
        "territory": account["Territory"],
    }
    return StoredAnchor(
        name,
        row["AgreementId"],
        expires,
        expires,
        account["Account"],
        owner or None,
        {column: value for column, value in values.items() if value},
    )


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
