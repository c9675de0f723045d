"""The columns of each fact with their types, as the catalogue and `--where` know them. Needs no polars."""

from collections.abc import Mapping

from cockpit.metrics.sql.functions import ValueType
from cockpit.sources.spec import TABLES, ColumnType

_TYPE: Mapping[ColumnType, ValueType] = {
    "text": "text", "number": "number", "money": "number", "percent": "number", "probability": "number",
    "rate": "number", "date": "date", "bool": "bool", "status": "text",
}  # fmt: skip

FISCAL_UNITS = ("year", "half", "quarter", "period", "week")
"""Kinds of fiscal units that a date of a fact can be cut by."""

FISCAL_DATES: Mapping[str, Mapping[str, str]] = {
    "opportunities": {
        "created": "created_date",
        "close": "close_date",
        "closing": "closing_date",
    },
    "renewals": {"due": "due_date", "expires": "expires_date"},
    "quota": {},
}
"""By fact: the first word of a fiscal column (`created_quarter`) to the date column it comes from."""

FACT_KEYS: Mapping[str, str | None] = {
    "opportunities": "opportunity_id",
    "renewals": "agreement_id",
    "quota": None,
}
"""The column that names a deal (or agreement); counts and n count its different values."""


def _canonical(table: str) -> dict[str, ValueType]:
    return {name: _TYPE[column.type] for name, column in TABLES[table].columns.items()}


def _fiscal(fact: str) -> dict[str, ValueType]:
    return {f"{word}_{unit}": "text" for word in FISCAL_DATES[fact] for unit in FISCAL_UNITS}


FACT_COLUMNS: Mapping[str, Mapping[str, ValueType]] = {
    "opportunities": {
        **_canonical("opportunities"),
        "deal_status": "text",
        "closing_date": "date",
        "deal_closing_date": "date",
        "close_date_unknown": "bool",
        "is_omitted": "bool",
        "is_qualified": "bool",
        "is_past_due": "bool",
        "is_stale": "bool",
        "age_days": "number",
        "days_in_stage": "number",
        "days_since_change": "number",
        "days_past_due": "number",
        "cycle_days": "number",
        "filled_fields": "number",
        "needed_fields": "number",
        **_fiscal("opportunities"),
    },
    "renewals": {
        **_canonical("agreements"),
        "complete_date": "date",
        "outcome": "text",
        "missing": "text",
        "is_on_time": "bool",
        "is_terminated": "bool",
        "is_expiring": "bool",
        "is_covered": "bool",
        "is_untracked": "bool",
        "days_to_expiry": "number",
        **_fiscal("renewals"),
    },
    "quota": {**_canonical("quota"), "owner": "text", "manager": "text", "prorated": "bool"},
}
"""Every column a fact can have besides the source's own."""
