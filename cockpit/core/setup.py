"""Making a workspace from exported files: what is proposed, and the files that are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import CockpitError, Problem, SourceError
from cockpit.fiscal import FiscalCalendar, find_calendar
from cockpit.workspace.config import CONFIG_NAME, DEFAULT_CALENDAR

if TYPE_CHECKING:
    from cockpit.sources.proposal import Finding


@dataclass(frozen=True, slots=True)
class ProposedWorkspace:
    """A workspace that is not written yet.

    Attributes:
        folder: where it will be.
        text: the `cockpit.toml`, with comments.
        findings: what was understood and what was not.
    """

    folder: Path
    text: str
    findings: "Sequence[Finding]"


def propose_workspace(
    folder: Path,
    *,
    opportunities: Path | str,
    agreements: Path | str | None = None,
    accounts: Path | str | None = None,
    quota: Path | str | None = None,
    calendar: str | None = None,
) -> ProposedWorkspace:
    """Look at exported files and propose the workspace. Nothing is written, and no server is asked.

    Args:
        folder: where the workspace will be; paths in the file are relative to it.
        opportunities, agreements, accounts, quota: the files; a text is the address of a server.
        calendar: the calendar to name; the default one when left out.

    Raises:
        SourceError: a file cannot be read.
        ConfigError: there is no such calendar.
        UsageError: an address cannot be used.
    """
    from cockpit.core.setup_server import server_section
    from cockpit.sources.propose import propose

    given = {
        "opportunities": opportunities,
        "agreements": agreements,
        "accounts": accounts,
        "quota": quota,
    }
    files = {table: place for table, place in given.items() if isinstance(place, Path)}
    sections = [server_section(table, place) for table, place in given.items() if isinstance(place, str)]

    governing = FiscalCalendar.load(find_calendar(calendar or DEFAULT_CALENDAR, folder))
    proposal = propose(folder, **files, today=governing.today())
    name = clean(folder.resolve().name)
    parts = [proposal.as_toml(name, calendar or DEFAULT_CALENDAR).rstrip("\n")]
    parts += [section for section, _ in sections]
    findings = [*proposal.findings, *(finding for _, told in sections for finding in told)]
    return ProposedWorkspace(folder, "\n\n".join([*parts, _REST]), findings)


def write_workspace(proposed: ProposedWorkspace) -> list[Problem]:
    """Write the `cockpit.toml` and a `.gitignore` line, and check the result.

    Returns:
        What is still wrong with the workspace.

    Raises:
        SourceError: the folder cannot be written.
    """
    from cockpit.core.check import check_all

    folder = proposed.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / CONFIG_NAME, proposed.text, mode=0o644)
        ignore = folder / ".gitignore"
        lines = ignore.read_text(encoding="utf-8").splitlines() if ignore.exists() else []
        if ".cockpit/" not in lines:
            write_atomic(ignore, "\n".join([*lines, ".cockpit/", ""]), mode=0o644)
    except OSError as error:
        reason = clean(error.strerror or str(error))
        raise SourceError(Problem(f"cannot be written: {reason}", clean(str(folder)))) from error
    try:
        return list(check_all(folder).problems)
    except CockpitError as error:
        return list(error.problems)


_REST = """\
# What figures should reach; a number for every period, or one by period, or "quota" for the quota table.
# [targets]
# close_rate = 0.5
# won_amount = { "FY27-Q2" = 12000000 }

# Standing filters, for `--slice` and the key w.
# [slices]
# east = "territory = 'East'"

# Figures that must tie with what finance says; checked on every load.
# [[control]]
# metric = "won_amount"
# period = "FY27-Q1"
# expected = 41250000
# source = "finance close"

# Who is who, so that "owner:me" works. The name in front is the login.
# [people]
# pat = { name = "P. Davis", owner = ["Peyton Davis"], roles = ["sopm"] }
"""
