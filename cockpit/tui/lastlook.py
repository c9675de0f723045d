"""The rows of the last look, kept for the first frame of the next start.

They are painted before the workspace is opened, always with the time they are from: nothing here may pass
for fresh. The file lies in the user's cache, private to the user, and can be thrown away at any time.
"""

import hashlib
import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cockpit.base.clean import clean
from cockpit.base.paths import cache_folder
from cockpit.panes.head import HeadFacts, head_line
from cockpit.panes.lines import Line, Span
from cockpit.tui.rows import SCREEN_ROLES, Piece, Row, filled, in_ascii, row_of
from cockpit.tui.theme import ROLES

if TYPE_CHECKING:
    from cockpit.core import Cockpit

VERSION = 1
"""Raised when the shape changes; a file of another version is ignored."""


@dataclass(frozen=True, slots=True)
class LastLook:
    """What the screen showed when its figures last arrived.

    Attributes:
        facts: of the head line, at that time.
        until: instant at which the fiscal day of the head line ends.
        at: when the figures were read, in words that hold until then: "08:02".
        on: the same in words that hold afterwards: "Fri 20 Nov 08:02".
        rows: the screen, its first row being the head line.
    """

    facts: HeadFacts
    until: datetime
    at: str
    on: str
    rows: tuple[Row, ...]

    def shown(self, width: int, height: int, now: datetime, ascii_glyphs: bool = False) -> list[Row]:
        """The first frame on a screen of that size: the head line, and the rows where they fit it.

        On a later day the head line keeps its name only, since its day and its fiscal week are over, and
        the rows are dim.
        """
        same_day = now < self.until
        if same_day:
            facts = replace(self.facts, data=f"last known {self.at}", data_late=True)
            head = row_of(head_line(facts, width), width)
        else:
            head = _plain_head(self.facts.name, f"last known {self.on}", width)
        blank: Row = (Piece(" " * width),)
        body = list(self.rows[1:]) if _fits(self.rows, width, height) else [blank] * (height - 1)
        if not same_day:
            body = [tuple(piece._replace(role="dim", under="") for piece in row) for row in body]
        shown = [head, *body][:height]
        return [in_ascii(row) for row in shown] if ascii_glyphs else shown


def _fits(rows: tuple[Row, ...], width: int, height: int) -> bool:
    return len(rows) == height and all(filled(row, width) == row for row in rows[1:])


def first_look(folder: Path | None, width: int, height: int, words: str = "opening") -> list[Row]:
    """The first frame where nothing is remembered: whose cockpit it will be, and what it waits for."""
    name = clean(folder.absolute().name) if folder is not None else "cockpit"
    blank: Row = (Piece(" " * width),)
    return [_plain_head(name, words, width), *[blank] * (height - 1)][:height]


def _plain_head(name: str, words: str, width: int) -> Row:
    margin = " " if width >= 100 else ""
    space = max(width - len(margin) * 2 - len(words), 0)
    named = Line((Span(margin), Span(name, "strong"))).fitted(space + len(margin))
    return filled((*row_of(named, space + len(margin)), Piece(words, "stale")), width)


def look_path(folder: Path | None) -> Path:
    """Where the last look is kept, by what was asked for at the start.

    What the start would make of it (the nearest workspace upwards, the user's own) is not looked up: the
    same start from the same folder is the same file.
    """
    asked = folder or os.environ.get("COCKPIT_WORKSPACE") or ""
    key = f"{Path(asked).expanduser().absolute()}\0{'' if asked else 'found'}"
    return cache_folder() / "looks" / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def recall(path: Path) -> LastLook | None:
    """The last look, or None when there is none that can be read. Its texts are cleaned as any other's."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            return None
        facts = document["facts"]
        return LastLook(
            facts=HeadFacts(
                name=clean(facts["name"]),
                today=date.fromisoformat(facts["today"]),
                quarter=clean(facts["quarter"]),
                period=clean(facts["period"]),
                week=clean(facts["week"]),
                business_day=_number(facts["business_day"]),
                business_days=_number(facts["business_days"]),
                asked=tuple(clean(text) for text in facts["asked"]),
                user=clean(facts["user"]),
            ),
            until=datetime.fromisoformat(document["until"]),
            at=clean(document["at"]),
            on=clean(document["on"]),
            rows=tuple(tuple(_piece(*piece) for piece in row) for row in document["rows"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _piece(text: str, role: str, under: str) -> Piece:
    return Piece(clean(text), role if role in ROLES else "text", under if under in SCREEN_ROLES else "")


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def remember(path: Path, cockpit: "Cockpit", rows: list[Row]) -> None:
    """Keep what is shown. In the background; what cannot be written is no error."""
    from cockpit.base.atomic import write_atomic
    from cockpit.panes.days import clock, day_and_month
    from cockpit.panes.head import head_facts
    from cockpit.panes.view import Context

    facts = head_facts(cockpit, Context())
    zone = cockpit.fiscal.zone
    now = datetime.now(UTC).astimezone(zone)
    read_at = (cockpit.data_read_at or now).astimezone(zone)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), zone)
    same_day = read_at.date() == now.date()
    on = f"{day_and_month(read_at.date())} {clock(read_at)}"
    document = {
        "version": VERSION,
        "until": midnight.astimezone(UTC).isoformat(),
        "at": clock(read_at) if same_day else on,
        "on": on,
        "facts": {
            "name": facts.name,
            "today": facts.today.isoformat(),
            "quarter": facts.quarter,
            "period": facts.period,
            "week": facts.week,
            "business_day": facts.business_day,
            "business_days": facts.business_days,
            "asked": list(facts.asked),
            "user": facts.user,
        },
        "rows": [[list(piece) for piece in row] for row in rows],
    }
    try:
        write_atomic(path, json.dumps(document, ensure_ascii=False))
    except (OSError, ValueError):
        return
