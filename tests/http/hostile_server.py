"""A small HTTP server whose every byte a test decides, for what honest servers never do; it keeps a log."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


Handler = Callable[[Request], bytes | Iterable[bytes]]


def answer(
    body: bytes | str | Any = b"",
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    kind: str = "application/json",
    length: int | None = None,
) -> bytes:
    """A whole answer. Anything but bytes and text is sent as JSON."""
    if isinstance(body, str):
        data = body.encode()
    elif isinstance(body, bytes):
        data = body
    else:
        data = json.dumps(body).encode()
    told = {"Content-Type": kind, "Content-Length": str(len(data) if length is None else length)}
    told |= headers or {}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in told.items())]
    lines.append("Connection: close")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if status == 304 else data)


@dataclass
class HostileServer:
    """Answers each path by its handler; the log holds every request. With a context it speaks TLS."""

    context: ssl.SSLContext | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0

    def __enter__(self) -> "HostileServer":
        outer = self
        lock = threading.Lock()

        class Connection(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                first = self.rfile.readline().decode("latin-1").split()
                if len(first) < 2:
                    return
                headers = {}
                while (line := self.rfile.readline().decode("latin-1").strip()) != "":
                    name, _, value = line.partition(":")
                    headers[name.strip().lower()] = value.strip()
                body = self.rfile.read(int(headers.get("content-length", 0)))
                request = Request(first[0], first[1], headers, body)
                with lock:
                    outer.log.append(request)
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                try:
                    handler = outer.handlers.get(request.path, lambda _: answer({"error": "no"}, 404))
                    said = handler(request)
                    for part in [said] if isinstance(said, bytes) else said:
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:
                    pass
                finally:
                    with lock:
                        outer._at_once -= 1

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def get_request(self) -> tuple[Any, Any]:
                connection, address = super().get_request()
                if outer.context is not None:  # its greeting is read with the request, in the thread of that
                    connection = outer.context.wrap_socket(
                        connection, server_side=True, do_handshake_on_connect=False
                    )
                return connection, address

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Connection)
        self._server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def says(self, path: str, *answers: bytes | Handler) -> None:
        """One answer after the other at that path; the last one again and again."""
        waiting = list(answers)

        def handler(request: Request) -> bytes | Iterable[bytes]:
            said = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            return said if isinstance(said, bytes) else said(request)

        self.handlers[path] = handler

    def asked(self, path: str) -> int:
        """How often that path was asked for."""
        return sum(request.path == path for request in self.log)
