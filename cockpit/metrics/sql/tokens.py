"""The words of an expression, each with its place, and the error that points at one of them."""

import re
from dataclasses import dataclass
from typing import Literal

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError

TokenKind = Literal["name", "quoted name", "text", "number", "sign", "end"]

MAX_TOKENS = 5_000
"""A longer expression is refused; nobody wrote it by hand."""

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<sign><=|>=|<>|!=|==|\|\||--|/\*|[-+*/%(),;.=<>])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression.

    Attributes:
        kind: what it is.
        text: what it means: quotes removed; names as written.
        position: the character it starts at, counted from 1.
        shown: as it stands in the expression.
    """

    kind: TokenKind
    text: str
    position: int
    shown: str

    @property
    def word(self) -> str:
        """The upper-case word of a bare name or sign, else nothing: a quoted name is never a keyword."""
        return self.text.upper() if self.kind in ("name", "sign") else ""


class ExpressionError(UsageError):
    """An expression that is not understood or not allowed; its problem points at the token."""

    def __init__(self, token: Token, message: str, hint: str | None = None) -> None:
        if token.kind == "end":
            place = "at the end"
        else:
            shown = token.shown if len(token.shown) <= 40 else token.shown[:39] + "…"
            place = f"at {clean(shown)} (character {token.position})"
        self.token = token
        super().__init__(Problem(f"{place}: {message}", hint=hint))


def tokens_of(text: str) -> list[Token]:
    """Split an expression into tokens; the last one is always of kind "end".

    Raises:
        ExpressionError: a character that belongs to no token, an open quote, a comment, or too many tokens.
    """
    found: list[Token] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            start = position + len(stripped[position:]) - len(stripped[position:].lstrip())
            character = Token("sign", stripped[start], start + 1, stripped[start:])
            if stripped[start] in "'\"":
                raise ExpressionError(character, "this quote is never closed")
            raise ExpressionError(
                Token("sign", stripped[start], start + 1, stripped[start]), "is not part of the language"
            )
        kind = match.lastgroup or ""
        shown = match.group(kind)
        start = match.start(kind) + 1
        position = match.end()
        if shown in ("--", "/*"):
            raise ExpressionError(Token("sign", shown, start, shown), "comments are not allowed")
        if kind == "text":
            found.append(Token("text", shown[1:-1].replace("''", "'"), start, shown))
        elif kind == "quoted":
            found.append(Token("quoted name", shown[1:-1].replace('""', '"'), start, shown))
        elif kind == "number":
            found.append(Token("number", shown, start, shown))
        elif kind == "name":
            found.append(Token("name", shown, start, shown))
        else:
            found.append(Token("sign", shown, start, shown))
        if len(found) > MAX_TOKENS:
            raise ExpressionError(found[-1], f"the expression has more than {MAX_TOKENS:,} words")
    found.append(Token("end", "", len(stripped) + 1, ""))
    return found
