"""Where secrets come from, what must not be run or read, and that none is ever written anywhere."""

import asyncio
import os
import sys
import threading
import time
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fetching import PATIENT, accounts, fetch, row
from hostile_server import HostileServer, Request, answer

from cockpit.base.problems import CockpitError, ConfigError
from cockpit.core.sync_words import step_words
from cockpit.sources.http.download import download_place
from cockpit.sources.http.failures import SignInError
from cockpit.sources.http.probe import probe
from cockpit.sources.http.progress import DeviceCode, Progress
from cockpit.sources.http.refresh import run_blocking
from cockpit.sources.http.secrets import Secrets, groups_of
from cockpit.sources.http.spec import AuthSpec
from cockpit.workspace.load import load_workspace

CANARY = "c4nary/S3cret+value"


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def header(auth: AuthSpec, folder: Path, config: Path | None = None) -> tuple[str, str] | None:
    return Secrets(config).header("accounts", auth, folder)


def test_a_variable_is_read_once_and_leaves_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_CRM_TOKEN", CANARY)
    auth = AuthSpec(kind="bearer", token_env="TEST_CRM_TOKEN")
    assert header(auth, tmp_path) == ("Authorization", f"Bearer {CANARY}")
    assert "TEST_CRM_TOKEN" not in os.environ
    assert header(auth, tmp_path) == ("Authorization", f"Bearer {CANARY}")
    with pytest.raises(SignInError, match="TEST_CRM_OTHER is not set"):
        header(AuthSpec(kind="bearer", token_env="TEST_CRM_OTHER"), tmp_path)


def test_variables_can_all_be_taken_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_CRM_PW", CANARY)
    secrets = Secrets()
    secrets.take_from_environment([AuthSpec(kind="basic", user="pat", password_env="TEST_CRM_PW")])
    assert "TEST_CRM_PW" not in os.environ
    assert secrets.redact(f"x {CANARY} y") == "x [secret] y"


def test_basic_and_header(tmp_path: Path) -> None:
    private(tmp_path / "pw", "Tür:pass\n")
    found = header(AuthSpec(kind="basic", user="pat", password_file="pw"), tmp_path)
    assert found == ("Authorization", "Basic cGF0OlTDvHI6cGFzcw==")
    found = header(AuthSpec(kind="header", name="X-Api-Key", value_file="pw"), tmp_path)
    assert found == ("X-Api-Key", "Tür:pass")


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    file = private(tmp_path / "token", CANARY)
    auth = AuthSpec(kind="bearer", token_file="token")
    assert header(auth, tmp_path) == ("Authorization", f"Bearer {CANARY}")
    file.chmod(0o640)
    with pytest.raises(SignInError, match="others may read") as caught:
        header(auth, tmp_path)
    assert "chmod 600" in str(caught.value) and CANARY not in str(caught.value)
    file.unlink()
    with pytest.raises(SignInError, match="cannot be read"):
        header(auth, tmp_path)
    private(file, "two\nlines")
    with pytest.raises(SignInError, match="control character"):
        header(auth, tmp_path)


@pytest.mark.parametrize(
    "printed",
    [
        CANARY,
        f'{{"accessToken": "{CANARY}", "expiresOn": "x"}}',
        f'{{"access_token":"{CANARY}"}}',
        f'{{"status": 0, "result": {{"accessToken": "{CANARY}", "instanceUrl": "https://x"}}}}',
    ],
)
def test_a_command_prints_the_secret(printed: str, tmp_path: Path) -> None:
    config = private(tmp_path / "cockpit.toml", "")
    auth = AuthSpec(kind="bearer", token_command=[sys.executable, "-c", f"print({printed!r})"])
    assert header(auth, tmp_path, config) == ("Authorization", f"Bearer {CANARY}")


def test_tables_of_one_server_share_a_secret_and_others_never_get_it(tmp_path: Path) -> None:
    config = private(tmp_path / "cockpit.toml", "")
    log = tmp_path / "runs"
    program = f"open({str(log)!r}, 'a').write('x'); print(len(open({str(log)!r}).read()))"
    auth = AuthSpec(kind="bearer", token_command=[sys.executable, "-c", program])
    urls = {
        "accounts": "https://a.example/1",
        "contacts": "https://A.example:443/2",
        "team": "https://b.example/",
    }
    specs = {table: accounts(url, auth=auth) for table, url in urls.items()}
    secrets = Secrets(config, groups_of(specs))

    def sent(table: str) -> str:
        found = secrets.header(table, auth, tmp_path)
        assert found is not None
        return found[1]

    assert [sent(table) for table in ("accounts", "contacts", "team", "contacts")] == [
        "Bearer 1", "Bearer 1", "Bearer 2", "Bearer 1",
    ]  # fmt: skip
    secrets.forget("contacts")  # it has expired for both
    assert [sent("accounts"), sent("contacts"), sent("team")] == ["Bearer 3", "Bearer 3", "Bearer 2"]
    secrets.give("accounts", "typed")
    assert [sent("contacts"), sent("team")] == ["Bearer typed", "Bearer 2"]


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (f"import sys; sys.stderr.write('{CANARY}'); sys.exit(3)", "exit code 3"),
        ("print('x' * 100_000)", "too much"),
        ("print('{')", "broken"),
        ("print('{}')", "without accessToken"),
        ("pass", "empty"),
    ],
)
def test_a_command_that_fails_shows_nothing_of_what_it_said(program: str, words: str, tmp_path: Path) -> None:
    config = private(tmp_path / "cockpit.toml", "")
    auth = AuthSpec(kind="bearer", token_command=[sys.executable, "-c", program])
    with pytest.raises(SignInError, match=words) as caught:
        header(auth, tmp_path, config)
    assert CANARY not in str(caught.value)


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cockpit.sources.http import command

    monkeypatch.setattr(command, "_LONGEST", 0.3)
    config = private(tmp_path / "cockpit.toml", "")
    auth = AuthSpec(kind="bearer", token_command=[sys.executable, "-c", "import time; time.sleep(30)"])
    with pytest.raises(SignInError, match="took longer"):
        header(auth, tmp_path, config)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_35_no_command_from_a_file_that_others_may_write(mode: int, tmp_path: Path) -> None:
    config = private(tmp_path / "cockpit.toml", "")
    config.chmod(mode)
    mark = tmp_path / "mark"
    auth = AuthSpec(kind="bearer", token_command=["touch", str(mark)])
    with pytest.raises(SignInError, match="others may write"):
        header(auth, tmp_path, config)
    with pytest.raises(SignInError, match="vouches"):
        header(auth, tmp_path, None)
    assert not mark.exists()


def test_35_a_folder_that_others_may_write_is_no_better(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    config = private(folder / "cockpit.toml", "")
    with pytest.raises(SignInError, match="others may replace"):
        header(AuthSpec(kind="bearer", token_command=["true"]), tmp_path, config)


SECTION = """
[sources.accounts]
type = "json"
url = "https://crm.example/accounts"
auth = { kind = "bearer", token_command = ["az", "account", "get-access-token"] }
columns = { account_id = "id" }
"""


def test_35_a_writable_configuration_with_a_command_is_told_with_its_line(tmp_path: Path) -> None:
    config = private(tmp_path / "cockpit.toml", SECTION)
    assert load_workspace(tmp_path).config.sources["accounts"].auth is not None
    config.chmod(0o666)
    with pytest.raises(ConfigError) as caught:
        load_workspace(tmp_path)
    (problem,) = caught.value.problems
    assert problem.line == 5 and "others may write" in problem.message


def test_the_keyring_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = AuthSpec(kind="bearer", token_keyring="crm/pat")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SignInError, match=r"sales-cockpit\[keyring\]"):
        header(auth, tmp_path)
    fake = types.SimpleNamespace(get_password=lambda service, user: f"{service}:{user}")
    monkeypatch.setitem(sys.modules, "keyring", fake)
    assert header(auth, tmp_path) == ("Authorization", "Bearer crm:pat")
    fake.get_password = lambda service, user: None
    with pytest.raises(SignInError, match="has nothing under crm/pat"):
        header(auth, tmp_path)


class FakeMsal(types.ModuleType):
    """As much of msal as a device sign-in touches."""

    def __init__(self, uri: str, answer: dict[str, Any]) -> None:
        super().__init__("msal")
        outer = self
        self.uri, self.answer, self.silent = uri, answer, None

        class Application:
            def __init__(self, client: str, authority: str, token_cache: Any) -> None:
                assert authority == "https://login.microsoftonline.com/contoso"

            def get_accounts(self) -> list[dict[str, str]]:
                return [{"username": "pat"}]

            def acquire_token_silent(self, scopes: list[str], account: Any) -> Any:
                return outer.silent

            def initiate_device_flow(self, scopes: list[str]) -> dict[str, str]:
                return {"user_code": "A1B2\x1b]0;x\x07", "verification_uri": outer.uri}

            def acquire_token_by_device_flow(self, flow: dict[str, str]) -> dict[str, Any]:
                return outer.answer

        class Cache:
            has_state_changed = True

            def serialize(self) -> str:
                return "{}"

            def deserialize(self, text: str) -> None:
                pass

        self.PublicClientApplication = Application
        self.SerializableTokenCache = Cache


def test_a_code_for_the_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cockpit.sources.http import device

    monkeypatch.setattr(device, "_caches", {})
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    auth = AuthSpec(kind="device", tenant="contoso", client_id="id", scope="https://crm/.default")
    monkeypatch.setitem(sys.modules, "msal", None)
    with pytest.raises(SignInError, match=r"sales-cockpit\[dataverse\]"):
        header(auth, tmp_path)
    fake = FakeMsal("https://microsoft.com/devicelogin", {"access_token": CANARY})
    monkeypatch.setitem(sys.modules, "msal", fake)
    with pytest.raises(SignInError, match="typed into a browser"):
        header(auth, tmp_path)
    shown: list[DeviceCode] = []
    assert Secrets().header("accounts", auth, tmp_path, shown.append) == (
        "Authorization",
        f"Bearer {CANARY}",
    )
    assert "\x1b" not in shown[0].code and shown[0].url == "https://microsoft.com/devicelogin"
    assert (tmp_path / "cockpit" / "tokens.json").stat().st_mode & 0o777 == 0o600
    fake.uri = "https://evil.example/devicelogin"
    with pytest.raises(SignInError, match="could not be begun"):
        Secrets().header("accounts", auth, tmp_path, shown.append)
    fake.uri, fake.answer = "https://microsoft.com/devicelogin", {"error_codes": [53003]}
    with pytest.raises(SignInError, match="organisation blocks"):
        Secrets().header("accounts", auth, tmp_path, shown.append)
    fake.silent = {"access_token": "silent"}
    assert header(auth, tmp_path) == ("Authorization", "Bearer silent")
    assert len(shown) == 2


def test_whoever_watches_a_refresh_is_shown_the_code_and_can_stop_waiting(
    server: HostileServer, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cockpit.sources.http import device

    monkeypatch.setattr(device, "_caches", {})
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    fake = FakeMsal("https://microsoft.com/devicelogin", {"access_token": CANARY})
    monkeypatch.setitem(sys.modules, "msal", fake)
    auth = AuthSpec(kind="device", tenant="contoso", client_id="id", scope="https://crm/.default")
    spec = accounts(f"{server.url}/rows", auth=auth)
    server.says("/rows", answer([row(1)]))
    secrets, told = Secrets(), list[Progress]()
    with pytest.raises(SignInError, match="typed into a browser") as caught:
        fetch(workspace, spec, secrets=secrets, progress=told.append)
    assert caught.value.question is None and not server.log  # nobody to ask, nothing to type here
    secrets.watched = True
    assert fetch(workspace, spec, secrets=secrets, progress=told.append).rows == 1
    codes = [one for one in told if one.code is not None]
    assert "https://microsoft.com/devicelogin and type A1B2" in step_words(codes[0], datetime.now(UTC))
    assert told[-1].code is None
    assert server.log[0].headers["authorization"] == f"Bearer {CANARY}"

    stopped, waiting = threading.Event(), threading.Event()

    def wait(self: Any, flow: dict[str, Any]) -> dict[str, Any]:
        waiting.set()
        while flow.get("expires_at") != 0:
            time.sleep(0.01)
        stopped.set()
        return {"error": "expired"}

    monkeypatch.setattr(fake.PublicClientApplication, "acquire_token_by_device_flow", wait)
    secrets.forget("accounts")
    cancel = threading.Event()
    threading.Thread(target=lambda: waiting.wait(5) and cancel.set()).start()
    with pytest.raises(asyncio.CancelledError):
        fetch(workspace, spec, secrets=secrets, cancel=cancel)
    assert stopped.wait(5)


@pytest.mark.parametrize("kind", ["basic", "bearer", "header"])
def test_38_no_secret_is_ever_written_or_shown(
    kind: str,
    server: HostileServer,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server says every secret it is sent back, wherever it can."""
    import base64
    import logging

    caplog.set_level(logging.DEBUG)
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    private(tmp_path / "secret", CANARY)
    key = {"basic": "password_file", "bearer": "token_file", "header": "value_file"}[kind]
    names = {"basic": {"user": "pat"}, "header": {"name": "X-Key"}}.get(kind, {})
    auth = AuthSpec(kind=kind, **names, **{key: str(tmp_path / "secret")})  # type: ignore[arg-type]
    spec = accounts(f"{server.url}/rows", auth=auth)
    told: list[str] = []
    heard = told

    def sent(request: Request) -> str:
        return request.headers["x-key" if kind == "header" else "authorization"]

    def echo(status: int, **headers: str) -> Any:
        def handler(request: Request) -> bytes:
            said = sent(request)
            return answer(
                {"error": {"code": said, "message": f"no {said} {CANARY}"}},
                status,
                {"WWW-Authenticate": said, **{name: value.format(said) for name, value in headers.items()}},
            )

        return handler

    for handler in (
        answer([row(1)]),
        echo(400),
        echo(401),
        echo(403),
        echo(404),
        echo(500),
        echo(429, **{"Retry-After": "{}"}),
        echo(302, Location="http://other.example/{}"),
        answer("[broken " + CANARY),
    ):
        server.says("/rows", handler)
        secrets = Secrets()
        try:
            fetch(workspace, spec, secrets=secrets, progress=lambda one: heard.append(repr(one)), full=True)
        except CockpitError as error:
            told += [str(error), repr(error), repr(error.problems), repr(error.__cause__)]
        found = run_blocking(
            probe("accounts", spec, download_place(workspace, "accounts"), secrets=secrets, limits=PATIENT)
        )
        told += [repr(found), repr(secrets), repr(spec)]
    assert any(sent(request) for request in server.log)
    packed = base64.b64encode(f"pat:{CANARY}".encode()).decode()
    written = [file.read_bytes() for file in workspace.rglob("*") if file.is_file()]
    home = Path(os.environ["HOME"])
    written += [file.read_bytes() for file in home.rglob("*") if file.is_file()]
    output = capfd.readouterr()
    told += [output.out, output.err, caplog.text, repr(sys.argv), repr(dict(os.environ))]
    for secret in (CANARY, packed):
        assert not [text for text in told if secret in text]
        assert not [data for data in written if secret.encode() in data]
