"""The change of a figure against another period: its usual swing, and its cause by group.

Swing: the half-width of the 95 % interval for the difference of two independent proportions (Wald). A share
in a sum takes as n how many deals of one size would say as much (the effective sample size of Kish, 1965).
Effects: for groups g with rate r and weight w (its share of the denominator), the rate effect is
mean(w) x change of r, the mix effect is change of w x (mean(r) - mean of the total's rate). Over all
groups both together add up to the change of the total. A group that has no denominator in one of the
periods takes its rate from the other, so that its coming or going is mix.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import log, sqrt

from cockpit.metrics.results import Number

Z_95 = 1.959963984540054
FEWEST = 30
"""Fewer deals than this on either side are too few to call a change unusual."""

Sides = tuple[Fraction, Fraction]
"""Numerator and denominator."""


def swing(rate: float, n: float, other_rate: float, other_n: float) -> float | None:
    """Half-width of the usual change between two shares of deals; None where one has no deals."""
    if n <= 0 or other_n <= 0 or not (0 <= rate <= 1 and 0 <= other_rate <= 1):
        return None
    return Z_95 * sqrt(rate * (1 - rate) / n + other_rate * (1 - other_rate) / other_n)


def difference(value: Number, other: Number) -> Number:
    """`value - other`, exact unless one of them is a float."""
    if isinstance(value, float) or isinstance(other, float):
        return float(Fraction(value) - Fraction(other))
    return value - other


def ratio_effects(
    groups: Sequence[tuple[Sides, Sides]], total: Sides, other_total: Sides
) -> list[tuple[Fraction, Fraction]]:
    """Rate effect and mix effect of each group; they add up to the change of the total's ratio.

    Args:
        groups: of each group, numerator and denominator in the asked and in the compared period.
        total: of the asked period; its sides are the sums over the groups.
        other_total: of the compared period.
    """
    level = (total[0] / total[1] + other_total[0] / other_total[1]) / 2
    effects = []
    for (top, bottom), (other_top, other_bottom) in groups:
        weight, other_weight = bottom / total[1], other_bottom / other_total[1]
        if not bottom and not other_bottom:
            effects.append((top / total[1] - other_top / other_total[1], Fraction(0)))
            continue
        rate = top / bottom if bottom else other_top / other_bottom
        other_rate = other_top / other_bottom if other_bottom else rate
        mix = (weight - other_weight) * ((rate + other_rate) / 2 - level)
        rated = (weight + other_weight) / 2 * (rate - other_rate)
        stray = (Fraction(0) if bottom else top / total[1]) - (
            Fraction(0) if other_bottom else other_top / other_total[1]
        )
        effects.append((rated + stray, mix))
    return effects


def factor_effects(factors: Mapping[str, tuple[float, float]], change: float) -> dict[str, float] | None:
    """How much of the change of a product each factor caused, in proportion to its logarithm.

    Args:
        factors: value and compared value of each factor; one that divides is given as its inverse.
        change: of the product.

    Returns:
        The effects, which add up to the change, or None where a factor is not above zero.
    """
    if any(value <= 0 or other <= 0 for value, other in factors.values()):
        return None
    logs = {name: log(value / other) for name, (value, other) in factors.items()}
    total = sum(logs.values())
    if total == 0:
        return dict.fromkeys(factors, 0.0)
    return {name: change * part / total for name, part in logs.items()}
