"""From keys to actions: sequences such as `g g`, and counts where the keymap has them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a key led to.

    Attributes:
        action: the name of the action that is now complete, or None.
        count: how many times, from digits typed before it; None without.
        waiting: the keys typed so far of a sequence that is not complete yet.
        unknown: the keys that mean nothing.
    """

    action: str | None = None
    count: int | None = None
    waiting: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class KeyReader:
    """Collects keys until they are an action.

    Args:
        bindings: key sequences, as tuples, to names of actions.
        counts: whether digits before an action are a count.
    """

    MAX_COUNT = 100_000

    def __init__(self, bindings: Mapping[tuple[str, ...], str], counts: bool = False) -> None:
        self._bindings = bindings
        self._counts = counts
        self._keys: tuple[str, ...] = ()
        self._digits = ""
        self._prefixes = {sequence[:length] for sequence in bindings for length in range(1, len(sequence))}

    def feed(self, key: str) -> Pressed:
        """Take one more key."""
        is_digit = len(key) == 1 and key in "0123456789"
        if self._counts and is_digit and not self._keys and (self._digits or key != "0"):
            self._digits += key
            return Pressed(waiting=tuple(self._digits))
        if key == "escape" and (self._keys or self._digits):
            self.forget()
            return Pressed()
        keys = (*self._keys, key)
        if keys in self._bindings:
            count = min(int(self._digits), self.MAX_COUNT) if self._digits else None
            self.forget()
            return Pressed(action=self._bindings[keys], count=count)
        if keys in self._prefixes:
            self._keys = keys
            return Pressed(waiting=keys)
        self.forget()
        return Pressed(unknown=keys)

    def forget(self) -> None:
        """Drop what was typed of an incomplete sequence."""
        self._keys, self._digits = (), ""

    def following(self, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """The keys that may follow those, each with its action's name."""
        size = len(keys)
        return [
            (sequence[size], action)
            for sequence, action in self._bindings.items()
            if len(sequence) > size and sequence[:size] == keys
        ]
