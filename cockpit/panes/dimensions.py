"""What a figure can be divided by: the steps of its drill path, then every text column of its table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.metrics.facts.book import TABLE_OF_FACT
from cockpit.metrics.facts.columns import FACT_COLUMNS, FISCAL_DATES, FISCAL_UNITS, FROM_THEIR_TABLE
from cockpit.panes.figures import drill_of
from cockpit.panes.lettered import lettered
from cockpit.panes.view import Choice
from cockpit.sources.canonical import TABLES as CANONICAL

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.metrics.definition import Metric

TABLES = {"opportunities": "opportunities", "renewals": "agreements", "quota": "quota"}
"""The tables whose rows are shown behind a figure, by fact; deals for all other facts."""
MADE_BY_FACTS = ("status", "outcome", "missing")
"""Dimensions that facts have whatever columns their table has."""
FISCAL_STEPS = ("quarter", "period", "week")
"""The fiscal units that a flow can be divided into."""
LETTERS = {
    "manager": "m", "owner": "o", "lost_reason": "l", "product": "p", "territory": "t", "account": "a",
    "stage": "s", "segment": "g", "status": "u", "forecast_category": "f", "country": "c", "type": "y",
}  # fmt: skip
"""Keys of the dimensions that people divide by every day: the same for every figure and every table."""
IDENTITIES = ("opportunity_id", "agreement_id")
"""The dimensions at which a division is a list of rows."""


def facts_of(cockpit: "Cockpit", metric: "Metric") -> tuple[str, ...]:
    """The facts that a metric is computed from, each once; deals where none is named."""
    known = {one.name: one for one in cockpit.catalogue}
    facts: Sequence[str] = metric.facts or ((metric.spec.fact,) if metric.spec.fact else ())
    if not facts:
        facts = [part.spec.fact for name in metric.parts if (part := known.get(name)) and part.spec.fact]
    return tuple(dict.fromkeys(facts)) or ("opportunities",)


def table_of(cockpit: "Cockpit", metric: "Metric") -> str:
    """The table whose rows stand behind a metric; of one made of several facts, that of the first."""
    return TABLES.get(facts_of(cockpit, metric)[0], "opportunities")


def _columns_of_fact(cockpit: "Cockpit", fact: str) -> tuple[str, ...]:
    """The columns that a fact can be divided by: those of its table, or its own where it makes its rows."""
    there = columns_of(cockpit, TABLES.get(fact) or TABLE_OF_FACT[fact])
    if fact in FROM_THEIR_TABLE:
        return there
    canonical = CANONICAL[TABLE_OF_FACT[fact]].columns
    in_time = {f"{date}_{unit}" for date in FISCAL_DATES[fact] for unit in FISCAL_UNITS}
    own = (name for name, kind in FACT_COLUMNS[fact].items() if kind in ("text", "bool"))
    return tuple(name for name in own if name not in in_time and (name in there or name not in canonical))


def _common_columns(cockpit: "Cockpit", metric: "Metric") -> tuple[str, ...]:
    """The columns that every fact behind a metric has: it can be divided by these."""
    first, *others = (_columns_of_fact(cockpit, fact) for fact in facts_of(cockpit, metric))
    return tuple(name for name in first if all(name in other for other in others))


def columns_of(cockpit: "Cockpit", table: str) -> tuple[str, ...]:
    """The text columns of a table as it was read; nothing where it is not there."""
    import polars as pl

    try:
        frame = cockpit.data.required(table).frame
    except CockpitError:
        return ()
    texts = (pl.String, pl.Categorical, pl.Enum, pl.Boolean)
    return tuple(
        name for name, kind in frame.schema.items() if isinstance(kind, texts) and not name.startswith("_")
    )


def path_of(cockpit: "Cockpit", metric: "Metric") -> tuple[str, ...]:
    """The steps of a metric's drill path that its table has."""
    there = _common_columns(cockpit, metric)
    return tuple(name for name in drill_of(cockpit, metric) if name in there or name in MADE_BY_FACTS)


def dimensions_of(cockpit: "Cockpit", metric: "Metric") -> tuple[str, ...]:
    """The dimensions of a metric: its drill path, text columns, the fiscal units of a flow's date.

    Identities are left out: a division by them is a list of rows.
    """
    columns = _common_columns(cockpit, metric)
    path = path_of(cockpit, metric)
    known = {one.name: one for one in cockpit.catalogue}
    units = [fiscal_column(metric, known, unit) for unit in FISCAL_STEPS]
    times = [name for name in units if name is not None]
    return tuple(name for name in dict.fromkeys([*path, *times, *columns]) if name not in IDENTITIES)


def fiscal_column(metric: "Metric", metrics: "Mapping[str, Metric]", unit: str) -> str | None:
    """The column by which a flow is divided into fiscal units of its date: closing_week, created_quarter.

    None for stocks, and for derived figures, whose parts may follow different dates.
    """
    simple = metrics.get(metric.parts[0], metric) if metric.kind == "ratio" and metric.parts else metric
    if metric.stock or metric.kind == "derived" or simple.spec.date is None or simple.spec.fact is None:
        return None
    day = simple.spec.date.removeprefix("deal_")
    for word, column in FISCAL_DATES[simple.spec.fact].items():
        if column == day:
            return f"{word}_{unit}"
    return None


def choices(names: Iterable[str]) -> tuple[Choice, ...]:
    """Columns as choices, each with a letter of its own: its usual one, else its first free one."""
    return tuple(replace(choice, label=label_of(choice.name)) for choice in lettered(names, usual=LETTERS))


def label_of(name: str) -> str:
    """A column's name as people say it: "lost reason"."""
    return name.replace("_", " ")
