"""A task's stored fields as a type, so that thousands of them are read without a mapping for each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec


class StoredTask(msgspec.Struct, frozen=True, gc=False):
    """The fields of a stored task; see `Task` for what they mean. Others are left alone."""

    title: str = ""
    workstream: str = "other"
    owner: str | None = None
    owner_role: str | None = None
    due: date | None = None
    at: str | None = None
    evidence: str | None = None
    needs: tuple[str, ...] = ()
    period: str | None = None
    lead_start: date | None = None
    severity: str | None = None
    evidence_rule: Mapping[str, Any] | None = None
    checklist: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    original_due: date | None = None
    due_reason: str | None = None
    slips: int = 0
    block_reason: str | None = None
    blocked_since: str | None = None
    drop_reason: str | None = None
    wait_until: date | None = None
    wait_for: str | None = None
    escalate: Mapping[str, Any] | None = None
    calendar: str | None = None
    source: str | None = None
    row_key: str | None = None
    adopted: bool = True
    ou: str | None = None
    function: str | None = None
    triage: str | None = None


decode_task = msgspec.json.Decoder(StoredTask).decode
