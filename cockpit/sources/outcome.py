"""Which column tells won from lost, and what its values mean."""

import polars as pl

from cockpit.sources.naming import own_name
from cockpit.sources.proposal import Finding
from cockpit.sources.raw import RawTable
from cockpit.sources.spec import StatusSpec
from cockpit.sources.synonyms import OUTCOME_WORDS, STATUS

_STATE_CODES = {"0": "open", "1": "won", "2": "lost"}
"""Of the Dynamics column statecode."""
_MOST_VALUES = 40
"""A column with more distinct values tells no outcome."""


def outcome_of(raw: RawTable, stage: str | None) -> tuple[StatusSpec, list[Finding]]:
    """Propose the status of opportunities.

    Args:
        raw: the cleaned table.
        stage: header of the stage column, which tells the outcome in exports without a status.
    """
    candidates = [header for header in raw.headers if own_name(header) in STATUS]
    candidates.sort(key=lambda header: STATUS.index(own_name(header)))
    if stage is not None:
        candidates.append(stage)
    for header in candidates:
        column = raw.frame[str(raw.find(header)[0])]
        counts = column.drop_nulls().value_counts(sort=True)
        if not 0 < counts.height <= _MOST_VALUES:
            continue
        meanings = {
            str(value): _meaning(str(value), own_name(header)) for value in counts[column.name].to_list()
        }
        if set(meanings.values()) & {"won", "lost"}:
            return _from_column(header, dict(counts.iter_rows()), meanings, column, header == stage)
    return StatusSpec(value="open"), [
        Finding(
            "unsure",
            "no column says which are won or lost: every row is taken as open. If one does, write "
            'status = { column = "...", won = ["..."], lost = ["..."], open = ["*"] }',
        )
    ]


def _meaning(value: str, header: str) -> str | None:
    if header == "statecode" and value in _STATE_CODES:
        return _STATE_CODES[value]
    words = value.casefold().replace("-", " ").replace("/", " ").split()
    whole = value.casefold().strip()
    for outcome, names in OUTCOME_WORDS.items():
        if whole in names or "".join(words) in names:
            return outcome
    for outcome in ("won", "lost"):
        if any(word in OUTCOME_WORDS[outcome] for word in words):
            return outcome
    return None


def _from_column(
    header: str, counts: dict[str, int], meanings: dict[str, str | None], column: pl.Series, is_stage: bool
) -> tuple[StatusSpec, list[Finding]]:
    lists: dict[str, list[str]] = {"won": [], "lost": [], "open": []}
    unknown = []
    for value, meaning in meanings.items():
        if meaning is None:
            unknown.append(value)
        else:
            lists[meaning].append(value)
    told = "; ".join(
        f"{outcome}: " + ", ".join(f"{value} ({counts[value]:,})" for value in values)
        for outcome, values in lists.items()
        if values
    )
    findings = [Finding("understood", f"the outcome is in {header!r}: {told}")]
    if is_stage:
        lists["open"] = ["*"]
        findings.append(Finding("understood", f"every other {header} is open"))
    elif unknown:
        named = ", ".join(f"{value!r} ({counts[value]:,})" for value in unknown)
        findings.append(
            Finding("unsure", f"what do these values of {header!r} mean? {named}; their rows are rejected")
        )
    if column.null_count() and not is_stage:
        blank = column.null_count()
        words = "1 row has no" if blank == 1 else f"{blank:,} rows have no"
        findings.append(Finding("unsure", f"{words} {header!r} and {'is' if blank == 1 else 'are'} rejected"))
    return StatusSpec(column=header, won=lists["won"], lost=lists["lost"], open=lists["open"]), findings
