"""A power cut, simulated: what a writing process told the disk, and what is left when the power goes.

`strace` records each write, sync and unlink of the store's files. At points between them, files are put
together as a disk may hold them then: everything synced, and of what was not synced any 512-byte sectors.
A file that was unlinked may still be there until its folder was synced.
"""

import random
import re
import subprocess
import sys
from pathlib import Path

SECTOR = 512
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_DESCRIPTOR = re.compile(r"^(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')

WRITER = """
import sqlite3, sys
from pathlib import Path
sys.path[:0] = [{root!r}, {tests!r}]
from store_setting import opened

class Unsynced(sqlite3.Connection):
    def execute(self, sql, *arguments):
        return super().execute(sql.replace("synchronous = EXTRA", "synchronous = OFF"), *arguments)

options = dict(connection_class=Unsynced) if sys.argv[2] == "OFF" else dict()
store = opened(Path(sys.argv[1]), **options)
for number in range(int(sys.argv[3])):
    with store.together():
        for thing in range(3):
            store.change(f"a/{{thing}}", dict(mark=number, filler="x" * (number % 7) * 900))
    sys.stdout.write(f"saved {{number}}\\n")
    sys.stdout.flush()
"""


def recorded(path: Path, synchronous: str, count: int, trace: Path) -> list[tuple]:
    """What a writer of `count` changes did to the files beside `path`, and when each was said to be saved."""
    tests = Path(__file__).parent
    script = WRITER.format(root=str(tests.parents[1]), tests=str(tests))
    calls = "trace=pwrite64,write,fsync,fdatasync,unlink,unlinkat,ftruncate"
    subprocess.run(
        ["strace", "-f", "-y", "-xx", "-s", "100000", "-e", calls, "-o", trace, sys.executable, "-c", script,
         str(path), synchronous, str(count)],
        check=True, stdout=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    events = [_event(line, path.parent) for line in trace.read_text().splitlines()]
    return [event for event in events if event is not None]


def _event(line: str, folder: Path) -> tuple | None:
    match = _CALL.match(line)
    if match is None or match.group(3).startswith("-"):
        return None
    call, arguments = match.group(1), match.group(2)
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
    if call in ("unlink", "unlinkat"):
        target = Path(texts[0].decode())
        return ("unlink", target.name) if target.parent == folder else None
    descriptor = _DESCRIPTOR.match(arguments)
    if descriptor is None:
        return None
    name = descriptor.group(2)
    target = Path(bytes.fromhex(name.replace("\\x", "")).decode() if name.startswith("\\x") else name)
    if call == "write" and descriptor.group(1) == "1":
        return ("saved", int(texts[0].split()[1]))
    if call in ("fsync", "fdatasync"):
        return (
            ("sync", None if target == folder else target.name) if folder in (target, target.parent) else None
        )
    if target.parent != folder:
        return None
    numbers = [int(number) for number in re.findall(r", (\d+)", _TEXT.sub("", arguments))]
    if call == "pwrite64":
        return ("write", target.name, numbers[-1], texts[0])
    return ("truncate", target.name, numbers[-1]) if call == "ftruncate" else None


class Disk:
    """The files of a folder: what is safe, what is only promised."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.safe = {name: bytearray(content) for name, content in files.items()}
        self.promised: dict[str, list[tuple]] = {}
        self.unlinked: dict[str, bytearray] = {}

    def take(self, event: tuple) -> None:
        """Carry out one event."""
        kind, name = event[0], event[1]
        if kind in ("write", "truncate"):
            self.safe.setdefault(name, bytearray())
            self.promised.setdefault(name, []).append(event)
        elif kind == "unlink":
            self.unlinked[name] = self.safe.pop(name, bytearray())
            self.promised.pop(name, None)
        elif name is None:
            self.unlinked.clear()
        else:
            for promised in self.promised.pop(name, []):
                _apply(self.safe[name], promised)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files as they may be found when the power is back."""
        found = {name: bytearray(content) for name, content in self.safe.items()}
        for name, content in self.unlinked.items():
            if name not in found and chance.random() < 0.5:
                found[name] = bytearray(content)
        for name, events in self.promised.items():
            for event in events:
                for part in _sectors(event):
                    if chance.random() < 0.5:
                        _apply(found[name], part)
        return {name: bytes(content) for name, content in found.items()}


def _sectors(event: tuple) -> list[tuple]:
    if event[0] == "truncate":
        return [event]
    _, name, offset, data = event
    return [
        ("write", name, offset + start, data[start : start + SECTOR]) for start in range(0, len(data), SECTOR)
    ]


def _apply(content: bytearray, event: tuple) -> None:
    if event[0] == "truncate":
        del content[event[2] :]
        content.extend(bytes(event[2] - len(content)))
        return
    _, _, offset, data = event
    content.extend(bytes(max(offset + len(data) - len(content), 0)))
    content[offset : offset + len(data)] = data


def images(start: dict[str, bytes], events: list[tuple], chance: random.Random) -> list[tuple[int, dict]]:
    """Before each sync and after each saved change: the last change said to be saved, and the files then."""
    disk, saved, found = Disk(start), -1, []
    for event in events:
        if event[0] == "saved":
            saved = event[1]
        elif event[0] in ("sync", "unlink"):
            found.append((saved, disk.after_a_cut(chance)))
        if event[0] == "saved":
            found.append((saved, disk.after_a_cut(chance)))
        else:
            disk.take(event)
    return found
