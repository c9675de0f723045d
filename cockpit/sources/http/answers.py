"""What an answer that is not the rows means, in words."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cockpit.base.clean import clean
from cockpit.base.problems import Problem
from cockpit.sources.http.failures import (
    FetchError,
    NonsenseError,
    NotAllowedError,
    RefusedError,
    SignInError,
)
from cockpit.sources.http.gate import http_date
from cockpit.sources.http.secrets import Secrets
from cockpit.sources.http.spec import shown_url

_SIGN_IN_WORDS = ("login", "signin", "sign-in", "oauth2", "adfs", "saml", "sso")
_SKEW = timedelta(minutes=5)
_LONGEST_REASON = 300


def error_in(body: bytes, secrets: Secrets) -> tuple[str, str]:
    """Code and message of a JSON error as the usual systems write it; cleaned, may be empty."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if isinstance(document, list) and document:  # Salesforce sends a list of errors
        document = document[0]
    if not isinstance(document, Mapping):
        return "", ""
    inner = document.get("error")
    found = inner if isinstance(inner, Mapping) else document
    code = next((found[key] for key in ("code", "errorCode", "category") if found.get(key)), "")
    message = found.get("message") or (inner if isinstance(inner, str) else "") or document.get("title", "")
    if isinstance(message, Mapping):  # OData 3 wraps the text with its language
        message = message.get("value", "")
    words = clean(secrets.redact(str(message)))[:_LONGEST_REASON].rstrip(". ")
    return clean(secrets.redact(str(code)))[:80], words


def failure_of(
    status: int, headers: Mapping[str, str], body: bytes, url: str, table: str, secrets: Secrets
) -> FetchError:
    """The error of an answer with a status from 400 on."""
    where = shown_url(url)
    key = f"sources.{table}"
    code, reason = error_in(body, secrets)
    said = f": {reason}" if reason else ""
    if status == 401:
        remedy = clock_hint(headers) or "sign in again, or look at where the secret comes from"
        problem = Problem("does not let us in", where, key=f"{key}.auth", hint=remedy)
        return SignInError(problem, table=table)
    if status == 407:
        problem = Problem("the proxy wants a sign-in", where, key=f"{key}.proxy", hint="ask for its address")
        return SignInError(problem, table=table)
    if status == 403:
        return NotAllowedError(
            Problem(
                f"we may not read this{said}" + (f" ({code})" if code and code not in reason else ""),
                where,
                key=key,
                hint=f"ask for the privilege to read {_last(url)}",
            )
        )
    if status in (404, 410):
        hint = "look at url and entity: names of sets are plurals of their own making"
        problem = Problem(f"has no {_last(url)}{said}", where, key=f"{key}.url", hint=hint)
        return RefusedError(problem, status=status, code=code, reason=reason)
    if status >= 500:
        problem = Problem(f"has an error of its own ({status}){said}", where, key=key, hint="try again later")
        return FetchError(problem)
    words = f"does not accept the request ({status}){said}"
    look = "look at columns, select, filter and expand" if status == 400 else None
    return RefusedError(Problem(words, where, key=key, hint=look), status=status, code=code, reason=reason)


def elsewhere(location: str, url: str, table: str) -> FetchError:
    """The error of an answer that sends us to another server; a sign-in page is told as such."""
    where = shown_url(url)
    target = clean(shown_url(location))
    if any(word in location.casefold() for word in _SIGN_IN_WORDS):
        return signed_out(url, table)
    problem = Problem(
        f"sends us on to {target}", where, key=f"sources.{table}.url", hint="not followed: another server"
    )
    return NonsenseError(problem)


def signed_out(url: str, table: str) -> SignInError:
    """The error of a sign-in page in place of data."""
    problem = Problem(
        "we are signed out: a sign-in page came, not data",
        shown_url(url),
        key=f"sources.{table}.auth",
        hint="sign in, or name a source of tokens in auth",
    )
    return SignInError(problem, table=table)


def check_content(headers: Mapping[str, str], body: bytes, url: str, table: str, wanted: str) -> None:
    """Refuse an answer that is not what was asked for.

    Args:
        headers: of the answer, names in lower case.
        body: its beginning is enough.
        url: that was asked.
        table: whose source it is.
        wanted: json, csv or parquet.

    Raises:
        SignInError: it is a web page.
        NonsenseError: it is something else.
    """
    kind = headers.get("content-type", "").split(";")[0].strip().casefold()
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if kind in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype html", b"<html")):
        raise signed_out(url, table)
    if wanted == "json" and kind and not (kind.endswith(("/json", "+json")) or "json" in kind):
        raise NonsenseError(
            Problem(f"answers with {clean(kind)}, not JSON", shown_url(url), key=f"sources.{table}.type")
        )
    if wanted == "parquet" and not body.startswith(b"PAR1"):
        raise NonsenseError(Problem("is not a Parquet file", shown_url(url), key=f"sources.{table}.type"))


def clock_hint(headers: Mapping[str, str]) -> str | None:
    """What to say when our clock and the server's are far apart, which makes tokens look invalid."""
    theirs = http_date(headers.get("date"))
    if theirs is None:
        return None
    difference = datetime.now(UTC) - theirs
    if abs(difference) < _SKEW:
        return None
    minutes = round(abs(difference).total_seconds() / 60)
    side = "ahead of" if difference > timedelta(0) else "behind"
    return f"this computer's clock is {minutes:,} minutes {side} the server's: set it right"


def _last(url: str) -> str:
    return clean(shown_url(url).rsplit("/", 1)[-1])
