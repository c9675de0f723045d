"""The filter language of tasks: words that join with AND, `-word` negates, a quoted word is text.

`status:open`, `is:unclaimed`, `workstream:faststart`, `owner:me`, `role:sopm`, `due:<5bd`, `due:FY27-Q2`,
`overdue`, `quarter:FY27-Q2`, `all`, `-blocked`, `"forecast"`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import repeat
from operator import contains
from typing import TYPE_CHECKING

import msgspec

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.work.days import step
from cockpit.work.filter_words import BARE_WORDS, FilterError, Word, words_of
from cockpit.work.found import Found
from cockpit.work.people import People
from cockpit.work.task import FINISHED, STATUSES, TRIAGE, UNFINISHED, WORKSTREAMS, Task

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
    "ask",
)
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
        views: the filters of the saved views, by name.
    """

    today: date
    fiscal: "FiscalCalendar"
    people: People
    me: str
    workstreams: Callable[[], Collection[str]] = tuple
    views: Mapping[str, str] = msgspec.field(default_factory=dict)


class Filter(msgspec.Struct, frozen=True):
    """A filter that was read.

    Attributes:
        text: as it was written.
        tests: all must hold.
        states: the statuses that it can let through.
        only_begun: it lets nothing through whose lead has not begun, unless it is late.
        words: its words, of which each is one of the tests.
        around: what it was read against.
    """

    text: str
    tests: tuple[Test, ...]
    states: tuple[str, ...]
    only_begun: bool = False
    words: tuple[Word, ...] = ()
    around: Surroundings | None = None

    def narrows(self, other: "Filter") -> bool:
        """Whether all that passes passes the other too: it has the other's words, or longer texts."""
        if not other.words or self.states != other.states or self.around != other.around:
            return False
        return all(_implied(word, theirs, self.tests, self.words) for word, theirs in other._pairs())

    def _pairs(self) -> "list[tuple[Word, Test]]":
        return list(zip(self.words, self.tests, strict=True))

    def matches(self, task: Task) -> bool:
        """Whether a task passes."""
        return all(test(task) for test in self.tests)

    def select(self, found: Found) -> Found:
        """The tasks that pass, in the order given."""
        for test in self.tests:
            passes = test.over(found) if isinstance(test, _TextTest) else map(test, found.tasks)
            found = found.passing(passes)
        return found


def parse_filter(text: str, around: Surroundings, typed: bool = False) -> Filter:
    """Read a filter.

    Without words: unfinished tasks that are overdue or whose lead has begun, and that do not sleep.
    With words finished tasks stay out, unless `all` or a finished status is among them.

    Args:
        text: the filter.
        around: what it is read against.
        typed: it is typed on the screen: words that are no filter words are text, and the last one may
            still lack its value.

    Raises:
        FilterError: a word for each that cannot be read, with its place and the nearest that can.
    """
    return _parsed(text, around, typed, ())


def _parsed(text: str, around: Surroundings, typed: bool, inside: tuple[str, ...]) -> Filter:
    """A filter, inside of the saved views that named it."""
    words = words_of(text, typed)
    if typed and words and words[-1].field in _FIELDS and not words[-1].value and not words[-1].quoted:
        words.pop()
    if not words:
        return Filter(text, (_default_test(around.today),), UNFINISHED, only_begun=True)
    tests: list[Test] = []
    read: list[Word] = []
    problems: list[Problem] = []
    spans: list[tuple[int, int]] = []
    named_states: set[str] = set()
    for word in words:
        if word.field is None and not word.quoted and word.value == "all" and not word.negated:
            named_states.update(STATUSES)
            continue
        try:
            if (view := _view_of(word, around)) is not None:
                nested = _nested(view, around, inside)
                test: Test = nested.matches
                named_states.update(() if word.negated else nested.states)
            else:
                test = _test(word, around, typed)
        except UsageError as error:
            for problem in error.problems:
                message = f"{problem.message} (at character {word.position + 1})"
                problems.append(Problem(message, key=word.text, hint=problem.hint))
                spans.append((word.position, len(word.text)))
            continue
        if not word.negated:
            named_states.update(_named_states(word))
        tests.append(_negation(test) if word.negated else test)
        read.append(word)
    if problems:
        raise FilterError(problems, spans)
    states = (*UNFINISHED, *(state for state in FINISHED if state in named_states))
    return Filter(text, tuple(tests), states, words=tuple(read), around=around)


def _implied(word: Word, test: Test, tests: Sequence[Test], words: Sequence[Word]) -> bool:
    """Whether one of the words asks at least for what a word asks for."""
    same = any((mine.text, mine.quoted) == (word.text, word.quoted) for mine in words)
    return same or (
        isinstance(test, _TextTest)
        and any(isinstance(mine, _TextTest) and mine.holds(test) for mine in tests)
    )


def _view_of(word: Word, around: Surroundings) -> str | None:
    """The saved view that a word names (`view:late`, or `late` where that is no other word), or None."""
    if word.quoted or (word.field or "view").casefold() != "view":
        return None
    if word.field is None and (word.value.casefold() in BARE_WORDS or word.value not in around.views):
        return None
    if word.value not in around.views:
        known = ", ".join(around.views)
        hint = did_you_mean(word.value, around.views) or (f"there are {known}" if known else "S saves one")
        raise _unreadable(f"no saved view is called {word.value!r}", hint)
    return word.value


def _nested(name: str, around: Surroundings, inside: tuple[str, ...]) -> Filter:
    if name in inside:
        raise _unreadable(f"the saved view leads back to itself: {' -> '.join((*inside, name))}")
    try:
        return _parsed(around.views[name], around, False, (*inside, name))
    except FilterError as error:
        first = error.problems[0]
        message, _, _ = first.message.partition(" (at character")
        raise _unreadable(f"in the saved view {name}: {first.key}: {message}", first.hint) from error


def _unreadable(message: str, hint: str | None = None) -> UsageError:
    return UsageError(Problem(message, hint=hint))


def _negation(test: Test) -> Test:
    return lambda task: not test(task)


def _default_test(today: date) -> Test:
    def shown(task: Task) -> bool:
        return (task.overdue or task.begun(today)) and not task.waiting

    return shown


def _named_states(word: Word) -> Collection[str]:
    value = word.value.casefold()
    if word.field == "is" and value == "finished":
        return FINISHED
    if (word.field or "status").casefold() == "status" and not (word.field is None and word.quoted):
        return (value,)
    return ()


def _test(word: Word, around: Surroundings, typed: bool) -> Test:
    value = word.value.casefold()
    if word.field is None:
        if word.quoted:
            return _text_test(value)
        if value == "overdue":
            return lambda task: task.overdue
        if value in STATUSES:
            return _status_test(value)
        if typed:
            return _text_test(value)
        known = [*BARE_WORDS, *around.views, *(f"{name}:" for name in _FIELDS)]
        raise _unreadable(
            f"{word.value!r} is no filter word",
            did_you_mean(value, known) or f'for text write "{word.value}"',
        )
    read = _FIELDS.get(word.field.casefold())
    if read is None:
        raise _unreadable(
            f"tasks have no {word.field!r}",
            did_you_mean(word.field, FILTER_FIELDS) or f"there are {', '.join(FILTER_FIELDS)}",
        )
    if not word.value:
        raise _unreadable(f"{word.field}: needs a value")
    return read(word.value, around)


class _TextTest:
    """Whether a task mentions a text; over many tasks without a call for each."""

    def __init__(self, folded: str) -> None:
        self._folded = folded

    def __call__(self, task: Task) -> bool:
        return self._folded in task.words

    def holds(self, other: "_TextTest") -> bool:
        """Whether what mentions this text mentions the other's."""
        return other._folded in self._folded

    def over(self, found: Found) -> Iterable[bool]:
        """Whether each of many mentions it."""
        return map(contains, found.texts, repeat(self._folded))


def _text_test(value: str) -> Test:
    return _TextTest(value)


def _one_of(value: str, known: Collection[str], what: str) -> str:
    folded = value.casefold()
    if folded not in known:
        hint = did_you_mean(folded, known) or f"one of {', '.join(known)}"
        raise _unreadable(f"{value!r} is no {what}", hint)
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
        "ask": lambda task: task.triage is not None,
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


def _ou(value: str, _: Surroundings) -> Test:
    folded = value.casefold()
    if folded == "none":
        return lambda task: task.ou is None
    return lambda task: (task.ou or "").casefold() == folded


def _function(value: str, _: Surroundings) -> Test:
    folded = value.casefold()
    return lambda task: (task.function or "").casefold() == folded


def _triage(value: str, _: Surroundings) -> Test:
    wanted = _one_of(value, TRIAGE, "state of triage")
    return lambda task: task.triage == wanted


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
    except UsageError:
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
    raise _unreadable(f"{value!r} is no day", "write 5bd, 3d, 2w, today or 2026-12-04")


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
    "ou": _ou,
    "function": _function,
    "triage": _triage,
}

FILTER_FIELDS = (*_FIELDS, "view")
"""The fields that may stand before a colon, for completion."""
