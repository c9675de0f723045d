"""Looks at unknown files and proposes how to read them, with the evidence, and with what it cannot tell.

Nothing here is used when data is loaded: what is proposed is written into `cockpit.toml`, where a person
can see and change it.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from cockpit.base.problems import Problem, SourceError
from cockpit.sources.drafting import Draft
from cockpit.sources.files import find_files
from cockpit.sources.proposal import Finding, Proposal

OLD = timedelta(days=30)
"""When the newest date is older, figures are proposed as of that date."""

_NO_CURRENCY = (
    None,
    Finding("unsure", "no file names a currency: check currency in cockpit.toml"),
)


def propose(
    folder: Path,
    *,
    opportunities: Path | None = None,
    agreements: Path | None = None,
    accounts: Path | None = None,
    quota: Path | None = None,
    today: date,
) -> Proposal:
    """Propose the sections of a `cockpit.toml` for some files.

    Args:
        folder: where the `cockpit.toml` will stand; paths are written relative to it.
        opportunities: file of the opportunities, or None.
        agreements: file of the agreements, or None.
        accounts: file of the accounts, or None.
        quota: file of the quotas, or None.
        today: the day on which dates are future or past.

    Raises:
        SourceError: a file cannot be read; with the problems of all.
    """
    given = {
        table: path
        for table, path in (
            ("opportunities", opportunities),
            ("agreements", agreements),
            ("accounts", accounts),
            ("quota", quota),
        )
        if path is not None
    }
    problems: list[Problem] = []
    drafts: list[Draft] = []
    for table, path in given.items():
        others = [one for name, one in given.items() if name not in (table, "accounts")]
        try:
            find_files(str(path.resolve()), folder)
            draft = Draft(table, path, folder, today)
            draft.examine(others)
        except SourceError as error:
            problems.extend(error.problems)
            continue
        drafts.append(draft)
    if problems:
        raise SourceError(*problems)
    newest = next((draft.newest for draft in drafts if draft.table == "opportunities"), None)
    findings = [finding for draft in drafts for finding in draft.findings]
    as_of: Literal["today", "latest"] = "today"
    if newest is not None and today - newest > OLD:
        as_of = "latest"
        findings.append(
            Finding(
                "understood",
                f'the newest date is {newest}, {(today - newest).days:,} days ago, so as_of = "latest": '
                "figures are taken on that day, not today",
            )
        )
    currency, told = next((found for draft in drafts if (found := draft.currency())), _NO_CURRENCY)
    findings.append(told)
    comments = {(draft.table, key): tuple(words) for draft in drafts for key, words in draft.comments.items()}
    return Proposal(
        {draft.table: draft.spec() for draft in drafts},
        tuple(findings),
        comments,
        as_of,
        newest,
        currency,
    )
