"""What the screen remembers, as plain values: the levels of each view, the cursor in each pane.

Nothing in here knows Textual or does any work; `session.py` changes it, `frame.py` draws it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cockpit.panes.lines import Page
from cockpit.panes.view import Choice, Context, Size, View
from cockpit.tui.picker import Picker
from cockpit.tui.prompt import Prompt


@dataclass(slots=True)
class Spot:
    """Where somebody is in one pane.

    Attributes:
        index: the line under the cursor, or None where no line can be under it.
        key: that line's `key`, by which it is found again after a refresh.
        top: how many lines below the sticky head are scrolled away.
    """

    index: int | None = None
    key: str | None = None
    top: int = 0


@dataclass(slots=True)
class Level:
    """One level of a drill-down, as it was left.

    Attributes:
        view: what it shows.
        context: what the data below was loaded for, or None before the first load.
        data: what `view.load` (or, until then, `view.quick`) returned.
        complete: whether the data comes from `load`.
        request: number of the newest request; answers to older ones are dropped.
        asked_at: monotonic time of a request without an answer yet, or None.
        problem: why the newest load failed, or "".
        focus: name of the pane that has the cursor.
        spots: by pane, where the cursor is in it.
        page: the layout for `page_size`, or None when it has to be made.
        page_size: what `page` was made for.
        zoom: name of the pane shown alone, or None.
        twin: whether the level is shown as plain lines from top to bottom.
        selected: keys of the lines that are selected.
        search: the text that `n` looks for where the view cannot be narrowed.
        wanted: key or text of the line that the cursor shall start on, or None.
        before: what its lines said before a refresh that is still to be loaded, or None.
        marked: by pane and key of the line, the texts that a refresh changed and nobody has seen yet.
        marked_at: when the marks were first shown and how many keys had been pressed by then, or None.
        touched: whether a key was pressed on it; until then the cursor goes where the whole view starts.
        source: the level whose data this one may be made from, since it took its place; None once loaded.
        unwanted: whether another level has taken its place, so that nobody waits for its data.
        progress: which share of a long load is done, or None where that is not known.
        opened_with: the text that the view was narrowed by when it was opened from another one.
    """

    view: View
    context: Context | None = None
    data: Any = None
    complete: bool = False
    request: int = 0
    asked_at: float | None = None
    problem: str = ""
    focus: str = ""
    spots: dict[str, Spot] = field(default_factory=dict)
    page: Page | None = None
    page_size: Size | None = None
    zoom: str | None = None
    twin: bool = False
    selected: set[str] = field(default_factory=set)
    search: str = ""
    wanted: str | None = None
    before: "Mapping[tuple[str, str], tuple[str, ...]] | None" = None
    marked: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    marked_at: tuple[float, int] | None = None
    touched: bool = False
    source: "Level | None" = None
    unwanted: bool = False
    progress: float | None = None
    opened_with: str = ""

    @property
    def shows(self) -> bool:
        """Whether there is anything to draw."""
        return self.data is not None

    def forget_page(self) -> None:
        """Have the page laid out anew."""
        self.page = None


@dataclass(frozen=True, slots=True)
class Chooser:
    """Letters to choose from: what the next key picks.

    Attributes:
        title: what is chosen.
        choices: the letters.
        then: called with the choice.
    """

    title: str
    choices: tuple[Choice, ...]
    then: Callable[[Choice], None]


@dataclass(frozen=True, slots=True)
class Labels:
    """Letters on the lines of the screen, to jump there by.

    Attributes:
        targets: by label, the pane and the index of the line in it.
        typed: the letters typed so far.
    """

    targets: dict[str, tuple[str, int]]
    typed: str = ""


@dataclass(slots=True)
class Trails:
    """The levels that were opened in each view, and which view is shown.

    Attributes:
        levels: by view, its levels from the root down.
        active: the view that is shown.
        previous: the view that was shown before, to which `0` leads.
    """

    levels: dict[str, list[Level]] = field(default_factory=dict)
    active: str = "today"
    previous: str | None = None

    @property
    def trail(self) -> list[Level]:
        """The levels of the view that is shown."""
        return self.levels[self.active]

    @property
    def level(self) -> Level:
        """The level that is shown."""
        return self.trail[-1]

    @property
    def depth(self) -> int:
        """How many levels below the view's root."""
        return len(self.trail) - 1

    def show(self, name: str) -> bool:
        """Turn to a view. False when it has no level yet."""
        if name != self.active:
            self.previous, self.active = self.active, name
        return bool(self.levels.get(name))

    def push(self, view: View) -> Level:
        """One level down."""
        level = Level(view, opened_with=view.narrowing())
        self.levels.setdefault(self.active, []).append(level)
        return level

    def pop(self) -> bool:
        """One level back; False at the root."""
        if self.depth <= 0:
            return False
        self.trail.pop()
        return True

    def replace(self, view: View) -> Level:
        """Another view in the place of this level: divided, narrowed, sorted, the sibling."""
        before = self.level
        level = Level(
            view,
            focus=before.focus,
            zoom=before.zoom,
            twin=before.twin,
            search=before.search,
            opened_with=before.opened_with,
        )
        self.trail[-1] = level
        return level

    def every(self) -> list[Level]:
        """All levels of all views."""
        return [level for trail in self.levels.values() for level in trail]


@dataclass(slots=True)
class ScreenState:
    """Everything that the frame shows.

    Attributes:
        trails: views and their levels.
        context: the as-of date, period, comparison, slice that hold everywhere.
        size: cells of the terminal.
        message: the quiet one-liner, or "".
        message_is_problem: whether it tells of something that went wrong.
        message_is_news: whether nobody asked for it, so that it stays one line.
        prompt: the line that is being typed, or None.
        picker: the list that covers the page (palette, help, last changes), or None.
        chooser: the letters that the next key picks from, or None.
        labels: letters on the lines to jump by, or None.
        typed: the keys of an incomplete sequence, and what may follow.
        compact: whether blank lines and rules are left out.
        detail: whether the detail is shown; None as the width has it.
        waiting: what is said of a load that takes long: what is being read, how far it is; or "".
        keys: how many keys were pressed so far.
        figure_names: what the catalogue calls figures in a breadcrumb, once it was read.
    """

    trails: Trails = field(default_factory=Trails)
    context: Context = field(default_factory=Context)
    size: Size = field(default_factory=lambda: Size(80, 24))
    message: str = ""
    message_is_problem: bool = False
    message_is_news: bool = False
    prompt: Prompt | None = None
    picker: Picker | None = None
    chooser: Chooser | None = None
    labels: Labels | None = None
    typed: str = ""
    compact: bool = False
    detail: bool | None = None
    waiting: str = ""
    keys: int = 0
    figure_names: Mapping[str, str] = field(default_factory=dict)
