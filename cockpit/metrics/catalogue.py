"""The catalogue of metrics: the built-in TOML files and those of a workspace, checked strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cockpit.base.clean import clean
from cockpit.base.problems import ConfigError, Problem, UsageError, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml
from cockpit.metrics.checking import OwnColumns, cycles, problems_of
from cockpit.metrics.definition import Metric, MetricSpec
from cockpit.metrics.resolving import resolved
from cockpit.metrics.sql.functions import AGGREGATES, FUNCTIONS

BUILT_IN = Path(__file__).parent / "catalogue"


class Catalogue:
    """All metrics by name, in the order in which they are defined."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = dict(metrics)

    @classmethod
    def load(
        cls,
        workspace_folder: Path | None = None,
        own_columns: OwnColumns | None = None,
    ) -> "Catalogue":
        """Read the built-in metrics, then `*.toml` of `workspace_folder`, which add or replace.

        Args:
            workspace_folder: the workspace's `metrics/`; it need not exist.
            own_columns: by fact, the source's own columns. With them an unknown column is a problem;
                without them expressions over columns that no fact has are only parsed.

        Raises:
            ConfigError: with every problem of every file, each at its line.
        """
        problems: list[Problem] = []
        metrics: dict[str, Metric] = {}
        folders = [BUILT_IN] if workspace_folder is None else [BUILT_IN, workspace_folder]
        files: dict[str, TomlFile] = {}
        for folder in folders:
            for path in sorted(folder.glob("*.toml")):
                try:
                    file = read_toml(path)
                except ConfigError as error:
                    problems.extend(error.problems)
                    continue
                for metric in _metrics_of(file, folder is not BUILT_IN, problems):
                    previous = files.get(metric.name)
                    if previous is not None and previous.path.parent == path.parent:
                        where = f"the other is in {previous.path.name}"
                        problems.append(file.problem((metric.name,), "defined in two files", where))
                    if metric.own and metric.name in metrics and not metrics[metric.name].own:
                        metric = replace(metric, replaced=metrics[metric.name])
                    metrics[metric.name] = metric
                    files[metric.name] = file
        for name, metric in metrics.items():
            problems.extend(problems_of(metric, files[name], metrics, own_columns))
        if not problems:
            problems.extend(cycles(metrics, files))
        if problems:
            raise ConfigError(*problems)
        return cls({metric.name: metric for metric in resolved(metrics)})

    def __iter__(self) -> Iterator[Metric]:
        return (metric for metric in self._metrics.values() if not metric.hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._metrics

    def names(self) -> tuple[str, ...]:
        """The names of all metrics."""
        return tuple(metric.name for metric in self)

    def get(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            UsageError: there is none; with the nearest name.
        """
        metric = self._metrics.get(name)
        if metric is None:
            hint = did_you_mean(name, self.names()) or "`cockpit kpis` lists them"
            raise UsageError(Problem(f"there is no metric {clean(name)!r}", hint=hint))
        return metric


def functions() -> list[dict[str, str]]:
    """What expressions may use, for `cockpit kpis --functions`."""
    listed = [
        {"name": one.name, "signature": one.signature, "kind": "function", "help": one.help}
        for one in FUNCTIONS.values()
    ]
    listed += [
        {"name": name, "signature": name, "kind": "aggregate", "help": text}
        for name, text in AGGREGATES.items()
    ]
    return listed


def _metrics_of(file: TomlFile, own: bool, problems: list[Problem]) -> Iterator[Metric]:
    shown = clean(str(file.path)) if own else f"cockpit/metrics/catalogue/{file.path.name}"
    for name, table in file.data.items():
        if not isinstance(table, dict):
            problems.append(file.problem((name,), "must be a table", f"[{name}] on a line of its own"))
            continue
        if not name.isidentifier() or name != name.lower():
            problems.append(
                file.problem((name,), "a metric's name is lower case letters, digits and _, without blanks")
            )
            continue
        spec = convert(file, MetricSpec, problems, (name,), table)
        if spec is not None:
            yield Metric(name, spec, shown, file.line_of((name,)), own=own)
