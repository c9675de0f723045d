"""Columns of `opportunities` that are made when a metric uses them: own baselines, buckets, history.

An own baseline is taken from the workspace's records and needs 30 of them; a segment with fewer takes that
of the next larger group, and the column beside it says which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from cockpit.metrics.facts.columns import OWN_COLUMNS
from cockpit.metrics.facts.currency import MONEY
from cockpit.metrics.facts.fact import DEAL, Fact
from cockpit.metrics.facts.made import LINE, ROWS_AT_ONCE, Columns, Recipe, given, joined, looked_up, numbered
from cockpit.metrics.facts.opportunities import CHANGE_DATES
from cockpit.metrics.facts.repeats import places_of_repeated, short_hash
from cockpit.metrics.query import MetricSettings

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.metrics.facts.past import Past

_BASELINE = "own baseline of"
FEWEST = 30
"""So many records make a baseline."""
TRAILING_QUARTERS = 4
MANY_PUSHES = 2
"""From so many on a deal's close date is not believed."""
RATE = pl.Decimal(38, 6)
AGES = ((90, "under 90 days"), (180, "90 to 180 days"), (365, "180 to 365 days"))
OLDEST = "over 365 days"
GROUPS = {"commit": "commit", "bestcase": "best case", "upside": "best case", "pipeline": "pipeline",
          "omitted": "omitted", "omit": "omitted", "omittedfromforecast": "omitted",
          "closed": "closed"}  # fmt: skip
"""Forecast categories without blanks and signs, in the words of four groups."""


@dataclass(frozen=True, slots=True)
class Around:
    """What late columns are made from besides the frame.

    Attributes:
        as_of: the day.
        calendar: gives quarters.
        settings: the workspace's.
        past: stored history, or None.
    """

    as_of: date
    calendar: "FiscalCalendar"
    settings: MetricSettings
    past: "Past | None"


def with_deal_columns(fact: Fact, around: Around) -> tuple[Mapping[str, Recipe], Mapping[str, str]]:
    """The late columns that the fact can have, and the reasons for those it cannot.

    Args:
        fact: `opportunities` as of a day.
        around: what else is needed.
    """
    late: dict[str, Recipe] = {}
    absent: dict[str, str] = {}
    for name, needed, make in _COLUMNS:
        lacking = [column for column in needed if not fact.has(column) and column not in late]
        if lacking:
            absent[name] = fact.absent.get(lacking[0]) or absent.get(lacking[0]) or f"needs {lacking[0]}"
        else:
            late[name] = partial(make, around=around)
    pushes = next((name for name in OWN_COLUMNS["opportunities"] if name in fact.held.columns), None)
    if pushes is not None:
        late["push_count"] = given(pl.col(pushes).cast(pl.Int32, strict=False))
    elif _changes(around, "close_date") is not None:
        late["push_count"] = partial(_push_count, around=around)
    else:
        absent["push_count"] = "needs history or a column push_count of numbers"
    for name, field, history in _OF_HISTORY:
        if _changes(around, field) is None:
            absent[name] = "needs history"
        elif fact.has("deal_closing_date"):
            late[name] = partial(history, around=around)
    if fact.has("status"):
        late["is_credible"] = partial(_is_credible, pushes=late.get("push_count"))
    else:
        absent["is_credible"] = "needs status"
    return late, absent


def _changes(around: Around, field: str) -> pl.DataFrame | None:
    found = None if around.past is None else around.past.changes(field)
    return None if found is None else found.filter(pl.col("day") <= around.as_of)


# --- own baselines --------------------------------------------------------------------------------------


def _closed(columns: Columns, around: Around) -> pl.DataFrame:
    """Closed deals of the quarter of the day and the three before it: by segment how many, how many won."""
    quarter = around.calendar.unit("quarter", around.as_of)
    first = (
        around.calendar.shift(quarter, 1 - TRAILING_QUARTERS).start
        if quarter is not None
        else around.as_of - timedelta(days=365)
    )
    names = [name for name in ("segment", DEAL) if name in columns.held.columns]
    segment = pl.col("segment") if "segment" in names else pl.lit(None, pl.String)
    kept = (pl.col("deal_status") != "open") & (pl.col("deal_closing_date") >= first)
    won = (pl.col("deal_status") == "won").alias("won")

    shown = [segment.alias("segment"), won, *(pl.col(name) for name in names if name == DEAL)]
    rows = columns.rows(("deal_status", "deal_closing_date", *names))
    closed = rows.collected(lambda lazy: lazy.filter(kept).select(shown))
    if DEAL in names:
        several = closed.filter(pl.col(DEAL).is_not_null()).unique(DEAL, keep="first", maintain_order=True)
        closed = pl.concat([closed.filter(pl.col(DEAL).is_null()), several])
    return closed.group_by("segment").agg(pl.col("won").sum(), pl.len().alias("many"))


def _rates(columns: Columns, around: Around) -> tuple[dict[str, Decimal], Decimal | None]:
    """The close rate by count of every segment with enough closed deals, and that of all."""

    def find() -> tuple[dict[str, Decimal], Decimal | None]:
        closed = _closed(columns, around)
        by_segment = {
            name: _share(won, many)
            for name, won, many in closed.drop_nulls("segment").iter_rows()
            if many >= FEWEST
        }
        many, won = int(closed["many"].sum()), int(closed["won"].sum())
        return by_segment, _share(won, many) if many >= FEWEST else None

    return columns.once("rates", find)


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001"))


def _own_rate(columns: Columns, around: Around) -> pl.Expr:
    by_segment, whole = _rates(columns, around)
    of_all = pl.lit(whole, RATE)
    if "segment" not in columns.held.columns or not by_segment:
        return of_all
    return looked_up("segment", columns.held.schema["segment"], by_segment, RATE).fill_null(of_all)


def _own_rate_of(columns: Columns, around: Around) -> pl.Expr:
    by_segment, whole = _rates(columns, around)
    kind = pl.Enum(["its segment", "all segments"])
    rest = pl.lit("all segments" if whole is not None else None, kind)
    if "segment" not in columns.held.columns:
        return rest
    known = pl.col("segment").is_in(list(by_segment))
    return pl.when(known).then(pl.lit("its segment", kind)).otherwise(rest)


def _limits(columns: Columns, around: Around) -> tuple[list[str], pl.DataFrame]:
    """By stage, and by segment too where there are any, how long deals may be in it, and whose median it is.

    The first is what the second is looked up by.
    """
    by_segment = ["stage", *(["segment"] if "segment" in columns.held.columns else [])]

    def find() -> pl.DataFrame:
        rows = columns.rows((*by_segment, "status", "days_in_stage"))
        waiting = rows.collected(
            lambda lazy: lazy.filter(pl.col("status") == "open").select(*by_segment, "days_in_stage")
        )
        days = pl.col("days_in_stage")
        found = [rows.collected(lambda lazy: lazy.select(by_segment).unique()).unique()]
        for place, over in enumerate((by_segment, ["stage"])):
            medians = waiting.group_by(over).agg(
                pl.when(days.count() >= FEWEST).then(days.median()).alias(f"_median{place}")
            )
            found.append(found[-1].join(medians, on=over, how="left", nulls_equal=True))
        narrow, wide = pl.col("_median0"), pl.col("_median1")
        origin = "stage and segment" if len(by_segment) == 2 else "stage"
        kind = pl.Enum([f"{_BASELINE} {name}" for name in dict.fromkeys((origin, "stage"))])
        named = (
            pl.when(narrow.is_not_null()).then(pl.lit(f"{_BASELINE} {origin}", kind))
            .when(wide.is_not_null()).then(pl.lit(f"{_BASELINE} stage", kind))
        )  # fmt: skip
        limit = pl.coalesce(narrow, wide) * _factor(by_segment, around)
        return found[-1].select(*by_segment, limit.alias("limit"), named.alias("origin"))

    return by_segment, columns.once("limits", find)


def _factor(by_segment: Sequence[str], around: Around) -> pl.Expr:
    """How many times the median a deal of the segment may be in its stage."""
    usual, factors = around.settings.overrun_factor, around.settings.overrun_factors
    if not factors or "segment" not in by_segment:
        return pl.lit(usual)
    return pl.col("segment").replace_strict(
        list(factors), list(factors.values()), default=usual, return_dtype=pl.Float64
    )


def _stage_limit(columns: Columns, around: Around) -> pl.Expr:
    return joined(*_limits(columns, around), "limit")


def _stage_limit_origin(columns: Columns, around: Around) -> pl.Expr:
    return joined(*_limits(columns, around), "origin")


def _is_overrun(columns: Columns, around: Around) -> pl.Expr:
    return pl.col("days_in_stage").cast(pl.Float64) > pl.col("stage_limit_days")


# --- buckets and flags ----------------------------------------------------------------------------------


def _change_age(columns: Columns, around: Around) -> pl.Expr:
    days, kind = pl.col("days_since_change"), pl.Enum([*(name for _, name in AGES), OLDEST])
    words: pl.Expr = pl.when(days.is_not_null()).then(pl.lit(OLDEST, kind))
    for most, name in reversed(AGES):
        words = pl.when(days <= most).then(pl.lit(name, kind)).otherwise(words)
    return words


def _forecast_group(columns: Columns, around: Around) -> pl.Expr:
    category = columns.held["forecast_category"]
    known = category.unique().drop_nulls().to_list()
    groups = {name: GROUPS.get("".join(filter(str.isalpha, name.casefold()))) for name in known}
    kind = pl.Enum(list(dict.fromkeys(GROUPS.values())))
    return looked_up("forecast_category", category.dtype, groups, kind)


def _days_to_quarter_end(columns: Columns, around: Around) -> pl.Expr:
    """Days from a deal's closing date to the end of the quarter it lies in."""
    first, last = columns.rows(("closing_date",)).extremes("closing_date")
    if not isinstance(first, date) or not isinstance(last, date):
        return pl.lit(None, pl.Int32)
    first = max(first, around.as_of - timedelta(days=60 * 366))
    quarters = around.calendar.units("quarter", first, last)
    days = pl.date_range(first, last, eager=True).alias("day").to_frame()
    ends = pl.DataFrame({"end": [unit.end for unit in quarters]}, schema={"end": pl.Date})
    left = days.join_asof(ends, left_on="day", right_on="end", strategy="forward", coalesce=False).select(
        (pl.col("end").cast(pl.Int32) - pl.col("day").cast(pl.Int32)).alias("left")
    )
    day = days["day"].cast(pl.Int32)[0]
    number = pl.col("closing_date").cast(pl.Int32) - day
    return numbered(number, pl.int_range(left.height, eager=True), left["left"])


def _is_duplicate(columns: Columns, around: Around) -> pl.Expr:
    """Whether another open deal has the same account, product and amount."""
    held = columns.held.columns
    account = "account_id" if "account_id" in held else "account"
    same = [account, "amount", *(["product"] if "product" in held else [])]
    is_open = (pl.col("status") == "open") & pl.all_horizontal(pl.col(name).is_not_null() for name in same)
    rows = columns.rows((*same, "status", "opportunity_id"))
    hashes = rows.collected(
        lambda lazy: lazy.filter(is_open).select(LINE, short_hash(pl.struct(same)).alias("hash"))
    )
    places = places_of_repeated([piece["hash"] for piece in hashes.iter_slices(ROWS_AT_ONCE)])
    alike, found = hashes[places], [pl.Series([], dtype=pl.UInt32)]
    parts = alike.height // ROWS_AT_ONCE + 1
    for part in range(parts):
        some = _marked(columns, alike.filter(pl.col("hash") % parts == part)[LINE])
        several = (
            rows.collected(partial(_of_some, some=some))
            .group_by(same).agg(pl.col("opportunity_id").n_unique().alias("many"), LINE)
            .filter(pl.col("many") > 1).select(pl.col(LINE).explode())
        )  # fmt: skip
        found.append(several[LINE])
    return _marked(columns, pl.concat(found))


def _of_some(rows: pl.LazyFrame, some: pl.Expr) -> pl.LazyFrame:
    return rows.filter(some)


def _marked(columns: Columns, lines: pl.Series) -> pl.Expr:
    """Whether a row is one of these."""
    flags = pl.repeat(False, columns.held.height, dtype=pl.Boolean, eager=True)
    return pl.lit(flags.scatter(lines, True) if len(lines) else flags).gather(pl.col(LINE))


def _rests_on_modified(columns: Columns, around: Around) -> pl.Expr:
    """Whether a row is fresh or stale by its modified date alone: without it it would not be, or unknown."""
    others = [name for name in CHANGE_DATES if columns.fact.has(name) and name != "modified_date"]
    day = pl.lit(around.as_of)
    newest = pl.max_horizontal(*others) if others else pl.lit(None, pl.Date)
    age = (day - newest).dt.total_days()
    is_modified = (pl.col("modified_date") <= day).fill_null(value=False)
    is_old = (age > around.settings.stale_days).fill_null(value=True)
    rests = is_modified & ((is_old & ~pl.col("is_stale")) | newest.is_null())
    return rests.fill_null(value=False)


def _is_credible(columns: Columns, *, pushes: Recipe | None) -> pl.Expr:
    """Open, not omitted, changed lately and not pushed twice, as far as each is known."""
    credible = (pl.col("status") == "open") & ~pl.col("is_omitted")
    if columns.fact.has("is_stale"):
        credible &= ~pl.col("is_stale").fill_null(value=False)
    if pushes is not None:
        credible &= (pushes(columns) < MANY_PUSHES).fill_null(value=True)
    return credible


# --- what history tells ---------------------------------------------------------------------------------


def _of_ids(columns: Columns, table: pl.DataFrame, value: str) -> pl.Expr:
    """Of every row what a table has for its opportunity."""
    ids = columns.held.select("opportunity_id")
    found = ids.join(table, on="opportunity_id", how="left", maintain_order="left")
    return pl.lit(found[value]).gather(pl.col(LINE))


def _push_count(columns: Columns, *, around: Around) -> pl.Expr:
    """How often the close date was moved to a later day while the deal was open."""
    changes = _changes(around, "close_date")
    assert changes is not None
    later = changes.filter(pl.col("after") > pl.col("before"))
    counts = later.group_by("opportunity_id").agg(pl.len().cast(pl.Int32).alias("many"))
    return _of_ids(columns, counts, "many").fill_null(0)


def _first_amount(columns: Columns, around: Around) -> pl.Expr:
    """The amount with which the deal is first known."""
    changes = _changes(around, "amount")
    assert changes is not None
    first = changes.drop_nulls("before").group_by("opportunity_id", maintain_order=True).agg(
        pl.col("before").first()
    )  # fmt: skip
    return pl.coalesce(_of_ids(columns, first, "before"), "amount").cast(MONEY)


CLOSE_IS_NEAR = 30
"""How many days before its closing date a deal's expected date is looked at."""


def _close_date_before(columns: Columns, around: Around) -> pl.Expr:
    """The close date that was expected 30 days before the deal closed."""
    changes = _changes(around, "close_date")
    assert changes is not None
    day = pl.col("deal_closing_date") - timedelta(CLOSE_IS_NEAR)
    rows = columns.rows(("opportunity_id", "deal_closing_date"))
    closed = rows.collected(
        lambda lazy: lazy.select(LINE, "opportunity_id", day.alias("day")).drop_nulls("day")
    )
    after = (
        closed.lazy()
        .join(changes.lazy().rename({"day": "_changed"}), on="opportunity_id")
        .filter(pl.col("_changed") > pl.col("day"))
        .sort("_changed")
        .group_by(LINE)
        .agg(pl.col("before").first())
        .collect()
    )
    then = numbered(pl.col(LINE), after[LINE], after["before"])
    return pl.when(day.is_not_null()).then(pl.coalesce(then, "close_date"))


def _close_date_error(columns: Columns, around: Around) -> pl.Expr:
    expected = pl.col("close_date_before").cast(pl.Int32)
    return (pl.col("deal_closing_date").cast(pl.Int32) - expected).abs()


_OF_HISTORY = (
    ("first_amount", "amount", _first_amount),
    ("close_date_before", "close_date", _close_date_before),
    ("close_date_error", "close_date", _close_date_error),
)
_COLUMNS: tuple[tuple[str, tuple[str, ...], Callable[..., pl.Expr]], ...] = (
    ("own_rate", ("deal_status",), _own_rate),
    ("own_rate_of", ("deal_status",), _own_rate_of),
    ("stage_limit_days", ("stage", "days_in_stage", "status"), _stage_limit),
    ("stage_limit_origin", ("stage", "days_in_stage", "status"), _stage_limit_origin),
    ("is_overrun", ("stage", "days_in_stage", "status"), _is_overrun),
    ("change_age", ("days_since_change",), _change_age),
    ("forecast_group", ("forecast_category",), _forecast_group),
    ("days_to_quarter_end", ("closing_date",), _days_to_quarter_end),
    ("is_suspected_duplicate", ("status", "amount", "account"), _is_duplicate),
    ("rests_on_modified", ("modified_date", "is_stale"), _rests_on_modified),
)
"""Each column, what it needs, and how it is made."""
