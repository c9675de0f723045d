"""What the screen says while a refresh runs that nobody asked for."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import Desk

from cockpit.sources.http.progress import Progress
from cockpit.tui.live import LONG, TOLD_FOR, LiveSession

STEP = Progress("opportunities", "fetching", rows=2_000, bytes=400_000, total=20_000)


class Tables:
    """A reading that is as far as the test says."""

    def __init__(self) -> None:
        self.reading = False
        self.step: Progress | None = None

    def look(self) -> tuple[str, ...]:
        return ("opportunities",)

    def begin(self, names: Any) -> None:
        self.reading = True

    def read(self, names: Any, **_: Any) -> Any:
        return SimpleNamespace(tables=(), changes=(), questions={})

    def end(self, result: Any = None) -> None:
        self.reading, self.step = False, None


class Refreshing:
    """A screen over a refresh that was begun by its interval."""

    def __init__(self, *known: str) -> None:
        self.desk, self.tables, self.now = Desk(), Tables(), 100.0
        cockpit: Any = self.desk.cockpit
        cockpit.data = SimpleNamespace(now_held=SimpleNamespace(tables=dict.fromkeys(known)))
        cockpit.secrets = SimpleNamespace(watched=False)
        self.live = LiveSession(self.desk.session, lambda: self.tables, lambda: self.now)  # type: ignore[arg-type]
        self.desk.shell.at_once = False
        self.desk.session.say("")
        self.tick()  # looks
        self.desk.shell.jobs[0][2](SimpleNamespace(error=None, value=("opportunities",)))  # and begins
        del self.desk.shell.jobs[0]
        self.tables.step = STEP

    def tick(self, seconds: float = 0.0) -> str:
        self.now += seconds
        self.live.tick(has_focus=True)
        return self.desk.message


def test_figures_that_wait_for_their_first_fetch_say_how_far_it_is() -> None:
    screen = Refreshing()
    assert screen.tick(0.1) == "opportunities: fetching, 2,000 of 20,000 rows, 400 kB   r stops"


def test_a_short_refresh_says_nothing_and_a_long_one_how_far_it_is() -> None:
    screen = Refreshing("opportunities")
    assert screen.tick(0.5) == ""
    assert "2,000 of 20,000 rows" in screen.tick(LONG)


def test_the_wait_that_a_server_asks_for_is_counted_down() -> None:
    screen = Refreshing("opportunities")
    until = datetime.now(UTC) + timedelta(seconds=20)
    screen.tables.step = Progress("opportunities", "waiting", waiting_until=until)
    assert screen.tick(0.1).startswith("opportunities: the server asks to wait, 20 s left")


def test_an_unknown_total_is_said_to_be_unknown() -> None:
    screen = Refreshing()
    screen.tables.step = Progress("opportunities", "fetching", rows=2_000, bytes=400_000)
    assert "2,000 rows, 400 kB, total unknown" in screen.tick(0.1)


@pytest.mark.parametrize("known", [(), ("opportunities",)])
def test_what_stands_there_is_not_wiped_away(known: tuple[str, ...]) -> None:
    screen = Refreshing(*known)
    screen.desk.session.say("copied")
    assert screen.tick(0.5) == "copied"
    screen.tick(TOLD_FOR)
    assert ("fetching" in screen.tick(0.1)) is (not known)  # only where figures wait for it
    screen.desk.session.say("that went wrong", problem=True)
    assert screen.tick(TOLD_FOR) == screen.tick(TOLD_FOR) == "that went wrong"


def test_the_line_goes_when_the_refresh_ends() -> None:
    screen = Refreshing()
    assert "fetching" in screen.tick(0.1)
    screen.desk.shell.work_off()
    assert screen.desk.message == ""
    assert not screen.tables.reading


def test_a_secret_that_is_asked_for_is_given_to_the_source_and_shown_nowhere() -> None:
    screen = Refreshing("opportunities", "accounts")
    given: list[tuple[str, str]] = []
    cockpit: Any = screen.desk.cockpit
    cockpit.secrets.give = lambda table, secret: given.append((table, secret))
    cockpit.workspace = SimpleNamespace(config=SimpleNamespace(sources=dict.fromkeys(("opportunities",))))
    screen.desk.shell.work_off()
    screen.live.read_now()
    questions = {
        "opportunities": "token for opportunities at crm.example?",
        "accounts": "token for accounts?",
    }
    table = SimpleNamespace(
        status=SimpleNamespace(name="opportunities", problems=()), arrived=False, emptied=0, kept=None
    )
    result = SimpleNamespace(tables=(table,), changes=(), questions=questions)
    screen.desk.shell.jobs[-1][2](SimpleNamespace(error=None, value=result))
    screen.desk.shell.jobs.clear()
    assert "token for opportunities at crm.example?" in screen.desk.text
    assert "kept in memory only" in screen.desk.text
    screen.desk.type("canary 7")
    assert "canary" not in screen.desk.text and "••••••••" in screen.desk.text
    screen.desk.press("enter")
    assert given == [("opportunities", "canary 7")]
    assert "canary" not in screen.desk.text
    assert screen.tables.reading and screen.desk.shell.jobs[-1][0] == "read"
