"""`cockpit init` and `cockpit demo`: from a CRM export, or from nothing, to a workspace."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from cockpit.base.problems import ExitCode, Problem, UsageError
from cockpit.cli.output import say, say_problems, say_wrapped

if TYPE_CHECKING:
    from cockpit.sources.proposal import Finding


_Command = TypeVar("_Command", bound=Callable[..., Any])


def _place(context: click.Context, option: click.Parameter, value: str | None) -> Path | str | None:
    """A file's path, or the address of a server as it was written."""
    from cockpit.core.setup_server import is_address

    return value if value is None or is_address(value) else Path(value)


def _files(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def _place_option(name: str, words: str, *, required: bool = False) -> Callable[[_Command], _Command]:
    return click.option(
        name, required=required, metavar="FILE", help=words, callback=_place, shell_complete=_files
    )


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_place_option("--opportunities", "The export of opportunities, or its address.", required=True)
@_place_option("--agreements", "The renewal book.")
@_place_option("--accounts", "The account list.")
@_place_option("--quota", "The quota table.")
@click.option(
    "--calendar", metavar="NAME", help="A bundled calendar: microsoft-like, calendar-year, nrf-4-5-4 ..."
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.pass_context
def init(
    context: click.Context,
    folder: Path,
    opportunities: Path | str,
    agreements: Path | str | None,
    accounts: Path | str | None,
    quota: Path | str | None,
    calendar: str | None,
    yes: bool,
) -> None:
    """Make a workspace from a CRM export.

    Looks at the files, proposes the mapping and writes a commented cockpit.toml. Shows what was understood,
    with the evidence, and what was not. The files stay where they are and are never written. Of an address
    it writes the section to be filled in: how to sign in, and which column is which where that is not known.

    \b
    Examples:
      cockpit init work --opportunities export/Opportunities.csv
      cockpit init live --opportunities https://contoso.crm4.dynamics.com
    """
    from cockpit.core.setup import propose_workspace, write_workspace

    proposed = propose_workspace(
        folder,
        opportunities=opportunities,
        agreements=agreements,
        accounts=accounts,
        quota=quota,
        calendar=calendar,
    )
    _say_findings(proposed.findings)
    if (folder / "cockpit.toml").exists():
        raise UsageError(
            Problem(
                "is there already", str(folder / "cockpit.toml"), hint="name another folder, or move it away"
            )
        )
    if not yes and not _agreed(folder / "cockpit.toml"):
        say("nothing written")
        return
    problems = write_workspace(proposed)
    say_problems(problems)
    if any(problem.severity == "error" for problem in problems):
        say(f"{folder / 'cockpit.toml'} written; mend the lines above in it, then: cockpit -w {folder} check")
        context.exit(ExitCode.NOT_IN_ORDER)
    say(f"{folder / 'cockpit.toml'} written; now: cockpit -w {folder}")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--rows", type=click.IntRange(min=1), metavar="N", help="How many opportunities.")
@click.option("--seed", type=int, metavar="S", help="Another seed gives other data.")
@click.option(
    "--open/--no-open", "open_it", default=None, help="Open it afterwards; by default on a terminal."
)
@click.pass_context
def demo(
    context: click.Context, folder: Path | None, rows: int | None, seed: int | None, open_it: bool | None
) -> None:
    """Write a demo workspace and open it.

    It is the field organisation of an invented software vendor. The same seed gives the same bytes, whatever
    the machine.

    \b
    Examples:
      cockpit demo my-demo
      cockpit demo big --rows 1000000 --no-open
    """
    import sys

    from cockpit.workspace.demo import DEFAULT_ROWS, DEFAULT_SEED, ensure_demo, write_demo

    if folder is None and rows is None and seed is None:
        folder = ensure_demo()
    else:
        folder = folder or Path("cockpit-demo")
        if (folder / "cockpit.toml").exists():
            raise UsageError(Problem("a workspace is there already", str(folder), hint="name another folder"))
        summary = write_demo(folder, rows or DEFAULT_ROWS, DEFAULT_SEED if seed is None else seed)
        files = ", ".join(f"{name} {count:,}" for name, count in summary.rows.items())
        say(f"{folder}: a demo workspace made from seed {summary.seed}; lines: {files}")
    if open_it or (open_it is None and sys.stdout.isatty()):
        from cockpit.cli.screen import open_screen

        context.exit(open_screen(folder))
    say(f"open it with: cockpit -w {folder}")


def _say_findings(findings: "Sequence[Finding]") -> None:
    """What was understood, then what a person should decide, then what was not found: it is read last."""
    for level, heading, mark in (
        ("understood", "Understood", " "),
        ("unsure", "For you to decide", "?"),
        ("missing", "Not found", "!"),
    ):
        said = [finding.text for finding in findings if finding.level == level]
        if said:
            say(heading)
        for text in said:
            say_wrapped(f"{mark} {text}", "    ")


def _agreed(path: Path) -> bool:
    """Whether the file may be written.

    Raises:
        UsageError: nobody is there to answer.
        KeyboardInterrupt: the question was interrupted.
    """
    try:
        return click.confirm(f"Write {path}?", default=True, err=True)
    except click.Abort as aborted:
        say("")
        if isinstance(aborted.__context__, EOFError):
            problem = Problem(
                "nothing written: nobody is there to answer", hint="--yes writes it without asking"
            )
            raise UsageError(problem) from None
        raise KeyboardInterrupt from None
