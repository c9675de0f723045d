"""What the store keeps: changes a second of one to six writers, kills, and simulated power cuts.

Every writer changes its own field and a field that all change, by compare and set: who read an older version
is refused, reads again and repeats. Afterwards the journal is checked against what each was told.

    python tests/bench/bench_store.py
"""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "store"
sys.path[:0] = [str(TESTS.parents[1]), str(TESTS)]

from power_cut import images, recorded  # noqa: E402
from store_setting import opened, things  # noqa: E402

from cockpit.base.problems import CockpitError  # noqa: E402

SECONDS = 4
WRITER = """
import sys, time
from pathlib import Path
sys.path[:0] = {paths!r}
from store_setting import opened
from cockpit.base.problems import ConflictError
store, name = opened(Path(sys.argv[1]), sys.argv[2]), sys.argv[2]
number = conflicts = 0
end = time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    key = f"a/{{number % 3}}"
    while True:
        seen = store.get(key)
        try:
            store.change(key, {{name: number, "last": f"{{name}}{{number}}"}}, expected_version=seen.version)
            break
        except ConflictError:
            conflicts += 1
    number += 1
    print(number, conflicts, flush=True)
"""


def started(path: Path, name: str, seconds: float) -> "subprocess.Popen[str]":
    """A writer; it prints how many changes it was told are saved, and how many were refused first."""
    script = WRITER.format(paths=[str(TESTS.parents[1]), str(TESTS)])
    command = [sys.executable, "-c", script, str(path), name, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def told(output: str) -> tuple[int, int]:
    """Changes acknowledged and conflicts of a writer."""
    lines = [line.split() for line in output.splitlines() if line.count(" ") == 1]
    return (int(lines[-1][0]), int(lines[-1][1])) if lines else (0, 0)


def lost_of(path: Path, acknowledged: dict[str, int]) -> tuple[int, int]:
    """Acknowledged changes that the journal lacks, and problems that a check finds."""
    with opened(path) as store:
        entries = store.journal()
        lost = 0
        for name, count in acknowledged.items():
            written = {entry.changes[name][1] for entry in entries if name in entry.changes}
            lost += sum(number not in written for number in range(count))
        return lost, len(store.check())


def writers(folder: Path, names: str) -> None:
    """So many writers at once, for some seconds."""
    path = folder / names / "work.sqlite3"
    with opened(path) as store:
        store.insert_missing(things(3))
    processes = {name: started(path, name, SECONDS) for name in names}
    answers = {name: told(process.communicate(timeout=60)[0]) for name, process in processes.items()}
    acknowledged = {name: count for name, (count, _) in answers.items()}
    lost, problems = lost_of(path, acknowledged)
    total, conflicts = sum(acknowledged.values()), sum(count for _, count in answers.values())
    rate = total / SECONDS
    print(f"{len(names)} writers   {rate:6.0f} changes a second   {total:6,} saved   {lost} lost   "
          f"{conflicts:,} conflicts, each repeated   {problems} problems")  # fmt: skip


def kills(folder: Path, rounds: int = 25) -> None:
    """Two writers killed in the middle, again and again."""
    path = folder / "kills" / "work.sqlite3"
    with opened(path) as store:
        store.insert_missing(things(3))
    chance, saved, lost, problems = random.Random(1), 0, 0, 0
    for number in range(rounds):
        names = (f"x{number}", f"y{number}")
        processes = {name: started(path, name, 30) for name in names}
        time.sleep(1 + chance.random())
        for process in processes.values():
            process.send_signal(signal.SIGKILL)
        acknowledged = {name: told(process.communicate()[0])[0] for name, process in processes.items()}
        found, wrong = lost_of(path, acknowledged)
        saved, lost, problems = saved + sum(acknowledged.values()), lost + found, problems + wrong
    print(f"{rounds} kills of two writers   {saved:,} saved   {lost} lost   {problems} problems")


def power_cuts(folder: Path, synchronous: str) -> None:
    """The disk as it may be found after a cut at every moment between a write and its sync."""
    path = folder / synchronous / "work.sqlite3"
    with opened(path) as store:
        store.insert_missing(things(3))
        store.back_up()  # or the writer would
    start = {path.name: path.read_bytes()}
    events = recorded(path, synchronous, 40, folder / f"trace-{synchronous}")
    found = images(start, events, random.Random(7))
    damaged = lost = 0
    for number, (saved, files) in enumerate(found):
        image = folder / f"image-{synchronous}-{number}"
        image.mkdir()
        for name, content in files.items():
            (image / name).write_bytes(content)
        try:
            with opened(image / path.name) as store:
                marks = {item.fields.get("mark", -1) for item in store.items("thing")}
                damaged += bool(store.check()) or len(marks) != 1
                lost += max(marks) < saved
        except CockpitError:
            damaged += 1
        shutil.rmtree(image)
    counted = f"{len(found):5} images   {damaged} damaged   {lost} lost a change"
    print(f"power cut, synchronous={synchronous:6}{counted}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for names in ("a", "ab", "abcdef"):
            writers(folder, names)
        kills(folder)
        if shutil.which("strace") is not None:
            for synchronous in ("EXTRA", "OFF"):
                power_cuts(folder, synchronous)


if __name__ == "__main__":
    main()
