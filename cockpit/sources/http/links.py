"""Links that a server gives: resolved, kept at home, never followed twice."""

from urllib.parse import urljoin, urlsplit

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.failures import NonsenseError
from cockpit.sources.http.spec import host_of, shown_url

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what makes two URLs the same server."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme.lower(), (parts.hostname or "").lower(), port or _PORTS.get(parts.scheme.lower())


def resolved(base: str, link: object, what: str) -> str:
    """A link of an answer as a whole URL on the same server.

    Args:
        base: the URL of the answer.
        link: what the server gave.
        what: what it is called in messages, such as "the next page".

    Raises:
        NonsenseError: it is no link, or leads to another server.
    """
    where = shown_url(base)
    if not isinstance(link, str) or not link:
        raise NonsenseError(Problem(f"the link to {what} is not a link", where))
    if any(ord(one) < 33 or ord(one) == 127 for one in link):
        raise NonsenseError(
            Problem(f"the link to {what} holds a blank or a control character", where, hint="not followed")
        )
    try:
        whole = urljoin(base, link)
        same = origin_of(whole) == origin_of(base)
    except ValueError as error:
        raise NonsenseError(Problem(f"the link to {what} is not a URL", where)) from error
    if not same:
        target = urlsplit(whole)
        other = clean(f"{target.scheme}://{host_of(whole)}" if target.hostname else f"{target.scheme}:")
        raise NonsenseError(
            Problem(
                f"{what} is said to be at {other}",
                where,
                hint="not followed: it is another server, and it would be given the sign-in",
            )
        )
    return whole.split("#", 1)[0]


class Trail:
    """The pages that were asked for, so that none is asked for twice.

    Args:
        pages: most pages of one table.
    """

    def __init__(self, pages: int) -> None:
        self._most = pages
        self._visited: set[str] = set()

    def step(self, url: str) -> None:
        """Note a page that is about to be asked for.

        Raises:
            NonsenseError: it has been, or there are too many.
        """
        if url in self._visited:
            raise NonsenseError(
                Problem(
                    "the server sends us round in a circle: a link to a page that has come already",
                    shown_url(url),
                    hint="tell its administrator; the last good rows stay",
                )
            )
        if len(self._visited) >= self._most:
            raise NonsenseError(
                Problem(
                    f"more than {self._most:,} pages, so not read on", shown_url(url), hint="set a filter"
                )
            )
        self._visited.add(url)
