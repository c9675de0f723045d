"""The agreements behind an annuity figure, as a list holds them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.panes.agreement_gates import Gate
from cockpit.panes.formats import Formats

if TYPE_CHECKING:
    from cockpit.metrics.results import RowsResult

UNTRACKED = "untracked_annuity"
"""The metric of agreements that expire and lack a deal, an owner or a contact."""


@dataclass(frozen=True, slots=True)
class ListedAgreement:
    """One agreement of a list.

    Attributes:
        identity: its id.
        account: the account, or "".
        base: its base, or None.
        due: when it is or was due, or None.
        state: how it stands: what it lacks, why it is at risk, or what became of it.
        owner: whose it is, or "".
        contribution: what it adds to the figure.
        values: every column of its row.
    """

    identity: str
    account: str
    base: Any
    due: date | None
    state: str
    owner: str
    contribution: Any
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgreementsData:
    """The agreements of a figure.

    Attributes:
        result: its rows.
        shown: those that are listed, in their order.
        link: the pattern of their addresses in the CRM, or None.
        formats: how amounts are written.
        today: the calendar's day.
        timeline: from an agreement to its gates; made when first asked for, which takes a moment.
    """

    result: "RowsResult"
    shown: tuple[ListedAgreement, ...]
    link: str | None
    formats: Formats
    today: date
    timeline: Callable[[ListedAgreement], tuple[Gate, ...]]


def listed(row: dict[str, Any], metric: str) -> ListedAgreement:
    """A row of a figure as an agreement of its list."""
    state = row.get("outcome") or ""
    if metric == UNTRACKED and row.get("missing"):
        state = f"no {row['missing']}".replace(", ", ", no ")
    elif row.get("risk"):
        state = row["risk"]
    return ListedAgreement(
        identity=str(row.get("agreement_id")),
        account=str(row.get("account") or ""),
        base=row.get("base_amount"),
        due=row.get("due_date") or row.get("expires_date"),
        state=state,
        owner=str(row.get("owner") or ""),
        contribution=row.get("contribution"),
        values=row,
    )
