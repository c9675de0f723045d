"""Something that is wrong in a `[sources.TABLE]` section."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpecProblem:
    """Something wrong in a section: where in it (relative to the section), what, and what to do."""

    path: tuple[str | int, ...]
    message: str
    hint: str | None = None
