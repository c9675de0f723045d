"""Rows that came since all were written lie in a file beside them, until they are too many."""

import json
from pathlib import Path

import pytest
from fetching import accounts, fetch, rows_of
from hostile_server import HostileServer, Request, answer

from cockpit import Cockpit
from cockpit.core.sync_words import told
from cockpit.sources.history import writing
from cockpit.sources.http.download import download_place, downloaded
from cockpit.sources.http.progress import Refreshed
from cockpit.sources.load import load_table
from cockpit.sources.spec import SourceSpec

COUNT = 40


class Changing:
    """An OData service whose rows a test changes; what is asked for by date are those that changed since."""

    def __init__(self) -> None:
        self.rows = {f"a{number:02}": self.row(number, "0") for number in range(COUNT)}
        self.latest: list[str] = []

    @staticmethod
    def row(number: int, name: str, minute: int = 0) -> dict[str, object]:
        return {"id": f"a{number:02}", "name": name, "changed": f"2026-11-20T09:{minute:02}:00Z"}

    def change(self, name: str, *numbers: int) -> None:
        """Give rows another name; new ones come into being."""
        self.latest = []
        for number in numbers:
            row = self.row(number, name, 30)
            self.rows[str(row["id"])] = row
            self.latest.append(str(row["id"]))

    def __call__(self, request: Request) -> bytes:
        asked = [self.rows[key] for key in self.latest] if "$filter" in request.query else self.rows.values()
        return answer(json.dumps({"@odata.count": len(list(asked)), "value": list(asked)}))


@pytest.fixture
def service(server: HostileServer) -> Changing:
    found = Changing()
    server.says("/rows", found)
    return found


@pytest.fixture
def spec(server: HostileServer) -> SourceSpec:
    return accounts(f"{server.url}/rows", type="odata", key="id", modified="changed")


def names(workspace: Path) -> dict[str, str]:
    return {one["id"]: one["name"] for one in rows_of(workspace)}


def state(workspace: Path) -> tuple[str, str | None]:
    """Which revisions hold all rows and the changes."""
    current = downloaded(download_place(workspace, "accounts"))
    assert current is not None
    files = (current.file, current.changes)
    return tuple(None if one is None else one.partition("/")[0] for one in files)


def counts(done: Refreshed) -> tuple[int, int, int, int]:
    return done.rows, done.added, done.updated, done.removed


def test_all_rows_stay_while_few_change(service: Changing, spec: SourceSpec, workspace: Path) -> None:
    fetch(workspace, spec)
    assert state(workspace) == ("00000001", None)
    for name, numbers, expected in (
        ("1", (3, 4), (COUNT, 0, 2, 0)),
        ("2", (4, COUNT), (COUNT + 1, 1, 1, 0)),
        ("2", (4, COUNT), (COUNT + 1, 0, 0, 0)),
    ):
        service.change(name, *numbers)
        assert counts(fetch(workspace, spec)) == expected
        assert names(workspace) == {key: row["name"] for key, row in service.rows.items()}
    assert state(workspace) == ("00000001", "00000003")
    folders = {one.name for one in download_place(workspace, "accounts").iterdir() if one.is_dir()}
    assert folders == {"00000001", "00000002", "00000003"}
    service.change("3", 10, 11, 12)
    assert counts(fetch(workspace, spec)) == (COUNT + 1, 0, 3, 0)
    assert names(workspace) == {key: row["name"] for key, row in service.rows.items()}
    assert state(workspace) == ("00000004", None)
    folders = {one.name for one in download_place(workspace, "accounts").iterdir() if one.is_dir()}
    assert folders == {"00000001", "00000003", "00000004"}  # who reads the state before still finds it
    service.change("4", 1)
    fetch(workspace, spec)
    folders = {one.name for one in download_place(workspace, "accounts").iterdir() if one.is_dir()}
    assert folders == {"00000004", "00000005"}


def test_many_rows_at_once_are_written_with_the_others(
    service: Changing, spec: SourceSpec, workspace: Path
) -> None:
    fetch(workspace, spec)
    service.change("1", *range(10, 20))
    assert counts(fetch(workspace, spec)) == (COUNT, 0, 10, 0)
    assert names(workspace) == {key: row["name"] for key, row in service.rows.items()}
    assert state(workspace) == ("00000002", None)


def test_rows_that_a_sweep_finds_gone_are_gone(service: Changing, spec: SourceSpec, workspace: Path) -> None:
    fetch(workspace, spec)
    swept = accounts(spec.url or "", type="odata", key="id", modified="changed", full_every="1s")
    service.change("1", 3, COUNT)
    fetch(workspace, spec)
    service.latest = []
    del service.rows["a05"], service.rows[f"a{COUNT}"]
    place = download_place(workspace, "accounts")
    current = json.loads((place / "current.json").read_bytes())
    (place / "current.json").write_text(json.dumps({**current, "swept_at": "2026-11-20T09:00:00Z"}))
    assert counts(fetch(workspace, swept)) == (COUNT - 1, 0, 0, 2)
    assert set(names(workspace)) == set(service.rows)
    assert state(workspace) == ("00000001", "00000003")


@pytest.mark.parametrize("lost", ["rows.parquet", "changes.parquet"])
def test_without_either_file_everything_is_fetched(
    service: Changing, spec: SourceSpec, workspace: Path, lost: str
) -> None:
    fetch(workspace, spec)
    service.change("1", 3)
    fetch(workspace, spec)
    next(download_place(workspace, "accounts").rglob(lost)).unlink()
    assert downloaded(download_place(workspace, "accounts")) is None
    assert fetch(workspace, spec).full
    assert names(workspace) == {key: row["name"] for key, row in service.rows.items()}


def test_half_written_changes_of_a_crash_are_never_read(
    service: Changing, spec: SourceSpec, workspace: Path
) -> None:
    fetch(workspace, spec)
    place = download_place(workspace, "accounts")
    (place / "00000002").mkdir()
    (place / "00000002" / "changes.parquet").write_bytes(b"half")
    assert load_table("accounts", spec, workspace).frame.height == COUNT
    service.change("1", 3)
    fetch(workspace, spec)
    assert names(workspace)["a03"] == "1"
    assert load_table("accounts", spec, workspace).frame.filter(account_id="a03")["account"].item() == "1"


CONFIG = """\
schema = 1
name = "changing"
[sources.accounts]
type = "odata"
url = "{url}/rows"
key = "id"
modified = "changed"
columns = {{ account_id = "id", account = "name" }}
"""


def test_every_sync_is_told_and_kept_in_the_history(
    service: Changing, server: HostileServer, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "cockpit.toml").write_text(CONFIG.format(url=server.url))
    compared: list[int] = []
    real = writing.heads
    monkeypatch.setattr(
        writing, "heads", lambda frame, *more: compared.append(frame.height) or real(frame, *more)
    )
    held: dict[str, dict[str, str]] = {}
    for name, numbers, expected in (
        ("0", (), f"accounts: {COUNT} new"),
        ("1", (3, 4), "accounts: 2 changed"),
        ("2", (4, COUNT), "accounts: 1 new, 1 changed"),
        ("3", (7, 8, 9), "accounts: 3 changed"),
        ("4", (1,), "accounts: 1 changed"),
        ("4", (1,), ""),
    ):
        service.change(name, *numbers)
        with Cockpit.open(workspace) as cockpit:
            result = cockpit.sync()
            assert told(result) == expected
            assert result.snapshot is not None
            held[result.snapshot] = {key: str(row["name"]) for key, row in service.rows.items()}
    assert compared == [COUNT, 2, 2, COUNT + 1, 1]  # the fourth wrote all rows anew
    with Cockpit.open(workspace) as cockpit:
        for snapshot in cockpit.history.snapshots():
            state = cockpit.history.state("accounts", snapshot)
            assert state is not None
            assert dict(state.select("account_id", "account").iter_rows()) == held[snapshot.id]
