"""The morning mail: subject and at most 24 lines of 80 columns, fit for a phone and a screen reader."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow
from cockpit.panes.days import full_day, weekday
from cockpit.panes.head import head_facts
from cockpit.panes.lines import cells, fit, left, right
from cockpit.panes.task_lines import condition_of, whose
from cockpit.panes.today import TodayData
from cockpit.panes.view import Context
from cockpit.panes.views import root

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work import Task

WIDTH = 80
MOST_TASKS = 5
MOST_FIGURES = 6


def mail_text(cockpit: "Cockpit") -> str:
    """The mail of today, its subject in the first line."""
    data = root("today").load(cockpit, Context())
    assert isinstance(data, TodayData)
    lines = [_subject(cockpit, data), "", *_where_we_are(cockpit, data)]
    lines += _section("NEEDS YOU", _findings(data))
    late, now, near, _ = data.tasks.groups()
    lines += ["", *_late(late, data), *_due("TODAY", now, data), *_due("NEXT", near, data)]
    lines += _section("PIPELINE", _figures(data, data.board.rows if data.board else ()), beside=True)
    lines += _section("ANNUITY", _figures(data, data.annuity.rows if data.annuity else ()), beside=True)
    lines += ["", _data(cockpit)]
    if cockpit.workspace.is_demo:
        lines.append("These are demo data: invented, and the same on every machine.")
    return "\n".join(fit(line, WIDTH).rstrip() for line in lines)


def _subject(cockpit: "Cockpit", data: TodayData) -> str:
    late = len(data.tasks.groups()[0])
    parts = [f"{late} late"] if late else []
    parts += [finding.strong for finding in data.findings.shown if finding.sort != "late"]
    said = ", ".join(parts) or "in order"
    day = cockpit.today
    return fit(f"Subject: {cockpit.workspace.name} {day.day} {day:%b}: {said}", WIDTH)


def _where_we_are(cockpit: "Cockpit", data: TodayData) -> list[str]:
    head = head_facts(cockpit, Context())
    units = " ".join(unit for unit in (head.quarter, head.period, head.week) if unit)
    days = ""
    if head.business_day is not None and head.business_days is not None:
        left_over = head.business_days - head.business_day
        days = f"   BD {head.business_day} of {head.business_days}, {left_over} left after today"
    lines = [f"{cockpit.workspace.name.upper()}  {full_day(cockpit.today)}   {units}{days}"]
    lines.append(f"Figures {data.board.fact}." if data.board is not None else "No figures.")
    return lines


def _section(title: str, lines: Sequence[str], beside: bool = False) -> list[str]:
    if not lines:
        return []
    if not beside:
        return ["", title, *lines]
    return ["", *(left(title if index == 0 else "", 11) + line for index, line in enumerate(lines))]


def _findings(data: TodayData) -> list[str]:
    found = []
    for number, finding in enumerate(data.findings.shown, 1):
        words = textwrap.shorten(f"{finding.strong}{finding.rest}", WIDTH - 3, placeholder="…")
        found.append(f"{number}  {words}")
    return found


def _late(tasks: "Sequence[Task]", data: TodayData) -> list[str]:
    lines = []
    for index, task in enumerate(tasks[:MOST_TASKS]):
        days = f"{-task.business_days_left} BD" if task.business_days_left is not None else "late"
        lines.append(_task("LATE" if index == 0 else "", days, task, data))
    if len(tasks) > MOST_TASKS:
        lines.append(f"{'':<18}{len(tasks) - MOST_TASKS} more (cockpit tasks overdue)")
    return lines


def _due(title: str, tasks: "Sequence[Task]", data: TodayData) -> list[str]:
    lines = []
    for index, task in enumerate(tasks[:MOST_TASKS]):
        at = (task.at or "")[:5]
        clock = at if title == "TODAY" or task.due is None else f"{weekday(task.due)} {at}"
        lines.append(_task(title if index == 0 else "", clock, task, data))
    if len(tasks) > MOST_TASKS:
        lines.append(f"{'':<18}{len(tasks) - MOST_TASKS} more")
    return lines


def _task(title: str, when: str, task: "Task", data: TodayData) -> str:
    owner = whose(task, frozenset())
    why = condition_of(task, data.tasks.today)
    what = task.title + (f" ({why})" if why else "")
    return left(title, 6) + right(when, 10) + "  " + left(what, WIDTH - 19 - cells(owner)) + " " + owner


def _figures(data: TodayData, rows: "Sequence[BoardRow]") -> list[str]:
    """Two figures a line: the value, and its word."""
    said = []
    for row in [row for row in rows if row.value is not None][:MOST_FIGURES]:
        change = f" ({data.formats.delta(row.delta, row.unit, row.value)})" if row.delta else ""
        word = f", {row.word}" if row.word else ""
        said.append(f"{row.label} {data.formats.value(row.value, row.unit)}{change}{word}")
    half = (WIDTH - 11) // 2
    lines: list[str] = []
    for text in said:
        fits = lines and cells(lines[-1]) < half and cells(text) < half
        if fits:
            lines[-1] = left(lines[-1], half) + text
        else:
            lines.append(text)
    return lines


def _data(cockpit: "Cockpit") -> str:
    statuses = cockpit.sources()
    if not statuses:
        return f"{'DATA':<11}no sources"
    rejected = sum(one.rejected for one in statuses)
    repeated = sum(one.repeated for one in statuses)
    failed = sum(one.report is None for one in statuses)
    parts = [f"{len(statuses)} sources", f"{rejected:,} rows rejected", f"{repeated:,} ids repeated"]
    if failed:
        parts.append(f"{failed} could not be read")
    return f"{'DATA':<11}{', '.join(parts)}  (cockpit check)"
