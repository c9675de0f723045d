"""A secret in every way of signing in, every command, a server that says it back: it is written nowhere."""

import base64
import json
import logging
import os
import sys
import types
from pathlib import Path
from urllib.parse import quote

import pytest
from hostile_server import HostileServer, Request, answer

from cockpit.base import crash
from cockpit.cli.entry import run

CANARY = 'c4nary/S3cret+"value'
USER = "pat"
WRITINGS = (
    CANARY,
    quote(CANARY, safe=""),
    json.dumps(CANARY)[1:-1],
    base64.b64encode(f"{USER}:{CANARY}".encode()).decode(),
)
COMMANDS = (
    ("sync", "--full"), ("sync", "--json"), ("check",), ("check", "--json"), ("rejects",),
    ("rejects", "--json"),
    ("config", "show"), ("config", "path"), ("doctor", "--json"), ("history", "--json"), ("brief",),
    ("brief", "--view", "data"), ("kpi", "--csv"), ("rows", "open_count", "--csv"), ("explain", "open_count"),
    ("lock", "before"), ("moves",),
)  # fmt: skip
WAYS = [
    *((kind, origin) for kind in ("basic", "bearer", "header") for origin in ("env", "file", "command")),
    ("bearer", "keyring"),
    ("device", ""),
]


def auth(kind: str, origin: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The value of `auth` for a way of signing in, its secret in place."""
    what = {"basic": "password", "bearer": "token", "header": "value"}.get(kind)
    more = {"basic": f'user = "{USER}", ', "header": 'name = "X-Api-Key", '}.get(kind, "")
    file = folder / "secret.txt"
    file.write_text(CANARY)
    file.chmod(0o600)
    where = '""'
    if origin == "env":
        monkeypatch.setenv("COCKPIT_TEST_CANARY", CANARY)
        where = '"COCKPIT_TEST_CANARY"'
    elif origin == "file":
        where = json.dumps(str(file))
    elif origin == "command":
        where = json.dumps([sys.executable, "-c", f"print(open({str(file)!r}).read())"])
    elif origin == "keyring":
        keyring = types.ModuleType("keyring")
        keyring.get_password = lambda service, user: CANARY  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keyring", keyring)
        where = '"crm/pat"'
    else:
        _sign_in_by_device(monkeypatch)
        return '{ kind = "device", client_id = "id", tenant = "contoso", scope = "https://crm/.default" }'
    return f'{{ kind = "{kind}", {more}{what}_{origin} = {where} }}'


def _sign_in_by_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much of msal as holds a token."""
    from cockpit.sources.http import device

    class Application:
        def __init__(self, *_: object, **__: object) -> None: ...

        def get_accounts(self) -> list[str]:
            return [USER]

        def acquire_token_silent(self, scopes: list[str], account: str) -> dict[str, str]:
            return {"access_token": CANARY}

    class Cache:
        has_state_changed = False

    msal = types.ModuleType("msal")
    msal.PublicClientApplication, msal.SerializableTokenCache = Application, Cache  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "msal", msal)
    monkeypatch.setattr(device, "_caches", {})


def spiteful(request: Request) -> bytes:
    """Says the secret back in every place that is not a row."""
    said = request.headers.get("authorization") or request.headers.get("x-api-key", "")
    headers = {"WWW-Authenticate": said, "Retry-After": said, "ETag": f'"{said}"', "Last-Modified": said}
    bad = {"error": {"code": said, "message": f"no {said}, {quote(CANARY, safe='')}"}}
    turn = spiteful.turn = spiteful.turn + 1  # type: ignore[attr-defined]
    status = (200, 401, 403, 400, 404, 200, 500, 302)[turn % 8]
    if status == 302:
        headers["Location"] = f"https://other.example/{quote(said)}?token={quote(said)}"
    rows = [{"id": f"D{one}", "stage": "Lead", "amount": one, "close": "2026-12-01"} for one in range(1, 5)]
    rows.append({"id": "D5", "stage": "Lead", "amount": "much", "close": "never"})
    return answer({"data": rows} if status == 200 else bad, status, headers)


@pytest.mark.parametrize(("kind", "origin"), WAYS)
def test_38_no_command_writes_a_secret_anywhere(
    kind: str, origin: str, server: HostileServer, workspace: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    spiteful.turn = -1  # type: ignore[attr-defined]
    server.says("/deals", spiteful)
    config = workspace / "cockpit.toml"
    config.write_text(
        f'schema = 1\nname = "canary"\nas_of = "2026-11-23"\n[sources.opportunities]\ntype = "json"\n'
        f'url = "{server.url}/deals"\nrows = "data"\nauth = {auth(kind, origin, tmp_path, monkeypatch)}\n'
        'columns = { opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }\n'
        'status = { value = "open" }\n'
    )
    config.chmod(0o600)
    commands = COMMANDS if origin in ("env", "") else COMMANDS[:8]
    for words in (COMMANDS[0], *commands, *COMMANDS[:4] * 2):
        run([words[0], *words[1:], "-w", str(workspace)])
    try:
        raise RuntimeError(CANARY) from ValueError(f"Bearer {CANARY}")
    except RuntimeError as error:
        crash.keep(error)
    sent = [
        request.headers.get("authorization") or request.headers.get("x-api-key") for request in server.log
    ]
    assert len(sent) > 8 and all(sent)
    own = {config, tmp_path / "secret.txt"}
    homes = [workspace, *(Path(os.environ[name]) for name in os.environ if name.startswith("XDG_"))]
    files = [file for home in homes for file in home.rglob("*") if file.is_file() and file not in own]
    written = [(file, file.read_bytes()) for file in files]
    assert any(file.name.startswith("crash-") for file, _ in written)
    assert any(file.name == "current.json" for file, _ in written)
    output = capfd.readouterr()
    told = [output.out, output.err, caplog.text, repr(sys.argv), *(request.target for request in server.log)]
    assert "much" in output.out  # the commands did say something
    for writing in WRITINGS:
        assert not [text for text in told if writing in text]
        assert not [file for file, data in written if writing.encode() in data]
