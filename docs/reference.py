"""Writes the pages of `docs/reference` from the code: `python docs/reference.py`.

A test compares the pages with what this makes, so that they cannot fall behind.
"""

import inspect
import re
import sys
import tempfile
import textwrap
import typing
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import click
import msgspec

from cockpit.base.paths import bundled
from cockpit.cli.entry import cockpit_command
from cockpit.fiscal import find_calendar
from cockpit.metrics.catalogue import Catalogue
from cockpit.metrics.definition import Metric
from cockpit.rhythm import RhythmCalendar, parse
from cockpit.sources.canonical import TABLES
from cockpit.sources.http.spec import AuthSpec, PageSpec
from cockpit.sources.spec import LookupSpec, SourceSpec, StatusSpec
from cockpit.tui.reference import keys_reference
from cockpit.workspace import config
from cockpit.workspace.saved_figure import ViewConfig

PAGES = Path(__file__).with_name("reference")
HELP_WIDTH = 100
FIRST_DAY = date(2026, 11, 23)
MADE = "This page is made from the code by `python docs/reference.py`."


# --- commands -------------------------------------------------------------------------------------------


def commands_page() -> str:
    """Every command with its help."""
    parts = [
        "# Commands",
        f"{MADE} The same text is printed by `--help`.",
        "Data goes to stdout, words and warnings to stderr. Exit codes: 0 done, 1 done and not in order, 2 "
        "the command line or the configuration is wrong, 3 a file or the store could not be read or written, "
        "4 somebody else changed it first, 130 interrupted.",
    ]
    for path, command in walk(cockpit_command, ("cockpit",)):
        parts += [f"## `{' '.join(path)}`", f"```text\n{help_text(path, command)}\n```"]
    return "\n\n".join(parts) + "\n"


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and those below it, each with its words; hidden ones are left out."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from walk(below, (*path, name))


def help_text(path: Sequence[str], command: click.Command) -> str:
    """The help of a command at a fixed width."""
    settings = {**cockpit_command.context_settings, "max_content_width": HELP_WIDTH}
    context = click.Context(cockpit_command, info_name=path[0], terminal_width=HELP_WIDTH, **settings)
    for name in path[1:]:
        group = context.command
        assert isinstance(group, click.Group)
        below = group.get_command(context, name)
        assert below is not None
        context = click.Context(below, parent=context, info_name=name)
    text = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.splitlines())


# --- cockpit.toml ---------------------------------------------------------------------------------------

_TABLES: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("At the top", config.Config),
    ("`[sources.TABLE]`", SourceSpec),
    ("`status` of `[sources.opportunities]`", StatusSpec),
    ("`[[sources.TABLE.lookup]]`", LookupSpec),
    ("`auth` of a source over HTTP", AuthSpec),
    ("`page` of a `json` source", PageSpec),
    ("`[kpi]`", config.KpiConfig),
    ("`[kpi.NAME]`", config.MetricConfig),
    ("`[[control]]`", config.ControlConfig),
    ("`[views]`: `NAME = { ... }`", ViewConfig),
    ("`[display]`", config.DisplayConfig),
    ("`[compare]`", config.CompareConfig),
    ("`[people]`: `LOGIN = { ... }`", config.PersonConfig),
    ("`cover` of a person", config.CoverConfig),
    ("`[store]`", config.StoreConfig),
    ("`[quota]`", config.QuotaConfig),
)
_NESTED = {"metrics"}
"""Fields that are not keys of the file: the tables `[kpi.NAME]` are taken apart while reading."""


def config_page() -> str:
    """The keys of `cockpit.toml` and of the user's own `config.toml`, and the columns of each table."""
    parts = [
        "# cockpit.toml",
        f"{MADE} `cockpit config schema` prints the JSON Schema, so that editors complete the file; "
        "`cockpit config show` prints each value with where it comes from.",
        "An unknown key is an error, with its line and the nearest name. Paths are relative to the file.",
    ]
    for title, struct in _TABLES:
        parts += [f"## {title}", _summary(struct), _keys_table(struct)]
    parts += [
        "## Targets and slices",
        "`[targets]`: a metric's name to one number for every period (`close_rate = 0.5`), a number by "
        'period (`won_amount = { "FY27-Q2" = 12000000 }`), or `"quota"`, the quota table.\n\n'
        "`[slices]`: a name to a filter as `--where` takes it (`east = \"territory = 'US-EAST'\"`).",
        "## Columns of the tables",
        "Left of the equals sign in `columns` stand these names. Every other column of a file is kept under "
        "its own name in lower case, words joined by `_`.",
    ]
    for name, table in TABLES.items():
        needed = "; ".join(" or ".join(f"`{one}`" for one in group) for group in table.required)
        columns = ", ".join(f"`{column}` ({spec.type})" for column, spec in table.columns.items())
        parts.append(f"**{name}**: {columns}. Needed: {needed}.")
    parts += [
        "## The user's own `config.toml`",
        "It lies where `cockpit config path` says.",
        _keys_table(config.UserConfig),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(struct: type[msgspec.Struct]) -> str:
    text = inspect.cleandoc(struct.__doc__ or "").split("Attributes:\n")[0]
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(part for part in paragraphs[1:] if part)


def _keys_table(struct: type[msgspec.Struct]) -> str:
    described = _attributes(struct)
    hints = typing.get_type_hints(struct)
    lines = ["| key | takes | when left out | what it is |", "| --- | --- | --- | --- |"]
    for field in msgspec.structs.fields(struct):
        if field.name in _NESTED:
            continue
        words = described.get(field.name, "")
        cells = (f"`{field.encode_name}`", _type_words(hints[field.name]), _default_words(field), words)
        lines.append(f"| {' | '.join(_escaped(cell) for cell in cells)} |")
    return "\n".join(lines)


def _attributes(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What a docstring says under "Attributes:", by name."""
    _, _, text = inspect.cleandoc(struct.__doc__ or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    names: list[str] = []
    for line in textwrap.dedent(text).splitlines():
        start = re.match(r"([a-z_]+(?:, [a-z_]+)*): (.*)", line)
        if start:
            names = start[1].split(", ")
            found |= dict.fromkeys(names, start[2])
        elif line.strip():
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
    return found


def _type_words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is typing.Annotated:
        return _type_words(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{_toml(one)}`" for one in arguments)
    if origin in (Union, UnionType):
        words = [_type_words(one) for one in arguments if one is not type(None)]
        return " or ".join(dict.fromkeys(words))
    if origin is list:
        return f"a list of {_plural(arguments[0])}"
    if origin is dict:
        return f"{_plural(arguments[1])} by name"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "a table, see below"
    return {str: "text", int: "a number", float: "a number", bool: "`true`, `false`", date: "a date"}[kind]


def _plural(kind: Any) -> str:
    words = _type_words(kind)
    plain = {"text": "texts", "a number": "numbers", "a table, see below": "tables (see below)"}
    return plain.get(words, f"values ({words})")


def _default_words(field: Any) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    elif field.default is not msgspec.NODEFAULT:
        value = field.default
    else:
        return "needed"
    if value is None or value in ("", [], {}) or isinstance(value, msgspec.Struct):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


# --- metrics --------------------------------------------------------------------------------------------


def metrics_page() -> str:
    """The built-in catalogue."""
    parts = [
        "# Metrics",
        f"{MADE} `cockpit kpis` lists them together with the workspace's own; `cockpit explain NAME` shows "
        "one with its numbers.",
        "A *simple* metric is one aggregate over rows, a *ratio* divides two metrics, a *derived* one is a "
        "formula over metrics. A *stock* is the state at the as-of date whatever the period; the others "
        "count rows whose date lies in the period. A metric whose columns are missing is blank and says so.",
    ]
    metrics = list(Catalogue.load())
    for file in dict.fromkeys(metric.file for metric in metrics):
        parts.append(f"## {Path(file).stem.capitalize()}")
        parts += [_metric(metric) for metric in metrics if metric.file == file]
    return "\n\n".join(parts) + "\n"


def _metric(metric: Metric) -> str:
    spec = metric.spec
    lines = [
        f"### `{metric.name}`",
        "",
        f"{spec.label}. {_sentence(spec.basis)}{_sentence(spec.description)}".rstrip(),
        "",
    ]
    facts = [metric.kind, spec.unit.replace("_", " ")]
    if metric.stock:
        facts.append("stock")
    if spec.good is not None:
        facts.append("more is better" if spec.good == "up" else "less is better")
    lines.append(f"- {', '.join(facts)}" + (f"; opens by {', '.join(spec.drill)}" if spec.drill else ""))
    if spec.kind == "ratio":
        lines.append(f"- `{spec.numerator}` / `{spec.denominator}`")
    elif spec.kind == "derived":
        lines.append(f"- `{spec.formula}`")
    else:
        where = f" where `{spec.where}`" if spec.where else ""
        dated = f", by `{spec.date}`" if spec.date else ""
        lines.append(f"- `{spec.value}` of {spec.fact}{where}{dated}")
    if spec.source:
        lines.append(f"- after {spec.source}")
    return "\n".join(lines)


def _sentence(text: str | None) -> str:
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text + (" " if text.endswith(".") else ". ")


# --- rules ----------------------------------------------------------------------------------------------

_EXAMPLES = (
    ("last BD of quarter", "the last business day of every quarter"),
    ("BD3 of month", "the third business day of every month"),
    ("BD-2 of period", "the last business day but one of every period"),
    ("BD2 after quarter", "the second business day after the end of every quarter"),
    ("first BD of year", "the first business day of the fiscal year"),
    ("2nd Tue of month", "the second Tuesday of every month"),
    ("last Thu of period 3 of quarter", "the last Thursday of every quarter's third period"),
    ("every Mon", "every Monday"),
    ("every Tue, Thu", "Tuesdays and Thursdays"),
    ("every BD", "every business day"),
    ("day 15 of month", "the fifteenth; on a day off it rolls, as the calendar or the event says"),
    ("Wed of week 2 of quarter", "Wednesday of the second fiscal week of every quarter"),
    ("last BD of quarter - 10bd", "ten business days before the last one of the quarter"),
    ("first BD of quarter + 2w", "two weeks after the first business day of the quarter"),
    ("2027-03-03", "one date"),
)


def rules_page() -> str:
    """The grammar of due rules, with examples and their next dates."""
    grammar = textwrap.dedent((parse.__doc__ or "").split("\n\n")[1])
    calendar = _example_calendar()
    lines = ["| rule | what it means | next dates |", "| --- | --- | --- |"]
    for index, (rule, words) in enumerate(_EXAMPLES):
        found = calendar.explain(f"example-{index}", 3, FIRST_DAY)
        days = ", ".join(f"{one.occurrence.date:%a} {one.occurrence.date}" for one in found)
        lines.append(f"| `{rule}` | {words} | {days} |")
    parts = [
        "# Due rules",
        f"{MADE} Rules stand in calendar files: `when` and `until` of an event, `due` of an action. "
        "`cockpit rhythm explain ID` prints the next dates of one, each with its reason.",
        f"```text\n{grammar}\n```",
        "- Units are fiscal ones, except `month`, which is the calendar's. `BD` is a business day: a "
        "day of the working week that is no holiday.\n"
        "- Negative numbers count from the end: `BD-1` is the last.\n"
        "- Offsets: `d` days, `bd` business days, `w` weeks, `mo` months.\n"
        "- `event` is the day of the event that an action names; `T` is the date of the row that a "
        "`for_each` action is made for (`T-180d`).\n"
        "- Case does not matter. An error points at the word that is wrong.",
        f"## Examples\n\nOn the bundled calendar `microsoft-like`, from {FIRST_DAY:%a} {FIRST_DAY}; days off "
        "roll to the business day before.",
        "\n".join(lines),
        "## When a day is off\n\n`roll` says what becomes of a date that is no business day: "
        "`none` leaves it, `preceding` takes the business day before, `following` the one after, "
        "`nearest` the nearer of the two. `modified-following` and `modified-preceding` do the same as "
        "without `modified`, but turn round rather than leave the unit that the rule counts in.",
    ]
    return "\n\n".join(parts) + "\n"


def _example_calendar() -> RhythmCalendar:
    text = ['schema = 1\n[calendar]\nextends = "microsoft-like"\nid = "examples"\n']
    text += [
        f'[[event]]\nid = "example-{index}"\ntitle = "An example"\nkind = "cadence"\nwhen = "{rule}"\n'
        for index, (rule, _) in enumerate(_EXAMPLES)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "examples.toml"
        path.write_text("\n".join(text), encoding="utf-8")
        return RhythmCalendar.load(find_calendar(str(path), None), [bundled("calendars") / "holidays"])


# --- all ------------------------------------------------------------------------------------------------


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


PAGE_MAKERS: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "config.md": config_page,
    "metrics.md": metrics_page,
    "rules.md": rules_page,
    "keys.md": keys_reference,
}


def main() -> None:
    """Write every page."""
    PAGES.mkdir(exist_ok=True)
    for name, make in PAGE_MAKERS.items():
        text = make()
        (PAGES / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}  {text.count(chr(10))} lines\n")


if __name__ == "__main__":
    main()
