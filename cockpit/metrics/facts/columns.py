"""The columns of each fact with their types, as the catalogue and `--where` know them. Needs no polars."""

from collections.abc import Mapping

from cockpit.metrics.sql.functions import ValueType
from cockpit.sources.canonical import TABLES, ColumnType

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
    "renewals": {"due": "due_date", "expires": "expires_date", "kept": "kept_date"},
    "touchpoints": {"due": "due_date"},
    "quota": {},
    "cohort": {"closing": "closing_date"},
    "stage_path": {"entered": "entered_date", "path": "path_start_date"},
    "hygiene": {"close": "close_date"},
    "work": {"due": "due_date"},
    "accounts": {},
    "movements": {},
    "pushes": {"pushed": "pushed_date"},
    "submissions": {"locked": "locked_date"},
    "managed_accounts": {},
}
"""By fact: the first word of a fiscal column (`created_quarter`) to the date column it comes from."""

FACT_KEYS: Mapping[str, str | None] = {
    "opportunities": "opportunity_id",
    "renewals": "agreement_id",
    "touchpoints": "task_key",
    "quota": None,
    "cohort": "opportunity_id",
    "stage_path": "opportunity_id",
    "hygiene": "opportunity_id",
    "work": "task_key",
    "accounts": "account_id",
    "movements": "opportunity_id",
    "pushes": "opportunity_id",
    "submissions": "submission_key",
    "managed_accounts": "account_id",
}
"""The column that names a deal (or agreement); counts and n count its different values."""

OF_TWO_STATES = ("movements", "cohort")
"""Facts that set the state before a period began against that of its last day asked."""

START, END = "start", "end"
BUCKETS = (
    START, "new", "reopened", "transferred in", "pulled in", "increased", "currency", "decreased",
    "pushed out", "transferred out", "lost", "won", "removed", END,
)  # fmt: skip
"""The buckets of the waterfall: start + all others = end."""

SHOWN_OF_FACT: Mapping[str, tuple[str, ...]] = {
    "opportunities": ("closing_date", "age_days"),
    "renewals": (
        "due_date", "outcome", "complete_date", "days_late", "is_extended_term", "deal_close_date", "missing",
        "risk",
    ),
    "touchpoints": (
        "task_key", "agreement_id", "title", "due_date", "done_date", "status", "owner", "owner_role", "gate",
    ),
    "quota": ("prorated",),
    "cohort": (
        "opportunity_id", "name", "account", "owner", "manager", "stage", "start_amount", "start_close_date",
        "outcome", "closing_date", "end_close_date", "end_amount", "won_amount",
    ),
    "stage_path": (
        "opportunity_id", "name", "account", "owner", "manager", "stage", "entered_date", "left_date",
        "days_in_it", "is_regression", "went_on", "amount",
    ),
    "hygiene": (
        "opportunity_id", "name", "account", "owner", "manager", "rule", "amount", "stage", "close_date",
        "next_step", "next_step_date", "days_in_stage", "days_since_change",
    ),
    "work": (
        "task_key", "title", "workstream", "owner", "owner_role", "due_date", "done_date", "status",
        "days_late",
    ),
    "accounts": (
        "is_managed", "is_contactable", "has_install_base", "is_team_complete", "is_listed", "has_valid_plan",
    ),
    "pushes": (
        "opportunity_id", "name", "account", "owner", "manager", "pushed_date", "from_close_date",
        "to_close_date", "push_reason", "amount", "stage",
    ),
    "submissions": (
        "period", "node", "parent", "category", "amount", "locked_date", "submitted_date", "is_on_time",
        "change", "reports_amount", "override_amount", "note", "actual_amount",
    ),
    "managed_accounts": ("mismatch",),
    "movements": ("opportunity_id", "bucket", "change", "name", "account", "owner", "manager"),
}  # fmt: skip

FROM_THEIR_TABLE = ("opportunities", "renewals", "quota", "accounts", "managed_accounts")
"""Facts whose rows are those of their table; the columns of the others are their own."""
"""By fact: columns that are shown with its rows, after those of its table."""


_OF_DEALS: Mapping[str, ValueType] = dict.fromkeys(
    ("opportunity_id", "name", "account_id", "account", "owner_id", "owner", "manager", "territory", "ou",
     "segment", "product", "type", "stage", "forecast_category"),
    "text",
)  # fmt: skip
"""Columns of a deal that facts about deals carry on."""


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
        "own_rate": "number",
        "own_rate_of": "text",
        "stage_limit_days": "number",
        "stage_limit_origin": "text",
        "is_overrun": "bool",
        "change_age": "text",
        "forecast_group": "text",
        "days_to_quarter_end": "number",
        "is_suspected_duplicate": "bool",
        "rests_on_modified": "bool",
        "is_credible": "bool",
        "push_count": "number",
        "first_amount": "number",
        "close_date_before": "date",
        "close_date_error": "number",
        **_fiscal("opportunities"),
    },
    "renewals": {
        **_canonical("agreements"),
        "term_id": "text",
        "complete_date": "date",
        "kept_date": "date",
        "deal_close_date": "date",
        "recapture_until": "date",
        "outcome": "text",
        "missing": "text",
        "risk": "text",
        "is_on_time": "bool",
        "is_terminated": "bool",
        "is_extended": "bool",
        "is_extended_term": "bool",
        "is_unsettled": "bool",
        "is_expiring": "bool",
        "is_covered": "bool",
        "is_covered_late": "bool",
        "is_untracked": "bool",
        "is_at_risk": "bool",
        "has_no_deal": "bool",
        "has_missed_gate": "bool",
        "has_no_contact": "bool",
        "is_pushed": "bool",
        "days_to_expiry": "number",
        "days_to_due": "number",
        "days_late": "number",
        "grace_days": "number",
        "attached_amount": "number",
        **_fiscal("renewals"),
    },
    "touchpoints": {
        "task_key": "text",
        "agreement_id": "text",
        "gate": "text",
        "title": "text",
        "owner": "text",
        "owner_role": "text",
        "status": "text",
        "due_date": "date",
        "made_date": "date",
        "done_date": "date",
        "is_done": "bool",
        "is_dropped": "bool",
        "is_kept": "bool",
        "is_missed": "bool",
        "is_late_entry": "bool",
        **_fiscal("touchpoints"),
    },
    "quota": {**_canonical("quota"), "owner": "text", "manager": "text", "prorated": "bool"},
    "cohort": {
        **_OF_DEALS,
        "forecast_group": "text",
        "probability": "number",
        "start_amount": "number",
        "start_close_date": "date",
        "is_omitted": "bool",
        "is_due": "bool",
        "outcome": "text",
        "closing_date": "date",
        "end_close_date": "date",
        "end_amount": "number",
        "won_amount": "number",
        **_fiscal("cohort"),
    },
    "stage_path": {
        **{name: kind for name, kind in _OF_DEALS.items() if name != "forecast_category"},
        "amount": "number",
        "deal_status": "text",
        "stage_number": "number",
        "entered_date": "date",
        "left_date": "date",
        "path_start_date": "date",
        "days_in_it": "number",
        "is_regression": "bool",
        "is_first_entry": "bool",
        "went_on": "bool",
        "reached_last": "bool",
        **_fiscal("stage_path"),
    },
    "hygiene": {
        **_OF_DEALS,
        "rule": "text",
        "amount": "number",
        "close_date": "date",
        "next_step": "text",
        "next_step_date": "date",
        "days_past_due": "number",
        "days_in_stage": "number",
        "days_since_change": "number",
        **_fiscal("hygiene"),
    },
    "work": {
        "task_key": "text",
        "title": "text",
        "workstream": "text",
        "owner": "text",
        "owner_role": "text",
        "status": "text",
        "due_date": "date",
        "made_date": "date",
        "done_date": "date",
        "calls_for": "text",
        "is_done": "bool",
        "is_dropped": "bool",
        "is_without_evidence": "bool",
        "is_kept": "bool",
        "is_overdue": "bool",
        "days_late": "number",
        **_fiscal("work"),
    },
    "accounts": {
        **_canonical("accounts"),
        "is_managed": "bool",
        "is_contactable": "bool",
        "has_install_base": "bool",
        "is_team_complete": "bool",
        "is_listed": "bool",
        "has_valid_plan": "bool",
    },
    "managed_accounts": {
        **_canonical("managed_accounts"),
        "is_in_crm": "bool",
        "is_matched": "bool",
        "mismatch": "text",
    },
    "pushes": {
        **_OF_DEALS,
        "pushed_date": "date",
        "from_close_date": "date",
        "to_close_date": "date",
        "push_reason": "text",
        "amount": "number",
        "deal_status": "text",
        "is_crossing": "bool",
        **_fiscal("pushes"),
    },
    "submissions": {
        **_canonical("submissions"),
        "submission_key": "text",
        "owner": "text",
        "manager": "text",
        "is_submitted": "bool",
        "is_on_time": "bool",
        "is_call": "bool",
        "is_commit": "bool",
        "is_leaf": "bool",
        "is_newest": "bool",
        "is_of_week_3": "bool",
        "change": "number",
        "reports_amount": "number",
        "override_amount": "number",
        "actual_amount": "number",
        **_fiscal("submissions"),
    },
    "movements": {
        **_OF_DEALS,
        "bucket": "text",
        "change": "number",
        "from_amount": "number",
        "to_amount": "number",
        "from_close_date": "date",
        "to_close_date": "date",
        "from_stage": "text",
        "to_stage": "text",
        "from_owner": "text",
        "to_owner": "text",
    },
}
"""Every column a fact can have besides the source's own."""


FACT_OF_TABLE: Mapping[str, str] = {
    "opportunities": "opportunities",
    "agreements": "renewals",
    "quota": "quota",
    "accounts": "accounts",
    "submissions": "submissions",
    "managed_accounts": "managed_accounts",
}
"""By table, the fact that its rows become, with columns that the fact makes itself."""

OWN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "opportunities": ("push_count", "pushes"),
    "agreements": ("attached_amount",),
}
"""By table, own columns of a source that its fact takes where they hold numbers."""


def made_names(table: str) -> frozenset[str]:
    """The columns that the fact of a table makes itself, so that an own column of that name stands back."""
    if table not in FACT_OF_TABLE:
        return frozenset()
    made = frozenset(FACT_COLUMNS[FACT_OF_TABLE[table]])
    return made.difference(TABLES[table].columns, OWN_COLUMNS.get(table, ()))
