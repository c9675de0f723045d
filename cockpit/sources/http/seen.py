"""Which keys have come before: eight bytes each, in sorted runs, however many pages there are."""

import polars as pl


class SeenKeys:
    """Hashes of keys. Runs double in length, so that a page is looked up in few of them."""

    def __init__(self) -> None:
        self._runs: list[pl.Series] = []

    def add(self, keys: pl.Series) -> int:
        """Take keys, and tell how many different ones of them had not come before."""
        new = keys.hash().unique().sort()
        for run in self._runs:
            if not new.len():
                return 0
            at = run.search_sorted(new).clip(0, run.len() - 1)
            new = new.filter(run.gather(at) != new)
        if new.len():
            self._runs.append(new)
        count = new.len()
        while len(self._runs) > 1 and self._runs[-2].len() <= 2 * self._runs[-1].len():
            last = self._runs.pop()
            self._runs[-1] = pl.concat([self._runs[-1], last], rechunk=True).sort()
        return count
