"""One file looked at until its section of `cockpit.toml` can be written.

Each step builds on the ones before it and leaves a finding in words; what it cannot tell it asks.
"""

import re
from collections.abc import Container, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from cockpit.sources.candidates import candidates
from cockpit.sources.canonical import TABLES, OwnColumnType
from cockpit.sources.currency import (
    currencies_of_column,
    currency_of_amounts,
    currency_of_header,
    without_currency,
)
from cockpit.sources.evidence import date_evidence, newest_day, number_evidence, probability_scale
from cockpit.sources.formats import read_raw
from cockpit.sources.mapping import final_names
from cockpit.sources.naming import own_name
from cockpit.sources.outcome import outcome_of
from cockpit.sources.proposal import Finding, FindingLevel, quoted
from cockpit.sources.raw import RawTable
from cockpit.sources.siblings import Sibling, cleaned_table, find_lookups, is_key, read_siblings, relative
from cockpit.sources.spec import DateFormats, LookupSpec, SourceSpec, StatusSpec
from cockpit.sources.synonyms import STATUS, TABLE_SYNONYMS

_MONEY_WORDS = {"revenue", "amount", "price", "umsatz", "betrag", "budget", "cost"}
"""Columns of numbers with one of these in their own name hold money."""
_CALENDAR_WORDS = {"year", "quarter", "month", "week", "jahr", "quartal", "monat", "woche", "fy"}
"""Numbers that name a unit are grouped by, not added up."""
_NAMED = 10
"""So many columns that keep their own names are named."""
_A_VALUE = re.compile(r"[-+(]?[\d.,:/ -]*\d[\d.,:/ TZ-]*\)?|\{?[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\}?")
"""A number, a day or an id that no person would give a column as its name."""


class Draft:
    """One table's section while it is being worked out.

    Args:
        table: one of `canonical.TABLES`.
        path: its file.
        folder: where the `cockpit.toml` will stand; paths are written relative to it.
        today: the day on which dates are future or past.

    Raises:
        SourceError: the file cannot be read.
    """

    def __init__(self, table: str, path: Path, folder: Path, today: date) -> None:
        self.table = table
        self.folder = folder
        self.path = path
        self.today = today
        self.synonyms = TABLE_SYNONYMS[table]
        wanted = [*STATUS, *(name for names in self.synonyms.values() for name in names)]
        # Headers are compared by own name; the reader looks for the header line by the words as written.
        spelled = [
            *wanted,
            *(name.replace("_", " ") for name in wanted),
            *(name.replace("_", "") for name in wanted),
        ]
        self.raw: RawTable = cleaned_table(read_raw(path, path.parent, wanted=spelled))
        self.findings: list[Finding] = []
        self.comments: dict[str, list[str]] = {}
        self.columns: dict[str, str] = {}
        self.formats: dict[str, DateFormats] = {}
        self.undecided_dates = False
        self.status: StatusSpec | None = None
        self.decimal: Literal[".", ","] = "."
        self.scale: Literal[1, 100] = 1
        self.types: dict[str, OwnColumnType] = {}
        self.lookups: list[LookupSpec] = []
        self.newest: date | None = None

    def say(self, level: FindingLevel, text: str, key: str | None = None) -> None:
        """Note a finding, and as a comment beside a key of the section."""
        self.findings.append(Finding(level, f"{self.table}: {text}"))
        if key is not None:
            mark = "QUESTION: " if level == "unsure" else ""
            self.comments.setdefault(key, []).append(mark + text)

    def column(self, header: str) -> pl.Series:
        """The values under a header."""
        return self.raw.frame[str(self.raw.find(header)[0])]

    def examine(self, others: Sequence[Path]) -> None:
        """Work out everything, in the order in which one thing builds on the other.

        Args:
            others: files that are tables of their own, so none of them is looked up in.
        """
        raw = self.raw
        encoding = f", {raw.encoding}, cells separated by {raw.separator!r}" if raw.encoding else ""
        self.say(
            "understood", f"{self.path.name}: {raw.frame.height:,} rows, {len(raw.headers)} columns{encoding}"
        )
        if raw.header_line > 1:
            self.say("understood", f"the header is on line {raw.header_line}", "header")
        for problem in raw.problems:
            self.say("unsure", str(problem.message))
        self._match_columns()
        self._check_amounts()
        self._check_dates()
        siblings = read_siblings(self.path, self.folder, others)
        if self.table == "opportunities":
            self._tell_outcome()
        self._find_lookups(siblings)
        self._check_probability(siblings)
        self._check_ids()
        self._tell_types()
        self._name_what_is_missing()
        self._find_newest()

    def spec(self) -> SourceSpec:
        """The section."""
        header = self.raw.header_line if self.raw.header_line > 1 else None
        single = set(map(str, self.formats.values()))
        date_format: str | dict[str, DateFormats] | None = self.formats or None
        if len(single) == 1 and not self.undecided_dates and not self._taken_dates():
            date_format = single.pop()
        code_page = self.raw.encoding if self.raw.encoding not in (None, "utf-8", "utf-16") else None
        return SourceSpec(
            path=relative(self.path, self.folder),
            columns=self.columns,
            date_format=date_format,
            status=self.status,
            header=header,
            separator=self.raw.separator if self.raw.separator not in (None, ",", "\t") else None,
            encoding=code_page,
            decimal=self.decimal,
            probability_scale=self.scale,
            types=self.types,
            lookup=self.lookups,
        )

    def _taken_dates(self) -> bool:
        columns = TABLES[self.table].columns
        return any(
            name in columns and columns[name].type == "date" for one in self.lookups for name in one.take
        )

    def _match_columns(self) -> None:
        """Give each canonical column the likeliest header, each header to one column at most."""
        headers = [header for header in self.raw.headers if len(self.raw.find(header)) == 1]
        by_name: dict[str, str] = {}
        for header in headers:
            by_name.setdefault(own_name(header), header)
            bare = without_currency(header)
            if bare != header:
                by_name.setdefault(own_name(bare), header)
        types = TABLES[self.table].columns
        used: set[str] = set()
        for canonical in sorted(self.synonyms, key=lambda name: types[name].type == "text"):
            for name in self.synonyms[canonical]:
                found = by_name.get(name)
                if found is None or found in used or not self._fits(found, types[canonical].type):
                    continue
                self.columns[canonical] = found
                used.add(found)
                break
        order = list(types)
        self.columns = dict(sorted(self.columns.items(), key=lambda item: order.index(item[0])))

    def currency(self) -> tuple[str, Finding] | None:
        """The currency of the amounts and what says so, or None."""
        if named := self.columns.get("currency"):
            codes = currencies_of_column(self.column(named))
            if len(codes) == 1:
                code, rows = codes[0]
                where = (
                    "is {} on every row"
                    if rows == self.raw.frame.height
                    else "names {} on every row that names one"
                )
                return code, Finding("understood", f"{named!r} {where.format(code)}: figures are in {code}")
            if codes:
                listed = " and ".join(f"{code} ({rows:,})" for code, rows in codes[:_NAMED])
                return codes[0][0], Finding(
                    "unsure",
                    f"{named!r} names {listed}: figures are in {codes[0][0]}; give the rates of the others "
                    "in a table [sources.fx], else sums over them stay blank",
                )
        header = self.columns.get("amount") or self.columns.get("base_amount")
        if header is None:
            return None
        if found := currency_of_header(header):
            return found, Finding("understood", f"the header {header!r} says that amounts are in {found}")
        if found := currency_of_amounts(self.column(header)):
            return found, Finding("understood", f"the amounts under {header!r} are all in {found}")
        return None

    def _fits(self, header: str, kind: str) -> bool:
        column = self.column(header)
        if column.null_count() == len(column):
            return False
        if kind == "date":
            return bool(date_evidence(column.head(1_000)).formats)
        if kind in ("money", "rate"):
            return number_evidence(column.head(1_000)).decimal is not None
        if kind == "probability":
            return any(probability_scale(column.head(1_000), mark)[0] for mark in ".,")
        return True

    def _check_amounts(self) -> None:
        types = TABLES[self.table].columns
        for canonical in [name for name in self.columns if types[name].type in ("money", "rate")]:
            header = self.columns[canonical]
            seen = number_evidence(self.column(header))
            words = f"{canonical} = {header!r}: {seen.fitting:,} of {seen.total:,} values are numbers"
            if seen.decimal == ",":
                self.decimal = ","
                words += ", with a decimal comma"
            if seen.unsure:
                self.say(
                    "unsure",
                    f"{words}; does a point or a comma mark the decimals? A point is assumed",
                    "columns",
                )
            else:
                self.say("understood", words, "columns")

    def _check_dates(self) -> None:
        types = TABLES[self.table].columns
        for canonical in [name for name in self.columns if types[name].type == "date"]:
            header = self.columns[canonical]
            seen = date_evidence(self.column(header))
            if len(seen.formats) == 1:
                self.formats[canonical] = seen.formats[0]
                self.say("understood", f"{canonical} = {header!r}: {seen.words}", "date_format")
        settled = {_day_part(one) for one in self.formats.values() if isinstance(one, str)}
        for canonical in [
            name for name in self.columns if types[name].type == "date" and name not in self.formats
        ]:
            header = self.columns[canonical]
            seen = date_evidence(self.column(header))
            agreeing = [one for one in seen.formats if _day_part(one) in settled]
            if len(agreeing) == 1:
                self.formats[canonical] = agreeing[0]
                words = f"{canonical} = {header!r}: {seen.words} Taken as the other dates: {agreeing[0]}"
                self.say("unsure", words, "date_format")
            else:
                self.undecided_dates = True
                self.say(
                    "unsure",
                    f"{canonical} = {header!r}: {seen.words} Add {canonical} to date_format; until then "
                    "only %Y-%m-%d is read",
                    "date_format",
                )

    def _tell_outcome(self) -> None:
        status, lines = outcome_of(self.raw, self.columns.get("stage"))
        self.status = status
        for level, text in lines:
            self.say(level, text, "status")

    def _find_lookups(self, siblings: Sequence[Sibling]) -> None:
        taken = dict(self.columns)
        if self.status is not None:
            taken.setdefault("status", self.status.column or "")
        for found in find_lookups(self.raw, siblings, self.folder, self.synonyms, taken):
            left, right = next(iter(found.spec.on.items()))
            if found.repeated_keys:
                self.say("unsure", f"{found.name} has several rows for one {right}, so it is no look-up")
                continue
            words = f"{found.name} joins on {left}: {found.matched:,} of {found.keys:,} keys found"
            if found.rows_unmatched:
                missing = found.rows_unmatched
                words += f", {'1 row finds' if missing == 1 else f'{missing:,} rows find'} nothing"
            words += f"; gives {', '.join(found.spec.take)}"
            number = len(self.lookups)
            self.lookups.append(found.spec)
            self.say("understood", words, f"lookup.{number}")

    def _check_probability(self, siblings: Sequence[Sibling]) -> None:
        if "probability" not in TABLES[self.table].columns:
            return
        column: pl.Series | None = None
        where = ""
        if "probability" in self.columns:
            where = repr(self.columns["probability"])
            column = self.column(self.columns["probability"])
        else:
            for lookup in self.lookups:
                if "probability" in lookup.take:
                    sibling = next(one for one in siblings if relative(one.path, self.folder) == lookup.path)
                    column = sibling.column(sibling.raw.find(lookup.take["probability"])[0])
                    where = f"{lookup.take['probability']!r} of {sibling.path.name}"
        if column is None:
            self.say("missing", "no column is a probability: weighted_pipeline stays blank")
            return
        scale, evidence = probability_scale(column, self.decimal)
        self.scale = 100 if scale == 100 else 1
        self.say("understood", f"probability = {where}: {evidence}", "probability_scale")
        rivals = [
            header
            for header in self.raw.headers
            if ("probab" in header.casefold() or "score" in header.casefold()) and repr(header) != where
        ]
        if rivals:
            self.say(
                "unsure",
                f"{', '.join(map(repr, rivals))} could be a probability too and is not used",
                "columns",
            )

    def _check_ids(self) -> None:
        identity = TABLES[self.table].identity
        if identity is None or identity not in self.columns:
            return
        header = self.columns[identity]
        values = self.column(header)
        blank = values.null_count()
        repeated = values.drop_nulls().value_counts().filter(pl.col("count") > 1)
        words = f"{identity} = {header!r}: {values.drop_nulls().n_unique():,} different values"
        if repeated.height:
            sample = repeated[values.name][0]
            several = "one stands" if repeated.height == 1 else f"{repeated.height:,} stand"
            words += f"; {several} on several rows, such as {sample!r}: all lines are kept"
        if blank:
            words += f"; {'1 row has' if blank == 1 else f'{blank:,} rows have'} none and will be rejected"
        level: FindingLevel = "unsure" if repeated.height or blank else "understood"
        self.say(level, words, "on_duplicate" if repeated.height else "columns")

    def _tell_types(self) -> None:
        """Numbers among the columns that keep their own name, so that they can be added up."""
        for name, position in final_names(self.table, self.spec(), self.raw).items():
            words = set(name.split("_"))
            if name in TABLES[self.table].columns or is_key(name) or words & _CALENDAR_WORDS:
                continue
            seen = number_evidence(self.raw.frame[str(position)])
            if seen.decimal == self.decimal and seen.fitting == seen.total:
                self.types[name] = "money" if words & _MONEY_WORDS else "number"

    def _tells_of_no_header(self) -> bool:
        """Say so where the first line is no header but data."""
        headers = [header for header in self.raw.headers if header]
        values = [header for header in headers if _A_VALUE.fullmatch(header)]
        if self.columns or not self.raw.header_line or 2 * len(values) < len(headers):
            return False
        shown = ", ".join(map(repr, headers[:3]))
        line = f"header = [{', '.join(chr(34) + '...' + chr(34) for _ in self.raw.headers)}]"
        self.say(
            "missing",
            f"its first line looks like data, not like names of columns: {shown} ...; name its "
            f"{len(self.raw.headers)} columns: {line}",
        )
        self.comments.setdefault("header", []).extend(["The file has no header: name its columns.", line])
        return True

    def _name_what_is_missing(self) -> None:
        if self._tells_of_no_header():
            return
        provided = set(self.columns) | {name for one in self.lookups for name in one.take}
        if self.status is not None:
            provided.add("status")
        used = set(self.columns.values()) | {self.status.column if self.status else None}
        for group in TABLES[self.table].required:
            if not provided.intersection(group):
                asked = self._asked(group, used)
                words = f"no column found for {' or '.join(group)}, which is needed{asked}"
                self.say("missing", words, "columns")
        taken = {name for one in self.lookups for name in one.take}
        named = [f"{name} = {header!r}" for name, header in self.columns.items()]
        self.say("understood", f"mapped: {', '.join(named)}")
        own = [header for header in self.raw.headers if header not in used and header]
        if own:
            more = f" and {len(own) - _NAMED:,} more" if len(own) > _NAMED + 1 else ""
            named = own[:_NAMED] if more else own
            self.say("understood", f"kept under their own names: {', '.join(named)}{more}")
        absent = [name for name in TABLES[self.table].columns if name not in provided | taken]
        if absent:
            self.say("missing", f"nothing found for {', '.join(absent)}")

    def _asked(self, group: Sequence[str], used: Container[str | None]) -> str:
        """Which columns could be the one that is needed, and the line that says so."""
        found = candidates(self.raw, TABLES[self.table].columns[group[0]].type, used)
        if not found:
            return ""
        line = f"{group[0]} = {quoted(found[0]) if len(found) == 1 else quoted('...')}"
        return f"; is it {' or '.join(map(repr, found))}? Then write {line}"

    def _find_newest(self) -> None:
        """The newest past day; an open row's expected close is none, so only closed rows count there."""
        if self.table != "opportunities":
            return
        days = []
        for canonical, chrono_format in self.formats.items():
            column = self.column(self.columns[canonical])
            if canonical in ("close_date", "next_step_date"):
                if canonical == "next_step_date" or self.status is None or self.status.column is None:
                    continue
                closed = [value.casefold() for value in (*self.status.won, *self.status.lost)]
                outcome = self.column(self.status.column).str.to_lowercase()
                column = column.filter(outcome.is_in(closed))
            newest = newest_day(column, str(chrono_format), self.today)
            if newest is not None:
                days.append(newest)
        self.newest = max(days, default=None)


def _day_part(chrono_format: str) -> str:
    return chrono_format.split(" %H")[0].split(" %I")[0].split("T%H")[0].split(", %H")[0].split(", %I")[0]
