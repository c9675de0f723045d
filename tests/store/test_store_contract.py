"""What every store promises, whatever stands behind the door."""

from datetime import date

import pytest
from store_setting import THING, opened, things

from cockpit.base.problems import ConflictError, UsageError
from cockpit.store import ChangeConflict, NewItem, StoredAnchor
from cockpit.store.replay import replay


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".cockpit" / "work.sqlite3"


@pytest.fixture
def store(path):
    with opened(path) as opened_store:
        yield opened_store


def test_items_are_inserted_once(store):
    assert store.insert_missing(things(3)) == ["a/0", "a/1", "a/2"]
    assert store.insert_missing(things(4)) == ["a/3"]
    assert [item.key for item in store.items("thing")] == ["a/0", "a/1", "a/2", "a/3"]
    assert store.get("a/0").fields == {"title": "thing 0"}
    assert store.get("nothing") is None
    assert set(store.get_many(["a/1", "x", "a/3"])) == {"a/1", "a/3"}


def test_items_are_chosen_by_state(store):
    store.insert_missing(things(3))
    store.change("a/1", {"state": "closed", "proof": "seen"})
    assert [item.key for item in store.items("thing", ("open",))] == ["a/0", "a/2"]
    assert store.items("thing", ()) == []
    assert store.states("thing") == {"a/0": "open", "a/1": "closed", "a/2": "open"}


def test_a_change_is_journalled_with_who_what_why(store):
    store.insert_missing(things(1))
    item = store.change("a/0", {"title": "new", "more": [1, {"x": None}]}, reason="because")
    assert (item.version, item.updated_by, item.updated_at) == (2, "pat", "2026-11-23T15:00:00+00:00")
    entry = store.journal("a/0")[-1]
    assert entry.changes == {"title": ("thing 0", "new"), "more": (None, [1, {"x": None}])}
    assert (entry.actor, entry.reason, entry.base_version, entry.action) == ("pat", "because", 1, "change")


def test_none_clears_a_field_and_no_difference_is_no_change(store):
    store.insert_missing(things(1))
    store.change("a/0", {"note": "x"})
    assert store.change("a/0", {"note": "x", "other": None}).version == 2
    assert store.change("a/0", {"note": None}).fields == {"title": "thing 0"}


def test_the_kind_decides_what_may_happen(store, path):
    store.insert_missing(things(1))
    with pytest.raises(UsageError, match="needs proof to close"):
        store.change("a/0", {"state": "closed"})
    with pytest.raises(UsageError, match=r"no such state: opne.*did you mean open"):
        store.change("a/0", {"state": "opne"})
    with pytest.raises(UsageError, match="needs title"):
        store.change("a/0", {"title": None})
    with pytest.raises(UsageError, match="only boss may discard"):
        store.change("a/0", {"state": "gone"})
    with opened(path, "kim", roles=("boss",)) as boss:
        boss.change("a/0", {"asked_by": "kim"})
        with pytest.raises(UsageError, match="being its asked_by"):
            boss.change("a/0", {"state": "gone"})
        boss.change("a/0", {"asked_by": "pat"})
        assert boss.change("a/0", {"state": "gone"}).state == "gone"
    with pytest.raises(UsageError, match="is gone, so it cannot become closed"):
        store.change("a/0", {"state": "closed", "proof": "x"})


def test_a_key_that_is_not_there_is_a_users_mistake(store):
    with pytest.raises(UsageError, match="no item of this key"):
        store.change("a/9", {"title": "x"})


def test_a_conflict_in_one_field_shows_mine_theirs_and_base(store, path):
    store.insert_missing(things(1))
    with opened(path, "kim") as other:
        other.change("a/0", {"title": "theirs"})
        other.change("a/0", {"title": "theirs again"})
    with pytest.raises(ChangeConflict) as caught:
        store.change("a/0", {"title": "mine"}, expected_version=1)
    (clash,) = caught.value.clashes
    assert (clash.base, clash.mine, clash.theirs, clash.by) == ("thing 0", "mine", "theirs again", "kim")
    assert store.change("a/0", {"colour": "red"}, expected_version=1).version == 4, "other fields merge"
    assert store.change("a/0", {"title": "theirs again"}, expected_version=1).version == 4, "same is no clash"
    with pytest.raises(ConflictError):
        store.change("a/0", {"size": 1}, expected_version=1, strict=True)


def test_undo_and_redo_restore_exactly(store):
    store.insert_missing(things(1))
    store.change("a/0", {"title": "new", "size": 3})
    before = store.get("a/0")
    store.undo()
    assert store.get("a/0").fields == {"title": "thing 0"}
    store.redo()
    assert (store.get("a/0").fields, store.get("a/0").state) == (before.fields, before.state)
    store.undo()
    store.change("a/0", {"title": "other way"})
    with pytest.raises(UsageError, match="nothing to redo"):
        store.redo()


def test_what_is_done_together_is_undone_together(store):
    store.insert_missing(things(3))
    with store.together():
        for number in range(3):
            store.change(f"a/{number}", {"mark": number})
    assert [len(entries) for entries in store.undoable()] == [3]
    assert len(store.undo()) == 3
    assert all("mark" not in item.fields for item in store.items("thing"))
    store.redo()
    assert store.get("a/2").fields["mark"] == 2


def test_together_is_all_or_nothing(store):
    store.insert_missing(things(2))
    with pytest.raises(UsageError), store.together():
        store.change("a/0", {"mark": 1})
        store.change("a/9", {"mark": 1})
    assert store.get("a/0").version == 1
    assert len(store.journal()) == 2


def test_numbered_items_count_on(store):
    assert store.add_numbered("thing", "b", {"title": "one"}).key == "b/1"
    for _ in range(10):
        last = store.add_numbered("thing", "b", {"title": "more"})
    assert last.key == "b/11"
    store.undo()
    assert store.get("b/11").state == "gone"
    assert store.add_numbered("thing", "b", {"title": "next"}).key == "b/12", "a key is never used again"


def test_notes_are_about_anything(store):
    store.add_note("close_rate@FY27-Q2/manager=Brooks", "Brooks was on leave")
    store.add_note("deal-1", "first")
    assert [note.text for note in store.notes("deal-1")] == ["first"]
    assert [note.author for note in store.notes()] == ["pat", "pat"]
    store.undo()
    assert store.notes("deal-1") == [] and store.note_counts() == {"close_rate@FY27-Q2/manager=Brooks": 1}
    store.redo()
    assert store.note_counts()["deal-1"] == 1
    with pytest.raises(UsageError, match="needs words"):
        store.add_note("deal-1", " \n")


def test_following_is_journalled_but_not_for_people_to_undo(store):
    store.insert_missing(things(2))
    assert store.follow({"a/0": {"title": "moved"}, "a/1": {"title": "thing 1"}, "x": {"y": 1}}, "rule") == 1
    assert store.journal("a/0")[-1].action == "follow"
    with pytest.raises(UsageError, match="nothing to undo"):
        store.undo()


def test_anchors_keep_their_first_date_even_when_they_were_gone(store):
    def row(day):
        return StoredAnchor("agreements", "A", day, None, "Agreement A", "Kim", {"account": "Globex"})

    assert store.put_anchors("agreements", [row(date(2027, 3, 31))], "f1") == 1
    assert store.put_anchors("agreements", [row(date(2027, 3, 31))], "f1") == 0
    assert store.put_anchors("agreements", [], "f2") == 1
    assert store.anchors("agreements") == []
    store.put_anchors("agreements", [row(date(2027, 9, 30))], "f3")
    (anchor,) = store.anchors()
    assert (anchor.date, anchor.first_date) == (date(2027, 9, 30), date(2027, 3, 31))
    assert (anchor.values, store.anchor_marker("agreements")) == ({"account": "Globex"}, "f3")


def test_the_journal_can_be_read_in_parts(store, path):
    store.insert_missing(things(3))
    with opened(path, "kim") as other:
        other.change("a/1", {"title": "x"})
    assert [entry.subject for entry in store.journal(limit=2)] == ["a/2", "a/1"]
    assert [entry.subject for entry in store.journal(actor="kim")] == ["a/1"]
    assert [entry.seq for entry in store.journal(after=3)] == [4]


def test_others_changes_are_seen_cheaply(store, path):
    store.insert_missing(things(1))
    before = store.data_version()
    assert store.data_version() == before
    with opened(path, "kim") as other:
        other.change("a/0", {"title": "x"})
    assert store.data_version() != before


def test_the_journal_tells_the_state(store):
    store.insert_missing(things(2))
    store.change("a/0", {"title": "x"})
    store.undo()
    told = replay(store.journal())
    assert told == {item.key: item for item in store.items("thing")}
    assert store.check() == []


def test_unknown_kinds_are_left_alone(store):
    with pytest.raises(Exception, match="unknown to this cockpit"):
        store.insert_missing([NewItem("quota", "q/1", {})])
    assert THING.unfinished == ("open",)


def test_a_refused_undo_does_not_stand_in_the_way_of_older_ones(store, path):
    store.insert_missing(things(2))
    store.change("a/0", {"size": 1})
    store.change("a/1", {"colour": "red"})
    store.change("a/0", {"title": "mine"})
    with opened(path, "kim") as other:
        other.change("a/0", {"title": "theirs"})
        with pytest.raises(ConflictError, match=r"title was changed since.*undo again goes on"):
            store.undo()
        store.undo()
        assert "colour" not in store.get("a/1").fields
        other.change("a/0", {"title": "thing 0"})
    assert store.get("a/0").fields == {"title": "thing 0", "size": 1}
    store.undo()
    assert "size" not in store.get("a/0").fields
    with pytest.raises(UsageError, match="nothing to undo"):
        store.undo()
    assert store.check() == []


def test_what_stands_on_a_refused_change_is_refused_too(store, path):
    store.insert_missing(things(1))
    store.change("a/0", {"size": 1})
    store.change("a/0", {"size": 2, "title": "mine"})
    with opened(path, "kim") as other:
        other.change("a/0", {"title": "theirs"})
    for _ in range(2):
        with pytest.raises(ConflictError):
            store.undo()
    assert store.get("a/0").fields == {"title": "theirs", "size": 2}


def test_marks_are_remembered_and_anchors_leave_one(store, path):
    assert store.mark("x") is None
    store.put_mark("x", "1")
    store.put_mark("x", "2")
    with opened(path, "kim") as other:
        assert other.mark("x") == "2"
    row = StoredAnchor("agreements", "A", date(2027, 3, 31), None, "Agreement A")
    store.put_anchors("agreements", [row], "f1")
    before = store.mark("anchors")
    store.put_anchors("agreements", [row], "f1")
    assert store.mark("anchors") == before is not None
    store.put_anchors("agreements", [], "f2")
    assert store.mark("anchors") != before
