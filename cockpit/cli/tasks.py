"""`cockpit tasks`: what is outstanding and whose it is. Its changes are in `task_changes`."""

from importlib import import_module

import click

from cockpit.base.problems import ExitCode
from cockpit.cli.completing import task_keys, task_words
from cockpit.cli.opening import opened
from cockpit.cli.options import Target, format_options, json_option, pass_target, wants, workspace_option
from cockpit.cli.output import print_json, print_rows, say_problems, terminal_width

_NEGATED = "\N{NO-BREAK SPACE}"
"""Stands for the minus of a filter word, which click would take for an option."""
_TAKES_VALUE = ("-w", "--workspace", "--by", "--sort")


CHANGES = (
    "add", "assign", "block", "chase", "claim", "done", "drop", "edit", "move", "need", "note", "redo",
    "reopen", "start", "tick", "triage", "undo", "wait",
)  # fmt: skip
"""The commands of `task_changes`, which is imported when one of them is asked for."""
KEY_WORDS = "KEY is any unique ending of a task's key: rob-pack/FY27-P04 for us-field/rob-pack/FY27-P04."


class _TasksGroup(click.Group):
    """Lists, unless the first word names a change: `cockpit tasks overdue`, `cockpit tasks done KEY`."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, in alphabetical order."""
        return sorted((*self.commands, *CHANGES))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name; a change is imported now."""
        if name not in CHANGES:
            return super().get_command(context, name)
        command = getattr(import_module("cockpit.cli.task_changes"), name)
        assert isinstance(command, click.Command)
        if any(one.name in ("key", "keys") for one in command.params):
            command.epilog = KEY_WORDS
        return command

    def format_usage(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list first: it is what the words without a command mean."""
        formatter.write_usage(context.command_path, "[OPTIONS] [FILTER ...]")
        formatter.write_usage(context.command_path, "COMMAND [OPTIONS] ...", "       ")

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the list, which the group itself does not parse, and the commands."""
        options = [one for one in self.commands["list"].get_params(context) if isinstance(one, click.Option)]
        records = [one.get_help_record(context) for one in options]
        with formatter.section("Options"):
            formatter.write_dl([one for one in records if one is not None])
        self.format_commands(context, formatter)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        words = iter(args)
        first = None
        for word in words:
            if word in _TAKES_VALUE:
                next(words, None)
            elif not word.startswith("-") or _is_negated(word):
                first = word
                break
        if first not in self.commands and first not in CHANGES and not {"-h", "--help"} & set(args):
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
      due:<5bd  due:FY27-Q2  quarter:FY27-Q2  ou:EMEA  function:marketing  view:NAME  NAME

    NAME is a saved view of [views] in cockpit.toml.

    \b
    Examples:
      cockpit tasks                               what needs doing
      cockpit tasks overdue --by owner            who is late
      cockpit tasks --fail-overdue                for cron: exits with 1 when something is late
      cockpit tasks done rob-pack/FY27-P04 --evidence https://wiki.example/pack
      cockpit tasks add "Chase the Contoso PO" --workstream annuity --due 2026-12-01
    """


@tasks.command("list", hidden=True)
@click.argument("words", metavar="[FILTER ...]", nargs=-1, shell_complete=task_words)
@click.option("--by", metavar="FIELD", help="Group by owner, workstream, OU, week due, status and others.")
@click.option("--sort", metavar="FIELD", help="Sort by due (default), urgency, owner, title and others.")
@click.option("--fail-overdue", is_flag=True, help="Exit with 1 when a task that matches is late.")
@workspace_option
@format_options
@pass_target
@click.pass_context
def list_tasks(
    context: click.Context,
    target: Target,
    words: tuple[str, ...],
    by: str | None,
    sort: str | None,
    fail_overdue: bool,
) -> None:
    """List the tasks that match the filter words."""
    from cockpit.core.task_calendars import told_of_calendars
    from cockpit.work.filter_words import join_arguments

    text = join_arguments(["-" + word[1:] if word.startswith(_NEGATED) else word for word in words])
    with opened(target) as cockpit:
        found = cockpit.tasks(text)
        view = cockpit.saved_views.get(text.removeprefix("view:"))
        by = by or (None if view is None else view.by)
        sort = sort or (None if view is None else view.sort)
        say_problems(told_of_calendars(cockpit, found))
        document = [task.as_json() for task in found]
        if wants("json"):
            print_json(document)
        elif wants("csv"):
            columns = list(document[0]) if document else ["key"]
            print_rows(None, columns, [[one[name] for name in columns] for one in document], "")
        else:
            from cockpit.text.tasks import tasks_text

            width = terminal_width()
            click.echo(tasks_text(found, cockpit.today, cockpit.fiscal, by, sort, width, text))
        if fail_overdue and any(task.overdue for task in found):
            context.exit(ExitCode.NOT_IN_ORDER)


@tasks.command()
@click.argument("key", shell_complete=task_keys)
@workspace_option
@json_option
@pass_target
def history(target: Target, key: str) -> None:
    """Who changed what of a task, when and why.

    \b
    Examples:
      cockpit tasks history task/3
      cockpit tasks history rob-pack/FY27-P04 --json
    """
    with opened(target, read_only=True) as cockpit:
        from cockpit.panes.days import moment

        found = cockpit.work.history(key)
        zone = cockpit.fiscal.zone
        print_rows(
            [change.as_json() for change in found],
            ("when", "who", "what", "why"),
            [(moment(one.at, zone), one.actor, one.what, one.reason or "") for one in found],
            "nothing happened to it",
        )
