"""The keys of a `[sources.TABLE]` section that reads over HTTP.

Nothing here needs httpx: a configuration can be checked without it.
"""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlsplit

import msgspec

SourceType: TypeAlias = Literal["odata", "dataverse", "salesforce", "hubspot", "json", "csv", "parquet"]
SOURCE_TYPES: tuple[str, ...] = get_args(SourceType)
AuthKind: TypeAlias = Literal["none", "basic", "bearer", "header", "device"]
PageBy: TypeAlias = Literal["link", "cursor", "offset", "number"]
ChangesBy: TypeAlias = Literal["auto", "tracking", "modified", "all"]

ORIGINS = ("env", "file", "keyring", "command")
"""Where a secret may come from: a variable, a private file, the keyring, a command."""
SECRET_OF: Mapping[str, str] = {"basic": "password", "bearer": "token", "header": "value"}
"""What the secret of a kind of sign-in is called; the other kinds have none that is written down."""
_DURATION = re.compile(r"(\d+)(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


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
        names = [f"{what}_{origin}" for what in SECRET_OF.values() for origin in ORIGINS]
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


def question_for(table: str, url: str | None, auth: AuthSpec | None) -> str | None:
    """What to ask somebody whom the server does not let in; None where no secret can be typed."""
    what = SECRET_OF.get(auth.kind) if auth is not None else None
    if auth is None or what is None:
        return None
    whose = {"basic": f" of {auth.user}", "header": f" of {auth.name}"}.get(auth.kind, "")
    return f"{what}{whose} for {table} at {host_of(url or '')}?"


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
