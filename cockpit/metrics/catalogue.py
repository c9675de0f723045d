"""The catalogue of metrics: the built-in TOML files and those of a workspace, checked strictly."""

from collections.abc import Iterable, Iterator, Mapping
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

    def __init__(
        self,
        metrics: Mapping[str, Metric],
        problems: Mapping[str, tuple[Problem, ...]],
        follow_from_others: Mapping[str, tuple[Problem, ...]],
        left_out: Iterable[Metric] = (),
    ) -> None:
        self._metrics = dict(metrics)
        self._problems = dict(problems)
        self._refused = {**follow_from_others, **problems}
        self._stand_ins = {
            metric.name: _stand_in(metric) for metric in left_out if metric.name not in self._metrics
        }

    @classmethod
    def load(
        cls,
        workspace_folder: Path | None = None,
        own_columns: OwnColumns | None = None,
    ) -> "Catalogue":
        """Like `read`, for those who cannot go on with a definition left out.

        Raises:
            ConfigError: with every problem of every file, each at its line.
        """
        found = cls.read(workspace_folder, own_columns)
        if found.problems:
            raise ConfigError(*found.problems)
        return found

    @classmethod
    def read(
        cls,
        workspace_folder: Path | None = None,
        own_columns: OwnColumns | None = None,
    ) -> "Catalogue":
        """Read the built-in metrics, then `*.toml` of `workspace_folder`, which add or replace.

        A definition that is wrong is left out, with those made of it; a built-in metric that it was to
        replace stays. What is wrong stands in `problems`, and is said to whoever asks for the metric.

        Args:
            workspace_folder: the workspace's `metrics/`; it need not exist.
            own_columns: by fact, the source's own columns. With them an unknown column is a problem;
                without them expressions over columns that no fact has are only parsed.
        """
        read = _Reading()
        for folder in (BUILT_IN,) if workspace_folder is None else (BUILT_IN, workspace_folder):
            for path in sorted(folder.glob("*.toml")):
                read.take(path, folder is not BUILT_IN)
        read.leave_out_what_is_wrong(own_columns)
        metrics = {metric.name: metric for metric in resolved(read.metrics)}
        return cls(metrics, read.problems, read.follow_from_others, read.left_out.values())

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the files, each at its line."""
        return tuple(dict.fromkeys(one for problems in self._problems.values() for one in problems))

    def __iter__(self) -> Iterator[Metric]:
        return (metric for metric in self._metrics.values() if not metric.hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._metrics

    @property
    def stand_ins(self) -> Mapping[str, Metric]:
        """By name, what is shown in the place of a metric whose definition is wrong: a label, no value."""
        return self._stand_ins

    def why_wrong(self, name: str) -> str | None:
        """Why there is no metric of a name that the files define, with its line; None for any other name."""
        if name in self._metrics or name not in self._refused:
            return None
        first = self._refused[name][0]
        place = f"{Path(first.file).name}:{first.line}: " if first.file and first.line else ""
        return f"{place}{first.message}"

    def names(self) -> tuple[str, ...]:
        """The names of all metrics."""
        return tuple(metric.name for metric in self)

    def get(self, name: str) -> Metric:
        """The metric of that name.

        Raises:
            UsageError: there is none, with the nearest name; or its definition is wrong, with the reason.
        """
        metric = self._metrics.get(name)
        if metric is None and name in self._refused:
            raise UsageError(*self._refused[name])
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


class _Reading:
    """The definitions as they are read, file by file.

    Attributes:
        metrics: by name; a workspace's own in place of the built-in one.
        files: by name, the file of its definition.
        problems: by name (of a file that cannot be read, by its path), what is wrong.
        follow_from_others: by name, what is wrong since a metric it is made of is left out.
        left_out: by name, the metrics whose definitions are wrong.
    """

    def __init__(self) -> None:
        self.metrics: dict[str, Metric] = {}
        self.files: dict[str, TomlFile] = {}
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self.follow_from_others: dict[str, tuple[Problem, ...]] = {}
        self.left_out: dict[str, Metric] = {}

    def take(self, path: Path, own: bool) -> None:
        """Read one file."""
        try:
            file = read_toml(path)
        except ConfigError as error:
            self.problems[clean(str(path))] = error.problems
            return
        for name in file.data:
            found: list[Problem] = []
            metric = _metric_of(file, name, own, found)
            previous = self.files.get(name)
            if metric is not None and previous is not None and previous.path.parent == path.parent:
                where = f"the other is in {previous.path.name}"
                found.append(file.problem((name,), "defined in two files", where))
            if found:
                self.problems[name] = (*self.problems.get(name, ()), *found)
            if metric is None and name.isidentifier():
                line = file.line_of((name,))
                self.left_out[name] = Metric(
                    name, MetricSpec(name, "number"), _shown(file, own), line, own=own
                )
            if metric is not None:
                replaced = self.metrics.get(name)
                if replaced is not None and own and not replaced.own:
                    metric = replace(metric, replaced=replaced)
                self.metrics[name], self.files[name] = metric, file

    def leave_out_what_is_wrong(self, own_columns: OwnColumns | None) -> None:
        """Check every definition, and leave out the wrong ones until all that are left are right."""
        told = self.problems
        while True:
            wrong: dict[str, list[Problem]] = {}
            for name, metric in self.metrics.items():
                found = list(problems_of(metric, self.files[name], self.metrics, own_columns, self.left_out))
                if found:
                    wrong[name] = found
            own = {name: found for name, found in wrong.items() if self.metrics[name].own}
            wrong = own or wrong  # what is built in is wrong only for what a workspace put in its place
            telling = told
            if not wrong:
                told = self.problems  # a circle does not follow from what was left out
                for name, problem in cycles(self.metrics, self.files):
                    wrong.setdefault(name, []).append(problem)
                telling = self.problems  # a circle follows from nothing else, however late it is found
            if not wrong:
                return
            for name, found in wrong.items():
                telling.setdefault(name, tuple(found))
                metric = self.left_out[name] = self.metrics.pop(name)
                if metric.replaced is not None:
                    self.metrics[name] = metric.replaced
            told = self.follow_from_others


def _shown(file: TomlFile, own: bool) -> str:
    """The file's name as it is shown."""
    return clean(str(file.path)) if own else f"cockpit/metrics/catalogue/{file.path.name}"


def _stand_in(metric: Metric) -> Metric:
    """A metric with the label and unit of a wrong one, that is made of nothing."""
    spec = MetricSpec(metric.label, metric.unit, kind="derived", description="Its definition is wrong.")
    return Metric(metric.name, spec, metric.file, metric.line, own=True)


def _metric_of(file: TomlFile, name: str, own: bool, problems: list[Problem]) -> Metric | None:
    table = file.data[name]
    if not isinstance(table, dict):
        problems.append(file.problem((name,), "must be a table", f"[{name}] on a line of its own"))
        return None
    if not name.isidentifier() or name != name.lower():
        problems.append(
            file.problem((name,), "a metric's name is lower case letters, digits and _, without blanks")
        )
        return None
    spec = convert(file, MetricSpec, problems, (name,), table)
    return None if spec is None else Metric(name, spec, _shown(file, own), file.line_of((name,)), own=own)
