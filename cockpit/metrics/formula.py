"""Formulas of derived metrics: arithmetic over metric names, exact until the last step."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import log

from cockpit.metrics.results import Number
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.sql.tokens import ExpressionError
from cockpit.metrics.sql.tree import Arithmetic, Call, Literal, Name, Negative, Node, names_in, walk

ZERO_DENOMINATOR = "zero denominator"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The value of a formula, or why it has none; of a division also its two sides."""

    value: Fraction | None
    reason: str | None = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


FUNCTIONS = ("GREATEST", "LEAST", "ABS", "LN")
"""What formulas may call."""


def names_in_formula(formula: str) -> tuple[str, ...]:
    """The names that a formula uses, in the order in which they are written.

    Raises:
        ExpressionError: it is not arithmetic over names, or uses no metric.
    """
    tree = parse(formula)
    for node in walk(tree):
        fits = isinstance(node, (Name, Negative)) or (
            (isinstance(node, Arithmetic) and node.sign in "+-*/")
            or (isinstance(node, Literal) and isinstance(node.value, (int, Decimal)))
            or (isinstance(node, Call) and node.function in FUNCTIONS and node.arguments)
        )
        if not fits:
            raise ExpressionError(
                node.token,
                "does not belong in a formula",
                f"metric names, numbers, + - * / ( ), {', '.join(FUNCTIONS)}",
            )
    names = names_in(tree)
    if not names:
        raise ExpressionError(tree.token, "the formula uses no metric")
    return names


def evaluate(formula: str, values: Mapping[str, Number | Fraction], zero: str | None = None) -> Evaluated:
    """The value of a formula.

    Args:
        formula: as `names_in_formula` accepts it.
        values: of every metric in it.
        zero: the reason to give for a division by zero.
    """
    tree = parse(formula)
    try:
        if isinstance(tree, Arithmetic) and tree.sign == "/":
            top, bottom = _value(tree.left, values), _value(tree.right, values)
            if bottom == 0:
                return Evaluated(None, zero or ZERO_DENOMINATOR, top, bottom)
            return Evaluated(top / bottom, None, top, bottom)
        return Evaluated(_value(tree, values))
    except ZeroDivisionError:
        return Evaluated(None, zero or ZERO_DENOMINATOR)
    except ValueError:
        return Evaluated(None, "the logarithm needs a number above zero")


def _value(node: Node, values: Mapping[str, Number | Fraction]) -> Fraction:
    match node:
        case Literal(value=int() | Decimal() as number):
            return Fraction(number)
        case Name():
            return Fraction(values[node.name])
        case Negative():
            return -_value(node.operand, values)
        case Call():
            arguments = [_value(argument, values) for argument in node.arguments]
            if node.function == "ABS":
                return abs(arguments[0])
            if node.function == "LN":
                return Fraction(log(arguments[0]))
            return max(arguments) if node.function == "GREATEST" else min(arguments)
        case Arithmetic():
            left, right = _value(node.left, values), _value(node.right, values)
            if node.sign == "+":
                return left + right
            if node.sign == "-":
                return left - right
            return left * right if node.sign == "*" else left / right
    raise TypeError(type(node).__name__)
