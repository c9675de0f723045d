"""What stands beside Today on wide screens: the line under the cursor in words."""

from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow
from cockpit.panes.days import day_and_month
from cockpit.panes.formats import Formats
from cockpit.panes.lines import BLANK, Line, Span, line, rule
from cockpit.panes.task import task_facts
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.panes.today import TodayData


def today_detail(data: "TodayData", at: Line | None, width: int) -> list[Line]:
    """The task, figure, finding or day that a line of Today shows; nothing for other lines."""
    key = at.key if at is not None else None
    if key is None:
        return []
    if key.startswith("finding:"):
        finding = data.findings.shown[int(key.removeprefix("finding:")) - 1]
        return _paragraphs(finding.tag.capitalize(), [finding.strong + finding.rest], width)
    if key.startswith("kpi:"):
        rows = [*(data.board.rows if data.board else ()), *(data.annuity.rows if data.annuity else ())]
        row = next((row for row in rows if f"kpi:{row.name}" == key), None)
        return [] if row is None else figure_lines(row, data.formats, width)
    task = next((task for task in data.tasks.tasks if task.key == key), None)
    if task is not None:
        return task_facts(task, data.tasks, width)
    item = next((item for item in data.rhythm.items if item.key == key), None)
    if item is None:
        return []
    facts = [f"{day_and_month(item.date)} {item.at}".strip(), item.kind, item.note, item.key or ""]
    return _paragraphs(item.title, facts, width)


def figure_lines(row: BoardRow, formats: Formats, width: int) -> list[Line]:
    """A figure of the board in words, with its values of the last weeks."""
    texts = [row.note, row.word]
    if row.delta is not None:
        texts.insert(0, f"{formats.delta(row.delta, row.unit, row.value)} against the compared period")
    lines = _paragraphs(row.label, [formats.value(row.value, row.unit), *texts], width)
    if row.trend:
        lines += [BLANK.fitted(width), line(Span("The last whole weeks, oldest first", "dim")).fitted(width)]
        lines += [line("  " + formats.value(value, row.unit)).fitted(width) for value in row.trend]
    return lines


def _paragraphs(title: str, texts: list[str], width: int) -> list[Line]:
    lines = [rule(title, "", width)]
    lines += [line(part) for text in texts for part in wrapped(text, width)]
    return [row.fitted(width) for row in lines]
