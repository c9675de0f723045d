"""Why a connection failed, from the error at its root: no such host, nobody there, a wrong certificate."""

import socket
import ssl
import time

from cockpit.base.problems import Problem
from cockpit.sources.http.failures import CertificateError, FetchError, UnreachableError
from cockpit.sources.http.spec import host_of, shown_url

_EXPIRED, _NOT_YET_VALID, _OTHER_HOSTS, _ITS_OWN = 10, 9, (62, 64), 18
"""Of `ssl.SSLCertVerificationError.verify_code`, as OpenSSL numbers them."""


class PassingError(UnreachableError):
    """A break that may go away by itself, so that the same is asked again."""


def known_break(error: BaseException, url: str, table: str) -> FetchError | None:
    """What the error comes from, in words; None where its root tells nothing.

    Args:
        error: of the HTTP library.
        url: that was asked.
        table: whose source it is.
    """
    where = shown_url(url)
    chain = _causes(error)
    for cause in chain:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_problem(cause, where, table)
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        hint = "look at the host's name in url, and whether the network or VPN is up"
        return UnreachableError(Problem(f"there is no host {host_of(url)}", where, hint=hint))
    if any(isinstance(cause, ConnectionRefusedError) for cause in chain):
        hint = "look at the port in url, and whether the server runs"
        return UnreachableError(Problem("nobody listens there", where, hint=hint))
    if any(isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError) for cause in chain):
        return PassingError(Problem("the secure connection broke off", where, hint="try again"))
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        hint = "does the port speak https?"
        return CertificateError(Problem("no secure connection could be made", where, hint=hint))
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """The error and everything it came from, groups included."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in found:
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    return found


def _certificate_problem(error: ssl.SSLCertVerificationError, where: str, table: str) -> CertificateError:
    key = f"sources.{table}.url"
    now = time.strftime("%Y-%m-%d %H:%M")
    if error.verify_code == _EXPIRED:
        words = "its certificate has expired"
        hint = f"tell its administrator, unless this computer's clock is wrong: it says {now}"
    elif error.verify_code == _NOT_YET_VALID:
        words = "its certificate is not valid yet"
        hint = f"look at this computer's clock: it says {now}"
    elif error.verify_code in _OTHER_HOSTS:
        words, hint = "its certificate is for another host", "look at the host's name in url"
    elif error.verify_code == _ITS_OWN:
        words = "its certificate is signed by nobody but itself"
        hint = "if it is yours, name the certificate in ca_file"
    else:
        words = "its certificate is not signed by anybody this computer trusts"
        hint = "name the authority's certificate in ca_file"
    return CertificateError(Problem(words, where, key=key, hint=hint))
