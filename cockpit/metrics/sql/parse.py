"""From the text of an expression to its tree: a recursive descent over the allowed subset of SQL."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from cockpit.base.problems import did_you_mean
from cockpit.metrics.sql.functions import AGGREGATES, FUNCTIONS
from cockpit.metrics.sql.tokens import ExpressionError, Token, tokens_of
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

MAX_DEPTH = 60
"""How deep parentheses, CASE and chains of arithmetic may nest."""

_COMPARISONS = {"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_RESERVED = frozenset(
    {"AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "IS", "NULL", "CASE", "WHEN", "THEN", "ELSE",
     "END", "DISTINCT", "SELECT", "FROM", "WHERE", "OVER", "EXISTS", "UNION", "JOIN", "GROUP", "ORDER",
     "HAVING", "FILTER"}
)  # fmt: skip


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The tree of one expression.

    Raises:
        ExpressionError: pointing at the token that does not fit.
    """
    parser = _Parser(tokens_of(text))
    node = parser.expression()
    parser.expect_end()
    return node


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def next(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def take(self, *words: str) -> Token | None:
        return self.next() if self.token.word in words else None

    def expect(self, word: str) -> Token:
        taken = self.take(word)
        if taken is None:
            raise ExpressionError(self.token, f"{word} is missing before this")
        return taken

    def expect_end(self) -> None:
        token = self.token
        if token.kind == "end":
            return
        if token.text == ";":
            raise ExpressionError(token, "only one expression is allowed, without a semicolon")
        if token.word == "OVER":
            raise ExpressionError(token, "window functions are not allowed")
        if token.word == "FILTER":
            raise ExpressionError(token, "write the filter as the metric's where")
        hint = did_you_mean(token.text, ("AND", "OR", "IN", "LIKE", "BETWEEN", "IS")) if token.word else None
        raise ExpressionError(token, "does not fit here", hint)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(self.token, f"nested deeper than {MAX_DEPTH} levels")
        node = self.disjunction()
        self.depth -= 1
        return node

    def disjunction(self) -> Node:
        first = self.conjunction()
        return self._joined("OR", first, self.conjunction)

    def conjunction(self) -> Node:
        first = self.negation()
        return self._joined("AND", first, self.negation)

    def _joined(self, word: str, first: Node, operand: Callable[[], Node]) -> Node:
        operands = [first]
        token = self.token
        while self.take(word):
            operands.append(operand())
        return first if len(operands) == 1 else Logic(token, word, tuple(operands))

    def negation(self) -> Node:
        negations: list[Token] = []
        while token := self.take("NOT"):
            negations.append(token)
        node = self.predicate()
        return Not(negations[0], node) if len(negations) % 2 else node

    def predicate(self) -> Node:
        node = self.additive()
        token = self.token
        if token.kind == "sign" and token.text in _COMPARISONS:
            self.next()
            node = Compare(token, _COMPARISONS[token.text], node, self.additive())
            if self.token.kind == "sign" and self.token.text in _COMPARISONS:
                raise ExpressionError(self.token, "comparisons cannot be chained", "join them with AND")
            return node
        if self.take("IS"):
            negated = self.take("NOT") is not None
            self.expect("NULL")
            return IsNull(token, node, negated)
        negation = self.take("NOT")
        token = self.token
        if self.take("IN"):
            return In(token, node, self.items(), negation is not None)
        if self.take("BETWEEN"):
            low = self.additive()
            self.expect("AND")
            return Between(token, node, low, self.additive(), negation is not None)
        if self.take("LIKE", "ILIKE"):
            pattern = self.next()
            if pattern.kind != "text":
                raise ExpressionError(pattern, f"{token.word} needs a pattern in single quotes")
            return Like(token, node, pattern.text, token.word == "ILIKE", negation is not None)
        if negation is not None:
            raise ExpressionError(token, "after NOT, one of IN, BETWEEN, LIKE, ILIKE is missing")
        return node

    def items(self) -> tuple[Node, ...]:
        self.expect("(")
        if self.token.word == "SELECT":
            raise ExpressionError(self.token, "sub-queries are not allowed")
        items = [self.additive()]
        while self.take(","):
            items.append(self.additive())
        self.expect(")")
        return tuple(items)

    def additive(self) -> Node:
        return self._chain(("+", "-", "||"), self.multiplicative)

    def multiplicative(self) -> Node:
        return self._chain(("*", "/", "%"), self.unary)

    def _chain(self, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        node = operand()
        length = 0
        while token := self.take(*signs):
            length += 1
            if length > MAX_DEPTH:
                raise ExpressionError(token, f"more than {MAX_DEPTH} operations in a row")
            node = Arithmetic(token, token.text, node, operand())
        return node

    def unary(self) -> Node:
        negative: list[Token] = []
        first = self.token
        while token := self.take("-", "+"):
            if token.text == "-":
                negative.append(token)
        node = self.primary()
        return Negative(first, node) if len(negative) % 2 else node

    def primary(self) -> Node:
        token = self.next()
        if token.kind == "number":
            return Literal(token, _number(token.text))
        if token.kind == "text":
            return Literal(token, token.text)
        if token.kind == "quoted name":
            return Name(token, token.text)
        if token.text == "(" and token.kind == "sign":
            if self.token.word == "SELECT":
                raise ExpressionError(self.token, "sub-queries are not allowed")
            node = self.expression()
            self.expect(")")
            return node
        if token.kind != "name":
            raise ExpressionError(token, "a column, a value or a parenthesis is missing here")
        if token.word in ("TRUE", "FALSE"):
            return Literal(token, token.word == "TRUE")
        if token.word == "NULL":
            return Literal(token, None)
        if token.word == "CASE":
            return self.case(token)
        if token.word == "DATE" and self.token.kind == "text":
            return self.dated(self.next())
        if token.word in ("SELECT", "EXISTS", "WITH") and self.token.kind != "end":
            raise ExpressionError(token, "sub-queries are not allowed")
        if token.word in _RESERVED:
            raise ExpressionError(token, "a column or a value is missing before this")
        if self.token.text == "(" and self.token.kind == "sign":
            return self.call(token)
        if self.token.text == "." and self.token.kind == "sign":
            raise ExpressionError(self.token, "columns are named without a table")
        return Name(token, token.text)

    def dated(self, token: Token) -> Node:
        day = iso_date(token.text)
        if day is None:
            raise ExpressionError(token, "is no date", "dates are written 'YYYY-MM-DD'")
        return Literal(token, day)

    def case(self, token: Token) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(token, f"nested deeper than {MAX_DEPTH} levels")
        compared = None if self.token.word == "WHEN" else self.additive()
        branches = []
        while when := self.take("WHEN"):
            condition = self.expression()
            if compared is not None:
                condition = Compare(when, "=", compared, condition)
            self.expect("THEN")
            branches.append((condition, self.expression()))
        if not branches:
            raise ExpressionError(self.token, "WHEN is missing before this")
        otherwise = self.expression() if self.take("ELSE") else None
        self.expect("END")
        self.depth -= 1
        return Case(token, tuple(branches), otherwise)

    def call(self, token: Token) -> Node:
        name = token.word
        if name not in FUNCTIONS and name not in AGGREGATES:
            known = (*FUNCTIONS, *AGGREGATES)
            hint = did_you_mean(name, known) or "`cockpit kpis --functions` lists what may be used"
            if name.startswith("DATE"):
                hint = "ages are columns: age_days, days_in_stage, days_since_change, cycle_days"
            raise ExpressionError(token, f"there is no function {name}", hint)
        self.expect("(")
        if self.take("*"):
            self.expect(")")
            if name != "COUNT":
                raise ExpressionError(token, "only COUNT takes *")
            return self._not_windowed(Call(token, name, (), star=True))
        distinct = self.take("DISTINCT") is not None
        arguments: list[Node] = []
        if self.token.text != ")" or self.token.kind != "sign":
            arguments.append(self.expression())
            while self.take(","):
                arguments.append(self.expression())
        self.expect(")")
        return self._not_windowed(Call(token, name, tuple(arguments), distinct))

    def _not_windowed(self, call: Call) -> Call:
        if self.token.word == "OVER":
            raise ExpressionError(self.token, "window functions are not allowed")
        return call


def iso_date(text: str) -> date | None:
    """The date that `YYYY-MM-DD` names, or None."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | Decimal | float:
    if "e" in text.lower():
        return float(text)
    return Decimal(text) if "." in text else int(text)
