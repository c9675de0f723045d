"""A workspace over a server: sync, check, live tables, being offline, as commands and screen do it."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_server import HostileServer, Request, answer

from cockpit import Cockpit
from cockpit.cli.entry import run
from cockpit.core.check import check_all
from cockpit.core.live_tables import LiveTables
from cockpit.core.sync_pull import Stopped

CONFIG = """\
schema = 1
name = "over http"
[sources.opportunities]
type = "json"
url = "{url}/deals"
auth = {{ kind = "bearer", token_env = "COCKPIT_TEST_TOKEN" }}
rows = "data"
refresh = "60s"
columns = {{ opportunity_id = "id", stage = "stage", amount = "amount", close_date = "close" }}
status = {{ value = "open" }}
link = "https://crm.example/{{opportunity_id}}"
"""
SECRET = "canary-7f3a9c"


def deal(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"D{number}", "stage": "Lead", "amount": number * 100, "close": "2026-12-01", **more}


class Deals:
    """What the server answers, which a test may change at any time."""

    def __init__(self) -> None:
        self.rows = [deal(number) for number in range(1, 9)]
        self.instead: Callable[[], bytes] | None = None
        self.host = ""

    def __call__(self, request: Request) -> bytes:
        if self.instead is not None:
            return self.instead()
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return answer({"error": "who are you"}, 401)
        return answer({"data": self.rows})


@pytest.fixture
def deals(server: HostileServer, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deals]:
    found = Deals()
    server.handlers["/deals"] = found
    found.host = f"127.0.0.1:{server.port}"
    (workspace / "cockpit.toml").write_text(CONFIG.format(url=server.url))
    (workspace / "cockpit.toml").chmod(0o600)
    monkeypatch.setenv("COCKPIT_TEST_TOKEN", SECRET)
    yield found


def command(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(list(words))
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    return code, out, err


def test_sync_says_what_changed_and_how_far_it_is(deals: Deals, workspace: Path, capsys) -> None:
    words = ("sync", "-w", str(workspace))
    code, out, err = command(*words, capsys=capsys)
    assert code == 0
    assert "8 rows, 8 new" in out
    assert "opportunities: fetching" in err
    deals.rows = [deal(2, amount=1), *deals.rows[2:], deal(9), deal(10, amount="x")]
    code, out, _ = command(*words, capsys=capsys)
    assert code == 0
    assert "8 rows, 1 new, 1 changed, 1 removed, 1 rejected" in out
    assert "1 rejected: amount: not an amount" in out


def test_a_server_that_is_down_keeps_the_last_good_rows_with_age_and_reason(
    deals: Deals, workspace: Path, capsys
) -> None:
    command("sync", "-w", str(workspace), capsys=capsys)
    deals.instead = lambda: answer("<html>sign in</html>", kind="text/html")
    code, out, _ = command("sync", "-w", str(workspace), capsys=capsys)
    assert code == 3
    assert "opportunities  not refreshed" in out
    assert "8 rows of" in out
    with Cockpit.open(workspace) as cockpit:  # offline, the next day: it opens and works
        assert cockpit.kpi("open_pipeline").total("open_pipeline").value == 3600
        assert cockpit.rows("open_pipeline").count == 8


def test_an_emptied_server_is_asked_about(deals: Deals, workspace: Path, capsys) -> None:
    command("sync", "-w", str(workspace), capsys=capsys)
    deals.rows = []
    code, out, _ = command("sync", "-w", str(workspace), capsys=capsys)
    assert code == 3
    assert "came without a row, and 8 rows were read before; those are kept" in out
    code, out, _ = command("sync", "-w", str(workspace), "--allow-empty", capsys=capsys)
    assert code == 0
    assert "8 removed" in out


def test_check_asks_the_server_and_names_what_stands_in_the_way(
    deals: Deals, workspace: Path, capsys
) -> None:
    command("sync", "-w", str(workspace), capsys=capsys)
    checked = check_all(workspace)
    (source,) = checked.sources
    assert (source.reached, source.signed_in, source.rows) == (True, True, 8) or source.rows is None
    assert not [problem for problem in checked.problems if problem.severity == "error"]
    deals.rows = [{"id": "D1", "stage": "Lead", "value": 1, "close": "2026-12-01"}]
    assert any("amount" in problem.message for problem in check_all(workspace).problems)
    deals.instead = lambda: answer({"error": {"message": "missing privilege prvReadOpportunity"}}, 403)
    words = "\n".join(str(problem) for problem in check_all(workspace).problems)
    assert "prvReadOpportunity" in words
    deals.instead = lambda: answer({"error": "expired"}, 401)
    (source,) = check_all(workspace).sources
    assert source.signed_in is False
    assert command("check", "-w", str(workspace), capsys=capsys)[0] == 1


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_live_tables_follow_the_server_by_its_interval(deals: Deals, workspace: Path) -> None:
    clock = Clock()
    with Cockpit.open(workspace) as cockpit:
        cockpit.data.loaded()
        live = LiveTables(cockpit, clock=clock)
        assert "COCKPIT_TEST_TOKEN" not in os.environ  # what is started from here does not inherit it
        assert live.look() == ("opportunities",)  # never fetched: at once
        live.begin(("opportunities",))
        assert live.look() == ()  # never two at once
        result = live.read(("opportunities",))
        live.end(result)
        assert [str(change) for change in result.changes] == ["opportunities: 8 new"]
        assert live.look() == ()
        clock.now += 100
        assert live.look() == ("opportunities",)
        live.begin(("opportunities",))
        deals.instead = lambda: answer({}, 500)
        result = live.read(("opportunities",))
        live.end(result)
        assert not result.all_arrived
        assert result.tables[0].status.kept
        clock.now += 70
        assert live.look() == ()  # it failed: asked less often
        assert cockpit.history.snapshots() == ()


def test_rows_that_another_cockpit_fetched_are_seen(deals: Deals, workspace: Path, capsys) -> None:
    command("sync", "-w", str(workspace), capsys=capsys)
    with Cockpit.open(workspace) as cockpit:
        cockpit.data.loaded()
        live = LiveTables(cockpit)
        assert live.look() == ()
        deals.rows = deals.rows[1:]
        command("sync", "-w", str(workspace), capsys=capsys)
        live.look()
        assert live.look() == ("opportunities",)


def test_a_fetch_can_be_stopped_and_nothing_is_half_loaded(deals: Deals, workspace: Path, capsys) -> None:
    command("sync", "-w", str(workspace), capsys=capsys)
    asked, go_on = threading.Event(), threading.Event()

    def hang() -> bytes:
        asked.set()
        go_on.wait(10)
        return answer({"data": []})

    with Cockpit.open(workspace) as cockpit:
        before = cockpit.data.loaded()
        deals.instead = hang
        live = LiveTables(cockpit)
        live.begin(("opportunities",))
        stopper = threading.Thread(target=lambda: (asked.wait(10), live.stop()))
        stopper.start()
        with pytest.raises(Stopped):
            live.read(("opportunities",))
        live.end()
        stopper.join()
        go_on.set()
        assert cockpit.data.now_held is before
    deals.instead = None
    assert command("sync", "-w", str(workspace), capsys=capsys)[0] == 0


def test_what_another_cockpit_is_fetching_is_left_to_it_by_the_screen(
    deals: Deals, workspace: Path, capsys
) -> None:
    from cockpit.sources.http.download import download_place, locked

    command("sync", "-w", str(workspace), capsys=capsys)
    with Cockpit.open(workspace) as cockpit, locked(download_place(workspace, "opportunities")):
        cockpit.data.loaded()
        live = LiveTables(cockpit)
        live.begin(("opportunities",))
        assert live.read(("opportunities",)).all_arrived
        code, out, _ = command("sync", "-w", str(workspace), capsys=capsys)
        assert code == 3
        assert "is being fetched by another cockpit" in out


def test_a_row_of_a_server_that_is_rejected_opens_as_it_came(deals: Deals, workspace: Path) -> None:
    from cockpit.panes.source import SourceView
    from cockpit.panes.source_rows import SourceRowsView
    from cockpit.panes.view import Context

    deals.rows[2]["amount"] = "much"
    with Cockpit.open(workspace) as cockpit:
        cockpit.sync()
        (issue,) = SourceView("opportunities").load(cockpit, Context()).issues
        rows = SourceRowsView("opportunities", issue).load(cockpit, Context())
        (found,) = rows.rows
        assert (found.original.file, found.original.row) == (f"{deals.host}/deals", 3)
        assert ("amount", "much") in found.original.cells
        assert found.identity is None and found.link == "https://crm.example/D3"


def test_who_is_not_let_in_may_answer_a_question_and_then_is(
    deals: Deals, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_TEST_TOKEN", "expired")
    with Cockpit.open(workspace) as cockpit:
        result = cockpit.sync()
        assert result.questions == {"opportunities": f"token for opportunities at {deals.host}?"}
        assert not result.all_arrived
        cockpit.secrets.give("opportunities", SECRET)
        result = cockpit.sync()
        assert result.all_arrived
        assert not result.questions
