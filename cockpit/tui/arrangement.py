"""How a user has arranged the panes of the views: their order, and the one that stands alone.

Kept in `layout.toml` in the user's configuration folder, where people can read and mend it. A file that is
wrong is said once and left as it is; the views stand as they come.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cockpit.base.atomic import write_atomic
from cockpit.base.paths import config_folder
from cockpit.base.problems import CockpitError, ConfigError, Problem
from cockpit.base.tomlfile import convert, read_toml

HEAD = "# How the panes of each view stand; written when M moves one and z leaves one alone.\n"


class ViewArrangement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one view is arranged.

    Attributes:
        panes: the names of its movable panes in their order; empty as the view has them.
        alone: the pane that fills the screen, or "".
    """

    panes: tuple[str, ...] = ()
    alone: str = ""


class Arrangements:
    """The arrangements of all views, as the user's own file has them."""

    def __init__(self) -> None:
        self.path = config_folder() / "layout.toml"
        self.problem = ""
        self._views: dict[str, ViewArrangement] = {}
        try:
            self._views = read_arrangements(self.path)
        except CockpitError as error:
            self.problem = str(error.problems[0])

    def of(self, view: str) -> ViewArrangement:
        """How a view is arranged."""
        return self._views.get(view, ViewArrangement())

    def keep(self, view: str, arrangement: ViewArrangement) -> str:
        """Arrange a view so from now on; why it could not be written, or "". A wrong file is not touched."""
        self._views[view] = arrangement
        if self.problem:
            return f"not kept: {self.problem}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self.path, _text_of(self._views))
        except OSError as error:
            return f"not kept: {self.path.name}: {error.strerror or error}"
        return ""


def read_arrangements(path: Path) -> dict[str, ViewArrangement]:
    """The arrangements of a file, by view; that there is none is no problem.

    Raises:
        ConfigError: something in it is wrong.
        SourceError: it cannot be read.
    """
    if not path.exists():
        return {}
    file = read_toml(path)
    problems: list[Problem] = []
    views = {
        name: convert(file, ViewArrangement, problems, (name,), table) for name, table in file.data.items()
    }
    if problems:
        raise ConfigError(*problems)
    return {name: view for name, view in views.items() if view is not None}


def _text_of(views: Mapping[str, ViewArrangement]) -> str:
    """The file; names of panes are the program's own, so they need no escapes."""
    lines = [HEAD]
    for name, view in sorted(views.items()):
        if view != ViewArrangement():
            panes = ", ".join(f'"{pane}"' for pane in view.panes)
            lines.append(f'\n[{name}]\npanes = [{panes}]\nalone = "{view.alone}"\n')
    return "".join(lines)


def moved_on(order: tuple[str, ...], pane: str) -> tuple[str, ...]:
    """The order with a pane one place further; from the last place it goes to the first."""
    place = order.index(pane)
    others = [name for name in order if name != pane]
    others.insert((place + 1) % len(order), pane)
    return tuple(others)


def completed(order: tuple[str, ...], panes: tuple[str, ...]) -> tuple[str, ...]:
    """An order of exactly the panes that there are: unknown names left out, missing ones at the end."""
    known = tuple(dict.fromkeys(name for name in order if name in panes))
    return (*known, *(name for name in panes if name not in known))
