"""Types of an expression: every operand fits, quoted dates become dates, the result is what is needed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cockpit.base.problems import did_you_mean
from cockpit.metrics.sql.functions import AGGREGATES, FUNCTIONS, ValueType
from cockpit.metrics.sql.parse import iso_date, parse
from cockpit.metrics.sql.tokens import ExpressionError, Token
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
)

PARAMETERS = ("as_of", "period_start", "period_end")
"""Dates of the question that every expression may use."""

_AGES = "ages are columns: age_days, days_in_stage, days_since_change, days_past_due, cycle_days"
_SHOWN_TYPE = {
    "text": "text", "number": "a number", "date": "a date", "bool": "true or false", "null": "null"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The checked value of a simple metric.

    Attributes:
        function: SUM, COUNT, AVG, MIN, MAX, MEDIAN or QUANTILE_CONT.
        operand: what is aggregated; None for COUNT(*).
        distinct: whether it is COUNT(DISTINCT x).
        quantile: of QUANTILE_CONT, from 0 to 1.
        largest: of TOP_SUM, how many values.
    """

    function: str
    operand: Node | None
    distinct: bool = False
    quantile: float | None = None
    largest: int | None = None


def check_condition(text: str, columns: Mapping[str, ValueType]) -> Node:
    """The tree of a boolean expression over those columns, with quoted dates made dates.

    Raises:
        ExpressionError: pointing at the token that is wrong.
    """
    node, kind = _Checker(columns).check(parse(text))
    if kind != "bool":
        raise ExpressionError(node.token, f"the expression gives {_SHOWN_TYPE[kind]}, not true or false")
    return node


def check_aggregate(text: str, columns: Mapping[str, ValueType]) -> Aggregate:
    """The one aggregate call that the value of a simple metric is.

    Raises:
        ExpressionError: it is not exactly one aggregate, or its operand is wrong.
    """
    call = parse(text)
    if not isinstance(call, Call) or call.function not in AGGREGATES:
        raise ExpressionError(
            call.token,
            "the value must be exactly one aggregate call",
            f"one of {', '.join(AGGREGATES)}; what needs two is a ratio or derived metric",
        )
    name, checker = call.function, _Checker(columns)
    if call.star:
        return Aggregate("COUNT", None)
    wanted = 2 if name in ("QUANTILE_CONT", "TOP_SUM") else 1
    if len(call.arguments) != wanted:
        raise ExpressionError(call.token, f"{name} takes {wanted} argument{'s' * (wanted > 1)}")
    if call.distinct and name != "COUNT":
        raise ExpressionError(call.token, f"DISTINCT belongs to COUNT, not to {name}")
    operand, kind = checker.check(call.arguments[0])
    if name != "COUNT" and kind != "number":
        raise ExpressionError(operand.token, f"{name} needs a number, this is {_SHOWN_TYPE[kind]}")
    quantile = None
    if name == "QUANTILE_CONT":
        share = call.arguments[1]
        if not isinstance(share, Literal) or isinstance(share.value, (str, bool, date, type(None))):
            raise ExpressionError(share.token, "the share must be a number from 0 to 1")
        quantile = float(share.value)
        if not 0 <= quantile <= 1:
            raise ExpressionError(share.token, "the share must be a number from 0 to 1")
    largest = None
    if name == "TOP_SUM":
        many = call.arguments[1]
        if not isinstance(many, Literal) or not isinstance(many.value, int) or many.value < 1:
            raise ExpressionError(many.token, "how many must be a whole number above zero")
        largest = many.value
    return Aggregate(name, operand, call.distinct, quantile, largest)


class _Checker:
    def __init__(self, columns: Mapping[str, ValueType]) -> None:
        self.columns = columns

    def check(self, node: Node) -> tuple[Node, ValueType]:
        """The node with its literals made fit, and its type."""
        match node:
            case Literal():
                return node, _literal_type(node.value)
            case Name():
                return self.name(node)
            case Negative():
                return replace(node, operand=self.of_type(node.operand, "number")), "number"
            case Arithmetic():
                return self.arithmetic(node)
            case Compare():
                (left, right), _ = self.alike((node.left, node.right), node.token)
                return replace(node, left=left, right=right), "bool"
            case Logic():
                operands = tuple(self.of_type(operand, "bool") for operand in node.operands)
                return replace(node, operands=operands), "bool"
            case Not():
                return replace(node, operand=self.of_type(node.operand, "bool")), "bool"
            case IsNull():
                return replace(node, operand=self.check(node.operand)[0]), "bool"
            case In():
                (operand, *items), _ = self.alike((node.operand, *node.items), node.token)
                return replace(node, operand=operand, items=tuple(items)), "bool"
            case Between():
                (operand, low, high), _ = self.alike((node.operand, node.low, node.high), node.token)
                return replace(node, operand=operand, low=low, high=high), "bool"
            case Like():
                return replace(node, operand=self.of_type(node.operand, "text")), "bool"
            case Case():
                return self.case(node)
            case Call():
                return self.call(node)
        raise ExpressionError(node.token, "does not fit here")

    def name(self, node: Name) -> tuple[Node, ValueType]:
        if node.name in self.columns:
            return node, self.columns[node.name]
        folded = node.name.casefold()
        if folded in PARAMETERS:
            return replace(node, name=folded), "date"
        if node.token.kind == "name" and folded in self.columns:
            return replace(node, name=folded), self.columns[folded]
        hint = did_you_mean(node.name, (*self.columns, *PARAMETERS))
        raise ExpressionError(node.token, f"there is no column {node.name}", hint)

    def of_type(self, node: Node, wanted: ValueType) -> Node:
        checked, kind = self.check(node)
        if wanted == "date" and kind == "text" and isinstance(checked, Literal):
            return _dated(checked)
        if kind not in (wanted, "null"):
            raise ExpressionError(node.token, f"must be {_SHOWN_TYPE[wanted]}, is {_SHOWN_TYPE[kind]}")
        return checked

    def alike(self, nodes: tuple[Node, ...], token: Token) -> tuple[list[Node], ValueType]:
        """The nodes with one type; quoted dates beside a date become dates."""
        checked = [self.check(node) for node in nodes]
        kinds = {kind for _, kind in checked if kind != "null"}
        if kinds == {"date", "text"}:
            checked = [
                (_dated(node), "date") if kind == "text" and isinstance(node, Literal) else (node, kind)
                for node, kind in checked
            ]
            kinds = {kind for _, kind in checked if kind != "null"}
        if len(kinds) > 1:
            first = next(kind for _, kind in checked if kind != "null")
            other, kind = next((node, kind) for node, kind in checked if kind not in ("null", first))
            raise ExpressionError(
                other.token, f"is {_SHOWN_TYPE[kind]}, but stands beside {_SHOWN_TYPE[first]}"
            )
        return [node for node, _ in checked], next(iter(kinds), "null")

    def arithmetic(self, node: Arithmetic) -> tuple[Node, ValueType]:
        if node.sign == "||":
            left, right = self.of_type(node.left, "text"), self.of_type(node.right, "text")
            return replace(node, left=left, right=right), "text"
        operands = []
        for operand in (node.left, node.right):
            checked, kind = self.check(operand)
            if kind == "date":
                raise ExpressionError(node.token, "dates cannot be calculated with", _AGES)
            if kind not in ("number", "null"):
                raise ExpressionError(operand.token, f"must be a number, is {_SHOWN_TYPE[kind]}")
            operands.append(checked)
        return replace(node, left=operands[0], right=operands[1]), "number"

    def case(self, node: Case) -> tuple[Node, ValueType]:
        conditions = [self.of_type(condition, "bool") for condition, _ in node.branches]
        values = tuple(value for _, value in node.branches)
        if node.otherwise is not None:
            values = (*values, node.otherwise)
        alike, kind = self.alike(values, node.token)
        otherwise = alike.pop() if node.otherwise is not None else None
        return replace(node, branches=tuple(zip(conditions, alike, strict=True)), otherwise=otherwise), kind

    def call(self, node: Call) -> tuple[Node, ValueType]:
        if node.function in AGGREGATES:
            raise ExpressionError(
                node.token, "aggregates are not allowed here", "filter rows by columns; groups come from --by"
            )
        function = FUNCTIONS[node.function]
        if node.distinct or not function.accepts(len(node.arguments)):
            raise ExpressionError(node.token, f"is written {function.signature}")
        if "any" in function.arguments:
            arguments, kind = self.alike(node.arguments, node.token)
        else:
            wanted = (*function.arguments, *function.arguments[-1:] * len(node.arguments))
            arguments = [
                self.of_type(argument, kind)  # type: ignore[arg-type]
                for argument, kind in zip(node.arguments, wanted, strict=False)
            ]
            kind = "null"
        result: ValueType = kind if function.result == "any" else function.result  # type: ignore[assignment]
        return replace(node, arguments=tuple(arguments)), result


def _dated(literal: Literal) -> Literal:
    day = iso_date(str(literal.value))
    if day is None:
        raise ExpressionError(literal.token, "is no date", "dates are written 'YYYY-MM-DD'")
    return replace(literal, value=day)


def _literal_type(value: object) -> ValueType:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    return "date" if isinstance(value, date) else "number"
