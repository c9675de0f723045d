"""Many simple metrics over one fact as one lazy plan: shared masks, one pass for totals, one for groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import isfinite
from operator import or_
from typing import Any

import polars as pl

from cockpit.metrics.definition import Metric
from cockpit.metrics.expression import Parameters, Value, columns_in, compile_condition, compile_value
from cockpit.metrics.facts.fact import DEAL, UNRATED, Fact
from cockpit.metrics.facts.made import LINE, Rows
from cockpit.metrics.results import Number
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.statistic import MOST_ROWS, Read, put_together, read_of, taken, values_of

Group = tuple[Any, ...]
"""The values of the dimensions, in their order; () is the total."""
NO_ROWS = "no rows"
ROWS_AT_ONCE = 500_000
"""Masks and operands are made for at most so many rows at a time, so that they never need a table's room."""
MOST_BITS = 60
"""How many parts share one pass: their masks are the bits of one number."""


@dataclass(frozen=True, slots=True)
class Part:
    """A simple metric over the bounds of one period.

    Attributes:
        metric: the metric.
        as_of: the day.
        start: first day of the period, or None.
        end: last day of the period, or None; flows stop at the as-of date all the same.
        opening: the day on which a cohort is fixed, where it is not the day before the period.
    """

    metric: Metric
    as_of: date
    start: date | None
    end: date | None
    opening: date | None = None

    @property
    def parameters(self) -> Parameters:
        """What its expressions may name."""
        return Parameters(self.as_of, self.start, self.end)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it uses."""
        spec = self.metric.spec
        names = [*columns_in(parse(spec.value or "NULL"))]
        if spec.where is not None:
            names += columns_in(parse(spec.where))
        if spec.date is not None:
            names.append(spec.date)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of a simple metric in one group.

    Attributes:
        value: None comes with a reason.
        n: deals behind it.
        reason: why there is no value.
        sum: of an average, the exact sum that is divided by `count`.
        count: of an average, how many values.
    """

    value: Number | None
    n: int
    reason: str | None = None
    sum: Number | None = None
    count: int | None = None


Cells = dict[Group, Cell]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where one part is computed: its mask, and its operand's column if it has one."""

    part: Part
    value: Value
    mask: str
    operand: str | None


def counted(part: Part, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """Which rows count in a part: never null."""
    spec = part.metric.spec
    conditions: list[pl.Expr] = []
    if spec.where is not None:
        conditions.append(compile_condition(spec.where, schema, part.parameters))
    if spec.date is not None:
        last = part.as_of if part.end is None else min(part.end, part.as_of)
        conditions.append(pl.col(spec.date) <= last)
        if part.start is not None:
            conditions.append(pl.col(spec.date) >= part.start)
    if not conditions:
        return pl.lit(value=True)
    together = conditions[0]
    for condition in conditions[1:]:
        together &= condition
    return together.fill_null(value=False)


def compute(
    fact: Fact, rows: Rows, parts: Sequence[Part], by: Mapping[str, str], condition: pl.Expr | None
) -> dict[Part, Cells]:
    """The cells of every part, totals under the key ().

    Sums and counts of all parts take one pass: each row gets a number whose bits say in which masks it
    lies, and rows are grouped by the dimensions and that number; what is left is small. Statistics that
    do not add up (medians, quantiles, extremes, different values) are taken from the rows of their mask.
    Masks and operands, and what they are made from, are there for a slice of the rows at a time.

    Args:
        fact: the fact.
        rows: its rows, with every column that is used.
        parts: simple metrics whose columns are all among them.
        by: dimension to the column of the rows that is grouped by; none gives totals only.
        condition: `--where`, or None.
    """
    slots, exprs = _slots(parts, rows.schema)
    kept = [pl.col(name) for name in (LINE, DEAL, UNRATED) if name in rows.schema]
    named = [pl.col(column).alias(name) for name, column in by.items()]
    adding = [slot for slot in slots if _adds_up(slot, fact)]
    batches = [adding[start : start + MOST_BITS] for start in range(0, len(adding), MOST_BITS)]
    sums: list[list[pl.DataFrame]] = [[] for _ in batches]
    several: list[pl.DataFrame] = []
    types = pl.LazyFrame(schema=rows.schema).select(exprs).collect_schema()
    reads: dict[Read, list[_Slot]] = defaultdict(list)
    for slot in slots:
        if not _adds_up(slot, fact):
            reads[_read(slot, fact, types)].append(slot)
    values: dict[Read, list[pl.DataFrame]] = {read: [] for read in reads}
    for piece in rows.slices(ROWS_AT_ONCE):
        asked = piece if condition is None else piece.filter(condition)
        masked = asked.select(*kept, *named, *exprs).collect()
        for found, batch in zip(sums, batches, strict=True):
            found.append(_summed(masked, batch, tuple(by), fact))
            if sum(one.height for one in found) > max(MOST_ROWS, 2 * found[0].height):
                found[:] = [_together(found, tuple(by))]
        if not fact.single:
            masks = dict.fromkeys(slot.mask for slot in adding)
            several.append(masked.filter(pl.col(DEAL).is_not_null()).select(DEAL, *by, *masks).unique())
        for read, found in values.items():
            found.append(values_of(masked, read, tuple(by), single=fact.single))
            put_together(found, read, tuple(by))
    cells: dict[Part, Cells] = {part: {} for part in parts}
    levels = ((), tuple(by)) if by else ((),)
    for found, batch in zip(sums, batches, strict=True):
        repeated = _repeated_deals(several, batch, tuple(by))
        _add_up(cells, pl.concat(found), batch, tuple(by), fact, repeated)
    while values:
        read, found = values.popitem()
        rows_of_all = pl.concat(found)
        for slot in reads[read]:
            per_deal = slot.part.metric.spec.per_deal
            statistics = taken(rows_of_all, read, slot.value, per_deal, levels, single=fact.single)
            cells[slot.part].update({group: _cell(slot.part, value, n) for group, value, n in statistics})
    return cells


def _slots(parts: Sequence[Part], schema: Mapping[str, pl.DataType]) -> tuple[list[_Slot], list[pl.Expr]]:
    """A slot for each part, and the masks and operands that they share, each only once."""
    masks: dict[Any, str] = {}
    operands: dict[str, str] = {}
    exprs: list[pl.Expr] = []
    slots: list[_Slot] = []
    for part in parts:
        spec = part.metric.spec
        key = (spec.where, spec.date, part.start, part.end)
        if key not in masks:
            masks[key] = f"_mask{len(masks)}"
            exprs.append(counted(part, schema).alias(masks[key]))
        value = compile_value(spec.value or "", schema, part.parameters)
        text = (spec.value or "").partition("(")[2]
        if value.operand is not None and text not in operands:
            operands[text] = f"_operand{len(operands)}"
            exprs.append(value.operand.alias(operands[text]))
        slots.append(_Slot(part, value, masks[key], None if value.operand is None else operands[text]))
    return slots, exprs


def _read(slot: _Slot, fact: Fact, types: pl.Schema) -> Read:
    """What a part's statistic is taken of."""
    operand, per_deal = slot.operand or "", slot.part.metric.spec.per_deal
    return read_of(slot.mask, operand, slot.value, per_deal, types[operand], single=fact.single)


def _counts_deals(slot: _Slot, fact: Fact) -> bool:
    text = slot.part.metric.spec.value or ""
    return slot.value.aggregate.distinct and columns_in(parse(text)) == (fact.key,)


def _adds_up(slot: _Slot, fact: Fact) -> bool:
    """Whether the value over a set of rows follows from its values over parts of the set."""
    if slot.value.function == "COUNT":
        return not slot.value.aggregate.distinct or _counts_deals(slot, fact)
    return slot.value.function == "SUM" or (slot.value.function == "AVG" and fact.single)


def _bits(slots: Sequence[_Slot]) -> dict[str, int]:
    """The bit of each mask in the number of a row."""
    return {mask: 1 << place for place, mask in enumerate(dict.fromkeys(slot.mask for slot in slots))}


def _summed(masked: pl.DataFrame, slots: Sequence[_Slot], by: tuple[str, ...], fact: Fact) -> pl.DataFrame:
    """Counts and sums of the rows that share dimensions and the number of their masks."""
    bits = _bits(slots)
    width = pl.UInt16 if len(bits) <= 16 else pl.UInt32 if len(bits) <= 32 else pl.UInt64
    none = pl.lit(0, width)
    code = reduce(
        or_, (pl.when(mask).then(pl.lit(bit, width)).otherwise(none) for mask, bit in bits.items()), none
    )
    operands = dict.fromkeys(
        slot.operand for slot in slots if slot.operand is not None and not _counts_deals(slot, fact)
    )
    alone = pl.len() if fact.single else pl.col(DEAL).is_null().sum()
    sums = [pl.len().alias("_rows"), alone.cast(pl.UInt32).alias("_alone")]
    summed = {slot.operand for slot in slots if slot.value.function != "COUNT"}
    for name in operands:
        sums.append(pl.col(name).count().alias(f"{name}_count"))
        if name in summed:
            sums.append(pl.col(name).sum().alias(f"{name}_sum"))
    if fact.unrated:
        sums.append(pl.col(UNRATED).sum().alias("_unrated_rows"))
    return masked.lazy().with_columns(code.alias("_code")).group_by([*by, "_code"]).agg(sums).collect()


def _together(sums: Sequence[pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    """The sums of several slices as those of one."""
    keys = [*by, "_code"]
    return pl.concat(sums).lazy().group_by(keys).agg(pl.all().sum()).collect()


def _add_up(
    cells: dict[Part, Cells],
    small: pl.DataFrame,
    slots: Sequence[_Slot],
    by: tuple[str, ...],
    fact: Fact,
    repeated: Mapping[tuple[str, Group], int],
) -> None:
    bits = _bits(slots)
    exprs: list[pl.Expr] = []
    for place, slot in enumerate(slots):
        hit = (pl.col("_code") & bits[slot.mask]) != 0
        exprs.append(_small_value(slot, fact, hit).alias(f"value{place}"))
        exprs.append(pl.col(_small_n(slot)).filter(hit).sum().alias(f"n{place}"))
        if fact.unrated and slot.value.function != "COUNT" and slot.part.metric.unit == "money":
            exprs.append(pl.col("_unrated_rows").filter(hit).sum().alias(f"unrated{place}"))
    for dimensions in ((), by) if by else ((),):
        found = small.group_by(list(dimensions)).agg(exprs) if dimensions else small.select(exprs)
        groups: list[Group] = list(found.select(dimensions).iter_rows()) if dimensions else [()]
        for place, slot in enumerate(slots):
            values, numbers = found[f"value{place}"].to_list(), found[f"n{place}"].to_list()
            unrated = found[f"unrated{place}"].to_list() if f"unrated{place}" in found.columns else None
            counts_deals = _counts_deals(slot, fact)
            for row, group in enumerate(groups):
                more = repeated.get((slot.mask, group), 0)
                n = numbers[row] + more
                value = n if counts_deals else values[row]
                cells[slot.part][group] = (
                    Cell(None, n, _no_rate(fact)) if unrated and unrated[row] else _cell(slot.part, value, n)
                )


def _small_value(slot: _Slot, fact: Fact, hit: pl.Expr) -> pl.Expr:
    if slot.operand is None:
        return pl.col("_rows").filter(hit).sum()
    if _counts_deals(slot, fact):
        return pl.col("_alone").filter(hit).sum()
    count = pl.col(f"{slot.operand}_count").filter(hit).sum()
    if slot.value.function == "COUNT":
        return count
    total = pl.col(f"{slot.operand}_sum").filter(hit).sum()
    return pl.struct(total.alias("sum"), count.alias("count")) if slot.value.function == "AVG" else total


def _small_n(slot: _Slot) -> str:
    return f"{slot.operand}_count" if slot.value.function == "AVG" else "_alone"


def _repeated_deals(
    several: Sequence[pl.DataFrame], slots: Sequence[_Slot], by: tuple[str, ...]
) -> dict[tuple[str, Group], int]:
    """By mask and group, how many different deals of several rows there are; few rows are looked at."""
    if not several:
        return {}
    rows, masks = pl.concat(several), list(_bits(slots))
    exprs = [pl.col(DEAL).filter(pl.col(mask)).n_unique().alias(mask) for mask in masks]
    found: dict[tuple[str, Group], int] = {}
    for dimensions in ((), by) if by else ((),):
        counts = rows.group_by(list(dimensions)).agg(exprs) if dimensions else rows.select(exprs)
        groups: list[Group] = list(counts.select(dimensions).iter_rows()) if dimensions else [()]
        for mask in masks:
            found.update({(mask, group): count for group, count in zip(groups, counts[mask], strict=True)})
    return found


def _no_rate(fact: Fact) -> str:
    if fact.currency is None:
        return "mixed currencies without a rate"
    return f"no rate for {', '.join(fact.unrated)}"


def _cell(part: Part, value: Any, n: int) -> Cell:
    if isinstance(value, dict):
        total, count = value["sum"], value["count"]
        if not count:
            return Cell(None, 0, NO_ROWS)
        return Cell(float(Fraction(total) / count), n, None, total, count)
    if value is None:
        return empty_cell(part.metric)
    if isinstance(value, float) and not isfinite(value):
        return Cell(None, n, "not a number")
    return Cell(plain(value) if isinstance(value, Decimal) else value, n)


def plain(value: Decimal) -> Decimal:
    """The same decimal without trailing zeros, never in scientific notation."""
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value


def empty_cell(metric: Metric) -> Cell:
    """The cell of a group without rows: 0 for counts and sums, else no value."""
    return Cell(0, 0) if metric.zero_without_rows else Cell(None, 0, NO_ROWS)
