"""What can be said against the HTTP keys of a `[sources.TABLE]` section without asking the server."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from cockpit.base.problems import did_you_mean
from cockpit.sources.http.spec import ORIGINS, SECRET_OF, SOURCE_TYPES, AuthSpec, duration
from cockpit.sources.spec import SourceSpec
from cockpit.sources.specproblem import SpecProblem

_SECRET_PARAMETERS = frozenset(
    [
        "access_token",
        "api_key",
        "apikey",
        "api-key",
        "client_secret",
        "hapikey",
        "password",
        "pwd",
        "sig",
        "token",
    ]
)
"""Parameters of a URL that hold a secret, whatever the system."""
_LEAST_REFRESH = 30
"""Seconds between two refreshes of a source, at the least."""


def check_http(spec: SourceSpec) -> Iterator[SpecProblem]:
    """All that can be said against the HTTP keys of a section without asking the server."""
    if spec.type is None:
        yield from _needless(spec)
        return
    yield from _url_problems(spec)
    for key in ("refresh", "full_every", "deadline"):
        text = getattr(spec, key)
        if text is None:
            continue
        seconds = duration(text)
        if seconds is None:
            yield SpecProblem((key,), f"{text!r} is no length of time", 'such as "30s", "15m", "6h" or "1d"')
        elif key == "refresh" and seconds < _LEAST_REFRESH:
            yield SpecProblem((key,), f"is shorter than {_LEAST_REFRESH} seconds", 'such as "15m"')
    if spec.type != "json":
        for key in ("rows", "next", "page"):
            if getattr(spec, key) is not None:
                yield SpecProblem((key,), f"a source of type {spec.type} has no {key}", "leave it out")
    yield from _page_problems(spec)
    if spec.auth is not None:
        yield from _auth_problems(spec.auth)
    for key in ("header", "separator", "encoding"):
        if spec.type != "csv" and getattr(spec, key) is not None:
            yield SpecProblem((key,), f"a source of type {spec.type} has no {key}", "leave it out")
    if spec.proxy is not None and spec.proxy != "none":
        parts = urlsplit(spec.proxy)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield SpecProblem(("proxy",), "must be a URL, or none", 'such as "http://proxy.example:8080"')
        elif parts.username or parts.password:
            yield SpecProblem(("proxy",), "holds a secret", "set HTTPS_PROXY in the environment instead")


def _needless(spec: SourceSpec) -> Iterator[SpecProblem]:
    for key in [
        "url",
        "auth",
        "refresh",
        "rows",
        "next",
        "page",
        "entity",
        "select",
        "filter",
        "expand",
        "key",
        "modified",
        "changes",
        "full_every",
        "deadline",
        "ca_file",
        "proxy",
        "without",
    ]:
        value = getattr(spec, key)
        if value is not None and value != [] and value != "auto":
            hint = f"type = one of {', '.join(SOURCE_TYPES)}"
            yield SpecProblem((key,), f"{key} belongs to a source over HTTP, which needs type", hint)
            return


def _url_problems(spec: SourceSpec) -> Iterator[SpecProblem]:
    if spec.path:
        yield SpecProblem(("path",), "the source has a type and a url too", "keep path or url")
    if not spec.url:
        yield SpecProblem(("url",), f"a source of type {spec.type} needs a url")
        return
    try:
        parts = urlsplit(spec.url)
        host, port = parts.hostname, parts.port
    except ValueError:
        yield SpecProblem(("url",), "is not a URL", 'such as "https://crm.example/api"')
        return
    if parts.scheme not in ("http", "https") or not host:
        hint = did_you_mean(parts.scheme, ("http", "https")) if parts.scheme else None
        yield SpecProblem(("url",), "must begin with https://", hint)
    if parts.username is not None or parts.password is not None:
        yield SpecProblem(("url",), "holds a user or password", "use auth instead")
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if name.casefold() in _SECRET_PARAMETERS:
            yield SpecProblem(("url",), f"holds a secret ({name})", 'use auth = { kind = "header", ... }')
    loopback = host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not loopback and spec.auth is not None and spec.auth.kind != "none":
        yield SpecProblem(("url",), "would send the secret unencrypted", "use https://")
    if port == 0:
        yield SpecProblem(("url",), "has port 0")


def _page_problems(spec: SourceSpec) -> Iterator[SpecProblem]:
    page = spec.page
    if page is None:
        return
    if spec.next is not None:
        yield SpecProblem(("page",), "next is given too", "keep one of the two")
    if page.by != "link" and not page.parameter:
        yield SpecProblem(("page", "parameter"), f"paging by {page.by} needs the name of a parameter")
    if page.by == "cursor" and not page.cursor:
        yield SpecProblem(("page", "cursor"), "needs the path of the next cursor in the answer")
    if page.size is not None and page.size < 1:
        yield SpecProblem(("page", "size"), "counts rows from 1")


def _auth_problems(auth: AuthSpec) -> Iterator[SpecProblem]:
    origins = auth.origins()
    secret = SECRET_OF.get(auth.kind)
    if secret is None:
        for name in origins:
            yield SpecProblem(("auth", name), f"kind {auth.kind} has no {name}", "leave it out")
        if auth.kind == "device" and not auth.client_id:
            yield SpecProblem(("auth", "client_id"), "kind device needs the id of an application")
        return
    own = [name for name in origins if name.startswith(f"{secret}_")]
    for name in origins:
        if name not in own:
            hint = f"{secret}_{name.split('_', 1)[1]}"
            yield SpecProblem(("auth", name), f"kind {auth.kind} has no {name}", f"did you mean {hint}?")
    if len(own) != 1:
        choices = ", ".join(f"{secret}_{origin}" for origin in ORIGINS)
        yield SpecProblem(("auth",), f"kind {auth.kind} needs one of {choices}")
    for name in own:
        value = origins[name]
        if not value or (isinstance(value, list) and not value[0]):
            yield SpecProblem(("auth", name), "is empty")
        elif name.endswith("_keyring") and "/" not in value:
            yield SpecProblem(("auth", name), "must be service/user", 'such as "crm/pat"')
    if auth.kind == "basic" and not auth.user:
        yield SpecProblem(("auth", "user"), "kind basic needs a user")
    if auth.kind == "header":
        if not auth.name:
            yield SpecProblem(("auth", "name"), "kind header needs the name of the header")
        elif not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", auth.name):
            yield SpecProblem(("auth", "name"), f"{auth.name!r} is no name of a header")
