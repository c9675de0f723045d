"""Writes holiday files: what a library knows about a country, frozen into TOML that people can review.

The cockpit reads only the frozen files, so that a library upgrade can never move a deadline. The package
`holidays` is an optional extra, imported when a list is written and never else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cockpit.base.atomic import write_atomic
from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean

INSTALL = "pip install 'sales-cockpit[holidays]'"
"""How a person gets the optional extra that this module needs."""

_NAMES: dict[tuple[str, str | None], str] = {("US", None): "us-federal"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class FrozenHolidays:
    """A holiday list ready to be written.

    Attributes:
        name: what calendars call the list, and the file's name without its suffix.
        country: ISO 3166-1 code of two letters.
        subdivision: the library's code of the state, province or nation, or None.
        categories: the library's kinds of holiday that are in the list.
        years: first and last year, both included.
        library_version: version of the package that the list comes from.
        holidays: date and name, sorted; a day can have several names.
        warnings: what a person should know before relying on the list.
    """

    name: str
    country: str
    subdivision: str | None
    categories: tuple[str, ...]
    years: tuple[int, int]
    library_version: str
    holidays: tuple[tuple[date, str], ...]
    warnings: tuple[Problem, ...]

    def as_toml(self) -> str:
        """The file's text; the same list always gives the same text."""
        lines = [
            "schema = 1",
            f"name = {_quoted(self.name)}",
            f"years = [{self.years[0]}, {self.years[1]}]",
            "",
            "[from]",
            'library = "holidays"',
            f"version = {_quoted(self.library_version)}",
            f"country = {_quoted(self.country)}",
        ]
        if self.subdivision is not None:
            lines.append(f"subdivision = {_quoted(self.subdivision)}")
        lines.append(f"categories = [{', '.join(_quoted(category) for category in self.categories)}]")
        for day, name in self.holidays:
            lines += ["", "[[holiday]]", f"date = {day.isoformat()}", f"name = {_quoted(name)}"]
        return "\n".join(lines) + "\n"


def parse_years(text: str) -> tuple[int, int]:
    """First and last year of `2026-2032`, or of `2026` alone.

    Raises:
        UsageError: it is something else, runs backwards, or leaves 1900 to 2100.
    """
    match = re.fullmatch(r"\s*(\d{4})(?:\s*-\s*(\d{4}))?\s*", text)
    if match is None:
        raise UsageError(
            Problem(f"{clean(text)!r} is no range of years", key="years", hint="write 2026-2032")
        )
    first, last = int(match.group(1)), int(match.group(2) or match.group(1))
    if first > last:
        raise UsageError(Problem(f"{first}-{last} runs backwards", key="years", hint=f"write {last}-{first}"))
    if first < _FIRST_YEAR or last > _LAST_YEAR:
        raise UsageError(Problem(f"years must lie in {_FIRST_YEAR} to {_LAST_YEAR}", key="years"))
    return first, last


def list_name(country: str, subdivision: str | None = None) -> str:
    """What calendars call the list of a country or its subdivision: `us-federal`, `de-by`, `jp`."""
    known = _NAMES.get((country.upper(), subdivision))
    if known is not None:
        return known
    return re.sub(r"[^a-z0-9]+", "-", "-".join(filter(None, (country, subdivision))).lower())


def freeze_holidays(
    country: str,
    subdivision: str | None,
    years: tuple[int, int],
    *,
    categories: Sequence[str] = ("public",),
    name: str | None = None,
) -> FrozenHolidays:
    """Ask the library for a list.

    Days that are observed instead of a holiday on a weekend are in the list together with the holiday
    itself; a New Year's Day that is observed on 31 December is in the year before. Names are English
    where the library has them in English.

    Args:
        country: ISO 3166-1 code of two letters, any case.
        subdivision: the library's code of a state, province or nation, any case, or None.
        years: first and last year, both included.
        categories: the library's kinds of holiday; "public" are those of everybody.
        name: what to call the list; `list_name` chooses when left out.

    Raises:
        UsageError: the extra is not installed, or country, subdivision or category is unknown.
    """
    library = _import_library()
    code, entity = _entity(library, country)
    region = _subdivision(entity, code, subdivision)
    for category in categories:
        if category not in entity.supported_categories:
            raise UsageError(_unknown("category", category, entity.supported_categories))
    first, last = years
    found = library.country_holidays(
        code,
        subdiv=region,
        years=range(first, last + 1),
        categories=tuple(categories),
        language=_language(entity),
    )
    days = sorted(
        {(day, clean(name)) for day in found if first <= day.year <= last for name in found.get_list(day)}
    )
    chosen = name if name is not None else list_name(code, region)
    return FrozenHolidays(
        name=chosen,
        country=code,
        subdivision=region,
        categories=tuple(categories),
        years=years,
        library_version=library.__version__,
        holidays=tuple(days),
        warnings=tuple(_warnings(entity, code, region, years, days)),
    )


def write_holidays(frozen: FrozenHolidays, folder: Path) -> Path:
    """Write the list to `folder/NAME.toml`, whole or not at all, and give that path.

    Raises:
        UsageError: the name is not a plain file name.
        OSError: the folder cannot be written.
    """
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", frozen.name) is None:
        raise UsageError(
            Problem(
                f"{clean(frozen.name)!r} cannot be the name of a holiday list",
                key="name",
                hint="small letters, digits and hyphens",
            )
        )
    path = folder / f"{frozen.name}.toml"
    write_atomic(path, frozen.as_toml(), mode=0o644)
    return path


def _import_library() -> ModuleType:
    try:
        return import_module("holidays")
    except ImportError as error:
        raise UsageError(
            Problem("writing a holiday list needs the package holidays, which is not installed", hint=INSTALL)
        ) from error


def _entity(library: ModuleType, country: str) -> tuple[str, Any]:
    """The library's class for a country, which knows its subdivisions, languages and years."""
    code = country.strip().upper()
    known = library.list_supported_countries(include_aliases=False)
    if code not in known:
        raise UsageError(_unknown("country", country, known, "a code of two letters such as US, GB or DE"))
    return code, getattr(library, code)


def _subdivision(entity: Any, code: str, asked: str | None) -> str | None:
    if asked is None or not asked.strip():
        return None
    by_folded = {subdivision.casefold(): subdivision for subdivision in entity.subdivisions}
    by_folded |= {alias.casefold(): region for alias, region in entity.subdivisions_aliases.items()}
    wanted = asked.strip().casefold().removeprefix(f"{code.casefold()}-")
    if wanted not in by_folded:
        known = (*entity.subdivisions, *entity.subdivisions_aliases)
        words = f"one of {', '.join(entity.subdivisions)}" if entity.subdivisions else f"{code} has none"
        raise UsageError(_unknown("subdivision", asked, known, words))
    return str(by_folded[wanted])


def _unknown(key: str, value: str, known: Iterable[str], otherwise: str | None = None) -> Problem:
    candidates = list(known)
    hint = did_you_mean(value, candidates) or otherwise or f"one of {', '.join(sorted(candidates))}"
    return Problem(f"unknown {key} {clean(value)!r}", key=key, hint=hint)


def _language(entity: Any) -> str | None:
    default: str | None = entity.default_language
    if default is None or default.startswith("en"):
        return default
    return "en_US" if "en_US" in entity.supported_languages else default


def _warnings(
    entity: Any,
    code: str,
    region: str | None,
    years: tuple[int, int],
    days: Sequence[tuple[date, str]],
) -> Iterable[Problem]:
    if region is None and entity.subdivisions:
        yield Problem(
            f"{code} has {len(entity.subdivisions)} subdivisions and none is named: "
            "days that only some of them keep are missing",
            key="subdivision",
            hint=f"one of {', '.join(entity.subdivisions)}",
            severity="warning",
        )
    first, last = max(years[0], entity.start_year), min(years[1], entity.end_year)
    if (first, last) != years:
        yield Problem(
            f"the library knows {code} from {entity.start_year} to {entity.end_year} only",
            key="years",
            severity="warning",
        )
    estimated = sum(1 for _, name in days if "(estimated)" in name)
    if estimated:
        yield Problem(
            f"{estimated} dates are estimated (they follow the sighting of the moon)",
            key="years",
            hint="freeze the list again when they are announced",
            severity="warning",
        )


def _quoted(text: str) -> str:
    """A TOML basic string; cleaned text holds no control characters, so two escapes are enough."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
