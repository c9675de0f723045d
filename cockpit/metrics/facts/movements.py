"""The fact `movements`: what changed in the open pipeline from one day to another, each change in a bucket.

The pipeline is the amount of the open rows; with a window, of those whose close date lies in it; with a
slice, of those that belong to it. A deal is followed through what happened to it in this order:

* it comes: `new`, `transferred in` (from outside the slice), `reopened`, or `pulled in` (its close date moved
  into the window);
* it changes hands: `transferred out` of the old dimensions and `transferred in` to the new ones, at the same
  amount, so that every part of the organisation balances by itself;
* its value changes: `currency` (another rate), `increased`, `decreased`;
* it goes: `removed`, `transferred out`, `won`, `lost`, or `pushed out` (its close date left the window).

So a deal that was cut and pushed is split between `decreased` and `pushed out`, and one that was made and won
in between stands under `new` and under `won`, which therefore ties with the amount won. Without a window a
moved close date changes no total: it is listed with a change of 0. What came and went back in between is not
seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from cockpit.metrics.facts.fact import UNRATED

MONEY = pl.Decimal(38, 4)
BUCKETS = (
    "new", "reopened", "transferred in", "pulled in", "increased", "currency",
    "decreased", "pushed out", "transferred out", "lost", "won", "removed",
)  # fmt: skip
"""In the order in which a waterfall shows them."""
HANDS = (
    "account_id",
    "account",
    "owner_id",
    "owner",
    "manager",
    "territory",
    "ou",
    "segment",
    "product",
    "type",
)
"""Columns whose change is a change of hands."""
_WORDS = ("name", "stage", "forecast_category")
_ID, _NTH = "opportunity_id", "_nth"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How the pipeline got from one total to the other.

    Attributes:
        before, after: the totals, each counted by itself from its own day.
        buckets: the change of each bucket that has any, in the order of `BUCKETS`.
        deals: how many deals moved in each bucket.
        moved: how many deals moved at all.
        unknown: rows whose earlier close date is not known, so that the window cannot place them.
    """

    before: Decimal
    after: Decimal
    buckets: Mapping[str, Decimal]
    deals: Mapping[str, int]
    moved: int
    unknown: int = 0

    @property
    def difference(self) -> Decimal:
        """What the buckets do not explain; 0 where the waterfall balances."""
        return self.after - self.before - sum(self.buckets.values(), Decimal(0))

    @property
    def balances(self) -> bool:
        """Whether both totals and the buckets agree to the cent."""
        return self.difference == 0 and not self.unknown

    @property
    def words(self) -> str:
        """Whether it balances, in words."""
        if self.unknown:
            deals = "1 deal" if self.unknown == 1 else f"{self.unknown:,} deals"
            return f"does not balance: the earlier close date of {deals} is not known"
        if self.difference:
            return f"does not balance: {self.difference:,.2f} are not explained"
        return "balances"


def movements(
    before: pl.DataFrame,
    after: pl.DataFrame,
    *,
    start: date | None = None,
    end: date | None = None,
    within: pl.Expr | None = None,
    currency: str | None = None,
) -> pl.DataFrame:
    """One row a change.

    Args:
        before: the frame of the fact `opportunities` as of the first day.
        after: the same as of the last day.
        start: first day of the window of close dates; None without a bound.
        end: last day of it.
        within: whether a row belongs to the slice; evaluated on both sides.
        currency: of the amounts; a row that names none is in it, so that naming it later moves nothing.

    Returns:
        `opportunity_id`, `bucket`, `change` (money, negative where the total falls), `from_amount`,
        `to_amount`, `from_close_date`, `to_close_date`, `from_stage`, `to_stage`, `from_owner`, `to_owner`
        where the deals have them, and the columns of the deal that tell it apart: those of the last day,
        of the first day in `removed` and `transferred out`.
    """
    hands = [name for name in HANDS if name in before.columns and name in after.columns]
    words = [name for name in _WORDS if name in before.columns and name in after.columns]
    windowed = start is not None or end is not None
    then = _side(before, [*hands, *words], start, end, within, currency)
    now = _side(after, [*hands, *words], start, end, within, currency)
    both = then.join(now, on=[_ID, _NTH], how="full", coalesce=True, suffix=":after")
    both = both.with_columns(
        pl.col(name).fill_null(value=False)
        for side in ("", ":after")
        for name in (
            f"{flag}{side}" for flag in ("exists", "open", "within", "window", "reached", "unknown", "won")
        )
    ).with_columns(
        pl.col("amount").fill_null(0).cast(MONEY),
        pl.col("amount:after").fill_null(0).cast(MONEY),
        *_differences(hands),
    )
    return _rows(_followed(both), hands, words, windowed)


def _side(
    frame: pl.DataFrame,
    columns: Sequence[str],
    start: date | None,
    end: date | None,
    within: pl.Expr | None,
    currency: str | None,
) -> pl.DataFrame:
    """One day: of each row whether it is open, in the slice and in the window, and its values."""
    close = pl.col("close_date") if "close_date" in frame.columns else pl.lit(None, pl.Date)
    closing = pl.col("closing_date") if "closing_date" in frame.columns else pl.lit(None, pl.Date)
    is_open = pl.col("status") == "open"
    day = pl.when(is_open).then(close).otherwise(closing)
    until = pl.lit(value=True) if end is None else day <= end
    since = pl.lit(value=True) if start is None else day >= start
    always = start is None and end is None
    number = pl.int_range(pl.len(), dtype=pl.UInt32).over(_ID)
    own = "own_amount" if "own_amount" in frame.columns else "amount"
    unknown = pl.col("close_date_unknown") if "close_date_unknown" in frame.columns else pl.lit(value=False)
    code = pl.lit(None, pl.String)
    if "currency" in frame.columns:
        named = pl.col("currency").cast(pl.String).str.strip_chars().str.to_uppercase()
        code = pl.when((named != "") & (named != pl.lit(currency or "").str.to_uppercase())).then(named)
    return frame.select(
        _ID,
        (number if frame[_ID].n_unique() < frame.height else pl.lit(0, pl.UInt32)).alias(_NTH),
        pl.lit(value=True).alias("exists"),
        is_open.alias("open"),
        (pl.col("status") == "won").alias("won"),
        (pl.lit(value=True) if within is None else within.fill_null(value=False)).alias("within"),
        (until & since).fill_null(value=always).alias("window"),
        # A deal that was due in the window and closed before it was won or lost early, and not moved.
        (until & (since | ~is_open)).fill_null(value=always).alias("reached"),
        (is_open & unknown & pl.lit(value=not always)).alias("unknown"),
        pl.col("amount").cast(MONEY),
        pl.col(own).cast(MONEY).alias("own"),
        code.alias("code"),
        close.alias("close"),
        *columns,
    )


def _differences(hands: Sequence[str]) -> list[pl.Expr]:
    """Parts of the change in value that the currency explains, and whether a deal changed hands."""
    moved = pl.any_horizontal(
        [pl.col(name).ne_missing(pl.col(f"{name}:after")) for name in hands] or [pl.lit(value=False)]
    )
    amount, later = pl.col("amount"), pl.col("amount:after")
    own, own_later = pl.col("own").cast(pl.Float64), pl.col("own:after").cast(pl.Float64)
    at_new_rate = (own * later.cast(pl.Float64) / own_later).round(4).cast(MONEY, strict=False)
    same_code = pl.col("code").eq_missing(pl.col("code:after"))
    rate_moved = (
        pl.when(~same_code).then(later - amount)
        .when(pl.col("own") == pl.col("own:after")).then(later - amount)
        .when((own_later != 0) & pl.col("code").is_not_null() & (own != amount.cast(pl.Float64)))
        .then(at_new_rate - amount)
        .otherwise(pl.lit(0, MONEY))
    )  # fmt: skip
    return [moved.alias("moved"), rate_moved.fill_null(0).cast(MONEY).alias("rate_part")]


def _followed(both: pl.DataFrame) -> pl.DataFrame:
    """Each deal with what came in, what changed and what went out."""
    was_in = pl.col("exists") & pl.col("open") & pl.col("within") & pl.col("window")
    here = pl.col("exists:after") & pl.col("within:after") & pl.col("window:after")
    # closed in the window from an unknown close date: won or lost, and nobody knows whether pulled in
    was_somewhere = pl.col("unknown") & pl.col("within") & here
    closed_then, closed_now = pl.col("exists") & ~pl.col("open"), ~pl.col("open:after")
    comes = (
        pl.when(was_in | ~here | (closed_then & closed_now)).then(None)
        .when(~pl.col("exists")).then(pl.lit("new"))
        .when(~pl.col("within")).then(pl.lit("transferred in"))
        .when(closed_then).then(pl.lit("reopened"))
        .when(was_somewhere).then(None)
        .otherwise(pl.lit("pulled in"))
    )  # fmt: skip
    both = both.with_columns(was_in.alias("was_in"), comes.alias("comes"))
    on_board = pl.col("was_in") | pl.col("comes").is_not_null() | was_somewhere
    goes = (
        pl.when(~on_board).then(None)
        .when(~pl.col("exists:after")).then(pl.lit("removed"))
        .when(~pl.col("within:after")).then(pl.lit("transferred out"))
        .when(~pl.col("reached:after")).then(pl.lit("pushed out"))
        .when(pl.col("open:after")).then(None)
        .when(pl.col("won:after")).then(pl.lit("won"))
        .otherwise(pl.lit("lost"))
    )  # fmt: skip
    both = both.with_columns(goes.alias("goes"))
    stays_whole = pl.col("goes").is_in(["removed", "transferred out", "lost"]) & pl.col("was_in")
    carried = pl.col("was_in") | (pl.col("comes") == "pulled in")
    revalued = carried.fill_null(value=False) & ~stays_whole.fill_null(value=False)
    change = pl.col("amount:after") - pl.col("amount")
    return both.with_columns(
        pl.when(revalued).then(pl.col("rate_part")).otherwise(pl.lit(0, MONEY)).alias("by_rate"),
        pl.when(revalued).then(change - pl.col("rate_part")).otherwise(pl.lit(0, MONEY)).alias("by_size"),
        pl.when(stays_whole).then(pl.col("amount")).otherwise(pl.col("amount:after")).alias("left"),
        (pl.col("was_in") & pl.col("moved") & pl.col("exists:after") & pl.col("within:after")).alias(
            "changes_hands"
        ),
    )


def _rows(both: pl.DataFrame, hands: Sequence[str], words: Sequence[str], windowed: bool) -> pl.DataFrame:
    def taken(
        which: pl.Expr, bucket: pl.Expr | str, change: pl.Expr, *, earlier: bool = False
    ) -> pl.DataFrame:
        suffix = "" if earlier else ":after"
        named = pl.lit(bucket) if isinstance(bucket, str) else bucket
        ends = [
            pl.col(f"{name}{side}").alias(f"{word}_{name}")
            for name in ("stage", "owner") if name in (*hands, *words)
            for word, side in (("from", ""), ("to", ":after"))
        ]  # fmt: skip
        return both.filter(which).select(
            _ID,
            named.cast(pl.String).alias("bucket"),
            change.cast(MONEY).alias("change"),
            pl.when(pl.col("exists")).then("amount").alias("from_amount"),
            pl.when(pl.col("exists:after")).then("amount:after").alias("to_amount"),
            pl.col("close").alias("from_close_date"),
            pl.col("close:after").alias("to_close_date"),
            *ends,
            *(pl.col(f"{name}{suffix}").alias(name) for name in (*words, *hands)),
        )

    comes, goes = pl.col("comes"), pl.col("goes")
    value = pl.when(comes == "pulled in").then(pl.col("amount")).otherwise(pl.col("amount:after"))
    of_before = goes.is_in(["removed", "transferred out"]) & pl.col("was_in")
    size, rate, hand = pl.col("by_size"), pl.col("by_rate"), pl.col("changes_hands")
    parts = [
        taken(comes.is_not_null(), comes, value),
        taken(hand, "transferred out", -pl.col("amount"), earlier=True),
        taken(hand, "transferred in", pl.col("amount")),
        taken(rate != 0, "currency", rate),
        taken(size > 0, "increased", size),
        taken(size < 0, "decreased", size),
        taken(goes.is_not_null() & ~of_before, goes, -pl.col("left")),
        taken(goes.is_not_null() & of_before, goes, -pl.col("left"), earlier=True),
    ]
    if not windowed:
        stays = pl.col("was_in") & goes.is_null()
        for bucket, moved in (
            ("pushed out", pl.col("close:after") > pl.col("close")),
            ("pulled in", pl.col("close:after") < pl.col("close")),
        ):
            parts.append(taken(stays & moved, bucket, pl.lit(0, MONEY)))
    return pl.concat(parts, how="vertical_relaxed")


def waterfall(
    before: pl.DataFrame,
    after: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    start: date | None = None,
    end: date | None = None,
    within: pl.Expr | None = None,
) -> Waterfall:
    """The totals of both days and the buckets between them.

    A change of hands inside what is looked at leaves the total as it is, so it is left out here.

    Args:
        before, after, start, end, within: as they were given to `movements`.
        rows: what that gave, maybe narrowed by the same slice.
    """
    handed = rows.filter(pl.col("bucket").is_in(["transferred in", "transferred out"]))
    inside = (
        handed.group_by(_ID)
        .agg(pl.col("change").sum(), pl.len())
        .filter((pl.col("change") == 0) & (pl.col("len") % 2 == 0))
    )
    is_inner = pl.col("bucket").is_in(["transferred in", "transferred out"]) & pl.col(_ID).is_in(
        inside[_ID].implode()
    )
    shown = rows.filter(~is_inner)
    sums = {
        bucket: (change, deals)
        for bucket, change, deals in shown.group_by("bucket")
        .agg(pl.col("change").sum(), pl.col(_ID).n_unique().alias("deals"))
        .iter_rows()
    }
    known = [bucket for bucket in BUCKETS if bucket in sums]
    unknown = 0
    if (start is not None or end is not None) and "close_date_unknown" in before.columns:
        blank = pl.col("close_date_unknown") & (pl.col("status") == "open")
        unknown = before.filter(blank & (pl.lit(value=True) if within is None else within)).height
    return Waterfall(
        _total(before, start, end, within),
        _total(after, start, end, within),
        {bucket: sums[bucket][0] for bucket in known},
        {bucket: sums[bucket][1] for bucket in known},
        shown[_ID].n_unique(),
        unknown,
    )


def unrated(
    before: pl.DataFrame,
    after: pl.DataFrame,
    rows: pl.DataFrame,
    *,
    start: date | None = None,
    end: date | None = None,
    within: pl.Expr | None = None,
) -> tuple[str, ...]:
    """The currencies without a rate among what stood in the pipeline on either day, or moved between them.

    Args:
        before, after, start, end, within: as they were given to `movements`.
        rows: what that gave.
    """
    found: set[str] = set()
    for frame in (before, after):
        if UNRATED in frame.columns:
            concerned = pl.concat([_standing(frame, start, end, within)[_ID], rows[_ID]])
            lacking = frame.filter(pl.col(UNRATED) & pl.col(_ID).is_in(concerned.implode()))
            found |= {str(code).strip().upper() for code in lacking["currency"].unique()}
    return tuple(sorted(found))


def _total(frame: pl.DataFrame, start: date | None, end: date | None, within: pl.Expr | None) -> Decimal:
    """The open amount of one day, counted without looking at any movement."""
    total = _standing(frame, start, end, within)["amount"].cast(MONEY).sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def _standing(
    frame: pl.DataFrame, start: date | None, end: date | None, within: pl.Expr | None
) -> pl.DataFrame:
    """The open rows of one day that belong to the slice and whose close date lies in the window."""
    counted = frame.filter(pl.col("status") == "open")
    if start is not None:
        counted = counted.filter(pl.col("close_date") >= start)
    if end is not None:
        counted = counted.filter(pl.col("close_date") <= end)
    return counted if within is None else counted.filter(within)
