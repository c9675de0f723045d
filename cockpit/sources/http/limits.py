"""How much, how long and how often: what no server may exceed, and how patient we are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The ceilings of one refresh. Times in seconds, sizes in bytes.

    Attributes:
        page_bytes: of one answer that is parsed as a whole, unpacked.
        file_bytes: of one answer that is stored as a file.
        total_bytes: of all answers of a refresh, unpacked.
        pages: of one table.
        rows: of one table.
        empty_pages: that may follow each other while the server says there are more.
        deadline: of a whole refresh; a section's `deadline` takes its place.
        connect: to reach the server.
        silence: without a byte.
        least_rate: bytes a second, over `rate_window` seconds; less is a dripping server.
        rate_window: over which the rate is taken.
        longest_wait: that one answer 429 or 503 can make us wait.
        waits: of one refresh altogether.
        tries: of one request.
        in_flight: requests to one server at the same time.
        crawls: whole readings of a table whose count does not match.
    """

    page_bytes: int = 64 * 1024 * 1024
    file_bytes: int = 4_000_000_000
    total_bytes: int = 8_000_000_000
    pages: int = 20_000
    rows: int = 10_000_000
    empty_pages: int = 20
    deadline: float = 1_800.0
    connect: float = 10.0
    silence: float = 60.0
    least_rate: float = 200.0
    rate_window: float = 20.0
    longest_wait: float = 60.0
    waits: float = 120.0
    tries: int = 5
    in_flight: int = 2
    crawls: int = 3


LIMITS = Limits()
