"""Every change to tasks as a command of the group `cockpit tasks`."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cockpit.cli.completing import task_keys
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, say

if TYPE_CHECKING:
    from cockpit.work import Change, Task, Work

F = TypeVar("F", bound=Callable[..., Any])


def _change_options(command: F) -> F:
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


@click.command()
@click.argument("title")
@click.option("--workstream", metavar="W", default="other", show_default=True,
              help="faststart, annuity, rhythm, hygiene, landing, quota or other.")  # fmt: skip
@click.option("--owner", metavar="O", help="A login, a name, or me.")
@click.option("--due", metavar="DATE", help="YYYY-MM-DD, today, tomorrow, +3bd, +5d or +2w.")
@click.option("--severity", metavar="S", help="high, medium or low.")
@click.option("--ou", metavar="OU", help="The organisational unit.")
@click.option("--function", metavar="F", help="The function that an ask from a review is put to.")
@click.option("--needs", metavar="KEY", multiple=True, help="A task to be finished first; may be repeated.")
@click.option("--step", "steps", metavar="TEXT", multiple=True,
              help="A step of its checklist; may be repeated.")  # fmt: skip
@workspace_option
@json_option
@pass_target
def add(
    target: Target,
    title: str,
    workstream: str,
    owner: str | None,
    due: str | None,
    severity: str | None,
    ou: str | None,
    function: str | None,
    needs: tuple[str, ...],
    steps: tuple[str, ...],
) -> None:
    """Add a task by hand.

    Prints its key, task/N, by which every other command takes it.

    \b
    Examples:
      cockpit tasks add "Chase the Contoso PO" --workstream annuity --due +3bd
      cockpit tasks add "MBR pack" --owner me --due 2026-12-03 --step "pull figures" --step "ask managers"
    """
    more = {"severity": severity, "ou": ou, "function": function, "needs": needs, "checklist": steps}
    with opened(target) as cockpit:
        _print_changed([cockpit.work.add(title, workstream, owner, due, **more)])


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@_change_options
@pass_target
def claim(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Take tasks on.

    They become yours, and claimed.

    \b
    Examples:
      cockpit tasks claim rob-pack/FY27-P04
      cockpit tasks claim task/3 --if-version 2
    """
    _each(target, keys, if_version, lambda work, key, versions: work.claim(key, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@_change_options
@pass_target
def start(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Begin working on tasks.

    \b
    Example:
      cockpit tasks start rob-pack/FY27-P04
    """
    _each(target, keys, if_version, lambda work, key, versions: work.start(key, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--reason", required=True, metavar="TEXT", help="What blocks it.")
@_change_options
@pass_target
def block(target: Target, keys: tuple[str, ...], reason: str, if_version: int | None) -> None:
    """Say that tasks cannot go on, and why.

    \b
    Example:
      cockpit tasks block AG-1042/t30 --reason "waits for the purchase order"
    """
    _each(target, keys, if_version, lambda work, key, versions: work.block(key, reason, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option(
    "--evidence", metavar="TEXT_OR_URL", help="What proves it; without it the task is counted apart."
)
@_change_options
@pass_target
def done(target: Target, keys: tuple[str, ...], evidence: str | None, if_version: int | None) -> None:
    """Finish tasks, with evidence.

    What a task asks for is checked: a link, a number in bounds, a text.

    \b
    Example:
      cockpit tasks done rob-pack/FY27-P04 --evidence https://wiki.example/pack
    """
    _each(target, keys, if_version, lambda work, key, versions: work.done(key, evidence, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not done.")
@_change_options
@pass_target
def drop(target: Target, keys: tuple[str, ...], reason: str, if_version: int | None) -> None:
    """Decide not to do tasks, and say why.

    \b
    Example:
      cockpit tasks drop task/3 --reason "covered by the regional call"
    """
    _each(target, keys, if_version, lambda work, key, versions: work.drop(key, reason, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@_change_options
@pass_target
def reopen(target: Target, keys: tuple[str, ...], if_version: int | None) -> None:
    """Open finished tasks again.

    \b
    Example:
      cockpit tasks reopen task/3
    """
    _each(target, keys, if_version, lambda work, key, versions: work.reopen(key, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--due", required=True, metavar="DATE", help="The new day; the original one is kept.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it moves.")
@_change_options
@pass_target
def move(target: Target, keys: tuple[str, ...], due: str, reason: str, if_version: int | None) -> None:
    """Give tasks another due day, and say why.

    \b
    Example:
      cockpit tasks move task/3 --due +2bd --reason "the pack is late"
    """
    _each(target, keys, if_version, lambda work, key, versions: work.move(key, due, reason, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--to", "to", required=True, metavar="O", help="A login, a name, or me.")
@_change_options
@pass_target
def assign(target: Target, keys: tuple[str, ...], to: str, if_version: int | None) -> None:
    """Give tasks to somebody.

    \b
    Example:
      cockpit tasks assign task/3 task/4 --to kim
    """
    _each(target, keys, if_version, lambda work, key, versions: work.assign(key, to, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--until", required=True, metavar="DATE", help="The day it wakes up.")
@click.option("--for", "for_", required=True, metavar="TEXT", help="Whom or what it waits for.")
@_change_options
@pass_target
def wait(target: Target, keys: tuple[str, ...], until: str, for_: str, if_version: int | None) -> None:
    """Let tasks sleep until a day.

    They are out of the list until then, and back on that day.

    \b
    Example:
      cockpit tasks wait task/3 --until +5bd --for "the answer of legal"
    """
    _each(target, keys, if_version, lambda work, key, versions: work.wait(key, until, for_, **versions))


@click.command()
@click.argument("key", shell_complete=task_keys)
@click.argument("text")
@workspace_option
@json_option
@pass_target
def note(target: Target, key: str, text: str) -> None:
    """Write a note on a task.

    \b
    Example:
      cockpit tasks note task/3 "asked Brooks, answer by Tuesday"
    """
    with opened(target) as cockpit:
        written = cockpit.work.note(key, text)
        if wants("json"):
            print_json(cockpit.work.task(key).as_json())
        else:
            click.echo(written.subject)


@click.command()
@workspace_option
@json_option
@pass_target
def undo(target: Target) -> None:
    """Take back your last change; refused when somebody built on it.

    \b
    Example:
      cockpit tasks undo
    """
    with opened(target) as cockpit:
        _print_undone(cockpit.work, cockpit.work.undo())


@click.command()
@workspace_option
@json_option
@pass_target
def redo(target: Target) -> None:
    """Do again what you undid last.

    \b
    Example:
      cockpit tasks redo
    """
    with opened(target) as cockpit:
        _print_undone(cockpit.work, cockpit.work.redo())


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--title", metavar="TEXT", help="What is to be done.")
@click.option("--workstream", metavar="W", help="What it is part of.")
@click.option("--severity", metavar="S", help="high, medium or low.")
@click.option("--ou", metavar="OU", help="The organisational unit; an empty text takes it away.")
@click.option("--function", metavar="F", help="The function that an ask is put to.")
@_change_options
@pass_target
def edit(
    target: Target,
    keys: tuple[str, ...],
    if_version: int | None,
    title: str | None,
    workstream: str | None,
    severity: str | None,
    ou: str | None,
    function: str | None,
) -> None:
    """Change what tasks say in place.

    \b
    Example:
      cockpit tasks edit task/3 --severity high --workstream annuity
    """
    said = {
        "title": title, "workstream": workstream, "severity": severity, "ou": ou, "function": function,
    }  # fmt: skip
    wanted = {name: text for name, text in said.items() if text is not None}
    if not wanted:
        raise click.UsageError("say what changes: --title, --workstream, --severity, --ou or --function")
    _each(target, keys, if_version, lambda work, key, versions: work.edit(key, wanted, **versions))


@click.command()
@click.argument("key", shell_complete=task_keys)
@click.argument("needs", metavar="[NEEDED ...]", nargs=-1)
@_change_options
@pass_target
def need(target: Target, key: str, needs: tuple[str, ...], if_version: int | None) -> None:
    """Say what must be finished before a task made by hand.

    Without a second key it needs nothing any more.

    \b
    Examples:
      cockpit tasks need task/4 task/2 task/3
      cockpit tasks need task/4
    """
    _each(target, (key,), if_version, lambda work, one, versions: work.need(one, needs, **versions))


@click.command()
@click.argument("key", shell_complete=task_keys)
@click.argument("step")
@click.option("--off", is_flag=True, help="Take the tick away.")
@_change_options
@pass_target
def tick(target: Target, key: str, step: str, off: bool, if_version: int | None) -> None:
    """Tick a step of a task's checklist, by its number or its words.

    \b
    Examples:
      cockpit tasks tick task/3 1
      cockpit tasks tick task/3 "ask managers" --off
    """
    _each(target, (key,), if_version, lambda work, one, versions: work.tick(one, step, not off, **versions))


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--to", "to", required=True, metavar="STATE",
              help="new, triage, backlog, assigned, transferred or declined.")  # fmt: skip
@click.option("--owner", metavar="O", help="To whom it is assigned.")
@click.option("--function", metavar="F", help="To which function it is put or transferred.")
@click.option("--reason", metavar="TEXT", help="Why it is declined.")
@_change_options
@pass_target
def triage(
    target: Target,
    keys: tuple[str, ...],
    to: str,
    owner: str | None,
    function: str | None,
    reason: str | None,
    if_version: int | None,
) -> None:
    """Say what becomes of asks from reviews.

    \b
    Example:
      cockpit tasks triage task/3 --to transferred --function marketing
    """
    _each(
        target,
        keys,
        if_version,
        lambda work, key, versions: work.triage(key, to, owner, function, reason, **versions),
    )


@click.command()
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True, shell_complete=task_keys)
@click.option("--note", "note_text", metavar="TEXT", help="Note this on the tasks, for who looks next.")
@workspace_option
@pass_target
def chase(target: Target, keys: tuple[str, ...], note_text: str | None) -> None:
    """Print the text that asks the owners of tasks about them.

    \b
    Example:
      cockpit tasks chase exceptions-settled/2026-11-17 --note "asked by mail"
    """
    from cockpit.text.chase import chasing_text

    with opened(target) as cockpit:
        found = [cockpit.work.task(key, cockpit.today) for key in keys]
        if note_text is not None:
            with cockpit.work.together():
                for task in found:
                    cockpit.work.note(task.key, note_text)
        click.echo(chasing_text(found, cockpit.today), nl=False)
