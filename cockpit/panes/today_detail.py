"""What stands beside Today on wide screens: the line under the cursor in words."""

from typing import TYPE_CHECKING

from cockpit.panes.days import day_and_month
from cockpit.panes.figure_detail import figure_detail
from cockpit.panes.lines import BLANK, Line, Span, line, rule
from cockpit.panes.task import task_facts
from cockpit.panes.today_data import TodayData
from cockpit.panes.wrapping import wrapped

if TYPE_CHECKING:
    from cockpit.panes.needs_you import Finding


def today_detail(data: TodayData, at: Line | None, width: int) -> list[Line]:
    """The task, figure, finding or day that a line of Today shows; nothing for other lines."""
    key = at.key if at is not None else None
    if key is None:
        return []
    if key.startswith("finding:"):
        finding = data.findings.shown[int(key.removeprefix("finding:")) - 1]
        return _finding(finding, data, width)
    if key.startswith("kpi:"):
        return _figure(data, key.removeprefix("kpi:"), width)
    task = next((task for task in data.tasks.tasks if task.key == key), None)
    if task is not None:
        return task_facts(task, data.tasks, width)
    item = next((item for item in data.rhythm.items if item.key == key), None)
    if item is None:
        return []
    facts = [f"{day_and_month(item.date)} {item.at}".strip(), item.kind, item.note, item.key or ""]
    return _paragraphs(item.title, facts, width)


def _finding(finding: "Finding", data: TodayData, width: int) -> list[Line]:
    """The finding in full, what it weighs, and the task or figure that it is about."""
    lines = _paragraphs(finding.strong, [finding.strong + finding.rest], width, finding.tag)
    lines += [BLANK, line(Span("rank        ", "dim"), data.formats.number(finding.rank))]
    lines += [
        line(Span(part, "dim"))
        for part in wrapped("Enter opens it. P keeps it quiet until a day, with a reason.", width)
    ]
    task = next((task for task in data.tasks.tasks if task.key == finding.place.name), None)
    about = _figure(data, finding.place.name, width) if task is None else task_facts(task, data.tasks, width)
    lines += [BLANK, *about] if about else []
    return [row.fitted(width) for row in lines]


def _figure(data: TodayData, name: str, width: int) -> list[Line]:
    board = data.board
    if board is not None and (row := board.row(name)) is not None:
        return figure_detail(row, data.formats, width, board.compared, board.weeks)
    if data.annuity is not None and (row := data.annuity.row(name)) is not None:
        return figure_detail(row, data.formats, width)
    return []


def _paragraphs(title: str, texts: list[str], width: int, fact: str = "") -> list[Line]:
    lines = [rule(title, fact, width)]
    lines += [line(part) for text in texts for part in wrapped(text, width)]
    return [row.fitted(width) for row in lines]
