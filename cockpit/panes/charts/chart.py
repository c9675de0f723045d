"""What a chart shows, whatever it is drawn with: cells on a screen, or a picture.

Numbers come with their text, so that a chart is also read without looking at its shape.
"""

from dataclasses import dataclass
from typing import Literal

from cockpit.panes.lines import Role
from cockpit.panes.place import Place


@dataclass(frozen=True, slots=True)
class Bar:
    """One column or bar.

    Attributes:
        label: what it is.
        value: its length; None where it is not known.
        text: the value as people read it.
        beside: the value that it is compared with, or None.
        note: what else is worth telling about it ("31 of 92"), or "".
        role: what its colour means.
        place: where Enter leads, or None.
        key: its identity, by which the cursor finds it again, or None.
    """

    label: str
    value: float | None
    text: str
    beside: float | None = None
    note: str = ""
    role: Role = "bar"
    place: Place | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Values in order (of time), drawn upright.

    Attributes:
        title: what is shown.
        fact: what stands at the right of the title.
        bars: in order, the oldest first.
        unit: how the axis is written: "money", "percent" and so on, as the catalogue names units.
        beside: what the compared values are, in words, or "".
    """

    title: str
    fact: str
    bars: tuple[Bar, ...]
    unit: str
    beside: str = ""
    kind: Literal["columns"] = "columns"


@dataclass(frozen=True, slots=True)
class Bars:
    """Values side by side, drawn lying, one a line: a distribution, a funnel.

    Attributes:
        title: what is shown.
        fact: what stands at the right of the title.
        bars: from top to bottom.
        notes: lines that are read under the chart.
    """

    title: str
    fact: str
    bars: tuple[Bar, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall.

    Attributes:
        label: what it is.
        amount: how far it leads up or (negative) down; of a level, the level itself.
        text: the amount as people read it.
        level: whether it is a level to start from or arrive at, and no change.
        note: what else is worth telling about it, or "".
        good: whether the change is a good one, or None where that is open.
        place: where Enter leads, or None.
        key: its identity, or None.
    """

    label: str
    amount: float
    text: str
    level: bool = False
    note: str = ""
    good: bool | None = None
    place: Place | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one level to another, step by step.

    Attributes:
        title: what is shown.
        fact: what stands at the right of the title ("balances").
        steps: the first and the last are levels.
        notes: lines that are read under the chart.
    """

    title: str
    fact: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["waterfall"] = "waterfall"

    def spans(self) -> list[tuple[float, float]]:
        """Of each step, the lower and the upper end of its bar."""
        found, at = [], 0.0
        for step in self.steps:
            start = 0.0 if step.level else at
            at = step.amount if step.level else at + step.amount
            found.append((min(start, at), max(start, at)))
        return found


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of a scatter: both values, what it is called, and whether it stands out."""

    x: float
    y: float
    label: str = ""
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """One value against another, a point a deal.

    Attributes:
        title: what is shown.
        fact: what stands at the right of the title.
        dots: the points.
        x_label, y_label: what the axes are.
        x_unit, y_unit: how the axes are written.
        y_logarithmic: whether each step of the y axis is a multiple of the one before.
        x_mark: a value of the x axis that is marked (a limit), or None.
        mark_words: what the mark is, in words.
    """

    title: str
    fact: str
    dots: tuple[Dot, ...]
    x_label: str
    y_label: str
    x_unit: str
    y_unit: str
    y_logarithmic: bool = True
    x_mark: float | None = None
    mark_words: str = ""
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a matrix: its value, how it is read, where it leads; `faint` ones say little."""

    value: float | None
    text: str
    place: Place | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Two dimensions against each other: a pivot with totals, or a heat map.

    Attributes:
        title: what is shown.
        fact: what stands at the right of the title.
        corner: what the rows are.
        rows: labels from top to bottom.
        columns: labels from left to right.
        cells: row by row.
        heat: whether each cell is shaded by its value.
        totals: the last row and the last column are totals.
        places: where Enter leads on each row; empty for none.
    """

    title: str
    fact: str
    corner: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    heat: bool = False
    totals: bool = False
    places: tuple[Place | None, ...] = ()
    kind: Literal["matrix"] = "matrix"


Chart = Columns | Bars | Waterfall | Points | Matrix
