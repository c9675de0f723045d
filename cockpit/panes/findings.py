"""Every finding, the weightiest first, with why it counts; snoozed ones below with their reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cockpit.core.findings.finding import Finding, Found
from cockpit.panes.days import day_and_month
from cockpit.panes.figures import formats_of
from cockpit.panes.formats import Formats, plural
from cockpit.panes.found import look, place_of, rest, sentence
from cockpit.panes.head import WIDE
from cockpit.panes.lines import BLANK, Block, Line, Page, Span, cells, fit, left, line, right, rule
from cockpit.panes.place import Place
from cockpit.panes.view import Context, RawTable, Size, View
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.core import Cockpit


@dataclass(frozen=True, slots=True)
class FindingsData:
    """What was found, and how figures are written."""

    found: Found
    formats: Formats


@dataclass(frozen=True)
class FindingsView(View):
    """All findings.

    Attributes:
        needle: the text that findings must contain.
    """

    needle: str = ""

    name = "today"

    @classmethod
    def at(cls, place: Place) -> "FindingsView":
        """All findings, whatever the place says."""
        return cls()

    def crumbs(self) -> tuple[str, ...]:
        """Under Today."""
        return ("Today", "Findings")

    def load(self, cockpit: "Cockpit", context: Context) -> FindingsData:
        """Everything that the rules find.

        Raises:
            CockpitError: a rule of the workspace is wrong.
        """
        return FindingsData(look(cockpit, context), formats_of(cockpit, context))

    def page(self, data: FindingsData, size: Size) -> Page:
        """A finding a line; its whole sentence where it does not fit."""
        pad = " " if size.width >= WIDE else ""
        width = size.width - 2 * len(pad)
        shown = self._matching(data, data.found.findings)
        fact = f"{len(shown)} of {plural(data.found.checks, 'check')}, by money and days"
        lines = [rule("Findings", fact, width)]
        if not shown:
            words = "No finding contains that." if self.needle else "Nothing needs a person today."
            lines.append(line(Span(words, "dim")))
        for number, finding in enumerate(shown, 1):
            lines += self._lines(finding, str(number), data.formats, width)
        quiet = self._matching(data, data.found.snoozed)
        if quiet:
            lines += [BLANK, rule("Snoozed", str(len(quiet)), width)]
            for finding in quiet:
                lines += self._lines(finding, "", data.formats, width)
        if data.found.blind:
            lines += [BLANK, rule("Could not look", str(len(data.found.blind)), width)]
            for name, why in data.found.blind:
                lines += [line(Span(part, "dim")) for part in wrapped(f"{name}: {why}", width)]
        shown_lines = [replace(row, spans=(Span(pad), *row.spans)).fitted(size.width) for row in lines]
        return Page(size.width, size.height, (Block("findings", 0, 0, size.width, size.height, shown_lines),))

    def _matching(self, data: FindingsData, findings: Sequence[Finding]) -> list[Finding]:
        needle = self.needle.casefold()
        return [one for one in findings if needle in f"{sentence(one, data.formats)} {one.tag}".casefold()]

    @staticmethod
    def _lines(finding: Finding, number: str, formats: Formats, width: int) -> list[Line]:
        prefix = right(number, 3) + "  "
        tag = fit(finding.tag, 16)
        room = max(width - cells(prefix) - 18, 20)
        said = rest(finding, formats)
        parts = wrapped(finding.about + said, room)
        strong = fit(finding.about, room)
        spans = [Span(prefix), Span(strong, "strong" if number else "dim")]
        spans.append(Span(left(parts[0][len(strong) :], room - cells(strong)), "text" if number else "dim"))
        spans.append(Span("  " + right(tag, 16), "dim"))
        copied = (finding.about, said.strip(), finding.key)
        lines = [Line(tuple(spans), place_of(finding.lead), f"finding:{finding.key}", copied)]
        lines += [line(" " * cells(prefix), Span(part, "text" if number else "dim")) for part in parts[1:]]
        if finding.snooze is not None:
            quiet = finding.snooze
            words = f"until {day_and_month(quiet.until)}, {quiet.by}: {quiet.reason}"
            lines.append(line(" " * cells(prefix), Span(fit(words, room), "dim")))
        return lines

    def open(self, data: FindingsData, place: Place) -> View | None:
        """Every finding leads to a view of its own."""
        return None

    def narrowed(self, text: str) -> View:
        """Only the findings that contain the text."""
        return replace(self, needle=text)

    def narrowing(self) -> str:
        """The text that findings contain."""
        return self.needle

    def detail(self, data: FindingsData, line: Line | None, width: int) -> Sequence[Line]:
        """What the finding under the cursor is weighed by."""
        finding = self._finding(data, line)
        return _weighed_lines(finding, data.formats, width) if finding is not None else ()

    def table(self, data: FindingsData) -> RawTable:
        """A row a finding, snoozed ones last."""
        rows: list[tuple[Any, ...]] = [
            (
                one.key,
                sentence(one, data.formats),
                one.money,
                one.days,
                round(one.rank, 1),
                None if one.snooze is None else one.snooze.until,
                None if one.snooze is None else one.snooze.reason,
            )
            for one in (*data.found.findings, *data.found.snoozed)
        ]
        columns = ("key", "finding", "money", "days", "rank", "snoozed_until", "reason")
        return RawTable("Findings", columns, rows)

    def subject(self, data: FindingsData, line: Line | None) -> str | None:
        """The finding under the cursor."""
        finding = self._finding(data, line)
        return None if finding is None else f"finding/{finding.key}"

    def finding(self, data: FindingsData, line: Line | None) -> str | None:
        """The key of the finding under the cursor."""
        found = self._finding(data, line)
        return None if found is None else found.key

    @staticmethod
    def _finding(data: FindingsData, line: Line | None) -> Finding | None:
        if line is None or line.key is None or not line.key.startswith("finding:"):
            return None
        key = line.key.removeprefix("finding:")
        return next((one for one in (*data.found.findings, *data.found.snoozed) if one.key == key), None)


def _weighed_lines(finding: Finding, formats: Formats, width: int) -> list[Line]:
    """A finding in full, and what its rank is made of."""
    lines = [rule(finding.about, finding.tag, width)]
    lines += [line(part) for part in wrapped(sentence(finding, formats), width)]
    stake = formats.money(finding.money) if finding.money else "not known"
    for label, text in (
        ("at stake", stake),
        ("late", f"{finding.days} BD" if finding.days else "no"),
        ("rank", formats.number(finding.rank)),
        ("rule", finding.rule),
    ):
        lines.append(line(Span(left(label, 10), "dim"), text))
    lines += [
        line(Span(part, "dim")) for part in wrapped("P keeps it quiet until a day, with a reason.", width)
    ]
    return [row.fitted(width) for row in lines]
