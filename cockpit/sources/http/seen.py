"""Which keys have come before: eight bytes each, in sorted runs, however many pages there are."""

import polars as pl

_RECENT = 20_000


class SeenKeys:
    """Hashes of keys: the recent ones loose, the others in runs that double in length, so there are few."""

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._runs: list[pl.Series] = []

    def add(self, keys: pl.Series) -> int:
        """Take keys, and tell how many different ones of them had not come before."""
        came = keys.hash()
        if self._runs:
            known = pl.select(pl.any_horizontal(_in(came, run) for run in self._runs)).to_series()
            came = came.filter(~known)
        before = len(self._recent)
        self._recent.update(came.to_list())
        new = len(self._recent) - before
        if len(self._recent) >= _RECENT:
            self._sort_in()
        return new

    def _sort_in(self) -> None:
        """Make the recent keys a run."""
        self._runs.append(pl.Series(list(self._recent), dtype=pl.UInt64).sort())
        self._recent.clear()
        while len(self._runs) > 1 and self._runs[-2].len() <= 2 * self._runs[-1].len():
            last = self._runs.pop()
            self._runs[-1] = pl.concat([self._runs[-1], last], rechunk=True).sort()


def _in(keys: pl.Series, run: pl.Series) -> pl.Series:
    """Which keys are in a sorted run."""
    return run.gather(run.search_sorted(keys).clip(0, run.len() - 1)) == keys
