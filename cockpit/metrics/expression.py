"""Checked SQL expressions as polars expressions.

Every construct is translated here, one by one, with SQL's meaning of null, so that nothing reaches
polars that it would accept and answer wrongly (`date - date > 1`, a filtered `sql_expr` aggregate).
Decimals stay decimals: a product is widened to the scale of both factors before it is rounded.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial, reduce

import polars as pl

from cockpit.metrics.sql.check import PARAMETERS, Aggregate, check_aggregate, check_condition
from cockpit.metrics.sql.functions import ValueType
from cockpit.metrics.sql.tree import (
    Arithmetic,
    Between,
    Call,
    Case,
    Compare,
    In,
    IsNull,
    Like,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    names_in,
)

EARLIEST, LATEST = date(1, 1, 1), date(9999, 12, 31)
"""What `period_start` and `period_end` are in a period without bounds."""
MAX_SCALE = 18
"""Most decimal places that a product keeps."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The dates that expressions may use; a period without a bound has None there."""

    as_of: date
    period_start: date | None = None
    period_end: date | None = None

    def value(self, name: str) -> date:
        """The date of that parameter."""
        if name == "as_of":
            return self.as_of
        return (self.period_start or EARLIEST) if name == "period_start" else (self.period_end or LATEST)


@dataclass(frozen=True, slots=True)
class Value:
    """An aggregate ready to be computed: its function, and its operand as a polars expression."""

    aggregate: Aggregate
    operand: pl.Expr | None

    @property
    def function(self) -> str:
        """The aggregate's name in capitals."""
        return self.aggregate.function


def value_type(dtype: pl.DataType) -> ValueType:
    """What kind of value a column holds, as expressions see it."""
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Date:
        return "date"
    if dtype == pl.Boolean:
        return "bool"
    return "null" if dtype == pl.Null else "text"


def value_types(schema: Mapping[str, pl.DataType]) -> dict[str, ValueType]:
    """`value_type` of every column that people may name."""
    return {name: value_type(dtype) for name, dtype in schema.items() if not name.startswith("_")}


def compile_condition(text: str, schema: Mapping[str, pl.DataType], parameters: Parameters) -> pl.Expr:
    """A boolean expression over the columns of a schema.

    Raises:
        ExpressionError: it is not understood, not allowed, or does not fit the columns.
    """
    return _Compiler(schema, parameters).expr(check_condition(text, value_types(schema)))


def compile_value(text: str, schema: Mapping[str, pl.DataType], parameters: Parameters) -> Value:
    """The one aggregate that a simple metric's value is.

    Raises:
        ExpressionError: as for `compile_condition`, or it is not exactly one aggregate.
    """
    aggregate = check_aggregate(text, value_types(schema))
    operand = aggregate.operand
    return Value(aggregate, None if operand is None else _Compiler(schema, parameters).expr(operand))


def columns_in(node: Node) -> tuple[str, ...]:
    """The columns an expression uses, without the parameters."""
    return tuple(name for name in names_in(node) if name.casefold() not in PARAMETERS)


_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class _Compiler:
    def __init__(self, schema: Mapping[str, pl.DataType], parameters: Parameters) -> None:
        self.schema = schema
        self.parameters = parameters

    def expr(self, node: Node) -> pl.Expr:
        match node:
            case Literal():
                return pl.lit(node.value)
            case Name():
                if node.name in self.schema:
                    return pl.col(node.name)
                return pl.lit(self.parameters.value(node.name))
            case Negative():
                return -self.expr(node.operand)
            case Arithmetic():
                return self.arithmetic(node)
            case Compare():
                left, right = self.comparable(node.left, node.right)
                return _COMPARE[node.sign](left, right)
            case Logic():
                operands = [self.expr(operand) for operand in node.operands]
                if len(operands) > 8:
                    return pl.all_horizontal(operands) if node.word == "AND" else pl.any_horizontal(operands)
                return reduce(lambda a, b: a & b if node.word == "AND" else a | b, operands)
            case Not():
                return ~self.expr(node.operand)
            case IsNull():
                operand = self.expr(node.operand)
                return operand.is_not_null() if node.negated else operand.is_null()
            case In():
                inside = self.contained(node)
                return ~inside if node.negated else inside
            case Between():
                operand, low, high = self.comparable(node.operand, node.low, node.high)
                between = (operand >= low) & (operand <= high)
                return ~between if node.negated else between
            case Like():
                pattern = _like_pattern(node.pattern, node.ignore_case)
                if self.enumeration(node.operand) is None:
                    like = self.expr(node.operand).str.contains(pattern)
                else:
                    words_like = partial(_among_words, pattern=pattern)
                    like = self.expr(node.operand).map_batches(
                        words_like, return_dtype=pl.Boolean, is_elementwise=True
                    )
                return ~like if node.negated else like
            case Case():
                return self.case(node)
            case Call():
                return self.call(node)
        raise TypeError(type(node).__name__)

    def text(self, node: Node) -> pl.Expr:
        """The node as plain text: an enumeration is text to those who write expressions."""
        expr = self.expr(node)
        return expr.cast(pl.String) if self.enumeration(node) is not None else expr

    def enumeration(self, node: Node) -> pl.DataType | None:
        """The column's type if it is an Enum or Categorical."""
        if isinstance(node, Name):
            dtype = self.schema.get(node.name)
            if dtype is not None and dtype in (pl.Enum, pl.Categorical):
                return dtype
        return None

    def comparable(self, *nodes: Node) -> list[pl.Expr]:
        """Enumerations stay as they are beside their own words, which is fast, and become text elsewhere.

        A Categorical is compared with any text as it is.
        """
        dtype = next((kind for node in nodes if isinstance(kind := self.enumeration(node), pl.Enum)), None)
        if dtype is not None:
            words = [node.value for node in nodes if isinstance(node, Literal)]
            own = all(word in dtype.categories for word in words)
            if not own or len(words) != len(nodes) - 1:
                return [self.text(node) for node in nodes]
        return [self.expr(node) for node in nodes]

    def contained(self, node: In) -> pl.Expr:
        literals = [item.value for item in node.items if isinstance(item, Literal)]
        if len(literals) == len(node.items) and all(isinstance(value, (str, date)) for value in literals):
            dtype = self.enumeration(node.operand)
            if isinstance(dtype, pl.Enum) and all(value in dtype.categories for value in literals):
                return self.expr(node.operand).is_in(pl.lit(pl.Series(literals, dtype=dtype)).implode())
            packed = isinstance(dtype, pl.Categorical)
            return (self.expr(node.operand) if packed else self.text(node.operand)).is_in(literals)
        equal = [_COMPARE["="](*self.comparable(node.operand, item)) for item in node.items]
        return equal[0] if len(equal) == 1 else pl.any_horizontal(equal)

    def scale(self, node: Node) -> int | None:
        """Decimal places of a decimal number, 0 of a whole number, None of a float."""
        match node:
            case Literal(value=bool()):
                return None
            case Literal(value=int()):
                return 0
            case Literal(value=Decimal() as number):
                return max(-int(number.as_tuple().exponent), 0)
            case Name() if node.name in self.schema:
                dtype = self.schema[node.name]
                return dtype.scale if isinstance(dtype, pl.Decimal) else (0 if dtype.is_integer() else None)
            case Negative():
                return self.scale(node.operand)
            case Arithmetic():
                scales = (self.scale(node.left), self.scale(node.right))
                if node.sign == "/" or None in scales:
                    return None
                left, right = (scale or 0 for scale in scales)
                return min(left + right, MAX_SCALE) if node.sign == "*" else max(left, right)
            case Case():
                values = [value for _, value in node.branches]
                return self.widest([*values, *([node.otherwise] if node.otherwise else [])])
            case Call(function="COALESCE" | "GREATEST" | "LEAST" | "NULLIF" | "ABS"):
                return self.widest(node.arguments)
        return None

    def widest(self, nodes: "list[Node] | tuple[Node, ...]") -> int | None:
        scales = [
            self.scale(node) for node in nodes if not (isinstance(node, Literal) and node.value is None)
        ]
        return None if None in scales else max((scale or 0 for scale in scales), default=0)

    def arithmetic(self, node: Arithmetic) -> pl.Expr:
        if node.sign == "||":
            return self.text(node.left) + self.text(node.right)
        left, right = self.expr(node.left), self.expr(node.right)
        left_scale, right_scale = self.scale(node.left), self.scale(node.right)
        if node.sign in "/%":
            left, right = left.cast(pl.Float64), right.cast(pl.Float64)
            divisor = pl.when(right != 0).then(right)
            return left / divisor if node.sign == "/" else left - divisor * (left / divisor).cast(pl.Int64)
        if left_scale is None or right_scale is None:
            left, right = left.cast(pl.Float64), right.cast(pl.Float64)
        elif node.sign == "*" and left_scale and right_scale:
            left = left.cast(pl.Decimal(38, min(left_scale + right_scale, MAX_SCALE)))
        elif left_scale != right_scale:
            wider = pl.Decimal(38, max(left_scale, right_scale))
            left, right = left.cast(wider), right.cast(wider)
        elif left_scale == 0:
            left, right = left.cast(pl.Int64), right.cast(pl.Int64)
        return left + right if node.sign == "+" else left - right if node.sign == "-" else left * right

    def case(self, node: Case) -> pl.Expr:
        expr = self.text(node.otherwise) if node.otherwise is not None else pl.lit(None)
        for condition, value in reversed(node.branches):
            expr = pl.when(self.expr(condition)).then(self.text(value)).otherwise(expr)
        return expr

    def call(self, node: Call) -> pl.Expr:
        arguments = [self.text(argument) for argument in node.arguments]
        return _FUNCTIONS[node.function](*arguments)


def _among_words(column: pl.Series, *, pattern: str) -> pl.Series:
    """Whether the pattern is in each text of a column that keeps its words once; only these are looked at."""
    words = column.unique().drop_nulls().cast(pl.String)
    return column.is_in(words.filter(words.str.contains(pattern)).to_list())


def _like_pattern(pattern: str, ignore_case: bool) -> str:
    body = "".join(".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern)
    return f"{'(?is)' if ignore_case else '(?s)'}^{body}$"


def _round(number: pl.Expr, places: pl.Expr | None = None) -> pl.Expr:
    factor = pl.lit(10.0).pow(places if places is not None else pl.lit(0))
    scaled = number.cast(pl.Float64) * factor
    return (scaled.abs() + 0.5).floor() * scaled.sign() / factor


_FUNCTIONS: dict[str, Callable[..., pl.Expr]] = {
    "COALESCE": lambda *arguments: pl.coalesce(*arguments),
    "NULLIF": lambda first, second: (
        pl.when((first == second).fill_null(value=False)).then(None).otherwise(first)
    ),
    "GREATEST": lambda *arguments: pl.max_horizontal(*arguments),
    "LEAST": lambda *arguments: pl.min_horizontal(*arguments),
    "LOWER": lambda text: text.str.to_lowercase(),
    "UPPER": lambda text: text.str.to_uppercase(),
    "TRIM": lambda text: text.str.strip_chars(),
    "LENGTH": lambda text: text.str.len_chars().cast(pl.Int64),
    "LEFT": lambda text, count: text.str.head(count),
    "RIGHT": lambda text, count: text.str.tail(count),
    "SUBSTR": lambda text, first, *count: text.str.slice(first - 1, *count),
    "REPLACE": lambda text, old, new: text.str.replace_all(old, new, literal=True),
    "STARTS_WITH": lambda text, start: text.str.starts_with(start),
    "ENDS_WITH": lambda text, end: text.str.ends_with(end),
    "CONTAINS": lambda text, part: text.str.contains(part, literal=True),
    "ABS": lambda number: number.abs(),
    "ROUND": _round,
    "FLOOR": lambda number: number.cast(pl.Float64).floor(),
    "CEIL": lambda number: number.cast(pl.Float64).ceil(),
    "LN": lambda number: pl.when(number > 0).then(number.cast(pl.Float64)).log(),
    "YEAR": lambda day: day.dt.year(),
    "MONTH": lambda day: day.dt.month(),
    "DAY": lambda day: day.dt.day(),
    "WEEKDAY": lambda day: day.dt.weekday(),
}
