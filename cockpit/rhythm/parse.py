"""The rule language, read.

    when   := base [ ("+" | "-") INT ("d" | "bd" | "w" | "mo") ]
    base   := "BD" INT ("of" | "after") unit | ("first" | "last") "BD of" unit
            | ("1st" .. "5th" | "last") WEEKDAY "of" unit
            | "every" (WEEKDAY {"," WEEKDAY} | "BD")
            | "day" INT "of" unit | WEEKDAY "of week" INT ["of" unit]
            | "event" | "T" | DATE
    unit   := "week" | "month" | "period" | "quarter" | "half" | "year"
            | ("month" | "period" | "quarter") INT "of" unit

Case does not matter. An error points at the word that is wrong and offers the nearest one.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import get_args

import msgspec

from cockpit.base.problems import did_you_mean
from cockpit.fiscal.weekdays import LONG_WEEKDAYS, WEEKDAYS, weekday_number
from cockpit.rhythm.rule import (
    NUMBERED,
    ORDINALS,
    UNITS,
    AnchorBase,
    Base,
    BusinessDayOf,
    DayOf,
    EventBase,
    Every,
    FixedDate,
    NthWeekday,
    Offset,
    OffsetUnit,
    Rule,
    UnitRef,
    WeekdayOfWeek,
)

_TOKEN = re.compile(r"\d{4}-\d\d-\d\d|\d+(?:st|nd|rd|th)\b|[A-Za-z]+|\d+|[-+,]|\S", re.IGNORECASE)
_OFFSET_UNITS: tuple[OffsetUnit, ...] = get_args(OffsetUnit)
_MOST = {"d": 3_700, "bd": 2_600, "w": 530, "mo": 120}
"""Longest offsets: about ten years; more is a typing mistake."""
_STARTS = ("BD", "first", "last", "every", "day", "event", "T", *WEEKDAYS, *ORDINALS)


class RuleError(Exception):
    """A rule that cannot be read.

    Attributes:
        message: what is wrong, with the word it is about.
        hint: the nearest word or what may stand there, or None.
        column: where in the rule the word starts, from 1.
    """

    def __init__(self, message: str, column: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.hint = hint


class _Token(msgspec.Struct, frozen=True):
    text: str
    column: int


def parse_rule(text: str) -> Rule:
    """The rule that a text says.

    Raises:
        RuleError: it says none; with the word, its column and the nearest word.
    """
    return _Parser(text).rule()


def parse_lead(text: str) -> Offset:
    """A length of time before a date: `5bd`, `2w`, `10d`.

    Raises:
        RuleError: it is none.
    """
    parser = _Parser(text)
    offset = parser.length(1)
    parser.end()
    if offset.unit == "mo":
        raise RuleError("a lead is counted in d, bd or w", 1, 'such as "10bd"')
    return offset


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [_Token(found.group(), found.start() + 1) for found in _TOKEN.finditer(text)]
        self.position = 0

    def rule(self) -> Rule:
        if not self.tokens:
            raise RuleError("the rule is empty", 1, 'such as "last BD of quarter"')
        base = self.base()
        offset = None
        if self.peek() in ("+", "-"):
            sign = -1 if self.take().text == "-" else 1
            offset = self.length(sign)
        self.end()
        return Rule(base, offset)

    def base(self) -> Base:
        token = self.take()
        word = token.text.casefold()
        if re.fullmatch(r"\d{4}-\d\d-\d\d", token.text):
            return self.fixed(token)
        if word == "event":
            return EventBase()
        if word == "t":
            return AnchorBase()
        if word == "every":
            return self.every()
        if word == "bd":
            return self.business_day(token)
        if word in ("first", "last"):
            return self.first_or_last(token, word)
        if word == "day":
            number = self.number(signed=True, what="a day")
            self.expect("of")
            return DayOf(number, self.unit())
        if token.text.casefold() in ORDINALS:
            weekday = self.weekday()
            self.expect("of")
            return NthWeekday(ORDINALS.index(token.text.casefold()) + 1, weekday, self.unit())
        if re.fullmatch(r"\d+(st|nd|rd|th)", word):
            raise RuleError(f"{token.text!r} is not 1st to 5th or last", token.column)
        if weekday_number(token.text) is not None:
            return self.week_rule(token)
        if re.match(r"[a-z]", word) and did_you_mean(token.text, LONG_WEEKDAYS) and len(word) > 2:
            raise RuleError(f"unknown weekday {token.text!r}", token.column, _weekday_hint(token.text))
        raise self.unknown(token, "how a rule starts", _STARTS)

    def fixed(self, token: _Token) -> Base:
        try:
            return FixedDate(date.fromisoformat(token.text))
        except ValueError as error:
            raise RuleError(f"there is no day {token.text}", token.column) from error

    def every(self) -> Base:
        if (self.peek() or "").casefold() == "bd":
            self.take()
            return Every()
        days = [self.weekday()]
        while self.peek() == ",":
            self.take()
            days.append(self.weekday())
        return Every(tuple(sorted(set(days))))

    def business_day(self, token: _Token) -> Base:
        number = self.number(signed=True, what="a business day")
        if abs(number) > 260:
            raise RuleError(f"BD{number} is further than any unit reaches", token.column)
        word = self.one_of(("of", "after"))
        if word == "after" and number < 0:
            raise RuleError(f"BD{number} cannot come after a unit", token.column, "count from 1: BD1")
        return BusinessDayOf(number, self.unit(), word == "after")

    def first_or_last(self, token: _Token, word: str) -> Base:
        if (self.peek() or "").casefold() == "bd":
            self.take()
            self.expect("of")
            return BusinessDayOf(1 if word == "first" else -1, self.unit())
        if word == "first":
            raise self.unknown(self.take(), "what follows first", ("BD",))
        weekday = self.weekday()
        self.expect("of")
        return NthWeekday(-1, weekday, self.unit())

    def week_rule(self, token: _Token) -> Base:
        weekday = weekday_number(token.text)
        assert weekday is not None
        self.expect("of")
        self.expect("week")
        week = self.number(signed=False, what="a week")
        if week > 53:
            raise RuleError(f"there is no week {week}", self.tokens[self.position - 1].column, "1 to 53")
        if (self.peek() or "").casefold() == "of":
            self.take()
            return WeekdayOfWeek(weekday, week, self.unit())
        return WeekdayOfWeek(weekday, week, UnitRef("year"))

    def unit(self) -> UnitRef:
        token = self.take()
        word = token.text.casefold()
        kind = next((unit for unit in UNITS if unit == word), None)
        if kind is None:
            raise self.unknown(token, "a unit", UNITS)
        following = self.peek()
        if following is None or not following.isdigit():
            return UnitRef(kind)
        number_token = self.tokens[self.position]
        number = self.number(signed=False, what=f"a {kind}")
        if kind not in NUMBERED:
            raise RuleError(f"a {kind} is not numbered", number_token.column, f"{', '.join(NUMBERED)} are")
        self.expect("of")
        inside = self.unit()
        if UNITS.index(inside.kind) <= UNITS.index(kind):
            raise RuleError(f"a {inside.kind} holds no {kind}", number_token.column, "a longer unit")
        return UnitRef(kind, number, inside)

    def length(self, sign: int) -> Offset:
        token = self.peek_token()
        number = self.number(signed=False, what="an offset", zero=True)
        unit_token = self.take()
        unit = next((one for one in _OFFSET_UNITS if one == unit_token.text.casefold()), None)
        if unit is None:
            hint = did_you_mean(unit_token.text, _OFFSET_UNITS) or "d, bd, w or mo"
            raise RuleError(f"unknown unit of time {unit_token.text!r}", unit_token.column, hint)
        if number > _MOST[unit]:
            raise RuleError(f"{number}{unit} is longer than ten years", token.column if token else 1)
        return Offset(sign * number, unit)

    # --- tokens ---------------------------------------------------------------------------------------

    def peek(self) -> str | None:
        token = self.peek_token()
        return token.text if token is not None else None

    def peek_token(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def take(self) -> _Token:
        token = self.peek_token()
        if token is None:
            raise RuleError("the rule ends too soon", len(self.text) + 1)
        self.position += 1
        return token

    def end(self) -> None:
        token = self.peek_token()
        if token is not None:
            raise RuleError(f"nothing is expected after the rule, but {token.text!r} is there", token.column)

    def expect(self, word: str) -> None:
        self.one_of((word,))

    def one_of(self, words: Sequence[str]) -> str:
        wanted = " or ".join(words)
        token = self.peek_token()
        if token is None:
            raise RuleError(f"{wanted} is missing", len(self.text) + 1)
        if token.text.casefold() not in words:
            raise RuleError(
                f"{wanted} is expected, not {token.text!r}", token.column, did_you_mean(token.text, words)
            )
        self.position += 1
        return token.text.casefold()

    def number(self, *, signed: bool, what: str, zero: bool = False) -> int:
        sign = 1
        token = self.take()
        if signed and token.text == "-":
            sign, token = -1, self.take()
        if not token.text.isdigit() or len(token.text) > 5:
            raise RuleError(f"the number of {what} is expected, not {token.text!r}", token.column)
        number = sign * int(token.text)
        if number == 0 and not zero:
            raise RuleError(
                f"there is no {what.removeprefix('a ').removeprefix('an ')} 0", token.column, "count from 1"
            )
        return number

    def weekday(self) -> int:
        token = self.take()
        day = weekday_number(token.text)
        if day is None:
            raise RuleError(f"unknown weekday {token.text!r}", token.column, _weekday_hint(token.text))
        return day

    def unknown(self, token: _Token, what: str, known: Iterable[str]) -> RuleError:
        words = list(known)
        hint = did_you_mean(token.text, words) or f"{what}: {', '.join(words)}"
        return RuleError(f"{token.text!r} is not {what}", token.column, hint)


def _weekday_hint(text: str) -> str | None:
    return did_you_mean(text, WEEKDAYS) or did_you_mean(text, LONG_WEEKDAYS) or ", ".join(WEEKDAYS)
