"""A place in the cockpit that something can lead to: a view, a figure, a task, a date, a row."""

from dataclasses import dataclass
from typing import Literal

ViewName = Literal["today", "rhythm", "tasks", "pipeline", "annuity", "faststart", "data"]
VIEWS: tuple[ViewName, ...] = ("today", "rhythm", "tasks", "pipeline", "annuity", "faststart", "data")
"""The views in the order of their digits, from 1."""

PlaceKind = Literal[
    "view", "kpi", "rows", "record", "explain", "task", "group", "occurrence", "agreement", "data", "url",
    "findings", "moves",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where Enter, a finding or the palette leads.

    Attributes:
        kind: what sort of thing it is.
        name: its name: a view, a metric, a task's key, an occurrence's key, a table, an id.
        by: for a figure, the dimensions it is divided by, outermost first.
        where: for a figure, the SQL condition that narrows it, or None.
        focus: for a list, the text of the item that the cursor starts on, or None.
        period: for a figure, its period where that is not the one that holds in every view, else "".
    """

    kind: PlaceKind
    name: str
    by: tuple[str, ...] = ()
    where: str | None = None
    focus: str | None = None
    period: str = ""
