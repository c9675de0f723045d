"""A list that covers the page: the palette, the help, one's own last changes. Typing narrows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cockpit.tui.prompt import Prompt
from cockpit.tui.ranking import Entry, Index, ranked

__all__ = ["Entry", "Picker"]


@dataclass(slots=True)
class Picker:
    """A list to pick from.

    Attributes:
        title: what is listed.
        entries: all of them.
        pick: called with the chosen entry.
        typed: the line that narrows the list, or None where typing does not.
        more: makes further entries from what is typed (a date that was written out), or None.
        leave: called when the list is left without picking, or None.
        index: which of the found ones is under the cursor.
        top: how many lines are scrolled away.
        page: how many lines were seen when it was last drawn.
        found: the entries that match, best first.
        long_lists: what is found by typing only: accounts, agreements, tasks.
    """

    title: str
    entries: Sequence[Entry]
    pick: Callable[[Entry], None]
    typed: Prompt | None = None
    more: Callable[[str], Sequence[Entry]] | None = None
    leave: Callable[[], None] | None = None
    index: int = 0
    top: int = 0
    page: int = 1
    found: list[Entry] = field(default_factory=list)
    long_lists: tuple[Index, ...] = ()
    _own: Index | None = None

    def __post_init__(self) -> None:
        self.search()

    @property
    def query(self) -> str:
        """What is typed."""
        return self.typed.text if self.typed is not None else ""

    def search(self) -> None:
        """Find the entries that match what is typed, and put the cursor on the best one."""
        made = list(self.more(self.query)) if self.more is not None and self.query else []
        if not self.query.strip():
            self.found = list(self.entries)
        else:
            self._own = self._own or Index.of(self.entries)
            self.found = made + ranked(self.query, (self._own, *self.long_lists))
        self.index = self.top = 0

    def replace(self, entries: Sequence[Entry]) -> None:
        """Take over a newer list; the cursor stays on the line it is on where that line is still there."""
        under = self.found[self.index] if self.index < len(self.found) else None
        self.entries, self._own = entries, None
        self._search_again(under)

    def join(self, long_lists: Sequence[Index]) -> None:
        """Find in these as well; the cursor stays on the line it is on."""
        under = self.found[self.index] if self.index < len(self.found) else None
        self.long_lists = tuple(long_lists)
        self._search_again(under)

    def _search_again(self, under: Entry | None) -> None:
        self.search()
        if under is not None and under in self.found:
            self.index = self.found.index(under)

    def move(self, step: int) -> None:
        """The cursor up or down, stopping at the ends."""
        self.index = min(max(self.index + step, 0), max(len(self.found) - 1, 0))

    def chosen(self) -> Entry | None:
        """The entry under the cursor."""
        return self.found[self.index] if self.found else None
