"""Rows that were read without fault and cannot mean what they say: days to come, words that mean nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem, did_you_mean

if TYPE_CHECKING:
    import polars as pl

    from cockpit.core.cockpit import Cockpit
    from cockpit.sources.table import Table

_DAYS = {
    "created_date": "such deals do not count before that day",
    "stage_date": "it is left out of ages",
    "modified_date": "it is left out of ages",
    "last_activity_date": "it is left out of ages",
}
"""Columns of deals whose day has passed, and what becomes of one that has not."""
_CLOSED = "deals that are won or lost count as open before that day"
_OF_MONEY = ("opportunities", "agreements", "quota")
"""Tables whose rows may name a currency."""
_OF_A_PERIOD = ("quota", "submissions")
"""Tables whose rows name a fiscal period."""


def check_rows(cockpit: "Cockpit") -> list[Problem]:
    """What a person should look at, each once with the number of rows and the first of them."""
    tables = cockpit.data.loaded().tables
    found: list[Problem] = []
    if "opportunities" in tables:
        found += _days_to_come(cockpit, tables["opportunities"])
    for name in _OF_MONEY:
        if name in tables:
            found += _without_rate(cockpit, tables[name])
    for name in _OF_A_PERIOD:
        if name in tables:
            found += _unknown_periods(cockpit, tables[name])
    for table in tables.values():
        found += _namesakes(table)
    if "tasks" in tables:
        found += _unknown_statuses(tables["tasks"])
    return found


def _days_to_come(cockpit: "Cockpit", table: "Table") -> Iterator[Problem]:
    import polars as pl

    frame, today = table.frame, cockpit.today
    for name, effect in _DAYS.items():
        if name in frame.columns:
            yield from _told(table, name, pl.col(name) > today, f"after {today}: {effect}")
    if "status" in frame.columns:
        closed = pl.col("status").cast(pl.String) != "open"
        closing = [one for one in ("closed_date", "close_date") if one in frame.columns]
        for one in closing[:1]:
            yield from _told(table, one, closed & (pl.col(one) > today), f"after {today}: {_CLOSED}")


def _namesakes(table: "Table") -> Iterator[Problem]:
    """Own columns of a source that figures do not see, since the cockpit makes one of that name itself."""
    from cockpit.metrics.facts.columns import made_names

    made = made_names(table.name)
    for name in table.frame.columns:
        if name in made:
            yield Problem(
                f"column {clean(table.headers.get(name, name))}: figures have a column {name} of their own",
                table.report.paths[0],
                hint="under another name in the file, figures can be divided and narrowed by it",
                severity="warning",
            )


def _without_rate(cockpit: "Cockpit", table: "Table") -> Iterator[Problem]:
    """Rows in a currency that no rate turns into that of the workspace, so that sums over them are blank."""
    import polars as pl

    from cockpit.metrics.facts.currency import in_one_currency
    from cockpit.metrics.facts.fact import UNRATED

    given = in_one_currency(table.frame, (), cockpit.engine.rates(cockpit.as_of))
    for code in given.unrated:
        named = pl.col("currency").cast(pl.String).str.strip_chars().str.to_uppercase() == code
        lacking = replace(table, frame=given.frame)
        words = f"in {clean(code)}, which has no rate: every sum of money over them is blank"
        hint = f"a row of {clean(code)} in the table fx gives one"
        yield from _told(lacking, "currency", named & pl.col(UNRATED), words, hint)


def _unknown_periods(cockpit: "Cockpit", table: "Table") -> Iterator[Problem]:
    """Rows that name no fiscal period and have no first day of their own, so that they count nowhere."""
    import polars as pl

    if "period" not in table.frame.columns:
        return
    dated = pl.col("valid_from").is_not_null() if "valid_from" in table.frame.columns else pl.lit(value=False)
    for period in table.frame.filter(~dated)["period"].drop_nulls().unique(maintain_order=True).to_list():
        try:
            cockpit.fiscal.unit_named(period)
        except CockpitError as error:
            words = f"{clean(period)!r} is no period of the calendar: such rows count nowhere"
            hint = error.problems[0].hint or did_you_mean(period, ())
            yield from _told(table, "period", ~dated & (pl.col("period") == period), words, hint)


def _unknown_statuses(table: "Table") -> Iterator[Problem]:
    """Tasks whose status means nothing to us, each word once."""
    import polars as pl

    from cockpit.work.source import STATES, state_of

    if "status" not in table.frame.columns:
        return
    words = table.frame["status"].drop_nulls().unique(maintain_order=True).to_list()
    unknown = dict.fromkeys(word.casefold() for word in words if state_of(word) is None)
    for folded in unknown:
        named = [word for word in words if word.casefold() == folded]
        told = f"{clean(named[0])!r} is no status that is known, so they count as open"
        hint = f"map it in values.status to one of {', '.join(STATES)}"
        yield from _told(table, "status", pl.col("status").is_in(named), told, hint)


def _told(
    table: "Table", column: str, which: "pl.Expr", words: str, hint: str | None = None
) -> Iterator[Problem]:
    rows = table.frame.filter(which.fill_null(value=False))
    if rows.is_empty():
        return
    many = f"{rows.height:,} row{'' if rows.height == 1 else 's'}"
    line = int(rows["_row"][0]) if "_row" in rows.columns else None
    file = table.report.paths[0] if table.report.paths else None
    key = f"sources.{table.name}.columns.{column}"
    yield Problem(f"{many}, {words}", file, line, key, hint, severity="warning")
