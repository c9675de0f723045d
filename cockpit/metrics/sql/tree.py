"""The tree of an expression, as it was written: no types yet."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from cockpit.metrics.sql.tokens import Token


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression; `token` is where a problem with it is shown."""

    token: Token


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value written in the expression; None is NULL. A date only comes from the checks."""

    value: str | int | Decimal | float | bool | date | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A column, or one of the parameters `as_of`, `period_start`, `period_end`."""

    name: str


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A minus sign before a number."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left + right`, also `-`, `*`, `/`, `%` and `||`."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`left = right`, also `<>`, `<`, `<=`, `>`, `>=`."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """All (AND) or any (OR) of the operands."""

    word: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite; unknown stays unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class IsNull(Node):
    """`operand IS NULL`, or IS NOT NULL."""

    operand: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class In(Node):
    """`operand IN (items)`, or NOT IN."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`operand BETWEEN low AND high`, both counted, or NOT BETWEEN."""

    operand: Node
    low: Node
    high: Node
    negated: bool


@dataclass(frozen=True, slots=True)
class Like(Node):
    """`operand LIKE pattern`, where `%` is any text and `_` one character; ILIKE ignores case."""

    operand: Node
    pattern: str
    ignore_case: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`CASE WHEN condition THEN value ... ELSE otherwise END`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call; `star` is COUNT(*)."""

    function: str
    arguments: tuple[Node, ...]
    distinct: bool = False
    star: bool = False


def walk(node: Node) -> Iterator[Node]:
    """The node and everything inside it."""
    yield node
    for field in fields(node):
        yield from _inside(getattr(node, field.name))


def _inside(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield from walk(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _inside(item)


def names_in(node: Node) -> tuple[str, ...]:
    """The names used in an expression, each once, in the order in which they are written."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Name)))
