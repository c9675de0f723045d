"""The functions that expressions may use: their names, arguments, results, and one line for people."""

from dataclasses import dataclass
from typing import Literal

ValueType = Literal["text", "number", "date", "bool", "null"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes:
        name: in capitals.
        arguments: the type of each argument; "any" for one that takes the type of the others.
        result: the type of the result; "any" for the type that the arguments share.
        help: what it does.
        least: how many arguments must be given; None for all of them.
        repeats: whether the last argument may be given more than once.
    """

    name: str
    arguments: tuple[str, ...]
    result: str
    help: str
    least: int | None = None
    repeats: bool = False

    @property
    def signature(self) -> str:
        """How it is written, for `cockpit kpis --functions`."""
        return f"{self.name}({', '.join(self.arguments)}{', ...' if self.repeats else ''})"

    def accepts(self, count: int) -> bool:
        """Whether it may be called with that many arguments."""
        least = len(self.arguments) if self.least is None else self.least
        return count >= least and (self.repeats or count <= len(self.arguments))


_ALL = (
    Function("COALESCE", ("any",), "any", "the first argument that is not null", repeats=True),
    Function("NULLIF", ("any", "any"), "any", "null where both are equal, else the first"),
    Function("GREATEST", ("any",), "any", "the largest; nulls are passed over", repeats=True),
    Function("LEAST", ("any",), "any", "the smallest; nulls are passed over", repeats=True),
    Function("LOWER", ("text",), "text", "in small letters"),
    Function("UPPER", ("text",), "text", "in capitals"),
    Function("TRIM", ("text",), "text", "without blanks at both ends"),
    Function("LENGTH", ("text",), "number", "how many characters"),
    Function("LEFT", ("text", "number"), "text", "the first characters"),
    Function("RIGHT", ("text", "number"), "text", "the last characters"),
    Function("SUBSTR", ("text", "number", "number"), "text", "characters from a place (1 is the first)", 2),
    Function("REPLACE", ("text", "text", "text"), "text", "every occurrence of the second by the third"),
    Function("STARTS_WITH", ("text", "text"), "bool", "whether it begins so"),
    Function("ENDS_WITH", ("text", "text"), "bool", "whether it ends so"),
    Function("CONTAINS", ("text", "text"), "bool", "whether it occurs in it"),
    Function("ABS", ("number",), "number", "without its sign"),
    Function("ROUND", ("number", "number"), "number", "to that many decimal places (0)", 1),
    Function("FLOOR", ("number",), "number", "down to a whole number"),
    Function("CEIL", ("number",), "number", "up to a whole number"),
    Function("LN", ("number",), "number", "the natural logarithm; null where it is not above zero"),
    Function("YEAR", ("date",), "number", "the calendar year"),
    Function("MONTH", ("date",), "number", "the calendar month, 1 to 12"),
    Function("DAY", ("date",), "number", "the day of the month"),
    Function("WEEKDAY", ("date",), "number", "1 Monday to 7 Sunday"),
)

FUNCTIONS = {function.name: function for function in _ALL}
"""Every function, by its name in capitals."""

AGGREGATES = {
    "SUM": "the sum; nulls are passed over, 0 over no rows",
    "COUNT": "how many rows (COUNT(*)), values (COUNT(x)) or different values (COUNT(DISTINCT x))",
    "AVG": "the mean; null over no rows",
    "MIN": "the smallest number; null over no rows",
    "MAX": "the largest number; null over no rows",
    "MEDIAN": "the value in the middle; null over no rows",
    "QUANTILE_CONT": "QUANTILE_CONT(x, 0.8): the value that this share lies under, interpolated",
    "TOP_SUM": "TOP_SUM(x, 5): the sum of the largest values, so many of them; null over no rows",
    "HERFINDAHL": "the sum of squared shares in the total, from 1 / n to 1; null over no rows",
}
"""Every aggregate that the value of a metric may be, by its name in capitals."""
