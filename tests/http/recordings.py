"""Exchanges recorded from the documentation of the systems; each file names its source."""

import json
import re
from pathlib import Path
from typing import Any

from hostile_server import Request, answer

_FOLDER = Path(__file__).with_name("recorded")


class Recording:
    """The answers of one system, for a server at `url`."""

    def __init__(self, system: str, url: str) -> None:
        text = (_FOLDER / f"{system}.json").read_text(encoding="utf-8").replace("§HOST§", url)
        self._bodies = json.loads(text, parse_float=lambda number: f"§{number}§")

    def __getitem__(self, name: str) -> bytes:
        said = self._bodies[name]
        if "status" in said and "body" in said:
            return answer(_text(said["body"]), said["status"], said.get("headers", {}))
        return answer(_text(said))


def _text(body: Any) -> str:
    """The body as JSON, its numbers as they stand in the recording."""
    return re.sub(r'"§([^"§]*)§"', r"\1", json.dumps(body, ensure_ascii=False))


def query_of(request: Request) -> str:
    return request.query.get("q", "")
