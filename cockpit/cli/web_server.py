"""The cockpit in a browser: Textual's own web server, behind a door that only the printed address opens.

Whoever reaches a socket on loopback could press keys as this user: other users of the host, and any page open
in a browser of this machine. So every request must name this host, come from this very page, and bring the
secret of the printed address, which becomes a cookie that scripts cannot read.
"""

import secrets
import shlex
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web
from textual_serve.server import Server

HOST = "127.0.0.1"
"""Loopback, always: to look from another machine, forward the port over SSH."""
_COOKIE = "cockpit-{port}"
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://{host}; frame-ancestors 'none'"
)
"""What the page may load: nothing from other hosts. Its own style and script stand within it."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer(Server):
    """Serves one command to those who know the address.

    Args:
        command: the program and its arguments; each page runs one of its own.
        port: the port on loopback.
        say: tells the person who started it where to look.
    """

    def __init__(self, command: Sequence[str], port: int, say: Callable[[str], None]) -> None:
        page = Path(__file__).parent / "page"
        super().__init__(shlex.join(command), host=HOST, port=port, title="Cockpit", templates_path=page)
        self.secret = secrets.token_urlsafe(24)
        self._say = say
        self._authority = f"{HOST}:{port}"

    @property
    def address(self) -> str:
        """What to open in a browser; whoever has it acts as this user until the server ends."""
        return f"http://{self._authority}/?key={self.secret}"

    def initialize_logging(self) -> None:
        """Log nothing: addresses hold the secret, and a fault of the page is shown on the page."""

    async def on_startup(self, app: web.Application) -> None:
        """Say where the cockpit is once the port is taken."""
        self._say(f"the cockpit is at {self.address}\nCtrl+C ends it; the address is a secret of yours")

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._door)
        return app

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let through what comes from the printed address, and its page."""
        own_page = request.headers.get("Origin", f"http://{self._authority}") == f"http://{self._authority}"
        if request.host != self._authority or not own_page:
            raise web.HTTPForbidden(text="this cockpit answers to its own page only\n")
        cookie = _COOKIE.format(port=self.port)
        if self._knows(request.query.get("key")) and request.path == "/":
            opened = web.HTTPFound("/")
            opened.set_cookie(cookie, self.secret, httponly=True, samesite="Strict")
            opened.headers["Referrer-Policy"] = "no-referrer"
            raise opened
        if not self._knows(request.cookies.get(cookie)):
            raise web.HTTPForbidden(text="open the address that `cockpit serve` printed\n")
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(host=self._authority)
        return response

    def _knows(self, given: str | None) -> bool:
        return given is not None and secrets.compare_digest(given.encode(), self.secret.encode())
