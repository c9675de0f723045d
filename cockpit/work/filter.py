"""The filter language of tasks: words that join with AND, `-word` negates, a quoted word is text.

`status:open`, `is:unclaimed`, `workstream:faststart`, `owner:me`, `role:sopm`, `due:<5bd`, `due:FY27-Q2`,
`overdue`, `quarter:FY27-Q2`, `all`, `-blocked`, `"forecast"`.
"""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.work.days import step
from cockpit.work.people import People
from cockpit.work.task import FINISHED, STATUSES, UNFINISHED, WORKSTREAMS, Task

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

Test = Callable[[Task], bool]

IS_WORDS = (
    "unclaimed",
    "mine",
    "overdue",
    "blocked",
    "waiting",
    "moved",
    "unfinished",
    "finished",
    "covered",
)
BARE_WORDS = ("overdue", "all", *STATUSES)
_TOKEN = re.compile(r'\s*(-?)(?:([A-Za-z_]+):)?("([^"]*)("?)|[^\s"]*)')
_DUE = re.compile(r"(<=|>=|<|>)(.+)$")
_STEP = re.compile(r"([-+]?\d{1,4})(bd|d|w)$")


class Surroundings(msgspec.Struct, frozen=True):
    """What a filter is read against.

    Attributes:
        today: the calendar's day.
        fiscal: the calendar, for units and business days.
        people: who is who.
        me: login of who asks.
        workstreams: gives the names that tasks carry; asked only for one that is not built in.
    """

    today: date
    fiscal: "FiscalCalendar"
    people: People
    me: str
    workstreams: Callable[[], Collection[str]] = tuple


class Filter(msgspec.Struct, frozen=True):
    """A filter that was read.

    Attributes:
        text: as it was written.
        tests: all must hold.
        states: the statuses that it can let through.
        only_begun: it lets nothing through whose lead has not begun, unless it is late.
    """

    text: str
    tests: tuple[Test, ...]
    states: tuple[str, ...]
    only_begun: bool = False

    def matches(self, task: Task) -> bool:
        """Whether a task passes."""
        return all(test(task) for test in self.tests)

    def select(self, tasks: Sequence[Task]) -> list[Task]:
        """The tasks that pass, in the order given."""
        for test in self.tests:
            tasks = list(filter(test, tasks))
        return list(tasks)


class _Word(msgspec.Struct, frozen=True):
    """One word: where it stands, whether it is negated, its field (if any) and its value."""

    text: str
    position: int
    negated: bool
    field: str | None
    value: str
    quoted: bool


def join_arguments(words: Sequence[str]) -> str:
    """Arguments of a command line as one filter text.

    A shell has taken the quotes from `owner:"Kim Lee"`; an argument with a field and a space that holds
    no further filter word gets them back.
    """
    return " ".join(_requoted(word) for word in words)


def _requoted(word: str) -> str:
    match = re.match(r"(-?[A-Za-z_]+:)([^\"]*\s[^\"]*)$", word)
    if match and not any(":" in part or part.lstrip("-") in BARE_WORDS for part in match.group(2).split()):
        return f'{match.group(1)}"{match.group(2)}"'
    return word


def parse_filter(text: str, around: Surroundings) -> Filter:
    """Read a filter.

    Without words: unfinished tasks that are overdue or whose lead has begun, and that do not sleep.
    With words finished tasks stay out, unless `all` or a finished status is among them.

    Raises:
        UsageError: a word for each that cannot be read, with its place and the nearest that can.
    """
    words = _words(text)
    if not words:
        return Filter(text, (_default_test(around.today),), UNFINISHED, only_begun=True)
    tests: list[Test] = []
    problems: list[Problem] = []
    shows_all = False
    named_states: set[str] = set()
    for word in words:
        if word.field is None and not word.quoted and word.value == "all" and not word.negated:
            shows_all = True
            continue
        try:
            test = _test(word, around)
        except _Unreadable as error:
            problems.append(
                Problem(f"{error.args[0]} (at character {word.position + 1})", key=word.text, hint=error.hint)
            )
            continue
        except UsageError as error:
            problems += [
                Problem(
                    f"{problem.message} (at character {word.position + 1})", key=word.text, hint=problem.hint
                )
                for problem in error.problems
            ]
            continue
        if not word.negated:
            named_states |= set(_named_states(word))
        tests.append(_negation(test) if word.negated else test)
    if problems:
        raise UsageError(*problems)
    states = STATUSES if shows_all else (*UNFINISHED, *(state for state in FINISHED if state in named_states))
    return Filter(text, tuple(tests), states)


class _Unreadable(Exception):
    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def _words(text: str) -> list[_Word]:
    found = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.end() == position:
            break
        position = match.end()
        start = match.start(1)
        quoted = match.group(3).startswith('"')
        if quoted and not match.group(5):
            raise UsageError(
                Problem(f"a quotation mark has no end (at character {start + 1})", key=text[start:])
            )
        value = match.group(4) if quoted else match.group(3)
        if not value and not quoted and match.group(2) is None and not match.group(1):
            continue
        whole = text[start:position]
        found.append(_Word(whole, start, match.group(1) == "-", match.group(2), value, quoted))
    return found


def _negation(test: Test) -> Test:
    return lambda task: not test(task)


def _default_test(today: date) -> Test:
    def shown(task: Task) -> bool:
        return (task.overdue or task.begun(today)) and not task.waiting

    return shown


def _named_states(word: _Word) -> Collection[str]:
    value = word.value.casefold()
    if word.field == "is" and value == "finished":
        return FINISHED
    if (word.field or "status").casefold() == "status" and not (word.field is None and word.quoted):
        return (value,)
    return ()


def _test(word: _Word, around: Surroundings) -> Test:
    value = word.value.casefold()
    if word.field is None:
        if word.quoted:
            return _text_test(value)
        if value == "overdue":
            return lambda task: task.overdue
        if value in STATUSES:
            return _status_test(value)
        known = [*BARE_WORDS, *(f"{name}:" for name in _FIELDS)]
        raise _Unreadable(
            f"{word.value!r} is no filter word",
            did_you_mean(value, known) or f'for text write "{word.value}"',
        )
    read = _FIELDS.get(word.field.casefold())
    if read is None:
        raise _Unreadable(
            f"tasks have no {word.field!r}",
            did_you_mean(word.field, _FIELDS) or f"there are {', '.join(_FIELDS)}",
        )
    if not word.value:
        raise _Unreadable(f"{word.field}: needs a value")
    return read(word.value, around)


def _text_test(value: str) -> Test:
    return lambda task: task.mentions(value)


def _one_of(value: str, known: Collection[str], what: str) -> str:
    folded = value.casefold()
    if folded not in known:
        hint = did_you_mean(folded, known) or f"one of {', '.join(known)}"
        raise _Unreadable(f"{value!r} is no {what}", hint)
    return folded


def _status_test(value: str) -> Test:
    if value == "open":
        return lambda task: task.status in UNFINISHED
    return lambda task: task.status == value


def _status(value: str, _: Surroundings) -> Test:
    return _status_test(_one_of(value, STATUSES, "status"))


def _is(value: str, around: Surroundings) -> Test:
    word = _one_of(value, IS_WORDS, "state of a task")
    tests: dict[str, Test] = {
        "unclaimed": lambda task: task.status == "open",
        "mine": _owner("me", around),
        "overdue": lambda task: task.overdue,
        "blocked": lambda task: task.status == "blocked" or bool(task.blocked_by),
        "waiting": lambda task: task.waiting,
        "moved": lambda task: task.slips > 0,
        "unfinished": lambda task: not task.finished,
        "finished": lambda task: task.finished,
        "covered": lambda task: task.covered_by is not None,
    }
    return tests[word]


def _workstream(value: str, around: Surroundings) -> Test:
    wanted = value.casefold()
    if wanted not in WORKSTREAMS:
        known = {name.casefold() for name in around.workstreams()}
        wanted = _one_of(value, sorted(known.union(WORKSTREAMS)), "workstream")
    return lambda task: task.workstream.casefold() == wanted


def _owner(value: str, around: Surroundings) -> Test:
    folded = value.casefold()
    if folded == "none":
        return lambda task: task.owner is None
    if folded == "me":
        names = around.people.person(around.me).names
        return lambda task: (task.owner or "").casefold() in names or task.covered_by == around.me
    person = around.people.named(value)
    names = frozenset({folded}) if person is None else person.names
    return lambda task: (task.owner or "").casefold() in names


def _role(value: str, _: Surroundings) -> Test:
    folded = value.casefold()
    return lambda task: (task.owner_role or "").casefold() == folded


def _severity(value: str, _: Surroundings) -> Test:
    wanted = _one_of(value, ("high", "medium", "low"), "severity")
    return lambda task: task.severity == wanted


def _calendar(value: str, _: Surroundings) -> Test:
    folded = value.casefold()
    return lambda task: (task.calendar or "").casefold() == folded


def _key(value: str, _: Surroundings) -> Test:
    folded = value.casefold()
    return lambda task: folded in task.key.casefold()


def _due(value: str, around: Surroundings) -> Test:
    if value.casefold() == "none":
        return lambda task: task.due is None
    comparison = _DUE.match(value)
    if comparison:
        sign, limit = comparison.group(1), _day(comparison.group(2), around)
        return {
            "<": lambda task: task.due is not None and task.due < limit,
            "<=": lambda task: task.due is not None and task.due <= limit,
            ">": lambda task: task.due is not None and task.due > limit,
            ">=": lambda task: task.due is not None and task.due >= limit,
        }[sign]
    try:
        day = _day(value, around)
    except _Unreadable:
        return _in_period(value, around)
    return lambda task: task.due == day


def _day(value: str, around: Surroundings) -> date:
    folded = value.casefold()
    if folded == "today":
        return around.today
    if folded == "tomorrow":
        return step(around.fiscal.business, around.today, 1, "d")
    match = _STEP.match(folded)
    try:
        if match:
            return step(around.fiscal.business, around.today, int(match.group(1)), match.group(2))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value)
    except (ValueError, OverflowError):
        pass
    raise _Unreadable(f"{value!r} is no day", "write 5bd, 3d, 2w, today or 2026-12-04")


def _in_period(value: str, around: Surroundings) -> Test:
    from cockpit.fiscal.periods import resolve_period

    span = resolve_period(around.fiscal, value, around.today)
    return lambda task: task.due is not None and span.contains(task.due)


def _quarter(value: str, around: Surroundings) -> Test:
    """Tasks that belong to the unit: their period lies in it, else their due day does."""
    from cockpit.fiscal.periods import resolve_period

    span = resolve_period(around.fiscal, value, around.today)
    inside: dict[str, bool | None] = {}

    def period_inside(label: str) -> bool | None:
        """Whether a period lies in the span; None when it lies partly in it or is not of this calendar."""
        try:
            unit = around.fiscal.unit_named(label)
        except UsageError:
            return None
        if span.contains(unit.start) and span.contains(unit.end):
            return True
        apart = (span.end is not None and unit.start > span.end) or (
            span.start is not None and unit.end < span.start
        )
        return False if apart else None

    def belongs(task: Task) -> bool:
        if task.period is not None:
            if task.period not in inside:
                inside[task.period] = period_inside(task.period)
            known = inside[task.period]
            if known is not None:
                return known
        return task.due is not None and span.contains(task.due)

    return belongs


_FIELDS: dict[str, Callable[[str, Surroundings], Test]] = {
    "status": _status,
    "is": _is,
    "workstream": _workstream,
    "owner": _owner,
    "role": _role,
    "due": _due,
    "quarter": _quarter,
    "period": _quarter,
    "severity": _severity,
    "calendar": _calendar,
    "key": _key,
}

FILTER_FIELDS = tuple(_FIELDS)
"""The fields that may stand before a colon, for completion."""
