"""Data: each source with its age and what of it was not taken; control totals; what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError, Problem
from cockpit.core.task_calendars import told_of_calendars
from cockpit.panes.days import age_words, clock, near_day
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import MISSING, Formats, is_money
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Role, Span, cells, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
    from cockpit.core.controls import Control
    from cockpit.core.status import SourceStatus

COUNTS = ("rows", "rejected", "blanked", "unmatched", "corrected", "repeated")
NO_SOURCES = "No sources. Name files in [sources.opportunities] of cockpit.toml, or run cockpit init."


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The sources, the control totals, and everything that is wrong.

    Attributes:
        sources: as they were last read.
        read: for each source, when it was last known to be as its source has it, in words.
        ages: the same as how long ago.
        controls: each figure that must tie.
        problems: all of them, errors first.
        formats: how amounts are written.
    """

    sources: "tuple[SourceStatus, ...]"
    read: tuple[str, ...]
    ages: tuple[str, ...]
    controls: "tuple[Control, ...]"
    problems: tuple[Problem, ...]
    formats: Formats


@dataclass(frozen=True)
class DataView(View):
    """The state of the data.

    Attributes:
        needle: the text that lines must contain.
    """

    needle: str = ""

    name = "data"

    def crumbs(self) -> tuple[str, ...]:
        """The view's name."""
        return ("Data",)

    def load(self, cockpit: "Cockpit", context: Context) -> DataFacts:
        """How every source stands; control totals that cannot be computed are problems."""
        sources = tuple(cockpit.sources())
        problems = [
            *cockpit.problems,
            *told_of_calendars(cockpit, cockpit.tasks("status:open")),
            *(problem for source in sources for problem in source.problems),
        ]
        controls: tuple[Control, ...] = ()
        try:
            controls = tuple(cockpit.controls())
        except CockpitError as error:
            problems += error.problems
        order = {"error": 0, "warning": 1, "note": 2}
        unique = sorted(dict.fromkeys(problems), key=lambda problem: order[problem.severity])
        zone = cockpit.fiscal.zone
        read = tuple(
            f"{near_day(at.date(), cockpit.today)} {clock(at)}"
            if source.current_at is not None and (at := source.current_at.astimezone(zone))
            else "never"
            for source in sources
        )
        now = datetime.now(UTC)
        ages = tuple(
            age_words(source.current_at, now) if source.current_at is not None else "never"
            for source in sources
        )
        return DataFacts(sources, read, ages, controls, tuple(unique), formats_of(cockpit, context))

    def page(self, data: DataFacts, size: Size) -> Page:
        """Sources, control totals, problems under each other."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        needle = self.needle.casefold()
        lines: list[Line] = []
        for section in (
            _source_lines(data, width),
            _control_lines(data, width),
            problem_lines(data.problems, width),
        ):
            if not section:
                continue
            matching = [row for row in section if row.place is None or needle in row.text.casefold()]
            lines += [BLANK, *matching] if lines else matching
        shown = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("data", 0, 0, size.width, size.height, shown),))

    def facts(self, data: DataFacts) -> str:
        """Whether control totals tie."""
        return _ties_words(data.controls)

    def narrowed(self, text: str) -> View:
        """Only the sources that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that lines contain."""
        return self.needle

    def detail(self, data: DataFacts, line: Line | None, width: int) -> Sequence[Line]:
        """The source under the cursor in words."""
        from cockpit.panes.source_detail import source_detail

        if line is None or line.place is None or line.place.kind != "data":
            return ()
        for source, read, age in zip(data.sources, data.read, data.ages, strict=True):
            if source.name == line.place.name:
                return source_detail(source, read, age, width)
        return ()

    def table(self, data: DataFacts) -> RawTable:
        """The sources with raw values."""
        rows = [
            (source.name, source.path, source.current_at, *(getattr(source, name) for name in COUNTS))
            for source in data.sources
        ]
        return RawTable("Data", ("source", "path", "read", *COUNTS), rows)


def _ties_words(controls: "Sequence[Control]") -> str:
    """Such as "ties 3 of 3"; nothing without control totals."""
    return f"ties {sum(one.ties for one in controls)} of {len(controls)}" if controls else ""


def _source_lines(data: DataFacts, width: int) -> list[Line]:
    """A line a source: name, file, when it was read, how old that is, its counts."""
    lines = [rule("Sources", _ties_words(data.controls), width)]
    if not data.sources:
        return [*lines, line(Span(NO_SOURCES, "dim"))]
    wide = width >= 110
    name_width = min(max(max(cells(source.name) for source in data.sources) + 3, 16), 32)
    path_width = min(max(cells(source.path) for source in data.sources) + 2, width // 3) if wide else 0
    read_width, age_width, count_width = 13 if wide else 0, 8, 12 if width >= 180 else 10
    counts = _counts(data, (width - name_width - path_width - read_width - age_width) // count_width, wide)
    heads = left("", name_width) + left("file", path_width) + left("read", read_width)
    heads += right("age", age_width) + "".join(right(name, count_width) for name in counts)
    lines.append(line(Span(heads, "dim")))
    for source, read, age in zip(data.sources, data.read, data.ages, strict=True):
        failed = source.kept or source.report is None
        wrong = failed or any(problem.severity == "error" for problem in source.problems)
        role: Role = "bad" if wrong else "text"
        when: Role = "stale" if failed else "text"
        spans = [
            Span(("!" if not source.in_order else " ") + left(source.name, name_width - 1), role),
            Span(left(end_of(source.path, max(path_width - 1, 0)), path_width), "dim"),
            Span(left(read, read_width), when),
            Span(right(age, age_width), when),
        ]
        for name in counts:
            count = getattr(source, name)
            quiet = name == "corrected" or not count
            shown: Role = "text" if name == "rows" else "dim" if quiet else "warn"
            spans.append(Span(right(f"{count:,}", count_width), shown))
        lines.append(Line(tuple(spans), Place("data", source.name), f"source:{source.name}"))
    return lines


def _counts(data: DataFacts, room: int, wide: bool) -> tuple[str, ...]:
    """The counts that there is room for; those that are 0 of every source go first, then the last ones."""
    shown = [name for name in COUNTS if wide or name != "blanked"]
    room = max(room, 1)
    silent = [name for name in shown[1:] if not any(getattr(source, name) for source in data.sources)]
    while len(shown) > room:
        shown.remove(silent.pop() if silent else shown[-1])
    return tuple(shown)


def end_of(path: str, width: int) -> str:
    """The path, or as much of its end as fits: the name of the file matters most."""
    return path if cells(path) <= width else "…" + path[max(len(path) - width + 1, 0) :] if width else ""


def _control_lines(data: DataFacts, width: int) -> list[Line]:
    """A line a control total: what it is, what it should be, whether it ties."""
    if not data.controls:
        return []
    lines = [rule("Control totals", _ties_words(data.controls), width)]
    names = min(max(cells(_control_name(one)) for one in data.controls), max(width - 44, 16))
    for control in data.controls:
        value = MISSING if control.value is None else _exact(data.formats, control.value, control.unit)
        words = "ties" if control.ties else control.reason or "does not tie"
        if control.difference and not control.ties:
            difference = data.formats.delta(control.difference, control.unit, control.expected)
            words += f", {difference} from {_exact(data.formats, control.expected, control.unit)}"
        spans = (
            Span("  " if control.ties else "! ", "bad"),
            Span(left(_control_name(control), names)),
            Span(right(value, 18)),
            Span(f"  {words}", "good" if control.ties else "bad"),
            Span(f"  {control.source or ''}", "dim"),
        )
        place = Place("kpi", control.metric, where=control.where, period=control.period)
        lines.append(Line(spans, place, f"control:{control.metric}:{control.period}:{control.where}"))
    return lines


def _control_name(control: "Control") -> str:
    return f"{control.label or control.metric}, {control.subject}"


def _exact(formats: Formats, value: Decimal, unit: str) -> str:
    """A figure of a control total: of an amount all that is known of it."""
    if not is_money(unit):
        return formats.value(value, unit)
    return formats.exact_money(value).removesuffix(f"{formats.decimal}00")


def problem_lines(problems: Sequence[Problem], width: int) -> list[Line]:
    """Every problem in words."""
    if not problems:
        return []
    lines = [rule("Problems", str(len(problems)), width)]
    for problem in problems:
        role: Role = (
            "bad" if problem.severity == "error" else "warn" if problem.severity == "warning" else "dim"
        )
        for index, part in enumerate(wrapped(str(problem), max(width - 9, 20))):
            lines.append(line(Span(left(problem.severity if index == 0 else "", 9), role), part))
    return lines
