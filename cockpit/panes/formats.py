"""How figures are written: one format, one sign and one unit for each kind of value, everywhere.

Amounts keep the scale of what they stand beside (a change of 0.9M beside 21.6M), rates carry " %" and
their changes " pp", a missing value is a dash and never a zero.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Number = int | float | Decimal
Scale = Literal["", "k", "M", "B", "T"]

MISSING = "–"
"""What stands where a value is unknown."""

_DIVISORS: dict[Scale, int] = {"": 1, "k": 1_000, "M": 1_000_000, "B": 1_000_000_000, "T": 1_000_000_000_000}
_PLACES: dict[Scale, int] = {"": 0, "k": 0, "M": 1, "B": 1, "T": 1}
_SPARK = "▁▂▃▄▅▆▇"
"""Levels of a sparkline; the highest leaves a gap, so that those of lines below each other stay apart."""


SMALL = 0.1
"""Below this a number without a unit, such as an index of concentration, has four decimals."""
MOST_DIGITS = 9_999_500
"""From here on a number without a unit is written at a scale."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The `[display]` settings, and everything that is written by them.

    Attributes:
        units: "auto", or the scale that all amounts have: "k", "M" or "full".
        decimal: the decimal mark; the other one of point and comma groups thousands.
        currency: code of the workspace's currency.
        blank: amounts are hidden, for a shared screen.
    """

    units: str = "auto"
    decimal: str = "."
    currency: str = ""
    blank: bool = False

    def number(self, value: Number, places: int = 0, sign: bool = False) -> str:
        """A number with thousands grouped, rounded half up to `places` decimals."""
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        if not exact.is_finite():
            return MISSING
        rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if not rounded:
            rounded = abs(rounded)
        text = f"{rounded:+,f}" if sign and rounded else f"{rounded:,f}"
        if self.decimal == ",":
            text = text.replace(",", "\0").replace(".", ",").replace("\0", ".")
        return text

    def scale(self, *values: Number | None) -> Scale:
        """The scale that suits the largest of the amounts."""
        if self.units in ("k", "M"):
            return "k" if self.units == "k" else "M"
        if self.units == "full":
            return ""
        largest = max((abs(float(value)) for value in values if value is not None), default=0.0)
        if largest >= 9_999_500_000_000:
            return "T"
        if largest >= 9_999_500_000:
            return "B"
        if largest >= 999_500:
            return "M"
        return "k" if largest >= 9_999.5 else ""

    def money(
        self, value: Number | None, scale: Scale | None = None, sign: bool = False, unit: bool = True
    ) -> str:
        """An amount at a scale: 21.6M, 489k, 5,120.

        Args:
            value: the amount in the currency's unit, or None.
            scale: the scale to write it in; the one that suits it when left out.
            sign: whether a gain carries its plus sign.
            unit: whether the letter of the scale follows; an amount too small for it has its own anyway.
        """
        if value is None:
            return MISSING
        if self.blank:
            return "•••"
        scale = self.scale(value) if scale is None else scale
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        if exact and not round(exact / _DIVISORS[scale], _PLACES[scale]):
            scale, unit = self.scale(value), True  # 40k beside millions is no 0.0M
        return self.number(exact / _DIVISORS[scale], _PLACES[scale], sign) + (scale if unit else "")

    def exact_money(self, value: Number | None) -> str:
        """An amount to the cent."""
        if value is None:
            return MISSING
        return "•••" if self.blank else self.number(value, 2)

    def value(self, value: Number | None, unit: str, scale: Scale | None = None) -> str:
        """A figure in its unit as the catalogue names it: money, percent, ratio, days, count."""
        if value is None:
            return MISSING
        if is_money(unit):
            return self.money(value, scale)
        if unit == "percent":
            return self.number(value * 100, 1) + " %"
        if unit in ("multiple", "ratio"):
            return self.number(value, 1 if abs(float(value)) >= 1 else 2) + "x"
        if unit == "days":
            return self.number(value, 0 if value == int(value) else 1) + " d"
        return self._plain(value, unit)

    def _plain(self, value: Number, unit: str, sign: bool = False) -> str:
        """A number as it is; one without a unit is written at a scale where it has many digits."""
        if unit == "number" and abs(float(value)) >= MOST_DIGITS:
            scale = self.scale(value)
            return self.number(Decimal(str(value)) / _DIVISORS[scale], _PLACES[scale], sign) + scale
        if unit == "number" and 0 < abs(float(value)) < SMALL:
            return self.number(value, 4, sign)
        return self.number(value, 0 if value == int(value) else 1, sign)

    def delta(self, change: Number | None, unit: str, beside: Number | None = None) -> str:
        """A change with its sign and unit: +0.9M, -3.4 pp, -0.2x, +11.

        Args:
            change: value minus compared value, in the metric's unit (rates as fractions).
            unit: the metric's unit.
            beside: the value that it is shown next to, whose scale it keeps.
        """
        if change is None:
            return ""
        if is_money_a_day(unit) and beside is not None and beside != change:
            earlier = float(beside) - float(change)
            return self.number(float(change) / abs(earlier) * 100, 1, sign=True) + " %"
        if is_money(unit):
            return self.money(change, self.scale(change, beside), sign=True)
        if unit == "percent":
            return self.number(change * 100, 1, sign=True) + " pp"
        if unit in ("multiple", "ratio"):
            places = 1 if abs(float(beside if beside is not None else change)) >= 1 else 2
            return self.number(change, places, sign=True) + "x"
        return self._plain(change, unit, sign=True) + (" d" if unit == "days" else "")

    def raw(self, value: Number | None) -> str:
        """A figure for copying: all its digits, no unit, a decimal point, "" where it is unknown."""
        return "" if value is None else str(value)


def is_money(unit: str) -> bool:
    """Whether values of that unit are amounts."""
    return unit.startswith("money")


def is_money_a_day(unit: str) -> bool:
    """Whether values of that unit are amounts a day, whose changes are shown in percent."""
    return unit.startswith("money") and unit != "money"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 deal", "8 deals"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sparkline(values: "list[Number | None]", width: int) -> str:
    """The last `width` values as a line of little bars, a blank where one is missing.

    The lowest value is the lowest bar, so it shows the shape and not the size. Fewer than three values
    are no shape, and give nothing.
    """
    shown = values[-width:]
    known = [float(value) for value in shown if value is not None]
    if len(known) < 3 or width < 3:
        return ""
    low, high = min(known), max(known)
    if high == low:
        return "".join(" " if value is None else _SPARK[3] for value in shown)
    steps = len(_SPARK) - 1
    return "".join(
        " " if value is None else _SPARK[round((float(value) - low) / (high - low) * steps)]
        for value in shown
    )


def bar(value: Number | None, largest: Number, width: int) -> str:
    """A bar of at most `width` cells, in half cells; what is not zero has at least half a cell."""
    if value is None or largest <= 0 or value <= 0 or width <= 0:
        return ""
    share = min(float(value) / float(largest), 1.0)
    halves = max(round(share * width * 2), 1)
    return "█" * (halves // 2) + "▌" * (halves % 2)


def parts_bar(parts: list[tuple[Number, str]], width: int) -> str:
    """Parts of a whole as one bar, each part (its amount, its glyph) in proportion.

    Cells go to the parts by largest remainder, so that the bar is always `width` cells long.
    """
    total = sum(float(amount) for amount, _ in parts if amount > 0)
    if total <= 0 or width <= 0:
        return ""
    exact = [(max(float(amount), 0.0) / total * width, glyph) for amount, glyph in parts]
    cells = [int(size) for size, _ in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: cells[index] - exact[index][0])
    for index in by_remainder[: width - sum(cells)]:
        cells[index] += 1
    return "".join(glyph * count for count, (_, glyph) in zip(cells, exact, strict=True))
