"""The catalogue of metrics: the built-in TOML files and those of a workspace, checked strictly."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cockpit.metrics.definition import Metric


class Catalogue:
    """All metrics by name."""

    def __init__(self, metrics: Mapping[str, Metric]) -> None:
        self._metrics = dict(metrics)

    @classmethod
    def load(cls, workspace_folder: Path | None = None) -> "Catalogue":
        """Read the built-in metrics, then `*.toml` of `workspace_folder`, which add or replace."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._metrics.values())
