"""What is asked of a server, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes:
        status: below 400.
        headers: names in lower case; values as they came.
        body: unpacked; empty when it went into a file.
        url: that answered, after redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(slots=True)
class Wanted:
    """One request, and what became of it so far."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    signed: bool = True
    tries: int = 0
    redirects: int = 0
    renewed: bool = False


@dataclass(slots=True)
class Partial:
    """A file that is being stored: how much of it there is, and the strong tag it belongs to."""

    path: Path
    size: int = 0
    tag: str | None = None
