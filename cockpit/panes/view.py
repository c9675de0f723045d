"""What a view is: figures loaded once, laid out for any size, and the ways that lead on from it.

Views are values. Loading may take time and runs in a worker; laying out is quick and pure. A key never
changes a view: it makes another one (divided, narrowed, sorted, the sibling), which is loaded in turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from cockpit.panes.lines import Line, Page
from cockpit.panes.place import Place

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.panes.charts.chart import Chart


Completer = Callable[[str, int], tuple[int, Sequence[str]]]
"""From a text and the cursor in it to where the word before it starts, and the words it may become."""

ORDERING = frozenset({"sort", "backwards"})
"""Fields of views that only decide the order of their lines."""
TARGET = "target"
"""What figures are compared with when it is no other period: `v t`."""

STATES = ("lock", "visit")
"""What figures are compared with when it is a stored state: the newest lock, the last look."""


@dataclass(frozen=True, slots=True)
class Context:
    """What holds in every view at once.

    Attributes:
        as_of: the date the figures are taken at, or None for the workspace's own.
        period: the period asked, as `--period` takes it.
        against: what is compared with, as `--vs` takes it; "target"; "" for nothing.
        slice: the name of the standing filter, or None.
        blank_money: whether amounts are hidden, for a shared screen.
    """

    as_of: date | None = None
    period: str = "this-quarter"
    against: str = "last-quarter"
    slice: str | None = None
    blank_money: bool = False

    @property
    def partner(self) -> str:
        """The period that is compared with, as `--vs` takes it; "" where that is no period."""
        return "" if self.against == TARGET else self.against

    def at(self, day: date | None) -> "Context":
        """The same context at another as-of date."""
        return replace(self, as_of=day)


@dataclass(frozen=True, slots=True)
class Size:
    """The cells a view may fill, head and foot of the screen not counted."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things to pick by a letter: a dimension, a period, a comparison.

    Attributes:
        letter: the key that picks it, unique among its siblings.
        name: what the program calls it.
        label: what people call it.
        also: another key that picks it and is not shown, or "".
    """

    letter: str
    name: str
    label: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """What a view shows as a table with raw values, for copying and exporting.

    Attributes:
        title: what it is.
        columns: the column names.
        rows: the values; numbers as numbers, dates as dates, missing as None.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person can be asked about.

    Attributes:
        person: who is asked.
        about: what it is about, in one line.
        subject: the key under which a note on it is kept.
    """

    person: str
    about: str
    subject: str


class View:
    """A view and everything that can be asked of it. Subclasses are frozen dataclasses.

    `data` below is always what `load` of the same view returned.
    """

    name: str = ""
    """The view's name; equal for all levels of the same drill-down."""
    narrows_at_once: bool = False
    """Whether it is narrowed quickly enough to follow every key that is typed."""

    def crumbs(self) -> tuple[str, ...]:
        """The breadcrumb, from the view down to this level."""
        return ()

    def quick(self, cockpit: "Cockpit", context: Context) -> Any | None:
        """What can be shown without reading any data (must not import polars), or None."""
        return None

    def load(self, cockpit: "Cockpit", context: Context) -> Any:
        """Everything the view shows. Runs in a worker thread; may take time.

        Raises:
            CockpitError: a filter or a name is wrong, or the data cannot be read.
        """
        raise NotImplementedError

    def shares_data(self, other: "View") -> bool:
        """Whether what the other view loaded is this view's data too, so that nothing has to be loaded."""
        return False

    def keeps_lines(self, other: "View") -> bool:
        """Whether both show the same lines, only in another order, so that the cursor stays on its line."""
        if type(self) is not type(other):
            return False
        parts = [part.name for part in fields(self)]  # type: ignore[arg-type]
        return all(getattr(self, name) == getattr(other, name) for name in parts if name not in ORDERING)

    def remade(self, other: "View", data: Any) -> Any | None:
        """This view's data made from those of the other, in the background; None: it has to be loaded."""
        return None

    def make_ready(self, cockpit: "Cockpit") -> None:
        """Have at hand what the next keys may ask for; in the background, once the view is complete."""

    def page(self, data: Any, size: Size) -> Page:
        """The view laid out for that size. Pure and quick; runs at every resize."""
        raise NotImplementedError

    def facts(self, data: Any) -> str:
        """What stands at the right end of the breadcrumb line ("to Fri 20 Nov, against Q1 at BD 37")."""
        return ""

    def movable_panes(self) -> tuple[str, ...]:
        """The panes that can change places, in their order; none where they have to stand as they do."""
        return ()

    def arranged(self, order: tuple[str, ...]) -> "View | None":
        """This view with those panes in another order."""
        return None

    def open(self, data: Any, place: Place) -> "View | None":
        """The view one level down at that place; None where the place leads to a view of its own."""
        return None

    def dimensions(self, data: Any) -> tuple[Choice, ...]:
        """What the view can be divided by (`d`)."""
        return ()

    def undivided(self, data: Any) -> str:
        """Why there is nothing to divide by, where `dimensions` gives nothing."""
        return "this cannot be divided"

    def divided(self, data: Any, dimension: str, line: Line | None) -> "View | None":
        """This view divided by a dimension; where the cursor is on a group, inside that group."""
        return None

    def narrowed(self, text: str) -> "View | None":
        """This view with only what matches the text (`/`); "" for all. None: cannot be narrowed."""
        return None

    def narrowing_words(self, cockpit: "Cockpit") -> Completer | None:
        """How the text that is typed to narrow may go on, or None. May take time."""
        return None

    def check_narrowing(self, cockpit: "Cockpit", text: str) -> None:
        """See whether the view can be narrowed by a text. May take time.

        Raises:
            CockpitError: it cannot be read.
        """

    def narrowing(self) -> str:
        """The text by which the view is narrowed, or ""."""
        return ""

    def hints(self, data: Any, line: Line | None) -> Mapping[str, str]:
        """What keys do here in particular, by action: "Brooks by seller" for open; "" for one that cannot."""
        return {}

    def sibling(self, data: Any, step: int) -> "View | None":
        """The next (1) or previous (-1) view at the same level (`<` `>`)."""
        return None

    def stepped(self, data: Any, by: Literal["day", "stop", "today"], step: int) -> "View | None":
        """This view a day earlier or later (`[` `]`), at the stop before or after (`{` `}`), or today (`t`).

        None: the figures of all views are then taken at another day.
        """
        return None

    def comparisons(self, data: Any) -> tuple[Choice, ...]:
        """What it can be compared with (`v`) in its own way; nothing: the figures' comparison is asked."""
        return ()

    def compared(self, data: Any, name: str) -> "View | None":
        """This view compared with one of `comparisons`."""
        return None

    def sort_columns(self, data: Any) -> tuple[Choice, ...]:
        """The columns that it can be sorted by (`s`)."""
        return ()

    def sorted_by(self, column: str) -> "View | None":
        """This view sorted by a column; the second time in a row, reversed."""
        return None

    def column(self) -> str:
        """The column under the cursor, where the view has such a cursor and it was moved; else ""."""
        return ""

    def column_stepped(self, data: Any, step: int) -> "View | None":
        """This view with the cursor on the column to the right (1) or left (-1); None: no such cursor."""
        return None

    def column_ways(self, data: Any) -> tuple[Choice, ...]:
        """What can be done with the column under the cursor (`|`)."""
        return ()

    def with_column(self, data: Any, way: str) -> "View | None":
        """This view after one of `column_ways`."""
        return None

    def explanation(self, data: Any, line: Line | None) -> "View | None":
        """Why what is under the cursor is so (`e`)."""
        return None

    def detail(self, data: Any, line: Line | None, width: int) -> Sequence[Line]:
        """What is shown beside the view about the line under the cursor (`i`), or nothing."""
        return ()

    def pictures(self, data: Any, line: Line | None) -> tuple[Choice, ...]:
        """The ways in which the figure under the cursor, or of the whole view, can be drawn (`c`)."""
        return ()

    def picture(self, data: Any, name: str, line: Line | None) -> "View | None":
        """One of `pictures`."""
        return None

    def chart(self, data: Any) -> "Chart | None":
        """The view as a chart, to be written as a picture file (`x`)."""
        return None

    def table(self, data: Any) -> RawTable | None:
        """The view as a table with raw values (`y` `t`, `x`)."""
        return None

    def link(self, data: Any, line: Line | None) -> str | None:
        """The address of the record under the cursor in the CRM (`o`), or None."""
        return None

    def finding(self, data: Any, line: Line | None) -> str | None:
        """The key of the finding under the cursor, which can be kept quiet (`P`), or None."""
        return None

    def members(self, data: Any, line: Line | None) -> Sequence[str]:
        """The keys that a line stands for when it is selected: its own, or those of its group."""
        return () if line is None or line.key is None else (line.key,)

    def questions(self, data: Any, keys: Sequence[str]) -> Sequence[Question]:
        """Whom to ask about the lines of those keys (`m`), and what about; nothing where nobody is."""
        return ()

    def subject(self, data: Any, line: Line | None) -> str | None:
        """What a note written here is about (`W`): a task's key, a deal, a figure with its slice."""
        return None
