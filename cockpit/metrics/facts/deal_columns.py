"""Columns of `opportunities` that are made when a metric uses them: own baselines, buckets, history.

An own baseline is taken from the workspace's records and needs 30 of them; a segment with fewer takes that
of the next larger group, and the column beside it says which.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from cockpit.metrics.facts.fact import DEAL, Fact
from cockpit.metrics.facts.opportunities import CHANGE_DATES
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
PUSHES = ("push_count", "pushes")
"""Own columns of a source that hold how often the close date was moved out."""
AGES = ((90, "under 90 days"), (180, "90 to 180 days"), (365, "180 to 365 days"))
OLDEST = "over 365 days"
GROUPS = {"commit": "commit", "bestcase": "best case", "upside": "best case", "pipeline": "pipeline",
          "omitted": "omitted", "omit": "omitted", "omittedfromforecast": "omitted",
          "closed": "closed"}  # fmt: skip
"""Forecast categories without blanks and signs, in the words of four groups."""

Late = Callable[[pl.DataFrame], pl.Series]


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


def with_deal_columns(fact: Fact, around: Around) -> tuple[Mapping[str, Late], Mapping[str, str]]:
    """The late columns that the fact can have, and the reasons for those it cannot.

    Args:
        fact: `opportunities` as of a day.
        around: what else is needed.
    """
    late: dict[str, Late] = {}
    absent: dict[str, str] = {}
    for name, needed, make in _COLUMNS:
        lacking = [column for column in needed if not fact.has(column) and column not in late]
        if lacking:
            absent[name] = fact.absent.get(lacking[0]) or absent.get(lacking[0]) or f"needs {lacking[0]}"
        else:
            late[name] = partial(make, around=around)
    pushes = next((name for name in PUSHES if name in fact.frame.columns), None)
    if pushes is not None and fact.frame.schema[pushes].is_numeric():
        late["push_count"] = partial(_as_count, column=pushes)
    elif _changes(around, "close_date") is not None:
        late["push_count"] = partial(_push_count, around=around)
    else:
        absent["push_count"] = "needs history or a column push_count"
    for name, field, history in _OF_HISTORY:
        if _changes(around, field) is None:
            absent[name] = "needs history"
        elif "deal_closing_date" in fact.frame.columns:
            late[name] = partial(history, around=around)
    late["is_credible"] = partial(_is_credible, pushes=late.get("push_count"))
    return late, absent


def _changes(around: Around, field: str) -> pl.DataFrame | None:
    found = None if around.past is None else around.past.changes(field)
    return None if found is None else found.filter(pl.col("day") <= around.as_of)


# --- own baselines --------------------------------------------------------------------------------------


def _closed(frame: pl.DataFrame, around: Around) -> pl.DataFrame:
    """One row a deal closed in the quarter of the day and the three before it: segment, won."""
    quarter = around.calendar.unit("quarter", around.as_of)
    first = (
        around.calendar.shift(quarter, 1 - TRAILING_QUARTERS).start
        if quarter is not None
        else around.as_of - timedelta(days=365)
    )
    segment = pl.col("segment") if "segment" in frame.columns else pl.lit(None, pl.String)
    won = pl.col("deal_status") == "won"
    rows = frame.lazy().filter((pl.col("deal_status") != "open") & (pl.col("deal_closing_date") >= first))
    if DEAL not in frame.columns:
        return rows.select(segment.alias("segment"), won.alias("won")).collect()
    return (
        rows.group_by("opportunity_id")
        .agg(segment.alias("segment").first(), won.first().alias("won"))
        .collect()
    )


def _rates(frame: pl.DataFrame, around: Around) -> tuple[dict[str, Decimal], Decimal | None]:
    """The close rate by count of every segment with enough closed deals, and that of all."""
    closed = _closed(frame, around)
    by_segment = {
        name: _share(won, many)
        for name, won, many in closed.drop_nulls("segment")
        .group_by("segment")
        .agg(pl.col("won").sum(), pl.len())
        .iter_rows()
        if many >= FEWEST
    }
    whole = _share(int(closed["won"].sum()), closed.height) if closed.height >= FEWEST else None
    return by_segment, whole


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / Decimal(whole)).quantize(Decimal("0.000001"))


def _own_rate(frame: pl.DataFrame, around: Around) -> pl.Series:
    by_segment, whole = _rates(frame, around)
    if "segment" not in frame.columns or not by_segment:
        return pl.repeat(whole, frame.height, dtype=RATE, eager=True)
    rates = _looked_up(frame["segment"], pl.Series(list(by_segment.values()), dtype=RATE), by_segment)
    return rates if whole is None else rates.fill_null(whole)


def _own_rate_of(frame: pl.DataFrame, around: Around) -> pl.Series:
    by_segment, whole = _rates(frame, around)
    rest = "all segments" if whole is not None else None
    kind = pl.Enum(["its segment", "all segments"])
    if "segment" not in frame.columns:
        return pl.repeat(rest, frame.height, dtype=kind, eager=True)
    known = pl.col("segment").is_in(list(by_segment))
    return frame.select(
        pl.when(known).then(pl.lit("its segment", kind)).otherwise(pl.lit(rest, kind)).alias("own_rate_of")
    ).to_series()


def _limits(frame: pl.DataFrame, around: Around) -> pl.DataFrame:
    """Of every row how long deals of its group may be in their stage, and which group that is."""
    by_segment = ["stage", *(["segment"] if "segment" in frame.columns else [])]
    origin = "stage and segment" if len(by_segment) == 2 else "stage"
    waiting = frame.lazy().filter(pl.col("status") == "open").select(*by_segment, "days_in_stage")
    days, rows = pl.col("days_in_stage"), frame.lazy().select(by_segment)
    for place, over in enumerate((by_segment, ["stage"])):
        medians = waiting.group_by(over).agg(
            pl.when(days.count() >= FEWEST).then(days.median()).alias(f"_median{place}")
        )
        rows = rows.join(medians, on=over, how="left", nulls_equal=True, maintain_order="left")
    narrow, wide = pl.col("_median0"), pl.col("_median1")
    kind = pl.Enum([f"{_BASELINE} {name}" for name in dict.fromkeys((origin, "stage"))])
    named = (
        pl.when(narrow.is_not_null()).then(pl.lit(f"{_BASELINE} {origin}", kind))
        .when(wide.is_not_null()).then(pl.lit(f"{_BASELINE} stage", kind))
    )  # fmt: skip
    factor: pl.Expr = pl.lit(around.settings.overrun_factor)
    factors = around.settings.overrun_factors
    if factors and "segment" in frame.columns:
        factor = pl.col("segment").replace_strict(
            list(factors), list(factors.values()),
            default=around.settings.overrun_factor, return_dtype=pl.Float64,
        )  # fmt: skip
    return rows.select(
        (pl.coalesce(narrow, wide) * factor).alias("stage_limit_days"), named.alias("stage_limit_origin")
    ).collect()


def _stage_limit(frame: pl.DataFrame, around: Around) -> pl.Series:
    return _limits(frame, around)["stage_limit_days"]


def _stage_limit_origin(frame: pl.DataFrame, around: Around) -> pl.Series:
    return _limits(frame, around)["stage_limit_origin"]


def _is_overrun(frame: pl.DataFrame, around: Around) -> pl.Series:
    return frame["days_in_stage"].cast(pl.Float64) > _stage_limit(frame, around)


# --- buckets and flags ----------------------------------------------------------------------------------


def _change_age(frame: pl.DataFrame, around: Around) -> pl.Series:
    days, kind = pl.col("days_since_change"), pl.Enum([*(name for _, name in AGES), OLDEST])
    words: pl.Expr = pl.when(days.is_not_null()).then(pl.lit(OLDEST, kind))
    for most, name in reversed(AGES):
        words = pl.when(days <= most).then(pl.lit(name, kind)).otherwise(words)
    return frame.select(words.alias("change_age")).to_series()


def _forecast_group(frame: pl.DataFrame, around: Around) -> pl.Series:
    category = frame["forecast_category"]
    known = category.unique().drop_nulls().to_list()
    groups = {name: GROUPS.get("".join(filter(str.isalpha, name.casefold()))) for name in known}
    kind = pl.Enum(list(dict.fromkeys(GROUPS.values())))
    return _looked_up(category, pl.Series(list(groups.values()), dtype=kind), groups)


def _days_to_quarter_end(frame: pl.DataFrame, around: Around) -> pl.Series:
    """Days from a deal's closing date to the end of the quarter it lies in."""
    days = frame["closing_date"]
    known = days.drop_nulls()
    first, last = known.min(), known.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return pl.Series([None] * len(days), dtype=pl.Int32)
    first = max(first, around.as_of - timedelta(days=60 * 366))
    ends = [unit.end for unit in around.calendar.units("quarter", first, last)]
    quarters = pl.DataFrame({"end": ends}, schema={"end": pl.Date})
    found = (
        days.unique().drop_nulls().sort().to_frame("day")
        .join_asof(quarters, left_on="day", right_on="end", strategy="forward")
        .with_columns((pl.col("end").cast(pl.Int32) - pl.col("day").cast(pl.Int32)).alias("left"))
    )  # fmt: skip
    return days.to_frame("day").join(found, on="day", how="left", maintain_order="left")["left"]


def _is_duplicate(frame: pl.DataFrame, around: Around) -> pl.Series:
    """Whether another open deal has the same account, product and amount."""
    account = "account_id" if "account_id" in frame.columns else "account"
    same = [account, "amount", *(["product"] if "product" in frame.columns else [])]
    is_open = (pl.col("status") == "open") & pl.all_horizontal(pl.col(name).is_not_null() for name in same)
    known = frame.lazy().select(*same, "opportunity_id", is_open.alias("_open")).with_row_index("_place")
    several = (
        known.filter("_open").group_by(same).agg(pl.col("opportunity_id").n_unique().alias("_many"), "_place")
        .filter(pl.col("_many") > 1).select(pl.col("_place").explode())
    )  # fmt: skip
    places = several.collect()["_place"]
    flags = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    return flags.scatter(places, True) if len(places) else flags


def _rests_on_modified(frame: pl.DataFrame, around: Around) -> pl.Series:
    """Whether a row is fresh or stale by its modified date alone: without it it would not be, or unknown."""
    others = [name for name in CHANGE_DATES if name in frame.columns and name != "modified_date"]
    day = pl.lit(around.as_of)
    newest = pl.max_horizontal(*others) if others else pl.lit(None, pl.Date)
    age = (day - newest).dt.total_days()
    is_modified = (pl.col("modified_date") <= day).fill_null(value=False)
    is_old = (age > around.settings.stale_days).fill_null(value=True)
    rests = is_modified & ((is_old & ~pl.col("is_stale")) | newest.is_null())
    return frame.select(rests.fill_null(value=False).alias("rests_on_modified")).to_series()


def _is_credible(frame: pl.DataFrame, *, pushes: Late | None) -> pl.Series:
    """Open, not omitted, changed lately and not pushed twice, as far as each is known."""
    credible = (frame["status"] == "open") & ~frame["is_omitted"]
    if "is_stale" in frame.columns:
        credible &= ~frame["is_stale"].fill_null(value=False)
    if pushes is not None:
        credible &= (pushes(frame) < MANY_PUSHES).fill_null(value=True)
    return credible


def _looked_up(words: pl.Series, found: pl.Series, known: Iterable[str]) -> pl.Series:
    """Of every word what is found for it, null for unknown ones; words that repeat are not written out."""
    table = pl.DataFrame(
        [pl.Series("word", list(known), dtype=pl.String).cast(words.dtype), found.alias("found")]
    )
    return words.to_frame("word").join(table, on="word", how="left", maintain_order="left")["found"]


# --- what history tells ---------------------------------------------------------------------------------


def _as_count(frame: pl.DataFrame, *, column: str) -> pl.Series:
    return frame[column].cast(pl.Int32, strict=False)


def _push_count(frame: pl.DataFrame, *, around: Around) -> pl.Series:
    """How often the close date was moved to a later day while the deal was open."""
    changes = _changes(around, "close_date")
    assert changes is not None
    counts = changes.filter(pl.col("after") > pl.col("before")).group_by("opportunity_id").len("many")
    found = frame.select("opportunity_id").join(
        counts, on="opportunity_id", how="left", maintain_order="left"
    )
    return found["many"].fill_null(0).cast(pl.Int32)


def _first_amount(frame: pl.DataFrame, around: Around) -> pl.Series:
    """The amount with which the deal is first known."""
    changes = _changes(around, "amount")
    assert changes is not None
    first = changes.drop_nulls("before").group_by("opportunity_id", maintain_order=True).agg(
        pl.col("before").first()
    )  # fmt: skip
    found = frame.select("opportunity_id", "amount").join(
        first, on="opportunity_id", how="left", maintain_order="left"
    )
    return found.select(pl.coalesce("before", "amount").cast(frame.schema["amount"])).to_series()


CLOSE_IS_NEAR = 30
"""How many days before its closing date a deal's expected date is looked at."""


def _close_date_before(frame: pl.DataFrame, around: Around) -> pl.Series:
    """The close date that was expected 30 days before the deal closed."""
    changes = _changes(around, "close_date")
    assert changes is not None
    day = pl.col("deal_closing_date") - timedelta(CLOSE_IS_NEAR)
    rows = frame.lazy().with_row_index("_place")
    rows = rows.select("_place", "opportunity_id", "close_date", day.alias("day"))
    after = (
        rows.drop_nulls("day")
        .join(changes.lazy().rename({"day": "_changed"}), on="opportunity_id")
        .filter(pl.col("_changed") > pl.col("day"))
        .sort("_changed")
        .group_by("_place")
        .agg(pl.col("before").first())
    )
    found = rows.join(after, on="_place", how="left", maintain_order="left")
    known = pl.when(pl.col("day").is_not_null()).then(pl.coalesce("before", "close_date"))
    return found.select(known.alias("close_date_before")).collect().to_series()


def _close_date_error(frame: pl.DataFrame, around: Around) -> pl.Series:
    expected = _close_date_before(frame, around).cast(pl.Int32)
    return (frame["deal_closing_date"].cast(pl.Int32) - expected).abs()


_OF_HISTORY = (
    ("first_amount", "amount", _first_amount),
    ("close_date_before", "close_date", _close_date_before),
    ("close_date_error", "close_date", _close_date_error),
)
_COLUMNS: tuple[tuple[str, tuple[str, ...], Callable[..., pl.Series]], ...] = (
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
