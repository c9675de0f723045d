"""Saving a list of tasks, a figure or the calendar: one line of `[views]`, all else as it was."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import ConfigError, Problem, SourceError, UsageError
from cockpit.base.tomlfile import KeyPath, parse_toml, read_toml
from cockpit.work.saved import SavedView, wrong_name
from cockpit.workspace.saved_figure import SavedFigure
from cockpit.workspace.saved_rhythm import SavedRhythm

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit
Saved = SavedView | SavedFigure | SavedRhythm
"""What can stand in `[views]`."""
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+$")
"""A key that TOML takes without quotes."""


def save_view(cockpit: "Cockpit", name: str, view: Saved) -> bool:
    """Write a view under a name into `cockpit.toml`; all else in the file stays as it is, to the byte.

    Args:
        cockpit: whose workspace it is; it knows the view from then on.
        name: what it is called.
        view: what is saved.

    Returns:
        Whether there was one of that name.

    Raises:
        UsageError: it cannot be called so, what is saved under that name is of the other sort, its filter
            cannot be read, or a line of the file says it in a way that cannot be replaced.
        SourceError: the file cannot be written.
    """
    wrong = wrong_name(name)
    if wrong is not None:
        raise UsageError(Problem(wrong, key="views"))
    if isinstance(view, SavedView):
        cockpit.work.read_filter(view.filter)
    path = cockpit.workspace.file.path
    if cockpit.read_only:
        raise SourceError(Problem("opened read-only: nothing can be changed", clean(str(path)), key="views"))
    file = read_toml(path)
    there = file.data.get("views", {}).get(name)
    replaced = there is not None
    _refuse_other_sort(name, there, view)
    text = _with_line(file.text, _line_to_replace(file.lines, name, replaced), name, view)
    _refuse_other_changes(file.data, text, name, view, cockpit)
    try:
        write_atomic(path, text, path.stat().st_mode & 0o777)
    except OSError as error:
        words = clean(error.strerror or str(error))
        raise SourceError(Problem(f"cannot be written: {words}", clean(str(path)), key="views")) from error
    if isinstance(view, SavedView):
        cockpit.saved_views[name] = view
    elif isinstance(view, SavedFigure):
        cockpit.saved_figures[name] = view
    else:
        cockpit.saved_rhythms[name] = view
    return replaced


def _refuse_other_sort(name: str, there: Any, view: Saved) -> None:
    """A list of tasks is a word of filters and commands, so that nothing else may quietly take its place."""
    keys = there if isinstance(there, Mapping) else {}
    sort = SavedFigure if "figure" in keys else SavedRhythm if "rhythm" in keys else SavedView
    if there is not None and not isinstance(view, sort):
        what = {SavedFigure: "figure", SavedRhythm: "calendar", SavedView: "list of tasks"}[sort]
        raise UsageError(Problem(f"{name} is a saved {what}; take another name", key="views"))


def line_of_view(name: str, view: Saved) -> str:
    """A view as its line of `[views]`; JSON strings are TOML strings."""
    if not isinstance(view, SavedView):
        return f"{name} = {_inline(_told(view))}"
    if view.by is None and view.sort is None and view.filter:
        return f"{name} = {_quoted(view.filter)}"
    parts = [("filter", view.filter or None), ("by", view.by), ("sort", view.sort)]
    inside = ", ".join(f"{key} = {_quoted(value)}" for key, value in parts if value is not None)
    return f"{name} = {{ {inside} }}" if inside else f"{name} = {{}}"


def _told(saved: SavedFigure | SavedRhythm) -> dict[str, Any]:
    """What of it is not as it is without being said, and what says of which sort it is."""
    usual = SavedFigure(figure="") if isinstance(saved, SavedFigure) else SavedRhythm(rhythm="")
    values = {name: getattr(saved, name) for name in saved.__struct_fields__}
    return {
        name: value
        for name, value in values.items()
        if name in ("figure", "rhythm") or value != getattr(usual, name)
    }


def _inline(value: Any) -> str:
    """A value on one line of TOML."""
    if isinstance(value, Mapping):
        inside = (
            f"{key if BARE_KEY.match(key) else _quoted(key)} = {_inline(one)}" for key, one in value.items()
        )
        return "{ " + ", ".join(inside) + " }"
    return ("true" if value else "false") if isinstance(value, bool) else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _line_to_replace(lines: Mapping[KeyPath, int], name: str, replaced: bool) -> int | None:
    """The line that says the view (negative: the one after which it goes), or None for the file's end."""
    if replaced:
        return lines.get(("views", name))
    inside = [line for path, line in lines.items() if path[:1] == ("views",)]
    return -max(inside) if inside else None


def _with_line(text: str, place: int | None, name: str, view: Saved) -> str:
    lines = text.split("\n")
    said = line_of_view(name, view)
    if place is None:
        return f"{text.rstrip()}\n\n[views]\n{said}\n"
    if place > 0:
        lines[place - 1] = said
    else:
        lines.insert(-place, said)
    return "\n".join(lines)


def _refuse_other_changes(
    before: Mapping[str, Any], text: str, name: str, view: Saved, cockpit: "Cockpit"
) -> None:
    """Refuse a text that says anything else than before besides this view."""
    path = cockpit.workspace.file.path
    try:
        after = parse_toml(text, path).data
        said = parse_toml(line_of_view(name, view), path).data[name]
    except ConfigError:
        after, said = {}, None
    views = before.get("views", {})
    if after != {**before, "views": {**views, name: said}}:
        raise UsageError(
            Problem(
                f"cannot be put into the table as it is written there; add {line_of_view(name, view)}",
                clean(str(path)),
                key="views",
            )
        )
