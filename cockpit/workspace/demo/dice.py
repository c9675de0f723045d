"""Chance that falls the same way on every Python: only `random()` and whole numbers are used.

The standard library promises the sequence of `random()` for a seed, but not the algorithms of `choices`,
`sample` or `gauss`; functions such as `exp` differ in their last bit between platforms.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Weighted:
    """Things that are drawn more or less often.

    Args:
        weights: how often each is drawn, relative to the sum.
    """

    def __init__(self, weights: Sequence[int]) -> None:
        self.bounds = list(accumulate(weights))
        self.total = self.bounds[-1]


class Dice:
    """A stream of chance.

    Args:
        seed: the same seed gives the same stream.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random  # noqa: S311 - invented data, not secrets

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1."""
        return int(self._random() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def chance(self, permille: int) -> bool:
        """True in `permille` of 1000 cases."""
        return self._random() * 1000 < permille

    def pick(self, things: Sequence[T]) -> T:
        """One of the things, each as likely as the others."""
        return things[int(self._random() * len(things))]

    def index(self, weighted: Weighted) -> int:
        """The place of one of the weighted things."""
        return bisect_right(weighted.bounds, int(self._random() * weighted.total))

    def along(self, curve: Sequence[int]) -> int:
        """A value of a distribution given by evenly spaced quantiles, straight lines between them."""
        steps = len(curve) - 1
        position = int(self._random() * steps * 1024)
        step, part = position >> 10, position & 1023
        return curve[step] + ((curve[step + 1] - curve[step]) * part >> 10)
