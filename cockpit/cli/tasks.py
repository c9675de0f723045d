"""`cockpit tasks`: what is outstanding and whose it is, and every change to it; `cockpit doctor`."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, format_options, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say, terminal_width

if TYPE_CHECKING:
    from cockpit.work import Change, Task, Work

F = TypeVar("F", bound=Callable[..., Any])

_NEGATED = "\N{NO-BREAK SPACE}"
"""Stands for the minus of a filter word, which click would take for an option."""
_TAKES_VALUE = ("-w", "--workspace", "--by")


class _TasksGroup(click.Group):
    """Lists, unless the first word names a change: `cockpit tasks overdue`, `cockpit tasks done KEY`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        words = iter(args)
        first = None
        for word in words:
            if word in _TAKES_VALUE:
                next(words, None)
            elif not word.startswith("-") or _is_negated(word):
                first = word
                break
        if first not in self.commands and not {"-h", "--help"} & set(args):
            args = ["list", *(_NEGATED + word[1:] if _is_negated(word) else word for word in args)]
        return super().parse_args(context, args)


def _is_negated(word: str) -> bool:
    """Whether the word is a filter word with a minus ("-done", "-workstream:faststart"), not an option."""
    return len(word) > 2 and word[0] == "-" and word[1] != "-" and word[1].isalpha()


@click.group(cls=_TasksGroup)
@workspace_option
def tasks() -> None:
    """The outstanding tasks, and every change to them.

    Without a filter: what is unfinished and overdue, or whose lead has begun. Filter words join with AND,
    -word negates, a quoted word is text.

    \b
    Filter words:
      overdue  all  is:unclaimed  status:open  owner:me  role:sopm  workstream:faststart
      due:<5bd  due:FY27-Q2  quarter:FY27-Q2

    \b
    Examples:
      cockpit tasks                               what needs doing
      cockpit tasks overdue --by owner            who is late
      cockpit tasks --fail-overdue                for cron: exits with 1 when something is late
      cockpit tasks done rob-pack/FY27-P04 --evidence https://wiki.example/pack
      cockpit tasks add "Chase the Contoso PO" --workstream annuity --due 2026-12-01
    """


@tasks.command("list", hidden=True)
@click.argument("words", metavar="[FILTER ...]", nargs=-1)
@click.option("--by", metavar="FIELD", help="Group by owner, workstream, status, due, period or owner_role.")
@click.option("--fail-overdue", is_flag=True, help="Exit with 1 when a task that matches is late.")
@workspace_option
@format_options
@pass_target
@click.pass_context
def list_tasks(
    context: click.Context, target: Target, words: tuple[str, ...], by: str | None, fail_overdue: bool
) -> None:
    """List the tasks that match the filter words."""
    text = " ".join(_quoted("-" + word[1:] if word.startswith(_NEGATED) else word) for word in words)
    with opened(target) as cockpit:
        found = cockpit.tasks(text)
        document = [task.as_json() for task in found]
        if wants("json"):
            print_json(document)
        elif wants("csv"):
            columns = list(document[0]) if document else ["key"]
            print_rows(None, columns, [[one[name] for name in columns] for one in document], "")
        else:
            from cockpit.text.tasks import tasks_text

            click.echo(tasks_text(found, cockpit.today, by, terminal_width(), text))
        if fail_overdue and any(task.overdue for task in found):
            context.exit(ExitCode.NOT_IN_ORDER)


def _quoted(word: str) -> str:
    """A filter word as the filter language reads it: one with blanks is text."""
    if not any(character.isspace() for character in word) or '"' in word:
        return word
    sign, word = ("-", word[1:]) if word.startswith("-") else ("", word)
    return f'{sign}"{word}"'


def change_options(command: F) -> F:
    """Add what every change takes: `--json`, `--if-version`, the workspace."""
    command = click.option(
        "--if-version", type=int, metavar="N", help="Only if nobody changed it since version N (else exit 4)."
    )(command)
    return workspace_option(json_option(command))


def _each(
    target: Target,
    keys: Iterable[str],
    if_version: int | None,
    change: "Callable[[Work, str, dict[str, Any]], Task]",
) -> None:
    """Change each task, and print the keys of what changed, or with --json the items."""
    versions: dict[str, Any] = {} if if_version is None else {"if_version": if_version}
    with opened(target) as cockpit:
        with cockpit.work.together():
            changed = [change(cockpit.work, key, versions) for key in keys]
        _print_changed(changed)


def _print_changed(changed: "list[Task]") -> None:
    if wants("json"):
        print_json([task.as_json() for task in changed] if len(changed) != 1 else changed[0].as_json())
    else:
        for task in changed:
            click.echo(task.key)


def _print_undone(work: "Work", changes: "Sequence[Change]") -> None:
    if wants("json"):
        print_json([change.as_json() for change in changes])
        return
    for change in changes:
        click.echo(change.key)
        say(change.what)


@tasks.command()
@click.argument("title")
@click.option("--workstream", metavar="W", default="other", show_default=True,
              help="faststart, annuity, rhythm, hygiene, landing, quota or other.")  # fmt: skip
@click.option("--owner", metavar="O", help="A login, a name, or me.")
@click.option("--due", metavar="DATE", help="YYYY-MM-DD.")
@workspace_option
@json_option
@pass_target
def add(target: Target, title: str, workstream: str, owner: str | None, due: str | None) -> None:
    """Add a task by hand."""
    with opened(target) as cockpit:
        _print_changed([cockpit.work.add(title, workstream, owner, due)])


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@change_options
@pass_target
def claim(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Take tasks on."""
    _each(target, keys, if_version, lambda work, key, versions: work.claim(key, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@change_options
@pass_target
def start(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Begin working on tasks."""
    _each(target, keys, if_version, lambda work, key, versions: work.start(key, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option("--reason", required=True, metavar="TEXT", help="What blocks it.")
@change_options
@pass_target
def block(target: Target, keys: tuple[str, ...], reason: str, if_version: int | None) -> None:
    """Say that tasks cannot go on, and why."""
    _each(target, keys, if_version, lambda work, key, versions: work.block(key, reason, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option(
    "--evidence", metavar="TEXT_OR_URL", help="What proves it; without it the task is counted apart."
)
@change_options
@pass_target
def done(target: Target, keys: tuple[str, ...], evidence: str | None, if_version: int | None) -> None:
    """Finish tasks, with evidence."""
    _each(target, keys, if_version, lambda work, key, versions: work.done(key, evidence, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not done.")
@change_options
@pass_target
def drop(target: Target, keys: tuple[str, ...], reason: str, if_version: int | None) -> None:
    """Decide not to do tasks, and say why."""
    _each(target, keys, if_version, lambda work, key, versions: work.drop(key, reason, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@change_options
@pass_target
def reopen(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Open finished tasks again."""
    _each(target, keys, if_version, lambda work, key, versions: work.reopen(key, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option("--due", required=True, metavar="DATE", help="The new day; the original one is kept.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it moves.")
@change_options
@pass_target
def move(target: Target, keys: tuple[str, ...], due: str, reason: str, if_version: int | None) -> None:
    """Give tasks another due day, and say why."""
    _each(target, keys, if_version, lambda work, key, versions: work.move(key, due, reason, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option("--to", "to", required=True, metavar="O", help="A login, a name, or me.")
@change_options
@pass_target
def assign(target: Target, keys: tuple[str, ...], to: str, if_version: int | None) -> None:
    """Give tasks to somebody."""
    _each(target, keys, if_version, lambda work, key, versions: work.assign(key, to, **versions))


@tasks.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
@click.option("--until", required=True, metavar="DATE", help="The day it wakes up.")
@click.option("--for", "for_", required=True, metavar="TEXT", help="Whom or what it waits for.")
@change_options
@pass_target
def wait(target: Target, keys: tuple[str, ...], until: str, for_: str, if_version: int | None) -> None:
    """Let tasks sleep until a day."""
    _each(target, keys, if_version, lambda work, key, versions: work.wait(key, until, for_, **versions))


@tasks.command()
@click.argument("key")
@click.argument("text")
@workspace_option
@json_option
@pass_target
def note(target: Target, key: str, text: str) -> None:
    """Write a note on a task."""
    with opened(target) as cockpit:
        written = cockpit.work.note(key, text)
        if wants("json"):
            print_json(cockpit.work.task(key).as_json())
        else:
            click.echo(written.subject)


@tasks.command()
@workspace_option
@json_option
@pass_target
def undo(target: Target) -> None:
    """Take back your last change; refused when somebody built on it."""
    with opened(target) as cockpit:
        _print_undone(cockpit.work, cockpit.work.undo())


@tasks.command()
@workspace_option
@json_option
@pass_target
def redo(target: Target) -> None:
    """Do again what you undid last."""
    with opened(target) as cockpit:
        _print_undone(cockpit.work, cockpit.work.redo())


@tasks.command()
@click.argument("key")
@workspace_option
@json_option
@pass_target
def history(target: Target, key: str) -> None:
    """Who changed what of a task, when and why."""
    with opened(target, read_only=True) as cockpit:
        found = cockpit.work.history(key)
        print_rows(
            [change.as_json() for change in found],
            ("when", "who", "what", "why"),
            [(change.at, change.actor, change.what, change.reason or "") for change in found],
            "nothing happened to it",
        )


@click.command()
@workspace_option
@json_option
@pass_target
@click.pass_context
def doctor(context: click.Context, target: Target) -> None:
    """The health of the store: integrity, journal, file modes, versions."""
    from cockpit.store.health import examine

    with opened(target, read_only=True) as cockpit:
        health = examine(cockpit.store)
        if wants("json"):
            print_json(health.as_json())
        else:
            for name, value in health.facts.items():
                click.echo(f"{name.replace('_', ' '):<18} {_fact(value)}")
            for problem in health.problems:
                click.echo(f"{problem.severity:<8}{problem}")
            say("in order" if health.ok else "not in order")
        context.exit(ExitCode.DONE if health.ok else ExitCode.NOT_IN_ORDER)


def _fact(value: object) -> str:
    """A fact about the store as people read it."""
    from cockpit.text.table import cell_text

    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items()) or "none"
    return cell_text(value)
