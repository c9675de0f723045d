"""What Tab offers for an argument or an option: metrics, tasks, filter words, periods, slices, themes.

Nothing here may fail while somebody is typing: where a workspace cannot be read, Tab offers nothing.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from cockpit.cli.options import Target

if TYPE_CHECKING:
    from cockpit.core import Cockpit

    Names = Callable[[Cockpit], Iterable[tuple[str, str]]]

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

PERIODS = (
    "this-quarter", "last-quarter", "this-month", "last-month", "this-year", "last-year", "qtd", "ytd", "all",
)  # fmt: skip
"""The periods that have a word; labels such as FY27-Q2 and spans of dates are understood too."""


def offer(names: "Names") -> Complete:
    """A completion that asks the workspace for names, each with a few words of help."""

    def complete(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        return [
            CompletionItem(name, help=words)
            for name, words in _asked(context, names)
            if name.startswith(typed)
        ]

    return complete


def _asked(context: click.Context, names: "Names") -> list[tuple[str, str]]:
    """What the workspace of the command line so far answers."""
    from cockpit.base.problems import CockpitError
    from cockpit.core import Cockpit

    target = context.find_object(Target)
    try:
        with Cockpit.open(None if target is None else target.folder, read_only=True) as cockpit:
            return list(names(cockpit))
    except (CockpitError, OSError):
        return []


metric_names = offer(lambda cockpit: ((one.name, one.label) for one in cockpit.catalogue))
slice_names = offer(lambda cockpit: ((name, "") for name in cockpit.workspace.config.slices))
task_keys = offer(lambda cockpit: ((task.key, task.title) for task in cockpit.tasks("")))


def task_words(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The words and fields of the filter language, and the values that tasks carry."""
    from cockpit.work.filter_completion import completions

    def words(cockpit: "Cockpit") -> list[tuple[str, str]]:
        _, found = completions(typed, len(typed), cockpit.work.filter_values())
        return [(word, "") for word in found]

    return [CompletionItem(word) for word, _ in _asked(context, words)]


def periods(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The periods that have a word."""
    return [CompletionItem(word) for word in PERIODS if word.startswith(typed)]


def themes(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """The names of the themes that there are."""
    from cockpit.tui.theme import theme_names

    return [CompletionItem(name) for name in theme_names() if name.startswith(typed)]
