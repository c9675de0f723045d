"""An OData service whose pages are made before anybody asks, so that it costs next to nothing."""

import http.server
from collections.abc import Sequence


def pages_of(rows: Sequence[str], size: int) -> list[bytes]:
    """The answers to a crawl: rows as JSON in pages of a size, each with the link to the next."""
    pages = []
    for start in range(0, len(rows), size):
        following = start + size
        link = f',"@odata.nextLink":"opportunities?$skiptoken={following}"' if following < len(rows) else ""
        value = ",".join(rows[start:following])
        pages.append(f'{{"@odata.count":{len(rows)},"value":[{value}]{link}}}'.encode())
    return pages


def changes_of(rows: Sequence[str], count: int) -> bytes:
    """The answer to a question for rows that changed: they as JSON, and how many rows there are."""
    return f'{{"@odata.count":{count},"value":[{",".join(rows)}]}}'.encode()


def serve_pages(pages: Sequence[bytes], size: int, changes: Sequence[bytes]) -> None:
    """Serve pages of a size on loopback, and what changed last where that is asked for; prints the port.

    `/change/N` makes the change with that number, from 0, the last one.
    """
    last = [0]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            token = self.path.partition("skiptoken=")[2].partition("&")[0]
            body = changes[last[0]] if "filter" in self.path else pages[int(token or 0) // size]
            if self.path.startswith("/change/"):
                last[0], body = int(self.path.removeprefix("/change/")), b"{}"
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
