"""A source that came without a row where there were some: nobody wants that by accident."""

from cockpit.base.problems import Problem, SourceError


class EmptiedError(SourceError):
    """A source came without a row where rows were read before; somebody has to say that this is right.

    Attributes:
        emptied: by the table's name, how many rows there were.
    """

    def __init__(self, table: str, file: str, rows: int) -> None:
        super().__init__(
            Problem(
                f"came without a row, and {rows:,} rows were read before; those are kept",
                file,
                key=f"sources.{table}",
                hint=f"if it is right: cockpit sync --source {table} --allow-empty",
            )
        )
        self.emptied = {table: rows}
