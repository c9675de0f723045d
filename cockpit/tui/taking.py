"""Keys that take something along: copies, exports, links."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cockpit.panes.days import full_day
from cockpit.panes.lines import Line
from cockpit.panes.view import Choice, RawTable
from cockpit.text.csvtext import guarded
from cockpit.tui.background import Outcome
from cockpit.tui.hidden import hint, shown_table
from cockpit.tui.prompt import Prompt
from cockpit.tui.session import Session
from cockpit.tui.settling import ask_again, ask_words

if TYPE_CHECKING:
    from cockpit.panes.charts.chart import Chart

WHAT = (
    Choice("y", "cell", "value", also="c"), Choice("r", "row", "row"), Choice("t", "table", "table"),
    Choice("l", "link", "link"), Choice("b", "brief", "brief"),
)  # fmt: skip
"""What can be copied."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def copy(session: Session) -> None:
    """Ask what to copy."""
    session.choose("copy", WHAT, lambda choice: copy_what(session, choice.name))


def copy_what(session: Session, what: str) -> None:
    """Copy the value, row, table, link or brief."""
    level, line = session.level, session.line()
    if not level.shows:
        session.say("there is nothing to copy yet")
    elif what == "brief" and session.state.context.blank_money:
        session.say(
            f"the brief tells amounts, which are hidden; {session.keymap.words('blank_money')} shows them"
        )
    elif what == "brief":
        session.run("brief", lambda: _brief(session), lambda text: _copied(session, text, "the brief"))
    elif what == "table":
        session.run(
            "table",
            lambda: tabs(table) if (table := shown_table(session)) is not None else "",
            lambda text: _copied(session, text, "the table"),
        )
    elif what == "link":
        address = level.view.link(level.data, line) or _address(line)
        _copied(session, address or "", "the link")
    elif what == "row":
        _copied(session, _row_text(_as_seen(session, line)), "the row")
    else:
        _copied(session, _value_text(_as_seen(session, line)), "")


def _as_seen(session: Session, line: Line | None) -> Line | None:
    """The line; while amounts are hidden as it is seen, without its raw values."""
    hidden = line is not None and session.state.context.blank_money
    return replace(line, copy=None) if hidden and line is not None else line


def _copied(session: Session, text: str, what: str) -> None:
    if not text:
        session.say(f"there is no {what.removeprefix('the ') or 'value'} to copy here")
        return
    where = session.shell.copy(text)
    shown = what or text[:40]
    session.say(f"copied {shown} {where}" + (hint(session) if what == "the table" else ""))


def _address(line: Line | None) -> str | None:
    if line is None or line.place is None or line.place.kind != "url":
        return None
    return line.place.name


def _row_text(line: Line | None) -> str:
    if line is None:
        return ""
    cells = line.copy if line.copy is not None else tuple(re.split(r" {2,}", line.text.strip()))
    return "\t".join(_harmless(cell) for cell in cells)


def _value_text(line: Line | None) -> str:
    """The first number of the line's raw values, else the first of them, else its first words."""
    if line is None:
        return ""
    values = line.copy if line.copy is not None else tuple(re.split(r" {2,}", line.text.strip()))
    numbers = [value for value in values if NUMBER.fullmatch(value)]
    return _harmless((numbers or list(values) or [""])[0])


def _harmless(cell: str) -> str:
    """A raw value as a spreadsheet may be given it; numbers, also negative ones, are never touched."""
    return cell if NUMBER.fullmatch(cell) else str(guarded(cell))


def tabs(table: RawTable) -> str:
    """A table as lines of values with tabs between them, numbers unformatted, text never a formula."""
    lines = ["\t".join(guarded(name) for name in table.columns)]
    lines += ["\t".join(raw_text(guarded(value)) for value in row) for row in table.rows]
    return "\n".join(lines) + "\n"


def raw_text(value: Any) -> str:
    """A raw value as text: nothing for None, no exponent, ISO dates, one line."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\t", " ").replace("\n", " ")


def _brief(session: Session) -> str:
    from cockpit.text.brief import brief_text

    return brief_text(session.cockpit)


def export(session: Session) -> None:
    """Write what is seen to a file."""
    level = session.level
    if not level.shows:
        session.say("there is nothing to export yet")
        return

    chart = level.view.chart(level.data)

    def ask(table: RawTable | None) -> None:
        if chart is not None:
            _ask_picture(session, chart, table)
            return
        if table is None:
            session.say("this view has no table to export")
            return
        name = re.sub(r"[^a-z0-9]+", "-", table.title.casefold()).strip("-") or level.view.name
        day = session.day
        ask_words(
            session,
            "export to (.csv or .xlsx)",
            lambda text, prompt: _write(session, table, text.strip(), prompt),
            _free_name(f"{name}-{day.isoformat()}.csv"),
        )

    session.run("table", lambda: shown_table(session), ask)


def _ask_picture(session: Session, chart: "Chart", table: RawTable | None) -> None:
    """A chart goes into a picture file, or its numbers into a table, as the name says."""
    day = session.day
    name = re.sub(r"[^a-z0-9]+", "-", chart.title.casefold()).strip("-") or "chart"

    def write(text: str, prompt: Prompt) -> None:
        path = Path(text.strip()).expanduser()
        if not text.strip():
            return
        if table is not None and path.suffix.casefold() in (".csv", ".xlsx"):
            _write(session, table, text.strip(), prompt)
            return
        context, cockpit = session.state.context, session.cockpit

        def job() -> None:
            from cockpit.panes.figures import formats_of
            from cockpit.text.picture import export_chart

            demo = ", demo data" if cockpit.workspace.is_demo else ""
            under = f"{cockpit.workspace.name}, as of {full_day(day)}{demo}"
            export_chart(chart, formats_of(cockpit, context), path, under)

        _exported(session, job, f"drawn to {path}", prompt)

    name = _free_name(f"{name}-{day.isoformat()}.svg")
    ask_words(session, "export to (.svg, .png, .csv or .xlsx)", write, name)


def _free_name(name: str) -> str:
    """The name, or one with a number before its ending where a file of that name is there already."""
    path, number = Path(name), 2
    while path.exists():
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
        number += 1
    return str(path)


def _exported(session: Session, job: Callable[[], None], said: str, prompt: Prompt) -> None:
    """Write a file in the background; a name that cannot be used is asked again."""

    def ended(outcome: Outcome) -> None:
        if outcome.error is not None:
            ask_again(session, prompt, outcome.error)
        else:
            session.say(said)

    session.shell.background("export", job, ended)


def _write(session: Session, table: RawTable, name: str, prompt: Prompt) -> None:
    if not name:
        return
    path = Path(name).expanduser()

    def job() -> None:
        from cockpit.text.export import export_table

        export_table(table, path)

    said = f"{len(table.rows):,} rows written to {path}{hint(session)}; it holds customers' data"
    _exported(session, job, said, prompt)


def link(session: Session) -> None:
    """Open the record in the CRM where there is a browser; over SSH copy its address.

    The address comes from data: only web addresses are opened, and a host only once somebody has agreed.
    """
    level, line = session.level, session.line()
    address = level.view.link(level.data, line) if level.shows else None
    address = address or _address(line)
    if address is None:
        session.say("there is no link here; [sources.X] link sets it")
    elif not address.startswith(("https://", "http://")):
        session.say(f"not opened, since it is no web address: {address[:60]}", problem=True)
    elif os.environ.get("SSH_CONNECTION"):
        _copied(session, address, "the link")
    elif (host := urlsplit(address).hostname or "") in session.agreed_hosts:
        _open(session, address)
    else:

        def agreed(_: str) -> None:
            session.agreed_hosts.add(host)
            _open(session, address)

        session.ask(f"Enter opens a page on {host}, from now on without asking:", agreed)


def _open(session: Session, address: str) -> None:
    if session.shell.open_address(address):
        session.say(f"opened {address}")
    else:
        _copied(session, address, "the link")
