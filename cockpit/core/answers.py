"""Answers that are asked again and again, kept for as long as the data and the history stay as they are."""

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from cockpit.core.cockpit import Cockpit

T = TypeVar("T")
MOST = 64
"""Answers that are kept; beyond them all are asked anew."""


class Answers:
    """Answers by question; may be used from any thread.

    Args:
        cockpit: the workspace whose data are watched.
    """

    def __init__(self, cockpit: "Cockpit") -> None:
        self._cockpit = cockpit
        self._lock = threading.Lock()
        self._of: Any = None
        self._known: dict[Hashable, Any] = {}

    def once(self, question: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question, asked when it is not known of the data as they are."""
        of = self._state()
        with self._lock:
            if of != self._of or len(self._known) >= MOST:
                self._of, self._known = of, {}
            if question in self._known:
                known: T = self._known[question]
                return known
        answer = ask()
        with self._lock:
            # what was asked while the data changed, or was read only by asking, is no answer about them
            if of == self._of == self._state():
                self._known[question] = answer
        return answer

    def _state(self) -> Any:
        held, past = self._cockpit.data.now_held, self._cockpit.past
        return (None if held is None else held.revision, None if past is None else past.version())
