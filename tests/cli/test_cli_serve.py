"""`cockpit serve`: only the printed address opens it, and a real browser shows the same cockpit."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

aiohttp = pytest.importorskip("aiohttp", reason="needs the extra web")
pytest.importorskip("textual_serve", reason="needs the extra web")

from aiohttp import ClientSession, CookieJar  # noqa: E402
from aiohttp.test_utils import TestServer, unused_port  # noqa: E402

from cockpit.cli.web_server import HOST, WebServer  # noqa: E402

ECHO = [
    sys.executable,
    "-c",
    "import sys; sys.stdout.buffer.write(b'__GANGLION__\\nD\\0\\0\\0\\5hello'); input()",
]


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    """A server that is up, over a command that says hello as Textual's web driver would."""
    said: list[str] = []
    made = WebServer(ECHO, unused_port(), said.append)
    async with TestServer(await made._make_app(), host=HOST, port=made.port):
        assert made.address in said[0]
        yield made


@pytest.fixture
async def visitor() -> AsyncIterator[ClientSession]:
    """A browser without a screen, which keeps cookies."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def test_the_printed_address_opens_the_page_which_loads_nothing_from_elsewhere(server, visitor):
    async with visitor.get(server.address) as page:
        text = await page.text()
        assert page.status == 200
        assert server.secret not in str(page.url)
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert not [
        url for url in re.findall(r'(?:href|src)="(http[^"]+)"', text) if f":{server.port}/" not in url
    ]
    async with visitor.ws_connect(f"ws://{HOST}:{server.port}/ws") as socket_:
        assert (await socket_.receive(timeout=10)).data == b"hello"


@pytest.mark.parametrize("path", ["/", "/?key=guess", "/ws", "/static/js/textual.js"])
async def test_nobody_enters_without_the_key(server, visitor, path):
    async with visitor.get(f"http://{HOST}:{server.port}{path}") as answer:
        assert answer.status == 403
        assert server.secret not in await answer.text()


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_another_page_may_not_even_with_the_cookie(server, visitor, header):
    async with visitor.get(server.address) as page:
        assert page.status == 200
    async with visitor.get(f"http://{HOST}:{server.port}/ws", headers=header) as answer:
        assert answer.status == 403


def test_a_port_that_is_taken_is_said(command):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        done = command("serve", "--port", taken.getsockname()[1])
    assert (done.code, done.out) == (2, "")
    assert "is taken" in done.err
    assert "--port N" in done.err


def test_without_the_extra_it_says_how_to_install_it(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "cockpit.cli.web_server", None)
    done = command("serve")
    assert done.code == 2
    assert "pip install 'sales-cockpit[web]'" in done.err


@pytest.fixture
def browser() -> Iterator[object]:
    """Chromium, driven by Playwright."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.mark.servers
@pytest.mark.skipif("COCKPIT_TEST_SERVERS" not in os.environ, reason="COCKPIT_TEST_SERVERS is not set")
def test_a_real_browser_shows_the_cockpit_and_takes_its_keys(browser, small_demo: Path, tmp_path: Path):
    words = [sys.executable, "-m", "cockpit", "-w", str(small_demo), "serve", "--port", str(unused_port())]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as served:
        try:
            assert served.stderr is not None
            found = re.search(r"http://\S+", served.stderr.readline())
            assert found is not None
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            shown: list[str] = []

            def listen(socket_: object) -> None:
                socket_.on("framereceived", lambda data: shown.append(_text(data)))  # type: ignore[attr-defined]

            def wait_for(words: str) -> None:
                for _ in range(100):
                    if words in "".join(shown):
                        return
                    page.wait_for_timeout(100)
                pytest.fail(f"{words!r} was never shown: {''.join(shown)[-500:]!r}")

            page.on("websocket", listen)
            page.goto(found[0])
            wait_for("FY27-Q2")
            wait_for("Needs you")
            shown.clear()
            page.keyboard.press("3")  # without a click first
            wait_for("Late")
            page.keyboard.press("q")
            page.wait_for_selector("body.-closed")
        finally:
            served.terminate()


def _text(frame: bytes | str) -> str:
    return frame.decode(errors="replace") if isinstance(frame, bytes) else frame
