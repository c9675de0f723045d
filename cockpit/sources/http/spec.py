"""The keys of a `[sources.TABLE]` section that reads over HTTP, and what can be said against them.

Nothing here needs httpx: a configuration can be checked without it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cockpit.base.problems import did_you_mean
from cockpit.sources.specproblem import SpecProblem

if TYPE_CHECKING:
    from cockpit.sources.spec import SourceSpec

SourceType: TypeAlias = Literal["odata", "dataverse", "salesforce", "hubspot", "json", "csv", "parquet"]
SOURCE_TYPES: tuple[str, ...] = get_args(SourceType)
AuthKind: TypeAlias = Literal["none", "basic", "bearer", "header", "device"]
PageBy: TypeAlias = Literal["link", "cursor", "offset", "number"]
ChangesBy: TypeAlias = Literal["auto", "tracking", "modified", "all"]

ORIGINS = ("env", "file", "keyring", "command")
"""Where a secret may come from: a variable, a private file, the keyring, a command."""
_SECRET_OF: Mapping[str, str] = {"basic": "password", "bearer": "token", "header": "value"}
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
_DURATION = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LEAST_REFRESH = 30


class AuthSpec(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a source is signed in to; the secret itself never stands here.

    Attributes:
        kind: none, basic (user and password), bearer (a token), header (a key in a header of its own),
            device (Microsoft Entra, a code typed into a browser; needs the extra `dataverse`).
        user: of basic.
        name: of the header.
        password_env, password_file, password_keyring, password_command: where the password of basic is.
        token_env, token_file, token_keyring, token_command: where the token of bearer is.
        value_env, value_file, value_keyring, value_command: where the value of the header is.
            env: name of a variable. file: a file of yours that nobody else may read. keyring:
            "service/user". command: the program and its arguments as a list, no shell; it prints the
            secret, or JSON with `accessToken` or `access_token`.
        tenant, client_id, scope: of device.
    """

    kind: AuthKind
    user: str | None = None
    name: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    password_keyring: str | None = None
    password_command: list[str] | None = None
    token_env: str | None = None
    token_file: str | None = None
    token_keyring: str | None = None
    token_command: list[str] | None = None
    value_env: str | None = None
    value_file: str | None = None
    value_keyring: str | None = None
    value_command: list[str] | None = None
    tenant: str | None = None
    client_id: str | None = None
    scope: str | None = None

    def origins(self) -> dict[str, str | list[str]]:
        """The keys that say where the secret is, by key."""
        names = [f"{what}_{origin}" for what in _SECRET_OF.values() for origin in ORIGINS]
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @property
    def command(self) -> list[str] | None:
        """The command that prints the secret, if there is one."""
        return self.password_command or self.token_command or self.value_command


class PageSpec(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the pages of a `json` source follow each other, where no key `next` says so.

    Attributes:
        by: link (the Link header), cursor (a value of the answer goes into the next request), offset
            (rows to skip), number (of the page).
        parameter: of the request: the cursor, the offset or the number.
        cursor: path of the next cursor in the answer.
        size: rows a page.
        size_parameter: of the request: how many rows a page.
        start: the first offset or page number; by default 0 for offset and 1 for number.
        total: path of the whole count in the answer; checked after the last page.
    """

    by: PageBy
    parameter: str | None = None
    cursor: str | None = None
    size: int | None = None
    size_parameter: str | None = None
    start: int | None = None
    total: str | None = None


def duration(text: str) -> int | None:
    """Seconds of "30s", "15m", "6h" or "1d"; None for anything else."""
    found = _DURATION.fullmatch(text.strip())
    return int(found[1]) * _SECONDS[found[2]] if found else None


def check_http(spec: "SourceSpec") -> Iterator[SpecProblem]:
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


def _needless(spec: "SourceSpec") -> Iterator[SpecProblem]:
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


def _url_problems(spec: "SourceSpec") -> Iterator[SpecProblem]:
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


def _page_problems(spec: "SourceSpec") -> Iterator[SpecProblem]:
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
    secret = _SECRET_OF.get(auth.kind)
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


def question_for(table: str, spec: "SourceSpec") -> str | None:
    """What to ask somebody whom the server does not let in; None where no secret can be typed."""
    auth = spec.auth
    what = _SECRET_OF.get(auth.kind) if auth is not None else None
    if auth is None or what is None:
        return None
    whose = {"basic": f" of {auth.user}", "header": f" of {auth.name}"}.get(auth.kind, "")
    return f"{what}{whose} for {table} at {host_of(spec.url or '')}?"


def host_of(url: str) -> str:
    """The host of a URL, with its port where it is not the usual one."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
        return f"{parts.hostname or '?'}{port}"
    except ValueError:
        return "?"


def shown_url(url: str) -> str:
    """A URL as people may see it: host and path, without user, query and fragment."""
    try:
        return f"{host_of(url)}{urlsplit(url).path.rstrip('/')}"
    except ValueError:
        return "?"
