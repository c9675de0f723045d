"""Views of `[views]`: a list of tasks, a figure as it was opened, divided and narrowed, or the calendar."""

from typing import Annotated, Literal

import msgspec

from cockpit.work.saved import SavedView
from cockpit.workspace.saved_rhythm import BY, SavedRhythm

NonEmpty = Annotated[str, msgspec.Meta(min_length=1)]
USUAL_PERIOD = "this-quarter"
USUAL_VERSUS = "previous"
Shown = Literal["groups", "rows", "agreements"]
"""What of a figure is seen: its groups, the rows behind it, or these as a list of agreements."""


class SavedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """A figure under a name.

    Attributes:
        figure: the metric's name.
        by: the dimension that it is divided by, or None for the next step of its drill path.
        at: the dimensions that were opened, outermost first, each with its value.
        where: the SQL condition that narrows it besides, or None.
        show: "groups", "rows", or "agreements" for the rows as a list of agreements.
        sort: the column that groups or rows are sorted by, or None for their own order.
        backwards: whether that order is reversed.
        narrow: the text that groups or rows must contain.
        period: its period, as `--period` takes it.
        versus: what it is compared with, as `--vs` takes it; "previous" for the period before its own;
            "target"; "" for nothing.
        alone: whether its period is that of this view only, without a comparison; else all views have it.
        slice: the standing filter that holds, or None.
    """

    figure: str
    by: str | None = None
    at: dict[str, str] = {}
    where: str | None = None
    show: Shown = "groups"
    sort: str | None = None
    backwards: bool = False
    narrow: str = ""
    period: str = USUAL_PERIOD
    versus: str = USUAL_VERSUS
    alone: bool = False
    slice: str | None = None

    @property
    def words(self) -> str:
        """What it is in a few words, for a list of them."""
        parts = [
            self.figure if self.show == "groups" else f"{self.show} of {self.figure}",
            *(f"{name} {value}" for name, value in self.at.items()),
            self.where or "",
            f"by {self.by}" if self.by else "",
            f"“{self.narrow}”" if self.narrow else "",
            "" if self.period == USUAL_PERIOD else self.period,
            f"only {self.slice}" if self.slice else "",
        ]
        return "  ".join(part for part in parts if part)


class ViewConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A line of `[views]` that is a table: a list of tasks, a figure (`figure`) or the calendar (`rhythm`).

    Attributes:
        filter: of a list of tasks: the filter language; empty is what is late or has begun.
        by: the field that tasks are grouped by, the dimension that a figure is divided by, or of the
            calendar role, kind, workstream or scope.
        sort: the column that the view is sorted by.
        rhythm: of the calendar: the words that narrow it; "" is all of it.
        actions: of the calendar: whether required actions are lines of their own.
        figure: the metric's name; the keys below are about a figure only.
        at: the dimensions that were opened, outermost first, each with its value.
        where: the SQL condition that narrows the figure besides.
        show: "groups", "rows", or "agreements" for the rows as a list of agreements.
        backwards: whether the order is reversed.
        narrow: the text that groups or rows must contain.
        period: its period, as `--period` takes it; `this-quarter` without.
        versus: what it is compared with, as `--vs` takes it; `previous` without; "" for nothing.
        alone: whether the period is that of this view only, without a comparison; else all views have it.
        slice: the standing filter that holds.
    """

    filter: str | None = None
    by: str | None = None
    sort: str | None = None
    rhythm: str | None = None
    actions: bool = False
    figure: NonEmpty | None = None
    at: dict[str, str] = {}
    where: NonEmpty | None = None
    show: Shown = "groups"
    backwards: bool = False
    narrow: str = ""
    period: NonEmpty = USUAL_PERIOD
    versus: str = USUAL_VERSUS
    alone: bool = False
    slice: NonEmpty | None = None

    def __post_init__(self) -> None:
        """Refuse what is half a list of tasks and half a figure, or half the calendar."""
        if self.rhythm is not None:
            self._refuse_beside_rhythm()
        elif self.actions:
            raise ValueError('actions is about the calendar: say which words narrow it, rhythm = "" for none')
        if self.figure is None:
            usual = SavedFigure(figure="")
            told = [name for name in ABOUT_FIGURES if getattr(self, name) != getattr(usual, name)]
            if told:
                raise ValueError(f"{told[0]} is about a figure: name the metric as figure")
        elif self.filter is not None:
            raise ValueError("filter is about a list of tasks and figure about a figure: one of them")
        elif self.show != "groups" and self.by:
            raise ValueError(f"{self.show} are not divided: by is about groups")

    def _refuse_beside_rhythm(self) -> None:
        others = [name for name in ("filter", "figure", "sort") if getattr(self, name) is not None]
        if others:
            raise ValueError(f"rhythm is about the calendar and {others[0]} is not: one of them")
        if self.by is not None and self.by not in BY:
            raise ValueError(f"the calendar is grouped by one of {', '.join(BY)}")

    @property
    def saved(self) -> SavedView | SavedFigure | SavedRhythm:
        """What it is."""
        if self.rhythm is not None:
            return SavedRhythm(rhythm=self.rhythm, by=self.by, actions=self.actions)
        if self.figure is None:
            return SavedView(self.filter or "", self.by, self.sort)
        told = {name: getattr(self, name) for name in SavedFigure.__struct_fields__}
        return SavedFigure(**told)


ABOUT_FIGURES = tuple(name for name in SavedFigure.__struct_fields__ if name not in ("figure", "by", "sort"))
"""Keys that mean nothing in a list of tasks."""
