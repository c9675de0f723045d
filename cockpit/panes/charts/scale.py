"""Round numbers for axes."""

from math import ceil, floor, log10

SMALLEST = 1e-6
"""A reach below which an axis shows no difference."""
HALVES = 2.5
"""The one step that would put marks between whole numbers."""


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers that reach from `low` or below to `high` or above.

    Steps are 1, 2, 2.5 or 5 times a power of ten; 2.5 is none of them, since what is counted has no halves.
    """
    if high - low <= max(abs(low), abs(high)) * 1e-9 or high - low < SMALLEST:
        high = low + max(abs(low), 1.0)
    step = 10.0 ** floor(log10((high - low) / max(most - 1, 1)))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        if step * factor == HALVES:
            continue
        first, last = floor(low / (step * factor) + 1e-9), ceil(high / (step * factor) - 1e-9)
        if last - first + 1 <= max(most, 2):
            return [round(number * step * factor, 10) for number in range(first, last + 1)]
    return [low, high]


def decades(low: float, high: float) -> list[float]:
    """The powers of ten from the one at or below `low` to the one at or above `high`; both above zero."""
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]
