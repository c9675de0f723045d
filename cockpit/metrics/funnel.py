"""What becomes of every row: counted and with what, or left out and why."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from cockpit.metrics.aggregate import Part, counted
from cockpit.metrics.expression import columns_in, compile_condition, compile_value
from cockpit.metrics.facts.columns import END, START
from cockpit.metrics.facts.fact import UNRATED, Fact
from cockpit.metrics.results import Fate, LeftOut
from cockpit.metrics.rows import contribution
from cockpit.metrics.sql.parse import parse
from cockpit.metrics.state import Cut, State


class Funnel:
    """What becomes of every row of a simple metric's table.

    Args:
        state: what is asked.
        part: the simple metric at its moment.
        fact: what it counts.
        cut: how the data is cut.
        table_rows: rows of the table that the fact is made from.
        apart: rows that are worth telling besides those that the metric itself names: words to condition.
    """

    def __init__(
        self,
        state: State,
        part: Part,
        fact: Fact,
        cut: Cut,
        table_rows: int = 0,
        apart: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._part, self._fact, self._cut = part, fact, cut
        self._apart = {**part.metric.spec.apart, **apart}
        self._table_rows = table_rows
        self._frame = self._with_reasons(state, cut)
        self._condition = state.condition(self._frame.schema, cut, fact.as_of)

    def _with_reasons(self, state: State, cut: Cut) -> pl.DataFrame:
        """The rows with the columns that the reasons ask for, as far as the fact has them."""
        spec, fact = self._part.metric.spec, self._fact
        texts = (*spec.left_out.values(), *self._apart.values())
        asked = [name for text in texts for name in columns_in(parse(text))]
        own = (fact.key, "bucket", "_row", UNRATED)
        told = [name for name in (*asked, *own) if name is not None and fact.has(name)]
        return state.rows(fact, [self._part], cut, told).whole()

    def left_out(self) -> tuple[LeftOut, ...]:
        """Rows that do not count, by reason; together with those that count they are all rows."""
        found = (
            self._frame.select(self._reason().alias("reason"))
            .drop_nulls()
            .group_by("reason")
            .len()
            .sort("reason")
        )
        before = self._table_rows - self._frame.height if self._fact.name == "opportunities" else 0
        items = [LeftOut(reason, count) for reason, count in found.sort("len", descending=True).iter_rows()]
        if before > 0:
            items.append(LeftOut("created after the as-of date", before))
        return (*items, *self._blank())

    def fates(self, key: str) -> tuple[Fate, ...]:
        """What becomes of every row of one deal: what it adds, or why it does not count.

        Args:
            key: the value of the fact's key column.
        """
        fact, part = self._fact, self._part
        if fact.key is None or fact.key not in self._frame.columns:
            return ()
        frame = self._frame.with_columns(self._reason().alias("_reason"))
        counts = frame.filter(pl.col("_reason").is_null())
        blank = self._adds_nothing(counts)
        adds = contribution(part, fact, counts)
        counts = counts.select(
            "_line", pl.when(blank.is_null()).then(adds).alias("_adds"), blank.alias("_blank")
        )
        rows = frame.filter(pl.col(fact.key) == key).join(
            counts, on="_line", how="left", maintain_order="left"
        )
        places = "_row" if "_row" in rows.columns else "_line"
        return tuple(
            Fate(part.metric.name, place, reason is None, adds, reason if reason is not None else blank)
            for place, reason, adds, blank in rows.select(places, "_reason", "_adds", "_blank").iter_rows()
        )

    def _reason(self) -> pl.Expr:
        """Why a row does not count; null where it does."""
        part, spec, schema = self._part, self._part.metric.spec, self._frame.schema
        reasons: list[tuple[pl.Expr, str]] = []
        for words, text in spec.left_out.items():
            if self._usable(text):
                met = compile_condition(text, schema, part.parameters).fill_null(value=False)
                reasons.append((met, words))
        if spec.date is not None:
            day, outside = pl.col(spec.date), pl.lit(value=False)
            named = spec.date.removeprefix("deal_").replace("_", " ")
            if part.start is not None:
                outside |= day < part.start
            if part.end is not None:
                outside |= day > part.end
            reasons.append((day.is_null(), f"no {named}"))
            reasons.append((day > part.as_of, f"{named} after the as-of date"))
            reasons.append((outside, f"{named} outside the period"))
        labelled = self._otherwise()
        for met, words in reversed(reasons):
            labelled = pl.when(met).then(pl.lit(words)).otherwise(labelled)
        labelled = pl.when(~counted(part, schema)).then(labelled)
        if self._condition is not None:
            labelled = (
                pl.when(self._condition.is_null()).then(pl.lit("a value that the filter asks for is blank"))
                .when(~self._condition).then(pl.lit("outside the filter")).otherwise(labelled)
            )  # fmt: skip
        return labelled

    def _otherwise(self) -> pl.Expr:
        """Why a row does not count that no named reason is about; of a movement, where it stands instead."""
        if self._part.metric.kind != "movement" or "bucket" not in self._frame.columns:
            return pl.lit("does not meet the metric's filter")
        bucket = pl.col("bucket").cast(pl.String)
        return (
            pl.when(bucket == START).then(pl.lit("what was open at the start"))
            .when(bucket == END).then(pl.lit("what is open at the end"))
            .otherwise(pl.concat_str(pl.lit("moved otherwise: "), bucket))
        )  # fmt: skip

    def notes(self) -> tuple[LeftOut, ...]:
        """Rows that count and are worth telling apart."""
        rows, part = self._counted(), self._part
        items = []
        for words, text in self._apart.items():
            if self._usable(text):
                met = compile_condition(text, rows.schema, part.parameters).fill_null(value=False)
                count = rows.filter(met).height
                if count:
                    items.append(LeftOut(words, count))
        return tuple(items)

    def _counted(self) -> pl.DataFrame:
        rows = self._frame if self._condition is None else self._frame.filter(self._condition)
        return rows.filter(counted(self._part, rows.schema))

    def _blank(self) -> tuple[LeftOut, ...]:
        """Rows that meet every condition but have no value to add, by reason."""
        rows = self._counted()
        reasons = rows.select(self._adds_nothing(rows).alias("reason")).drop_nulls()
        found = reasons.group_by("reason").len().sort("reason")
        return tuple(LeftOut(f"{reason}, adding nothing", count) for reason, count in found.iter_rows())

    def _adds_nothing(self, rows: pl.DataFrame) -> pl.Expr:
        """Why a row that counts has no value to add; null where it has one."""
        text = self._part.metric.spec.value or ""
        operand = compile_value(text, rows.schema, self._part.parameters).operand
        if operand is None:
            return pl.lit(None, pl.String)
        blank = pl.when(operand.is_null()).then(pl.lit(f"no {' or '.join(columns_in(parse(text)))}"))
        if UNRATED not in rows.columns:
            return blank
        lacking = pl.lit(f"no rate for {', '.join(self._fact.unrated)}")
        return pl.when(operand.is_null() & pl.col(UNRATED)).then(lacking).otherwise(blank)

    def _usable(self, text: str) -> bool:
        return all(name in self._frame.columns for name in columns_in(parse(text)))
