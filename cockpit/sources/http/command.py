"""A command that prints a secret: only from a file that nobody else can write, on a short leash."""

import json
import os
import stat
import subprocess
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL
from threading import Timer

from cockpit.base.clean import clean
from cockpit.base.problems import Problem

_LONGEST = 10.0
_MOST_BYTES = 64 * 1024
_TOKEN_KEYS = ("accessToken", "access_token", "token")


class CommandFailedError(Exception):
    """A command printed no secret; says why, without anything that it printed."""


def why_not_run(config_file: Path | None) -> Problem | None:
    """Why a command that stands in this file must not be run; None when it may be."""
    if config_file is None:
        return Problem("no file vouches for the command", hint="use a file, the keyring or a variable")
    name = clean(str(config_file))
    try:
        status = config_file.stat()
        above = config_file.absolute().parent.stat()
    except OSError:
        return Problem("the file with the command cannot be looked at", name)
    if status.st_uid != os.geteuid():
        return Problem(
            "names a command and belongs to somebody else", name, hint="commands only run from your own file"
        )
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return Problem("names a command and others may write the file", name, hint=f"chmod go-w {name}")
    if above.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not above.st_mode & stat.S_ISVTX:
        folder = clean(str(config_file.parent))
        return Problem("names a command and others may replace the file", name, hint=f"chmod go-w {folder}")
    return None


def printed_secret(command: list[str]) -> str:
    """What the command prints: a secret, or JSON with one under a usual name.

    No shell, no input, ten seconds, 64 KiB. What it writes to its standard error is not shown.

    Raises:
        CommandFailedError: it could not be run, failed, took too long or printed no secret.
    """
    name = clean(Path(command[0]).name)
    try:
        process = subprocess.Popen(  # noqa: S603 (an argument list from a file that only the user can write)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        words = clean(getattr(error, "strerror", None) or "not a command")
        raise CommandFailedError(f"the command {name} cannot be run: {words}") from error
    late = Timer(_LONGEST, _end, (process.pid,))
    late.start()
    try:
        assert process.stdout is not None, "it is a pipe"
        with process.stdout:
            output = process.stdout.read(_MOST_BYTES + 1)
        if len(output) > _MOST_BYTES:
            _end(process.pid)
        code = process.wait()
    except BaseException:
        _end(process.pid)
        process.wait()
        raise
    finally:
        still_waiting = late.is_alive()
        late.cancel()
    if not still_waiting:
        raise CommandFailedError(f"the command {name} took longer than {_LONGEST:.0f} seconds")
    if len(output) > _MOST_BYTES:
        raise CommandFailedError(f"the command {name} printed too much")
    if code != 0:
        raise CommandFailedError(f"the command {name} failed (exit code {code})")
    return _secret_in(name, output.decode("utf-8", "replace").strip())


def _secret_in(name: str, text: str) -> str:
    if not text.startswith("{"):
        return text.split("\n", 1)[0].strip()
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandFailedError(f"the command {name} printed JSON that is broken") from error
    inner = answer.get("result")  # of the Salesforce CLI
    for record in (answer, inner if isinstance(inner, dict) else {}):
        for key in _TOKEN_KEYS:
            if isinstance(record.get(key), str):
                return str(record[key])
    raise CommandFailedError(f"the command {name} printed JSON without {' or '.join(_TOKEN_KEYS[:2])}")


def _end(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, SIGKILL)
