"""A workspace: a folder with a `cockpit.toml`, read strictly, and the places that belong to it."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cockpit.base.clean import clean
from cockpit.base.paths import cache_folder
from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.sources.canonical import TABLES
from cockpit.sources.profile import with_joins, with_profile
from cockpit.sources.spec import SourceSpec
from cockpit.sources.speccheck import check_spec
from cockpit.sources.specproblem import SpecProblem
from cockpit.workspace.config import AS_OF_WORDS, CONFIG_NAME, Config, KpiConfig, MetricConfig

if TYPE_CHECKING:
    from cockpit.work.people import People

_SEASONS = {4: "quarters", 12: "months", 13: "four-week periods"}
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Workspace:
    """A folder with a `cockpit.toml` that was found to be in order.

    Attributes:
        folder: what the paths in the file are relative to.
        config: what the file says, with defaults filled in.
        file: the file as it was read, which knows each key's line.
    """

    folder: Path
    config: Config
    file: TomlFile

    @property
    def name(self) -> str:
        """What the workspace is called on screen: its own name, else the folder's."""
        return self.config.name or clean(self.folder.resolve().name)

    @property
    def is_demo(self) -> bool:
        """Whether its data is invented."""
        return self.config.demo

    @property
    def own_folder(self) -> Path:
        """Where the cockpit keeps what it writes."""
        return self.folder / ".cockpit"

    @property
    def store_path(self) -> Path:
        """The store of tasks, notes and anchors."""
        return self.own_folder / "work.sqlite3"

    @property
    def history_folder(self) -> Path:
        """The dated snapshots."""
        return self.own_folder / "history"

    @property
    def metrics_folder(self) -> Path:
        """The workspace's own metric files; it may not exist."""
        return self.folder / "metrics"

    @property
    def calendars_folder(self) -> Path:
        """The workspace's own calendars; it may not exist."""
        return self.folder / "calendars"

    @property
    def holiday_folders(self) -> tuple[Path, ...]:
        """The workspace's own holiday lists, which go before the bundled ones; they may not exist."""
        return (self.folder / "holidays", self.calendars_folder / "holidays")

    @property
    def calendar_names(self) -> tuple[str, ...]:
        """The calendars by name or path; the first governs."""
        return self.config.calendar_names

    @cached_property
    def cache_folder(self) -> Path:
        """This user's columnar cache of this workspace; all in it can be made again."""
        import hashlib  # loading OpenSSL takes longer than reading the workspace

        place = str(self.folder.resolve())
        digest = hashlib.sha256(place.encode(errors="surrogateescape")).hexdigest()[:16]
        return cache_folder() / "tables" / digest

    @property
    def is_writable(self) -> bool:
        """Whether the cockpit may write what it keeps; without that it opens read-only."""
        place = self.own_folder if self.own_folder.is_dir() else self.folder
        return os.access(place, os.W_OK | os.X_OK)

    @cached_property
    def people(self) -> "People":
        """Who is who, as `[people]` says."""
        return _people(self.config)


def load_workspace(folder: Path) -> Workspace:
    """Read and check the `cockpit.toml` of a folder. No source, calendar or metric file is opened.

    Args:
        folder: the workspace's folder; its `cockpit.toml` itself will do too.

    Raises:
        ConfigError: there is none, or something in it is wrong; with all problems and their lines.
    """
    if folder.name == CONFIG_NAME and not folder.is_dir():
        folder = folder.parent
    path = folder / CONFIG_NAME
    if not path.exists():
        raise ConfigError(_no_workspace(folder))
    file = read_toml(path)
    problems: list[Problem] = []
    config = _converted(file, problems)
    problems += _checked(file, config)
    if problems:
        raise ConfigError(*sorted(problems, key=lambda problem: problem.line or 0))
    return Workspace(folder, config, file)


def _no_workspace(folder: Path) -> Problem:
    name = clean(str(folder))
    if not folder.exists():
        return Problem("no such folder", name)
    if not folder.is_dir():
        return Problem(
            "is a file, not a workspace folder", name, hint="name the folder that holds cockpit.toml"
        )
    return Problem(
        f"no {CONFIG_NAME} in it", name, hint="make one with cockpit init DIR --opportunities FILE"
    )


def _converted(file: TomlFile, problems: list[Problem]) -> Config:
    """The file as structs, key by key, so that one mistake does not hide those under other keys."""
    values: dict[str, Any] = {}
    for key, value in file.data.items():
        if key == "kpi":
            values["kpi"], values["metrics"] = _kpi(file, value, problems)
        elif key == "metrics":
            hint = "write [kpi.NAME]; own metrics go to metrics/*.toml"
            problems.append(file.problem((key,), "unknown key", hint))
        elif key == "sources" and isinstance(value, dict):
            values[key] = _sources(file, value, problems)
        else:
            written = value.isoformat() if key == "as_of" and isinstance(value, date) else value
            part = convert(file, Config, problems, data={key: written})
            if part is not None:
                values[key] = getattr(part, key)
    return Config(**values)


def _sources(file: TomlFile, data: dict[str, Any], problems: list[Problem]) -> dict[str, SourceSpec]:
    specs: dict[str, SourceSpec] = {}
    for table, section in data.items():
        path = ("sources", table)
        if table not in TABLES:
            hint = did_you_mean(table, TABLES) or f"tables: {', '.join(TABLES)}"
            problems.append(file.problem(path, "unknown table", hint))
            continue
        spec = convert(file, SourceSpec, problems, path, section)
        if spec is None:
            continue
        spec = with_profile(table, spec)
        specs[table] = spec
        if spec.auth is not None and spec.auth.command is not None:
            from cockpit.sources.http.command import why_not_run  # few sections name a command

            refusal = why_not_run(file.path)
            if refusal is not None:
                problems.append(file.problem((*path, "auth"), refusal.message, refusal.hint))
    specs = with_joins(specs)
    problems.extend(
        file.problem(("sources", table, *found.path), found.message, found.hint)
        for table, spec in specs.items()
        for found in (*check_spec(table, spec), *_sources_of_lookups(table, spec, specs))
    )
    return specs


def _sources_of_lookups(
    table: str, spec: SourceSpec, specs: Mapping[str, SourceSpec]
) -> Iterator[SpecProblem]:
    """Look-ups in tables that cannot be looked into."""
    for index, lookup in enumerate(spec.lookup):
        other = specs.get(lookup.source or "")
        path = ("lookup", index, "source")
        if lookup.source is None or (other is not None and other.type is not None and other is not spec):
            continue
        if lookup.source == table:
            yield SpecProblem(path, "a table cannot be looked up in itself")
        elif other is None:
            hint = did_you_mean(lookup.source, specs) or f"write [sources.{lookup.source}] too"
            yield SpecProblem(path, f"there is no source {lookup.source!r}", hint)
        else:
            yield SpecProblem(path, f"{lookup.source} is read from files", "name the file as path")


def _kpi(file: TomlFile, data: Any, problems: list[Problem]) -> tuple[KpiConfig, dict[str, MetricConfig]]:
    """`[kpi]`, in which settings and the sub-tables of metrics stand side by side."""
    if not isinstance(data, dict):
        problems.append(file.problem(("kpi",), "must be a table", "write [kpi]"))
        return KpiConfig(), {}
    settings = {field.name for field in msgspec.structs.fields(KpiConfig)}
    tables = {key: value for key, value in data.items() if key not in settings and isinstance(value, dict)}
    rest = {key: value for key, value in data.items() if key not in tables}
    kpi = convert(file, KpiConfig, problems, ("kpi",), rest)
    metrics = {
        name: convert(file, MetricConfig, problems, ("kpi", name), item) for name, item in tables.items()
    }
    return kpi or KpiConfig(), {name: metric for name, metric in metrics.items() if metric is not None}


def _checked(file: TomlFile, config: Config) -> list[Problem]:
    """What types cannot tell: values that contradict each other or mean nothing."""
    problems: list[Problem] = []
    if config.calendar is not None and config.calendars:
        problems.append(file.problem(("calendars",), "calendar is given too", "keep one of the two"))
    if not _is_as_of(config.as_of):
        hint = did_you_mean(config.as_of, AS_OF_WORDS) or f"{', '.join(AS_OF_WORDS)} or YYYY-MM-DD"
        problems.append(file.problem(("as_of",), f"{config.as_of!r} is no day", hint))
    if not _CURRENCY.fullmatch(config.currency):
        hint = "three capital letters of ISO 4217, such as USD"
        problems.append(file.problem(("currency",), f"{config.currency!r} is no currency", hint))
    problems += _target_problems(file, config)
    problems += _season_problems(file, config)
    problems += _people_problems(file, config)
    return problems


def _is_as_of(text: str) -> bool:
    if text in AS_OF_WORDS:
        return True
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _target_problems(file: TomlFile, config: Config) -> list[Problem]:
    return [
        file.problem(
            ("targets", name), f"{target!r} is no target", 'a number, a table of numbers, or "quota"'
        )
        for name, target in config.targets.items()
        if isinstance(target, str) and target != "quota"
    ]


def _season_problems(file: TomlFile, config: Config) -> list[Problem]:
    shares = config.quota.seasonality
    if not shares:
        return []
    key = ("quota", "seasonality")
    if len(shares) not in _SEASONS:
        wanted = ", ".join(f"{count} {unit}" for count, unit in _SEASONS.items())
        return [file.problem(key, f"has {len(shares)} shares", f"one each for {wanted}")]
    return [] if sum(shares) > 0 else [file.problem(key, "the shares add up to nothing")]


def _people_problems(file: TomlFile, config: Config) -> list[Problem]:
    if not config.people:
        return []
    found = []
    for problem in _people(config).problems():
        path = tuple((problem.key or "people").split("."))
        found.append(problem.at(str(file.path), file.line_of(path)))
    return found


def _people(config: Config) -> "People":
    from cockpit.work.people import Cover, People, Person  # brings the store along, which few need

    return People(
        Person(
            login=login,
            name=person.name,
            owner=tuple(person.owner),
            roles=tuple(person.roles),
            manager=person.manager,
            cover=None if person.cover is None else Cover(person.cover.by, person.cover.until),
        )
        for login, person in config.people.items()
    )
