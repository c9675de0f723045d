"""Views, a cockpit and a shell made up for the tests of the screen."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

from cockpit.base.problems import ConflictError, UsageError
from cockpit.panes.lines import Block, LazyLines, Line, Page, Span, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, RawTable, Size, View
from cockpit.tui.background import Outcome
from cockpit.tui.dispatch import Dispatcher
from cockpit.tui.keymap import Keymap, registry_keymap
from cockpit.tui.session import Session
from cockpit.tui.start import Opened
from cockpit.work.people import People, Person

HOSTILE = ("deal [/b] x", "[@click=app.quit]x[/]", "list [EMEA]", "[link=http://x]", "\\[", "日本 [/]")


def row(text: str, key: str, kind: str = "kpi", **more: Any) -> Line:
    return Line((Span(f" {text}"),), Place(kind, key, **more), key, (text, key, "0.25"))  # type: ignore[arg-type]


@dataclass(frozen=True)
class ListView(View):
    """Rows under a title beside a second pane; narrows, sorts, divides, has siblings and a detail."""

    name: str = "today"
    title: str = "Today"
    count: int = 20
    kind: str = "kpi"
    text: str = ""
    order: str = ""
    by: str = ""
    depth: int = 0

    def crumbs(self) -> tuple[str, ...]:
        return ("Pipeline", *(["deeper"] * (self.depth - 1)), self.title) if self.depth else ()

    def load(self, cockpit: Any, context: Any) -> Any:
        return cockpit.loaded(self, context)

    def rows(self, data: Any) -> list[Line]:
        keys = [f"{self.kind}{number}" for number in data]
        rows = [row(f"{key} of {self.title} {self.by}", key, self.kind) for key in keys]
        rows = [line for line in rows if self.text in line.text]
        return rows[::-1] if self.order.endswith("-") else rows

    def page(self, data: Any, size: Size) -> Page:
        half = size.width // 2
        rows = self.rows(data)
        left = Block(
            "left", 0, 0, half - 1, size.height, (rule(self.title, str(len(rows)), half - 1), *rows),
            foot=(Line((Span("All"),)),),
        )  # fmt: skip
        right = Block(
            "right", half, 0, size.width - half, 6,
            (rule("Beside", "", size.width - half), *(row(f"beside{n}", f"beside{n}", "url") for n in "012")),
        )  # fmt: skip
        return Page(size.width, size.height, (left, right))

    def open(self, data: Any, place: Place) -> View | None:
        return replace(self, title=place.name, depth=self.depth + 1) if place.kind == "kpi" else None

    def dimensions(self, data: Any) -> tuple[Choice, ...]:
        return (Choice("m", "manager", "manager"), Choice("l", "lost_reason", "lost reason"))

    def divided(self, data: Any, dimension: str, line: Line | None) -> View | None:
        return replace(self, by=dimension)

    def narrowed(self, text: str) -> View | None:
        return replace(self, text=text)

    def narrowing(self) -> str:
        return self.text

    def sibling(self, data: Any, step: int) -> View | None:
        return replace(self, title=f"{self.title}{step:+d}") if self.depth else None

    def sort_columns(self, data: Any) -> tuple[Choice, ...]:
        return (Choice("v", "value", "value"),)

    def sorted_by(self, column: str) -> View | None:
        return replace(self, order=column if self.order != column else f"{column}-")

    def explanation(self, data: Any, line: Line | None) -> View | None:
        return PlainView(title=f"why {line.key}" if line else "why")

    def table(self, data: Any) -> RawTable:
        return RawTable("Close rate", ("manager", "rate"), (("Brooks", 0.337), ("Okafor", None)))

    def link(self, data: Any, line: Line | None) -> str | None:
        return f"https://crm.example/{line.key}" if line else None

    def subject(self, data: Any, line: Line | None) -> str | None:
        return line.key if line else None


@dataclass(frozen=True)
class DetailView(ListView):
    """A list with a detail."""

    def detail(self, data: Any, line: Line | None, width: int) -> Sequence[Line]:
        return (rule("Detail", "", width), Line((Span(f"about {line.key if line else 'nothing'}"),)))


@dataclass(frozen=True)
class PlainView(View):
    """Text without anything to open; too long for the screen."""

    name: str = "explain"
    title: str = "Why"
    lines: int = 100

    def crumbs(self) -> tuple[str, ...]:
        return ("Pipeline", self.title)

    def load(self, cockpit: Any, context: Any) -> Any:
        return self.lines

    def page(self, data: Any, size: Size) -> Page:
        lines = [Line((Span(f"line {number}"),)) for number in range(data)]
        return Page(
            size.width,
            size.height,
            (Block("why", 0, 0, size.width, size.height, (rule(self.title, "", size.width), *lines)),),
        )


@dataclass(frozen=True)
class HostileView(View):
    """Text that markup or a terminal could obey, in every span."""

    name: str = "data"

    def load(self, cockpit: Any, context: Any) -> Any:
        return HOSTILE

    def page(self, data: Any, size: Size) -> Page:
        lines = [row(text, text) for text in data]
        title = rule("deal [/b] title", "[/]", size.width)
        return Page(size.width, size.height, (Block("[/]", 0, 0, size.width, size.height, (title, *lines)),))

    def crumbs(self) -> tuple[str, ...]:
        return HOSTILE


def million_line(number: int) -> Line:
    spans = (
        Span(f" OPP-{number:07d} "),
        Span(f"{'Contoso Ltd':<24}"),
        Span(f"{number * 37 % 99991:>12,}", "strong"),
        Span(f"  {'negotiation':<16}", "dim"),
        Span("late" if number % 7 == 0 else "    ", "late"),
    )
    return Line(spans, Place("record", str(number)), f"OPP-{number}")


@dataclass(frozen=True)
class MillionView(View):
    """A million rows, made when they are looked at."""

    name: str = "pipeline"
    rows: int = 1_000_000

    def load(self, cockpit: Any, context: Any) -> Any:
        return self.rows

    def page(self, data: Any, size: Size) -> Page:
        def make(start: int, stop: int) -> list[Line]:
            return [
                rule("Rows", f"{data:,}", size.width) if number == 0 else million_line(number)
                for number in range(start, stop)
            ]

        return Page(
            size.width,
            size.height,
            (Block("rows", 0, 0, size.width, size.height, LazyLines(data + 1, make)),),
        )


class Metrics(list[Any]):
    """A catalogue without wrong definitions."""

    stand_ins: ClassVar[dict[str, Any]] = {}


class FakeViews:
    """Roots by name; every place leads to a plain view."""

    def __init__(self, **roots: View) -> None:
        self.roots = {"today": ListView(), "tasks": ListView("tasks", "Tasks", kind="task"), **roots}

    def root(self, name: str) -> View:
        if name not in self.roots:
            raise UsageError(f"there is no view {name}")
        return self.roots[name]

    def view_for(self, place: Place) -> View | None:
        return None if place.kind in ("url", "group") else PlainView(title=place.name)


@dataclass
class FakeTask:
    key: str
    title: str = "Forecast lock"
    owner: str | None = "Marsh"
    owner_role: str | None = None
    due: date | None = date(2026, 11, 20)
    at: str | None = "17:00"
    business_days_left: int | None = -2
    status: str = "open"
    version: int = 3
    evidence_rule: Any = None
    overdue: bool = True
    block_reason: str | None = None
    blocked_by: tuple[str, ...] = ()
    wait_for: str | None = None
    calendar: str | None = None


class FakeWork:
    """Writes down what was asked of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.conflict = False
        self.people = People([Person("kim", "Kim Lee")])

    def filter_values(self) -> dict[str, list[str]]:
        return {"owner": ["me", "none", "Kim Lee", "Kit Moe"]}

    def task(self, key: str) -> FakeTask:
        return FakeTask(key)

    def day(self, text: str) -> date:
        return date.fromisoformat(text) if "-" in text else date(2026, 11, 25)

    def undoable(self) -> list[str]:
        return ["task1: done", "task2: claimed"]

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*arguments: Any, **named: Any) -> Any:
            if self.conflict:
                raise ConflictError("kim changed it first")
            self.calls.append((name, *arguments, *named.values()))
            return FakeTask("task/1")

        return call


class FakeStore:
    def __init__(self) -> None:
        self.version = 1
        self.notes: list[tuple[str, str]] = []

    def data_version(self) -> int:
        return self.version

    def add_note(self, subject: str, text: str) -> None:
        self.notes.append((subject, text))

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        yield


class FakeBusiness:
    def next(self, day: date) -> date:
        return day + timedelta(days=1)

    def previous(self, day: date) -> date:
        return day - timedelta(days=1)


class FakeCockpit:
    """Loads numbers; can be made to fail, or to wait."""

    read_only = False

    def __init__(self) -> None:
        self.numbers = list(range(20))
        self.failing: Exception | None = None
        self.gate: threading.Event | None = None
        self.loads: list[Any] = []
        self.today = date(2026, 11, 23)
        self.as_of = date(2026, 11, 20)
        self.work, self.store = FakeWork(), FakeStore()
        self.fiscal = SimpleNamespace(
            business=FakeBusiness(), zone=UTC, unit=self._unit, unit_named=self._named
        )
        self.workspace = SimpleNamespace(config=SimpleNamespace(slices={"east": "territory = 'E'"}))
        self.saved_views: dict[str, Any] = {}
        self.saved_figures: dict[str, Any] = {}
        self.saved_rhythms: dict[str, Any] = {}
        self.slices = {"me": "owner IN ('Pat')", "east": "territory = 'E'"}
        self.calendar, self.other_calendars = SimpleNamespace(occurrences=lambda *days: []), ()
        self.catalogue = Metrics(
            [
                SimpleNamespace(
                    name="close_rate", label="Close rate", spec=SimpleNamespace(basis="won / closed")
                )
            ]
        )
        self.data = SimpleNamespace(
            now_held=None, reading=None, loaded=lambda: SimpleNamespace(revision=1, tables={})
        )
        self.synced = 0
        self.closed = False

    def loaded(self, view: Any, context: Any) -> Any:
        self.loads.append((view, context))
        numbers = list(self.numbers[: view.count])
        if self.gate is not None:
            self.gate.wait(10)
        if self.failing is not None:
            raise self.failing
        return numbers

    def tasks(self, words: str = "", typed: bool = False, order: str = "urgency") -> list[FakeTask]:
        return [FakeTask("us/mbr/FY27-P05", "MBR P05 pre-read")]

    def sync(self) -> None:
        self.synced += 1

    def close(self) -> None:
        self.closed = True

    @staticmethod
    def _unit(kind: str, day: date) -> Any:
        return SimpleNamespace(start=day.replace(day=1), end=date(2026, 11, 30), label="FY27-P05")

    @staticmethod
    def _named(text: str) -> Any:
        if text != "FY27-Q2":
            raise UsageError(f"no unit {text}")
        return SimpleNamespace(label=text)


@dataclass
class FakeShell:
    """Runs jobs at once, or when told; keeps what was copied."""

    at_once: bool = True
    jobs: list[tuple[str, Callable[[], Any], Callable[[Outcome], None]]] = field(default_factory=list)
    timers: dict[str, Callable[[], None]] = field(default_factory=dict)
    copied: list[str] = field(default_factory=list)
    left: bool = False
    browser: bool = True
    switched: Any = None
    worn: str = ""

    def background(self, group: str, job: Callable[[], Any], then: Callable[[Outcome], None]) -> None:
        self.jobs.append((group, job, then))
        if self.at_once:
            self.work_off()

    def work_off(self, newest_first: bool = False) -> None:
        while self.jobs:
            _, job, then = self.jobs.pop(-1 if newest_first else 0)
            try:
                outcome = Outcome(job())
            except Exception as error:
                outcome = Outcome(error=error)
            then(outcome)

    def later(self, name: str, seconds: float, call: Callable[[], None]) -> None:
        self.timers[name] = call

    def fire(self, name: str) -> None:
        self.timers.pop(name)()

    def redraw(self) -> None: ...

    def leave(self) -> None:
        self.left = True

    def switch(self, folder: Any) -> None:
        self.switched = folder

    def copy(self, text: str) -> str:
        self.copied.append(text)
        return "by OSC 52"

    def wear(self, theme: str) -> None:
        self.worn = theme

    def edit_file(self, path: Any, line: int | None) -> int:
        return 1

    def open_address(self, address: str) -> bool:
        return self.browser


def head(cockpit: Any, context: Any) -> Callable[[int], Line]:
    asked = f" as of {context.as_of}" if context.as_of else ""
    return lambda width: Line((Span(f" US Field{asked}", "strong"),)).fitted(width)


class Desk:
    """A session with a fake shell, keys by their names, and the screen as text."""

    def __init__(
        self, keymap: Keymap | None = None, size: tuple[int, int] = (120, 40), **roots: View
    ) -> None:
        self.cockpit, self.shell = FakeCockpit(), FakeShell()
        keymap = keymap or registry_keymap()
        self.session = Session(self.cockpit, self.shell, FakeViews(**roots), keymap, head=head)  # type: ignore[arg-type]
        self.session.resize(*size)
        self.dispatcher = Dispatcher(self.session, keymap)
        self.session.show("today")

    def press(self, *keys: str) -> "Desk":
        for key in keys:
            self.dispatcher.press(key, " " if key == "space" else key if len(key) == 1 else None)
        return self

    def type(self, text: str) -> "Desk":
        return self.press(*("space" if letter == " " else letter for letter in text))

    @property
    def screen(self) -> list[str]:
        return ["".join(piece.text for piece in row) for row in self.session.rows()]

    @property
    def text(self) -> str:
        return "\n".join(self.screen)

    @property
    def under(self) -> str | None:
        self.session.rows()
        line = self.session.line()
        return line.key if line else None

    @property
    def message(self) -> str:
        return self.session.state.message


def opened(cockpit: Any = None, **roots: View) -> Opened:
    cockpit = cockpit or FakeCockpit()
    first = head(cockpit, SimpleNamespace(as_of=None))
    return Opened(cockpit, registry_keymap(), FakeViews(**roots), head, first)  # type: ignore[arg-type]
