"""The tables that a workspace may have: the canonical columns of each, their types, and which are needed.

Whatever a source is, it is read into these; every other floor knows rows by these names only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ColumnType = Literal["text", "number", "money", "percent", "probability", "rate", "date", "bool", "status"]
"""What the text of a cell is cast to.

text: as it is, cleaned. number: a float. money: a decimal of four places. percent: a decimal fraction
("12 %" is 0.12, a bare 0.12 stays). probability: a decimal from 0 to 1. rate: a decimal of eight places.
date: a day. bool: true or false. status: open, won or lost.
"""
OwnColumnType = Literal["text", "number", "money", "percent", "date", "bool"]
"""What the cells of a column that is not mapped can be cast to."""
Need = Literal["optional", "castable", "filled"]
"""optional: a value that cannot be cast is blanked and reported, its row is kept. castable: such a row
is rejected, a blank one is kept. filled: a blank one is rejected too."""


@dataclass(frozen=True, slots=True)
class Column:
    """One canonical column of a table."""

    type: ColumnType = "text"
    need: Need = "optional"


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The canonical columns of one table.

    Attributes:
        columns: name to type and need, in the order in which they are shown.
        identity: the column whose value names a row, or None; repeated values are reported.
        required: groups of columns of which at least one must be mapped.
    """

    columns: Mapping[str, Column]
    identity: str | None
    required: tuple[tuple[str, ...], ...]


def _text(names: str) -> dict[str, Column]:
    return {name: Column() for name in names.split()}


_MONEY, _DATE = Column("money"), Column("date")
_IDENTITY = Column(need="filled")

TABLES: Mapping[str, TableColumns] = {
    "opportunities": TableColumns(
        {
            "opportunity_id": _IDENTITY,
            **_text("name account_id account owner_id owner manager territory ou segment product type stage"),
            "status": Column("status", "filled"),
            "forecast_category": Column(),
            "amount": Column("money", "castable"),
            "currency": Column(),
            "probability": Column("probability"),
            "created_date": _DATE,
            "close_date": Column("date", "castable"),
            "closed_date": _DATE,
            "stage_date": _DATE,
            "next_step": Column(),
            "next_step_date": _DATE,
            "last_activity_date": _DATE,
            "modified_date": _DATE,
            **_text("lost_reason agreement_id push_reason"),
        },
        "opportunity_id",
        (("opportunity_id",), ("stage", "status"), ("amount",), ("close_date",)),
    ),
    "agreements": TableColumns(
        {
            "agreement_id": _IDENTITY,
            **_text("account_id account owner product"),
            "expires_date": Column("date", "castable"),
            "due_date": Column("date", "castable"),
            "base_amount": Column("money", "castable"),
            "currency": Column(),
            "renewed_date": _DATE,
            "renewed_amount": _MONEY,
            "renewed_agreement_id": Column(),
            "extended_date": _DATE,
            "extended_to": _DATE,
            "submitted_date": _DATE,
            "contract_date": _DATE,
            "po_date": _DATE,
            "terminated_date": _DATE,
            **_text("status opportunity_id"),
        },
        "agreement_id",
        (("agreement_id",), ("expires_date", "due_date"), ("base_amount",)),
    ),
    "accounts": TableColumns(
        {
            "account_id": _IDENTITY,
            **_text("account parent_id segment territory country owner"),
            "potential": _MONEY,
            "install_base": _MONEY,
            "install_base_date": _DATE,
            "plan_required": Column("bool"),
        },
        "account_id",
        (("account_id",),),
    ),
    "contacts": TableColumns(
        {
            "contact_id": _IDENTITY,
            **_text("account_id name role email phone"),
            "consent": Column("bool"),
            "verified_date": _DATE,
        },
        "contact_id",
        (("contact_id",),),
    ),
    "quota": TableColumns(
        {
            **_text("assignee territory measure period"),
            "valid_from": Column("date", "castable"),
            "valid_to": Column("date", "castable"),
            "amount": Column("money", "filled"),
            "currency": Column(),
            "recorded_at": _DATE,
            **_text("version status reason"),
        },
        None,
        (("assignee", "territory"), ("period", "valid_from"), ("amount",)),
    ),
    "team": TableColumns(
        {
            "account_id": Column(need="filled"),
            "person": Column(need="filled"),
            "role": Column(),
            "valid_from": Column("date", "castable"),
            "valid_to": Column("date", "castable"),
        },
        None,
        (("account_id",), ("person",)),
    ),
    "submissions": TableColumns(
        {
            "period": Column(need="filled"),
            "node": Column(need="filled"),
            **_text("parent submitter category"),
            "amount": Column("money", "castable"),
            "currency": Column(),
            "submitted_date": Column("date", "castable"),
            "locked_date": Column("date", "castable"),
            "note": Column(),
        },
        None,
        (("period",), ("node",), ("amount",), ("locked_date", "submitted_date")),
    ),
    "managed_accounts": TableColumns(
        {"account_id": _IDENTITY, **_text("account owner territory segment")},
        "account_id",
        (("account_id",), ("owner", "territory", "segment")),
    ),
    "consumption_plan": TableColumns(
        {
            "account_id": Column(need="filled"),
            "milestone": Column(),
            "due_date": Column("date", "castable"),
            "amount": Column("money", "castable"),
            "currency": Column(),
        },
        None,
        (("account_id",), ("due_date",), ("amount",)),
    ),
    "tasks": TableColumns(
        {
            "task_id": _IDENTITY,
            "title": Column(need="filled"),
            **_text("workstream status owner"),
            "due_date": Column("date", "castable"),
            **_text("account_id opportunity_id"),
            "modified_date": _DATE,
        },
        "task_id",
        (("task_id",), ("title",)),
    ),
    "users": TableColumns(
        {
            "user_id": _IDENTITY,
            **_text("name email manager_id manager territory_id territory ou"),
            "disabled": Column("bool"),
        },
        "user_id",
        (("user_id",), ("name",)),
    ),
    "territories": TableColumns(
        {"territory_id": _IDENTITY, **_text("name manager_id manager parent_id")},
        "territory_id",
        (("territory_id",), ("name",)),
    ),
    "opportunity_history": TableColumns(
        {
            "opportunity_id": Column(need="filled"),
            "field": Column(need="filled"),
            **_text("old_value new_value"),
            "changed_at": Column("date", "filled"),
            **_text("changed_by"),
        },
        None,
        (("opportunity_id",), ("field",), ("changed_at",)),
    ),
    "fx": TableColumns(
        {
            "currency": Column(need="filled"),
            "rate": Column("rate", "filled"),
            "valid_from": Column("date", "castable"),
            "kind": Column(),
        },
        None,
        (("currency",), ("rate",)),
    ),
}
"""The tables a workspace may have, by their fixed names."""
