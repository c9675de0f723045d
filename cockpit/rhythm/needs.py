"""Which action comes before which: that they exist, and that none waits for itself."""

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from cockpit.base.problems import did_you_mean

MOST_NAMED = 10
"""Most actions of a circle that are named."""


def needs_problems(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str | None]]:
    """Everything wrong with the needs of actions: (action, message, hint).

    Args:
        needs: by action, the actions that come first.
    """
    for name, first in needs.items():
        for other in first:
            if other not in needs:
                yield name, f"there is no action {other!r}", did_you_mean(other, needs)
    left = {name: [other for other in first if other in needs] for name, first in needs.items()}
    while left:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))  # graphlib lists predecessors first
            shown = circle if len(circle) <= MOST_NAMED else [*circle[: MOST_NAMED - 2], "…", circle[-1]]
            yield circle[0], f"waits for itself: {' -> '.join(shown)}", "take one of them out"
            left = {name: [one for one in first if one != circle[0]] for name, first in left.items()}
            del left[circle[0]]
        else:
            return
