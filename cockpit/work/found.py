"""What a filter looks through: tasks, and the texts of them, kept from one keystroke to the next."""

from collections.abc import Iterable, Sequence
from itertools import compress

from cockpit.work.task import Task


class Found:
    """Tasks that a filter looks through, and beside them what it looks for texts in.

    With every keystroke the same tasks are looked through again. Reading the texts from the tasks costs more
    than looking into them, so they are kept beside each other.
    """

    __slots__ = ("_texts", "tasks")

    def __init__(self, tasks: Sequence[Task], texts: Sequence[str] | None = None) -> None:
        self.tasks = tasks
        self._texts = texts

    @property
    def texts(self) -> Sequence[str]:
        """The words of each task."""
        if self._texts is None:
            self._texts = [task.searched or task.words for task in self.tasks]
        return self._texts

    def passing(self, passes: Iterable[bool]) -> "Found":
        """Those of which it is true; the same tasks, and no copy of them, where it is true of all."""
        kept = list(passes)
        if all(kept):
            return self
        texts = None if self._texts is None else list(compress(self._texts, kept))
        return Found(list(compress(self.tasks, kept)), texts)
