"""How commands print: data on stdout, words on stderr."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from cockpit.base.problems import Problem
from cockpit.cli.options import wants


def say(words: str) -> None:
    """Say something on stderr."""
    click.echo(words, err=True)


def say_wrapped(words: str, indent: str) -> None:
    """Say something on stderr; a terminal gets lines that fit it, the following ones indented."""
    if sys.stderr.isatty():
        import shutil
        from textwrap import wrap

        columns = shutil.get_terminal_size().columns
        lines = wrap(words, max(columns - 1, 20), subsequent_indent=indent, break_on_hyphens=False)
        words = "\n".join(lines)
    say(words)


def say_problems(problems: Iterable[Problem]) -> None:
    """Say each problem on stderr, in one line, with its severity where it is no error."""
    for problem in dict.fromkeys(problems):
        prefix = "" if problem.severity == "error" else f"{problem.severity}: "
        say(f"{prefix}{problem}")


def terminal_width() -> int | None:
    """Cells to fit a table into; None where stdout is no terminal, so that nothing is cut."""
    if not sys.stdout.isatty():
        return None
    import shutil  # it brings every kind of archive along

    return shutil.get_terminal_size().columns


def print_json(document: Any) -> None:
    """Print one JSON document."""
    from cockpit.text.jsontext import json_text

    click.echo(json_text(document))


def print_rows(document: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]], empty: str) -> None:
    """Print a result as asked: `--json` the document, `--csv` the rows, else a table for people.

    Args:
        document: what `--json` prints.
        columns: heads of the table.
        rows: the values.
        empty: what is said to people when there are no rows.
    """
    if wants("json"):
        print_json(document)
    elif wants("csv"):
        from cockpit.text.csvtext import csv_text

        click.echo(csv_text(columns, rows), nl=False)
    elif not rows:
        if empty:
            say(empty)
    else:
        from cockpit.text.table import table_text

        click.echo(table_text(columns, rows, terminal_width()))
