"""Which columns of a table of rows are seen: put first, hidden, frozen, widened, and which has the cursor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from cockpit.panes.dimensions import label_of
from cockpit.panes.lines import cells

MOST_CELLS = 28
"""A column is not wider than that of its own accord."""
STEP = 4
"""Cells by which a column is made wider or narrower."""
NARROWEST = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is seen.

    Attributes:
        name: its name in the table.
        width: cells.
        numeric: whether its values stand at the right.
    """

    name: str
    width: int
    numeric: bool

    def head(self, sort: str, backwards: bool) -> str:
        """What stands above it; an arrow tells the column that the rows are sorted by."""
        label = label_of(self.name)
        if self.name != sort:
            return label
        arrow = "▴" if backwards else "▾"
        return f"{arrow} {label}" if self.numeric else f"{label} {arrow}"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """What somebody chose about the columns.

    Attributes:
        at: the column under the cursor, or "" before any was.
        hidden: columns that are left out.
        frozen: how many columns at the left stay when the others scroll.
        widths: columns with a width of their own.
        first: columns that were put before the others, in their order.
    """

    at: str = ""
    hidden: tuple[str, ...] = ()
    frozen: int = 1
    widths: tuple[tuple[str, int], ...] = ()
    first: tuple[str, ...] = ()

    def ordered(self, names: Sequence[str]) -> list[str]:
        """The columns in the order in which they stand, without the hidden ones.

        What a row is about stands first of all, unless something else was frozen or hidden there.
        """
        known = [name for name in self.first if name in names]
        ahead = [name for name in names[:1] if name not in known]
        rest = [name for name in names[1:] if name not in known]
        return [name for name in (*ahead, *known, *rest) if name not in self.hidden]

    def stepped(self, names: Sequence[str], step: int) -> "ColumnPlan":
        """The cursor a column to the right or left, stopping at the ends."""
        order = self.ordered(names)
        if not order:
            return self
        here = order.index(self.at) if self.at in order else 0 if step < 0 else -1
        return replace(self, at=order[min(max(here + step, 0), len(order) - 1)])

    def hide(self, names: Sequence[str]) -> "ColumnPlan":
        """Without the column under the cursor; of the frozen ones there is then one less."""
        fewer = self.at in self.ordered(names)[: self.frozen] and self.frozen > 1
        return replace(self, hidden=(*self.hidden, self.at), at="", frozen=self.frozen - fewer)

    def freeze(self, names: Sequence[str]) -> "ColumnPlan":
        """The columns up to the one under the cursor stay; asked again, only the first."""
        order = self.ordered(names)
        frozen = order.index(self.at) + 1 if self.at in order else 1
        if frozen == self.frozen:
            return replace(self, frozen=1)
        others = (name for name in self.first if name not in order[:frozen])
        return replace(self, frozen=frozen, first=(*order[:frozen], *others))

    def to_front(self, names: Sequence[str]) -> "ColumnPlan":
        """The column under the cursor before all others that scroll."""
        still = self.ordered(names)[: self.frozen]
        if self.at in still:
            return self
        others = (name for name in self.first if name != self.at and name not in still)
        return replace(self, first=(*still, self.at, *others))

    def wider(self, width: int, by: int) -> "ColumnPlan":
        """The column under the cursor, which is so wide, wider or narrower."""
        others = tuple(pair for pair in self.widths if pair[0] != self.at)
        return replace(self, widths=(*others, (self.at, max(width + by, NARROWEST))))


def seen_columns(
    plan: ColumnPlan,
    names: Sequence[str],
    samples: Mapping[str, Sequence[Any]],
    texts: Mapping[str, Sequence[str]],
    room: int,
) -> list[Column]:
    """The columns that fit into a width, scrolled so that the one under the cursor is among them.

    Args:
        plan: what was chosen.
        names: all columns in their usual order.
        samples: by column, some of its values.
        texts: by column, those values as they are written.
        room: cells.
    """
    every = [
        _column(plan, name, samples[name], texts[name])
        for name in plan.ordered(names)
        if name == plan.at or name in plan.first or any(value not in (None, "") for value in samples[name])
    ]
    frozen = plan.frozen
    under = [column for column in every if column.name == plan.at]
    while frozen and _cells([*every[:frozen], *(one for one in under if one not in every[:frozen])]) > room:
        frozen -= 1  # more was frozen than there is room for beside the cursor
    fixed, others = every[:frozen], every[frozen:]
    start = 0
    position = next((at for at, column in enumerate(others) if column.name == plan.at), -1)
    while start < position and _cells(fixed + others[start : position + 1]) > room:
        start += 1
    shown: list[Column] = []
    for column in (*fixed, *others[start:]):
        left = room - _cells(shown)
        if column.width > left:
            if left >= NARROWEST + 5 and not column.numeric:
                shown.append(replace(column, width=left))
            break
        shown.append(column)
    return shown


def _column(plan: ColumnPlan, name: str, values: Sequence[Any], texts: Sequence[str]) -> Column:
    longest = max((cells(text) for text in texts), default=0)
    width = dict(plan.widths).get(name, min(max(longest, len(label_of(name)) + 2), MOST_CELLS))
    numeric = any(
        isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) for value in values
    )
    return Column(name, width, numeric)


def _cells(columns: Sequence[Column]) -> int:
    return sum(column.width + 1 for column in columns)
