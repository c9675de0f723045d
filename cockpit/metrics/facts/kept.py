"""What was made from tables once and is asked for again: the last few of each kind."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")


class Kept:
    """Values by key, the longest unasked of a kind dropped first; may be used from any thread.

    Args:
        most: by kind, how many are kept; a kind that is not named is kept for good.
    """

    def __init__(self, most: Mapping[str, int]) -> None:
        self._most = most
        self._values: OrderedDict[tuple[Hashable, ...], Any] = OrderedDict()
        self._lock = Lock()

    def once(self, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
        """The value of a key, made when it is not held. The first part of the key is its kind."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                held: T = self._values[key]
                return held
        made = make()
        self.keep(key, made)
        return made

    def held(self, key: tuple[Hashable, ...]) -> Any | None:
        """The value of a key, or None where it is not held."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: tuple[Hashable, ...], value: object) -> None:
        """Hold a value."""
        with self._lock:
            self._values[key] = value
            most = self._most.get(str(key[0]))
            if most is not None:
                same = [one for one in self._values if one[0] == key[0]]
                for oldest in same[:-most]:
                    del self._values[oldest]
