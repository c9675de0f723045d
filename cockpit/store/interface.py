"""The narrow door to stored work. SQLite stands behind it; a server database can join later.

Every implementation passes the same contract tests.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from cockpit.base.problems import Problem
from cockpit.store.kinds import Kind
from cockpit.store.values import Entry, Item, JsonValue, NewItem, Note, Record, StoredAnchor

T = TypeVar("T")


class Store(Protocol):
    """Items of registered kinds, their journal, notes and anchors.

    All methods may be called from any thread. Every write is one transaction and raises SourceError when
    the store is read-only or cannot be written, ConflictError when somebody else was first.
    """

    @property
    def actor(self) -> str:
        """Login under whose name changes are written."""

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""

    @property
    def warnings(self) -> Sequence[Problem]:
        """What was found and put right, or could not be, while opening."""

    def register(self, kind: Kind) -> None:
        """Make a kind known; items of unknown kinds cannot be changed."""

    def items(self, kind: str, states: Collection[str] | None = None) -> list[Item]:
        """All items of a kind in the order of their keys, or those in one of `states`."""

    def records(
        self,
        kind: str,
        states: Collection[str],
        decode: Callable[[str], T],
        keys: Collection[str] | None = None,
    ) -> list[Record[T]]:
        """All items of a kind in one of `states` (and among `keys`), in no order, for who reads many.

        `decode` gets the fields as JSON text, so that the caller reads them straight into its own type.
        """

    def get(self, key: str) -> Item | None:
        """The item of that key."""

    def get_many(self, keys: Collection[str]) -> dict[str, Item]:
        """The items of those keys that there are."""

    def states(self, kind: str) -> dict[str, str]:
        """Key and state of every item of a kind."""

    def values(self, kind: str, field: str) -> set[str]:
        """The texts that a field has among the items of a kind."""

    def finished_at(self, kind: str, keys: Collection[str] | None = None) -> dict[str, str]:
        """When each finished item of a kind (among `keys`) was finished, RFC 3339, from the journal."""

    def insert_missing(self, items: Iterable[NewItem], *, by_hand: bool = False) -> list[str]:
        """Add the items whose keys are not there yet; returns their keys. `by_hand` ones can be undone."""

    def add_numbered(self, kind: str, prefix: str, fields: Mapping[str, JsonValue]) -> Item:
        """Add an item made by hand with the next free key `prefix/N`."""

    def change(
        self,
        key: str,
        fields: Mapping[str, JsonValue],
        *,
        expected_version: int | None = None,
        strict: bool = False,
        reason: str | None = None,
    ) -> Item:
        """Give fields new values; `state` among them moves the item, None clears a field.

        With `expected_version`, changes of other fields by others since then are merged and a change of
        the same field is a ConflictError; with `strict` any change since then is.
        """

    def follow(self, changes: Mapping[str, Mapping[str, JsonValue]], reason: str) -> int:
        """Let items follow what they derive from (a calendar, a source); not undone by people."""

    def together(self, as_one: bool = True) -> AbstractContextManager[None]:
        """All writes inside are one transaction, and with `as_one` they are undone as one."""

    def journal(
        self, key: str | None = None, actor: str | None = None, limit: int | None = None, after: int = 0
    ) -> list[Entry]:
        """The last `limit` entries, oldest first, of one subject, one actor, or with seq above `after`."""

    def undo(self) -> list[Entry]:
        """Take back the actor's last change; the entries written. ConflictError if others built on it."""

    def redo(self) -> list[Entry]:
        """Do again what the actor undid last."""

    def undoable(self, limit: int = 10) -> list[list[Entry]]:
        """The actor's changes that undo would take back, the next one first, each with all its entries."""

    def notes(self, subject: str | None = None) -> list[Note]:
        """Notes on one subject, or all, oldest first."""

    def note_counts(self) -> dict[str, int]:
        """How many notes each subject has."""

    def add_note(self, subject: str, text: str) -> Note:
        """Write a note on anything that has a name."""

    def anchors(self, source: str | None = None) -> list[StoredAnchor]:
        """The anchors of one source, or of all, that were present at its last load."""

    def put_anchors(self, source: str, anchors: Iterable[StoredAnchor], marker: str) -> int:
        """Replace a source's anchors; first dates stay. Returns how many changed; writes nothing if none."""

    def anchor_marker(self, source: str) -> str | None:
        """The fingerprint of the source that its anchors were taken from."""

    def mark(self, name: str) -> str | None:
        """What was remembered under a name, or None; the mark `anchors` changes whenever an anchor does."""

    def put_mark(self, name: str, value: str) -> None:
        """Remember something small that is no work of anybody; does nothing in a read-only store."""

    def last_entry(self) -> int:
        """The number of the journal's last entry: it grows with every change, whoever makes it."""

    def data_version(self) -> int:
        """A number that changes when another connection has written; cheap enough to ask every second."""

    def check(self) -> list[Problem]:
        """Everything that is wrong with what is stored: integrity, chain, state against journal."""

    def close(self) -> None:
        """Let go of the store."""
