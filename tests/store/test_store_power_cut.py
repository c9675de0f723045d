"""A power cut leaves every saved change, whole; the same test sees what is lost without syncs."""

import random
import shutil

import pytest
from power_cut import images, recorded
from store_setting import opened, things

from cockpit.base.problems import CockpitError

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


def outcomes(tmp_path, synchronous, count=12):
    """How many images there were, how many of them were damaged, and how many had lost a saved change."""
    path = tmp_path / ".cockpit" / "work.sqlite3"
    with opened(path) as store:
        store.insert_missing(things(3))
        store.back_up()  # or the writer would
    start = {path.name: path.read_bytes()}
    events = recorded(path, synchronous, count, tmp_path / "trace")
    assert [event[1] for event in events if event[0] == "saved"] == list(range(count))
    damaged = lost = 0
    found = images(start, events, random.Random(7))
    for number, (saved, files) in enumerate(found):
        folder = tmp_path / f"image{number}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        try:
            with opened(folder / path.name) as store:
                marks = {item.fields.get("mark", -1) for item in store.items("thing")}
                damaged += bool(store.check()) or len(marks) != 1
                lost += max(marks) < saved
        except CockpitError:
            damaged += 1
        shutil.rmtree(folder)
    return len(found), damaged, lost


def test_a_power_cut_loses_nothing_that_was_saved(tmp_path):
    count, damaged, lost = outcomes(tmp_path, "EXTRA")
    assert count > 40 and (damaged, lost) == (0, 0)


def test_the_same_cuts_are_seen_without_syncs(tmp_path):
    count, damaged, lost = outcomes(tmp_path, "OFF")
    assert count > 10 and damaged + lost > 0
