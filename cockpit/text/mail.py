"""The morning mail: at most 24 lines of 80 columns with the subject, fit for a phone and a screen reader."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from cockpit.panes.board import BoardRow
from cockpit.panes.board_lines import foremost
from cockpit.panes.days import age, clock, full_day, short_day, weekday
from cockpit.panes.figures import short_label
from cockpit.panes.formats import Formats, plural
from cockpit.panes.head import head_facts
from cockpit.panes.lines import cells, fit, left, right
from cockpit.panes.moves import SHORT, moved_parts
from cockpit.panes.task_words import condition_of, whose
from cockpit.panes.today_data import TodayData
from cockpit.panes.view import Context
from cockpit.panes.views import root
from cockpit.panes.wrapping import packed

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.work import Task

WIDTH = 80
LINES = 24
"""Lines of the whole mail, the subject and the blank ones included."""
TITLE_WIDTH = 11
"""Cells of the section titles that stand at the left of their lines."""
MOST_LATE = 4
FIGURE_LINES = 2
"""Lines of figures; one more where it is not known what moved."""
MOVED_WORDS = {**SHORT, "pulled in": "in", "pushed out": "out"}


def mail_text(cockpit: "Cockpit") -> str:
    """The mail of today, its subject in the first line."""
    data = root("today").load(cockpit, Context())
    assert isinstance(data, TodayData)
    top = [_subject(cockpit, data), "", *_where_we_are(cockpit, data)]
    top += ["", "NEEDS YOU", *(_findings(data) or ["nothing"])]
    moved = _moved(data)
    most = 2 * (FIGURE_LINES if moved else FIGURE_LINES + 1)
    bottom = _figures("PIPELINE", data.formats, foremost(data.board.rows, most) if data.board else ())
    bottom += [*moved, *_annuity(data)]
    bottom.append(_data(cockpit))
    tasks = _tasks(data, LINES - len(top) - len(bottom) - 2)
    lines = [*top, "", *(tasks or ["No task is late or due."]), "", *bottom]
    return "\n".join(fit(line, WIDTH).rstrip() for line in lines)


def _subject(cockpit: "Cockpit", data: TodayData) -> str:
    """As many of the findings, each in its first words, as one line holds."""
    day = cockpit.today
    subject = f"Subject: {cockpit.workspace.name} {day.day} {day:%b}:"
    late = len(data.tasks.groups()[0])
    parts = [f"{late} late"] if late else []
    parts += [
        finding.strong + re.split(r"[,;(]", finding.rest, maxsplit=1)[0].rstrip()
        for finding in data.findings.shown
        if finding.sort != "late"
    ]
    said = ""
    for part in parts or ["in order"]:
        longer = f"{said}, {part}" if said else f" {part}"
        if cells(subject + longer) <= WIDTH:
            said = longer
    return subject + said


def _where_we_are(cockpit: "Cockpit", data: TodayData) -> list[str]:
    head = head_facts(cockpit, Context())
    units = " ".join(unit for unit in (head.quarter, head.period, head.week) if unit)
    days = ""
    if head.business_day is not None and head.business_days is not None:
        left_over = head.business_days - head.business_day
        days = f"   BD {head.business_day} of {head.business_days}, {left_over} left after today"
    said = [_closed_days(cockpit)]
    said.append(f"Figures {data.board.fact}." if data.board is not None else "No figures.")
    if cockpit.workspace.is_demo:
        said.append("Demo data.")
    first = f"{cockpit.workspace.name.upper()}  {full_day(cockpit.today)}   {units}{days}"
    lines = [first]
    for sentence in filter(None, said):
        if len(lines) > 1 and cells(lines[-1]) + 2 + cells(sentence) <= WIDTH:
            lines[-1] += f"  {sentence}"
        else:
            lines.append(sentence)
    return lines


def _closed_days(cockpit: "Cockpit") -> str:
    """The holidays of this week, today included; nothing in a whole week."""
    monday = cockpit.today - timedelta(days=cockpit.today.weekday())
    days = [monday + timedelta(days=number) for number in range(cockpit.today.weekday(), 5)]
    closed = [short_day(day) for day in days if cockpit.fiscal.business.holiday_name(day)]
    return f"Short week: closed {', '.join(closed)}." if closed else ""


def _findings(data: TodayData) -> list[str]:
    """A sentence each; where it is too long, brackets go first, then what stands behind a semicolon."""
    sentences = []
    for number, finding in enumerate(data.findings.shown, 1):
        said = finding.strong + finding.rest
        if cells(said) > WIDTH - 3:
            said = re.sub(r" \([^()]*\)", "", said)
        if cells(said) > WIDTH - 3:
            said = said.partition("; ")[0]
        sentences.append(f"{number}  {_shortened(said, WIDTH - 3)}")
    return sentences


def _shortened(text: str, width: int) -> str:
    """The text cut between words, with an ellipsis where something was cut."""
    if cells(text) <= width:
        return text
    words = fit(text, width).removesuffix("…")
    cut = words.rpartition(" ")[0] if " " in words[width // 2 :] else words
    return cut.rstrip(" ,;:(") + "…"


def _tasks(data: TodayData, room: int) -> list[str]:
    """What is late, due today and due next, in as many lines as there is room for."""
    late, now, near, _ = data.tasks.groups()
    lines = _late(late, data, min(room, MOST_LATE if now or near else room))
    for title, tasks in (("TODAY", now), ("NEXT", near)):
        for index, task in enumerate(tasks[: max(room - len(lines), 0)]):
            at = clock(task.at)
            when = at if title == "TODAY" or task.due is None else f"{weekday(task.due)} {at}"
            lines.append(_task("" if index else title, when, task, data))
    return lines


def _late(tasks: "Sequence[Task]", data: TodayData, room: int) -> list[str]:
    shown = tasks if len(tasks) <= room else tasks[: room - 1]
    lines = []
    for index, task in enumerate(shown):
        days = f"{-task.business_days_left} BD" if task.business_days_left is not None else "late"
        lines.append(_task("" if index else "LATE", days, task, data))
    if len(tasks) > len(shown):
        lines.append(f"{'':<18}{len(tasks) - len(shown)} more (cockpit tasks overdue)")
    return lines


def _task(title: str, when: str, task: "Task", data: TodayData) -> str:
    owner = whose(task, frozenset())
    room = WIDTH - 19 - cells(owner)
    # Since when a task is late is told by the days in front.
    held = task.block_reason or task.blocked_by or task.wait_for or not task.overdue
    why = condition_of(task, data.tasks.today) if held else ""
    what = f"{task.title} ({why})" if why and cells(task.title) + cells(why) + 3 <= room else task.title
    return left(title, 6) + right(when, 10) + "  " + left(_shortened(what, room), room) + " " + owner


def _figures(title: str, formats: Formats, rows: "Sequence[BoardRow]") -> list[str]:
    """Two figures a line: the value, its change, and its word."""
    half = (WIDTH - TITLE_WIDTH) // 2
    lines: list[str] = []
    for row in rows:
        if row.value is None:
            continue
        text = _figure(row, formats, half - 2)
        beside = next((index for index, line in enumerate(lines) if cells(line) < half), None)
        if beside is not None and cells(text) < half:
            lines[beside] = left(lines[beside], half) + text
        else:
            lines.append(text)
    return [left("" if index else title, TITLE_WIDTH) + line for index, line in enumerate(lines)]


def _moved(data: TodayData) -> list[str]:
    """What moved in the open pipeline, from what was open then to what is open now.

    Nothing without a stored state to follow it from.
    """
    if data.moved is None or data.moved.moves.rebuilt:
        return []
    found, formats = data.moved.moves, data.formats
    scale = formats.scale(found.before, found.after)
    locked = found.since_words.startswith("the lock")
    title = "SINCE LOCK" if locked else f"SINCE {found.since.day} {found.since:%b}".upper()
    parts = [text for _, text in moved_parts(found, formats, MOVED_WORDS)]
    steps = packed([formats.money(found.before, scale), *parts], WIDTH - TITLE_WIDTH)
    last = f"{formats.money(found.after, scale)}  open, due in {found.period}; {found.words}"
    return [left("" if index else title, TITLE_WIDTH) + line for index, line in enumerate([*steps, last])]


def _annuity(data: TodayData) -> list[str]:
    """What fell due, how much of it in time, and what came late or not at all."""
    pane = data.annuity
    if pane is None or pane.outcomes.total is None or not pane.outcomes.total.value:
        return []
    formats, total, rate = data.formats, pane.outcomes.total, pane.on_time
    scale = formats.scale(total.value)
    said = f"Due to date {formats.money(total.value, scale)}"
    if rate is not None and rate.value is not None:
        word = f", {rate.word}" if rate.off else ""
        said += f": on time {formats.value(rate.value, rate.unit)}{word}"
    missed = [
        f"{name} {formats.money(row.value, scale)}"
        for name, row in pane.outcomes.parts
        if not name.endswith("in time")
    ]
    lines = packed([said + (";" if missed else ""), *_listed(missed)], WIDTH - TITLE_WIDTH)
    return [left("" if index else "ANNUITY", TITLE_WIDTH) + line for index, line in enumerate(lines[:2])]


def _listed(texts: Sequence[str]) -> list[str]:
    """The texts with a comma behind all but the last."""
    return [*(f"{text}," for text in texts[:-1]), *texts[-1:]]


def _figure(row: BoardRow, formats: Formats, width: int) -> str:
    """A figure in as many words as fit; of one that is off its target the target always stays."""
    value = formats.value(row.value, row.unit)
    change = f" ({formats.delta(row.delta, row.unit, row.value)})" if row.delta else ""
    word = f", {row.word}" if row.word else ""
    short = short_label(row.label, 22, row.short)
    forms = [f"{row.label} {value}{change}{word}", f"{short} {value}{change}{word}", f"{short} {value}{word}"]
    if not row.off:
        forms += [f"{short} {value}{change}", f"{short} {value}"]
    return next((form for form in forms if cells(form) <= width), forms[1])


def _data(cockpit: "Cockpit") -> str:
    statuses = cockpit.sources()
    if not statuses:
        return f"{'DATA':<{TITLE_WIDTH}}no sources"
    parts = [plural(len(statuses), "source")]
    if cockpit.data_read_at is not None:
        zone = cockpit.fiscal.zone
        parts[0] += f", read {age(cockpit.data_read_at.astimezone(zone), cockpit.now.astimezone(zone))}"
    counts = [
        (sum(one.report is None for one in statuses), "could not be read", "could not be read"),
        (sum(one.rejected for one in statuses), "row rejected", "rows rejected"),
        (sum(one.repeated for one in statuses), "id repeated", "ids repeated"),
        (sum(one.unmatched for one in statuses), "look-up key unmatched", "look-up keys unmatched"),
    ]
    parts.append(", ".join(plural(count, one, many) for count, one, many in counts if count) or "in order")
    said = f"{'DATA':<{TITLE_WIDTH}}{'; '.join(parts)}"
    pointed = f"{said}  (cockpit check)"
    return pointed if parts[-1] != "in order" and cells(pointed) <= WIDTH else said
