"""The brief: a view as plain text, as Markdown, as the morning mail or as data."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from cockpit.base.atomic import write_atomic
from cockpit.panes.head import head_facts, head_line
from cockpit.panes.lines import plain
from cockpit.panes.view import Context, Size
from cockpit.panes.views import root
from cockpit.text.jsontext import json_text
from cockpit.text.mail import mail_text

if TYPE_CHECKING:
    from cockpit.core import Cockpit

Form = Literal["text", "markdown", "mail", "json"]
WIDTH = 120
"""Cells of the text form; nothing is cut to the terminal, since it is also read from files."""
TALL = 10_000
"""Rows offered to a view, so that its whole length is printed."""


def brief_text(cockpit: "Cockpit", view: str = "today", form: str = "text") -> str:
    """One view as text.

    Args:
        cockpit: the workspace.
        view: the view's name.
        form: text, markdown (the text in a code block under a heading), mail (with a subject, 80 columns),
            json (the view's table).

    Raises:
        CockpitError: the data cannot be read.
    """
    if form == "mail":
        return mail_text(cockpit)
    shown = root(view)
    data = shown.load(cockpit, Context())
    if form == "json":
        return json_text(_document(cockpit, view, shown.table(data)))
    height = 40 if view == "today" else TALL
    facts = head_facts(cockpit, Context())
    if cockpit.data_read_at is None:
        facts = replace(facts, data="")  # a view without figures reads no data, and never will
    lines = [head_line(facts, WIDTH), *shown.page(data, Size(WIDTH, height)).rows()]
    text = "\n".join(plain(lines)).rstrip("\n")
    if form == "markdown":
        return f"## {cockpit.workspace.name}: {view}\n\n```\n{text}\n```"
    return text


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
