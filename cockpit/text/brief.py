"""The brief: a view as plain text, as Markdown, as the morning mail or as data."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from cockpit.base.atomic import write_atomic
from cockpit.panes.head import HeadFacts, head_facts, head_line
from cockpit.panes.lines import plain
from cockpit.panes.spoken import ROOM, spoken, spoken_lines
from cockpit.panes.view import Context, Size, View
from cockpit.panes.views import root
from cockpit.text.jsontext import json_text
from cockpit.text.mail import mail_text

if TYPE_CHECKING:
    from cockpit.core import Cockpit

Form = Literal["text", "plain", "markdown", "mail", "json"]
WIDTH = 120
"""Cells of the text form; nothing is cut to the terminal, since it is also read from files."""
TALL = 10_000
"""Rows offered to a view, so that its whole length is printed."""


def brief_text(cockpit: "Cockpit", view: str = "today", form: str = "text") -> str:
    """One view as text.

    Args:
        cockpit: the workspace.
        view: the view's name.
        form: text, plain (one pane after the other in words, for a screen reader), markdown (the text in a
            code block under a heading), mail (with a subject, 80 columns), json (the view's table).

    Raises:
        CockpitError: the data cannot be read.
    """
    if form == "mail":
        return mail_text(cockpit)
    shown = root(view)
    data = shown.load(cockpit, Context())
    if form == "json":
        return json_text(_document(cockpit, view, shown.table(data)))
    if form == "plain":
        return _plain_text(cockpit, shown, data)
    height = 40 if view == "today" else TALL
    lines = [head_line(_head_of(cockpit), WIDTH), *shown.page(data, Size(WIDTH, height)).rows()]
    text = "\n".join(plain(lines)).rstrip("\n")
    if form == "markdown":
        return f"## {cockpit.workspace.name}: {view}\n\n```\n{text}\n```"
    return text


def _plain_text(cockpit: "Cockpit", shown: View, data: Any) -> str:
    """A view in words: the head line, then one pane after the other, nothing drawn."""
    head = spoken(head_line(_head_of(cockpit), WIDTH)).text
    return "\n".join([head, "", *plain(spoken_lines(shown.page(data, ROOM), TALL))]).rstrip("\n")


def _head_of(cockpit: "Cockpit") -> HeadFacts:
    facts = head_facts(cockpit, Context())
    # a view without figures reads no data, and never will
    return replace(facts, data="") if cockpit.data_read_at is None else facts


def _document(cockpit: "Cockpit", view: str, table: Any) -> dict[str, Any]:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows] if table is not None else []
    return {
        "workspace": cockpit.workspace.name,
        "demo": cockpit.workspace.is_demo,
        "view": view,
        "today": cockpit.today,
        "as_of": cockpit.as_of,
        "rows": rows,
    }


def changed_since_last(cockpit: "Cockpit", name: str, text: str) -> bool:
    """Whether the text differs from the last one of that name on the same day, and keep it as the last.

    The first brief of a day always counts as changed.
    """
    path = cockpit.workspace.cache_folder / f"brief-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    print_of_it = f"{date.today().isoformat()} {hashlib.sha256(text.encode()).hexdigest()}"
    try:
        same = path.read_text(encoding="utf-8") == print_of_it
    except OSError:
        same = False
    if not same:
        write_atomic(path, print_of_it)
    return not same
