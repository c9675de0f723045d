"""What is going on: the cockpit, the state of the screen, and the work under way. No Textual in here.

Keys are turned into calls of the handlers in `moving`, `asking`, `taking`, `changing` and `finding`, which
use the few verbs of `Session`. Whatever takes time runs in the background and comes back as an `Outcome`.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from cockpit.base import crash
from cockpit.base.clean import clean, clean_note
from cockpit.base.problems import CockpitError
from cockpit.panes.lines import Line
from cockpit.panes.place import Place
from cockpit.panes.view import Choice, Context, Size, View
from cockpit.tui.background import Outcome
from cockpit.tui.findable import Findable
from cockpit.tui.frame import Frame, HeadLine
from cockpit.tui.keymap import Keymap
from cockpit.tui.layout import line_under_cursor, page_of
from cockpit.tui.loading import Loader
from cockpit.tui.picker import Picker
from cockpit.tui.problem_words import in_a_line
from cockpit.tui.prompt import Prompt
from cockpit.tui.rows import Row
from cockpit.tui.shell import Shell, Views
from cockpit.tui.state import Chooser, Level, ScreenState
from cockpit.tui.visits import Visit, Visits, levels_of, visit_of

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.tui.arrangement import Arrangements

STORE_SECONDS, WAITING_FOR_STORE = 1.0, "waiting for the store…"
"""After how many seconds a change that is not made yet says what it waits for, and what it says."""


class Session:
    """The screen's state and the verbs that keys are made of.

    Args:
        cockpit: the opened workspace.
        shell: the program around it.
        views: where views are looked up.
        keymap: whose keys are named on the screen.
        ascii_only: draw with ASCII characters.
        read_only: refuse everything that writes.
        head: makes the head line, in the background.
    """

    def __init__(
        self,
        cockpit: "Cockpit",
        shell: Shell,
        views: Views,
        keymap: Keymap,
        *,
        ascii_only: bool = False,
        read_only: bool = False,
        head: Callable[["Cockpit", Context], HeadLine] | None = None,
    ) -> None:
        self.cockpit = cockpit
        self.shell = shell
        self.views = views
        self.keymap = keymap
        self.read_only = read_only
        self.state = ScreenState()
        self.loader = Loader(cockpit, shell, self.state, self.refresh_head)
        self.frame = Frame(keymap, ascii_only, read_only)
        self.visits = Visits()
        self.arrangements: Arrangements | None = None  # how the user has arranged the panes
        self.filters: list[str] = []  # the texts that views were narrowed by, the newest last
        self.findable = Findable()
        self.agreed_hosts: set[str] = set()  # whose pages may be opened in a browser
        self.read_sources: Callable[[], None] | None = None  # pulls them now, where tables are kept fresh
        self._head_of = head
        self._head: HeadLine = lambda width: Line()
        self._data_version: int | None = None
        self._today: date | None = None

    # --- drawing --------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The whole screen. A view that cannot be drawn says so; the program goes on."""
        try:
            return self.frame.rows(self.state, self._head)
        except Exception as error:
            level = self.state.trails.level
            level.data, level.page = None, None
            level.problem = f"{level.view.name} could not be drawn: {crash.keep(error)}"
            return self.frame.rows(self.state, self._head)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size."""
        self.state.size = Size(width, height)
        self.shell.redraw()

    def say(self, text: str, *, problem: bool = False, news: bool = False) -> None:
        """Say something until the next key, whole: over several lines where one is too short.

        Args:
            text: what is said, in one line; of problems several.
            problem: whether something went wrong.
            news: whether nobody asked for it: then it is cut where it is too long for one line.
        """
        state = self.state
        state.message = clean_note(text) if problem else clean(text)
        state.message_is_problem, state.message_is_news = problem, news
        self.shell.redraw()

    def complain(self, error: Exception) -> None:
        """Say what went wrong in one line; what nobody foresaw is kept in a crash file."""
        self.say(in_a_line(error), problem=True)

    def refresh_head(self) -> None:
        """Make the facts of the head line anew."""
        head_of, context = self._head_of, self.state.context
        if head_of is None:
            return

        def then(outcome: Outcome) -> None:
            if outcome.error is None and context == self.state.context:
                self._head = outcome.value
                self.shell.redraw()

        self.shell.background("head", lambda: head_of(self.cockpit, context), then)

    def minute_passed(self) -> None:
        """Follow the clock: the head line each minute, and on a new day everything that is shown."""
        before, self._today = self._today, self.cockpit.today
        if before is not None and before != self._today:
            self.loader.own_as_of = None
            self.mark_stale()
            self.reload()
        self.refresh_head()

    def take_head(self, head: HeadLine) -> None:
        """Use a head line that was made beforehand."""
        self._head = head

    # --- going from view to view ------------------------------------------------------------------------

    @property
    def level(self) -> Level:
        """The level that is shown."""
        return self.state.trails.level

    def plainly_shows(self, name: str) -> bool:
        """Whether that view is seen as it comes: complete, at its root, in the usual context, uncovered."""
        state, level = self.state, self.level
        covered = state.prompt or state.picker or state.chooser or state.message or state.typed
        as_it_comes = not (level.problem or level.twin or level.zoom or level.selected or level.search)
        return (
            state.trails.active == name
            and state.trails.depth == 0
            and level.complete
            and level.asked_at is None
            and state.context == Context() == level.context
            and as_it_comes
            and not covered
        )

    def line(self) -> Line | None:
        """The line under the cursor; keys may come faster than the screen is drawn."""
        page_of(self.state, self.level)
        return line_under_cursor(self.level)

    def show(self, name: str) -> None:
        """Turn to a view where it was left; on its own digit again, to its root."""
        trails = self.state.trails
        self._leave_visit()
        if name == trails.active and trails.levels.get(name):
            del trails.levels[name][1:]
            self._freshen()
            return
        if not trails.levels.get(name):
            root, alone = self._arranged(self.views.root(name))
            trails.show(name)
            level = trails.push(root)
            level.zoom = alone
            self.load(level)
        else:
            trails.show(name)
            self._freshen()

    def _arranged(self, root: View) -> tuple[View, str | None]:
        """A view with its panes as the user left them, and the pane that stands alone."""
        if self.arrangements is None:
            return root, None
        from cockpit.tui.arrangement import completed

        found, panes = self.arrangements.of(root.name), root.movable_panes()
        if found.panes and panes:
            root = root.arranged(completed(found.panes, panes)) or root
        return root, found.alone or None

    def last_view(self) -> None:
        """Back to the view before this one."""
        if self.state.trails.previous is not None:
            self.show(self.state.trails.previous)

    def push(self, view: View, wanted: str | None = None) -> None:
        """One level down."""
        self._leave_visit()
        level = self.state.trails.push(view)
        level.wanted = wanted
        self.load(level)

    def pop(self) -> bool:
        """One level back; False at the root."""
        left = self.level
        if not self.state.trails.pop():
            return False
        left.unwanted = True
        self._freshen()
        return True

    def _leave_visit(self) -> None:
        if self.state.trails.levels.get(self.state.trails.active):
            self.visits.leave(visit_of(self.state.trails))

    def turn_to(self, visit: Visit) -> None:
        """Show what was seen at an earlier visit, the cursor where it was."""
        trails = self.state.trails
        trails.show(visit.name)
        trails.levels[visit.name] = levels_of(visit, trails.levels.get(visit.name, []))
        self._freshen()

    def replace(self, view: View) -> None:
        """Another view in the place of this level; what it shares with the one before is taken over."""
        before = self.level
        level = self.state.trails.replace(view)
        before.unwanted = True
        source = self._source(before)
        if source is not None and view.shares_data(source.view):
            level.data, level.context, level.complete = source.data, source.context, True
            level.spots, level.selected, level.touched = before.spots, before.selected, True
            self.shell.redraw()
            return
        if source is not None and type(view) is type(source.view):
            level.source = source
        if view.keeps_lines(before.view):
            level.spots, level.selected, level.touched = before.spots, before.selected, True
        self.load(level)

    def swap(self, view: View) -> None:
        """Another view in the place of this level; what is shown stays until its own data is there."""
        shown = self.level.data
        self.replace(view)
        self.loader.show_quick(self.level, shown)

    def _source(self, level: Level) -> Level | None:
        """The level whose data is complete: this one, or while it is loaded the one it is made from."""
        source = level if level.complete else level.source
        known = source is not None and source.complete and source.context == self.state.context
        return source if known and source is not None and source.shows else None

    def go(self, place: Place) -> None:
        """Open a place: within the view where it knows the way, else as a view of its own."""
        level = self.level
        view = level.view.open(level.data, place) if level.shows else None
        if view is None:
            view = self.views.view_for(place)
        selecting = self.keymap.words("select") if place.kind == "group" else ""
        if view is not None:
            self.push(view, place.focus)
        elif selecting:
            self.say(f"this title opens nothing; {selecting} selects all below it")
        else:
            self.say("there is nothing to open here")

    def change_context(self, context: Context) -> None:
        """Ask everything anew in another context; what is shown stays until the answer is there."""
        hidden_now = context.blank_money and not self.state.context.blank_money
        self.state.context = context
        if hidden_now:
            for level in self.state.trails.every():
                level.data, level.page, level.context = None, None, None
        self.refresh_head()
        self.load(self.level)

    def _freshen(self) -> None:
        """Load what is shown again where it was loaded for another context, or never completely."""
        level = self.level
        if level.context != self.state.context:
            self.load(level)
        self.shell.redraw()

    # --- loading ----------------------------------------------------------------------------------------

    @property
    def own_as_of(self) -> date | None:
        """The day of the workspace's own figures, known once something was loaded."""
        return self.loader.own_as_of

    @property
    def day(self) -> date:
        """The day that is looked at: the one asked, else the workspace's own, else today."""
        return self.state.context.as_of or self.own_as_of or self.cockpit.today

    def load(self, level: Level) -> None:
        """Load a level in the background. The last good data stays if that fails."""
        self.loader.load(level)

    def reload(self) -> None:
        """Load what is shown again; the cursor stays on its line."""
        self.load(self.level)

    def mark_stale(self) -> None:
        """Have every level but the shown one loaded again when it is next seen."""
        for level in self.state.trails.every():
            if level is not self.level:
                level.context = None

    # --- what others do -----------------------------------------------------------------------------------

    def look_around(self) -> None:
        """Load again when somebody else has changed the store. Cheap: asked every second."""
        try:
            version = self.cockpit.store.data_version()
        except CockpitError:
            return
        before, self._data_version = self._data_version, version
        if before is not None and version != before:
            self.mark_stale()
            self.reload()

    # --- asking ---------------------------------------------------------------------------------------------

    def ask(
        self,
        label: str,
        commit: Callable[[str], None],
        text: str = "",
        change: Callable[[str], None] | None = None,
        leave: Callable[[], None] | None = None,
        earlier: Sequence[str] = (),
    ) -> None:
        """Ask for one line of text at the bottom of the screen; Up gives back what was typed earlier."""
        self.state.prompt = Prompt(label, commit, change, leave, text, earlier=tuple(earlier))
        self.shell.redraw()

    def remember_filter(self, text: str) -> None:
        """A text that a view was narrowed by, to be used again in another."""
        if text:
            self.filters = [*(other for other in self.filters if other != text), text]

    def choose(self, title: str, choices: Sequence[Choice], then: Callable[[Choice], None]) -> None:
        """Let the next key pick one of several letters."""
        self.state.chooser = Chooser(title, tuple(choices), then)
        self.shell.redraw()

    def pick(self, picker: Picker) -> None:
        """Cover the page with a list to pick from."""
        self.state.picker = picker
        self.shell.redraw()

    def run(self, group: str, job: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run a job in the background; its result goes on to `then`, its error to the message line.

        A change that another program's hold on the store keeps waiting says so after a second.
        """

        def ended(outcome: Outcome) -> None:
            if outcome.error is not None:
                self.complain(outcome.error)
            else:
                then(outcome.value)

        if group == "write":
            self.write(job, ended)
        else:
            self.shell.background(group, job, ended)

    def write(self, job: Callable[[], Any], ended: Callable[[Outcome], None]) -> None:
        """Make a change in the background; while it waits for the store for more than a second, say so."""
        under_way = True

        def late() -> None:
            if under_way:
                self.say(WAITING_FOR_STORE)

        def over(outcome: Outcome) -> None:
            nonlocal under_way
            under_way = False
            if self.state.message == WAITING_FOR_STORE:
                self.say("")
            ended(outcome)

        self.shell.later("store", STORE_SECONDS, late)
        self.shell.background("write", job, over)
