"""How fetching fails, each in words with a remedy. None holds a secret, a query or raw text."""

from datetime import datetime

from cockpit.base.problems import ConflictError, SourceError


class FetchError(SourceError):
    """Something came between the table and the server; the last good rows stay."""


class UnreachableError(FetchError):
    """No answer: no such host, nobody listens, no way there, or the connection broke."""


class CertificateError(FetchError):
    """The server could not prove who it is."""


class SignInError(FetchError):
    """The server does not let us in.

    Attributes:
        table: whose source it is.
        question: what to ask the user, as `spec.question_for` words it; the answer goes to `Secrets.give`.
            None where an answer would not help.
    """

    def __init__(self, *problems: object, table: str = "") -> None:
        super().__init__(*problems)  # type: ignore[arg-type]
        self.table = table
        self.question: str | None = None


class NotAllowedError(FetchError):
    """We are known, and may not read this."""


class BusyError(FetchError):
    """The server asks to be left alone.

    Attributes:
        until: the moment (with zone) from which it may be asked again.
    """

    def __init__(self, *problems: object, until: datetime) -> None:
        super().__init__(*problems)  # type: ignore[arg-type]
        self.until = until


class TooLargeError(FetchError):
    """More came than anybody would send, packed or unpacked."""


class TooSlowError(FetchError):
    """It took longer than allowed, or hardly anything came."""


class NonsenseError(FetchError):
    """The answer is not what was asked for: a web page, half a file, pages that repeat."""


class MissingColumnError(FetchError):
    """The rows came without a column that the section names."""


class RefusedError(FetchError):
    """The server says that the request is wrong: an unknown column, table or filter.

    Attributes:
        status: of the answer.
        code: the server's own code of the error, cleaned; may be empty.
        reason: what the server says, cleaned and without secrets; may be empty.
    """

    def __init__(self, *problems: object, status: int, code: str = "", reason: str = "") -> None:
        super().__init__(*problems)  # type: ignore[arg-type]
        self.status = status
        self.code = code
        self.reason = reason


class RunningError(ConflictError):
    """Somebody is fetching the same table at this moment."""
