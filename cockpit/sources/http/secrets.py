"""Secrets of sources: read where the section says, kept in memory, taken out of every text that is shown.

A secret comes from a variable (deleted from the environment once read, so that no child process inherits
it), from a private file, from the keyring, from a command, or from the user's answer to a question. It
never stands in a configuration, an argument, a log or an error.
"""

import base64
import json
import os
import stat
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, did_you_mean
from cockpit.sources.http.failures import SignInError
from cockpit.sources.http.links import origin_of
from cockpit.sources.http.progress import DeviceCode
from cockpit.sources.http.spec import AuthSpec
from cockpit.sources.spec import SourceSpec

_MOST_BYTES = 64 * 1024
_HIDDEN = "[secret]"
_from_environment: dict[str, str] = {}
_environment_lock = threading.Lock()


class Secrets:
    """The secrets of one workspace's sources. May be used from any thread.

    Args:
        config_file: the file that holds the sections; a command in it is only run when nobody but the
            user can have written it. None forbids commands.
        groups: by table, what tables with the same secret have in common; it is then read or asked for once.

    Attributes:
        watched: whether somebody sees how far a refresh is, and can type a code into a browser.
    """

    def __init__(self, config_file: Path | None = None, groups: Mapping[str, str] | None = None) -> None:
        self.config_file = config_file
        self._groups = groups or {}
        self.watched = False
        self._lock = threading.Lock()
        self._flow: dict[str, Any] | None = None
        self._held: dict[str, str] = {}
        self._known: set[str] = set()

    def __repr__(self) -> str:
        """Tells nothing."""
        return "Secrets(...)"

    def give(self, table: str, secret: str) -> None:
        """The user's answer to a question; it is kept in memory only."""
        with self._lock:
            self._held[self._group(table)] = secret
            self._remember(secret)

    def forget(self, table: str) -> None:
        """Read the secret of a table anew when it is next needed."""
        with self._lock:
            self._held.pop(self._group(table), None)

    def at_hand(self, table: str, auth: AuthSpec | None) -> bool:
        """Whether `header` answers at once."""
        with self._lock:
            return auth is None or auth.kind == "none" or self._group(table) in self._held

    def take_from_environment(self, specs: Sequence[AuthSpec]) -> None:
        """Read all variables that the sections name, and delete them from the environment."""
        for auth in specs:
            for name, value in auth.origins().items():
                if name.endswith("_env") and isinstance(value, str):
                    secret = _taken(value)
                    if secret is not None:
                        self._remember(secret)

    def header(
        self,
        table: str,
        auth: AuthSpec | None,
        folder: Path,
        show_code: Callable[[DeviceCode], None] | None = None,
    ) -> tuple[str, str] | None:
        """The header that signs a request in, or None where nobody signs in. May block.

        Args:
            table: whose source it is.
            auth: how.
            folder: what a secret's file is relative to.
            show_code: is given the code of a device sign-in; without it there is none.

        Raises:
            SignInError: the secret is not where it should be, or must not be used.
        """
        if auth is None or auth.kind == "none":
            return None
        with self._lock:
            secret = self._held.get(self._group(table))
        if secret is None:
            secret = self._read(table, auth, folder, show_code)
            if not secret or any(ord(one) < 32 or ord(one) == 127 for one in secret):
                raise self._signed_out(table, "the secret is empty or holds a control character", None)
            with self._lock:
                self._held[self._group(table)] = secret
                self._remember(secret)
        if auth.kind == "basic":
            packed = base64.b64encode(f"{auth.user}:{secret}".encode()).decode()
            self._remember(packed)
            return "Authorization", f"Basic {packed}"
        if auth.kind == "header":
            return auth.name or "", secret
        return "Authorization", f"Bearer {secret}"

    def stop_waiting(self) -> None:
        """Have a sign-in that waits for a code to be typed end within seconds."""
        with self._lock:
            if self._flow is not None:
                self._flow["expires_at"] = 0

    def redact(self, text: str) -> str:
        """The text without any secret that is known, in whatever writing."""
        with self._lock:
            known = sorted(self._known, key=len, reverse=True)
        for secret in known:
            text = text.replace(secret, _HIDDEN)
        return text

    def _group(self, table: str) -> str:
        return self._groups.get(table, table)

    def _begin(self, flow: dict[str, Any]) -> None:
        """Remember the sign-in by code that waits, to be able to stop it."""
        with self._lock:
            self._flow = flow

    def _remember(self, secret: str) -> None:
        if len(secret) >= 3:
            self._known |= {secret, quote(secret, safe=""), json.dumps(secret)[1:-1]}

    def _read(
        self,
        table: str,
        auth: AuthSpec,
        folder: Path,
        show_code: Callable[[DeviceCode], None] | None,
    ) -> str:
        if auth.kind == "device":
            from cockpit.sources.http.device import device_token

            return device_token(table, auth, show_code, self._begin)
        (key, where), *_ = auth.origins().items()
        if isinstance(where, list):
            return self._printed(table, auth, where)
        if key.endswith("_env"):
            secret = _taken(where)
            if secret is None:
                near = did_you_mean(where, os.environ)
                raise self._signed_out(table, f"the variable {where} is not set", near)
            return secret
        if key.endswith("_file"):
            return self._from_file(table, auth, folder / Path(where).expanduser())
        return self._from_keyring(table, auth, where)

    def _from_file(self, table: str, auth: AuthSpec, path: Path) -> str:
        name = clean(str(path))
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode):
                    raise self._signed_out(table, f"{name} is not a file", None)
                if status.st_uid != os.geteuid():
                    raise self._signed_out(table, f"{name} belongs to somebody else", "make one of your own")
                if status.st_mode & 0o077:
                    raise self._signed_out(table, f"others may read {name}", f"chmod 600 {name}")
                content = file.read(_MOST_BYTES)
        except OSError as error:
            words = f"{name} cannot be read: {clean(error.strerror or '')}"
            raise self._signed_out(table, words, None) from error
        return content.decode("utf-8", "replace").strip("\r\n \ufeff")

    def _from_keyring(self, table: str, auth: AuthSpec, where: str) -> str:
        try:
            import keyring
        except ImportError as error:
            hint = "pip install 'sales-cockpit[keyring]'"
            raise self._signed_out(table, "the keyring needs an extra", hint) from error
        service, _, user = where.partition("/")
        try:
            secret = keyring.get_password(service, user)
        except Exception as error:  # each backend raises classes of its own
            hint = "over SSH there is often none: use a command or a file"
            raise self._signed_out(table, "the keyring cannot be opened", hint) from error
        if not secret:
            hint = f"keyring set {service} {user}"
            raise self._signed_out(table, f"the keyring has nothing under {where}", hint)
        return str(secret)

    def _printed(self, table: str, auth: AuthSpec, command: list[str]) -> str:
        from cockpit.sources.http.command import CommandFailedError, printed_secret, why_not_run

        refusal = why_not_run(self.config_file)
        if refusal is not None:
            raise self._signed_out(table, refusal.message, refusal.hint)
        try:
            return printed_secret(command)
        except CommandFailedError as error:
            raise self._signed_out(table, str(error), "try it in a shell") from error

    def _signed_out(self, table: str, message: str, hint: str | None) -> SignInError:
        problem = Problem(message, key=f"sources.{table}.auth", hint=hint)
        return SignInError(problem, table=table)


def groups_of(specs: Mapping[str, SourceSpec]) -> dict[str, str]:
    """By table, who it signs in to and how: tables that agree in both have one secret."""
    return {
        table: f"{origin_of(spec.url or '')} {msgspec.json.encode(spec.auth).decode()}"
        for table, spec in specs.items()
        if spec.type is not None and spec.auth is not None
    }


def _taken(variable: str) -> str | None:
    """The value of a variable, which is then no longer in the environment."""
    with _environment_lock:
        value = os.environ.pop(variable, None)
        if value is not None:
            _from_environment[variable] = value
        return _from_environment.get(variable)
