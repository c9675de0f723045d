"""Any sequence of changes by two people: the journal tells the state, undo and redo restore it."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store_setting import opened, things

from cockpit.base.problems import ConflictError, UsageError
from cockpit.store.replay import replay

PERSONS = st.sampled_from(["pat", "kim"])
KEYS = st.sampled_from(["a/0", "a/1"])
VALUES = st.one_of(
    st.none(), st.integers(0, 3), st.text("ab", max_size=2), st.lists(st.integers(0, 2), max_size=2)
)
FIELDS = st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES, min_size=1)


class Sequences(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "s" / "work.sqlite3"
        self.stores = {name: opened(path, name) for name in ("pat", "kim")}
        self.stores["pat"].insert_missing(things(2))

    def teardown(self):
        for store in self.stores.values():
            store.close()
        self.folder.cleanup()

    def contents(self):
        items = self.stores["pat"].items("thing")
        return {item.key: (item.state, item.fields) for item in items}

    @rule(who=PERSONS, key=KEYS, fields=FIELDS)
    def change(self, who, key, fields):
        before = self.stores[who].get(key)
        after = self.stores[who].change(key, fields)
        wanted = {**before.fields, **fields}
        assert after.fields == {name: value for name, value in wanted.items() if value is not None}

    @rule(who=PERSONS, fields=FIELDS)
    def change_both_together(self, who, fields):
        with self.stores[who].together():
            for key in ("a/0", "a/1"):
                self.stores[who].change(key, fields)

    @rule(who=PERSONS, key=KEYS)
    def close_or_reopen(self, who, key):
        item = self.stores[who].get(key)
        fields = {"state": "closed", "proof": "p"} if item.state == "open" else {"state": "open"}
        self.stores[who].change(key, fields)

    @rule(who=PERSONS, key=KEYS, fields=FIELDS, back=st.integers(0, 3))
    def change_from_an_older_look(self, who, key, fields, back):
        seen = max(self.stores[who].get(key).version - back, 1)
        try:
            after = self.stores[who].change(key, fields, expected_version=seen)
        except ConflictError:
            return
        assert all(after.value(name) == value for name, value in fields.items())

    @rule(who=PERSONS, text=st.text("ab", min_size=1, max_size=3))
    def note(self, who, text):
        self.stores[who].add_note("a/0", text)

    @rule(who=PERSONS)
    def undo_then_redo(self, who):
        before = self.contents(), self.stores[who].notes()
        try:
            self.stores[who].undo()
        except (UsageError, ConflictError):
            assert (self.contents(), self.stores[who].notes()) == before
            return
        self.stores[who].redo()
        assert (self.contents(), self.stores[who].notes()) == before

    @rule(who=PERSONS)
    def undo(self, who):
        try:
            entries = self.stores[who].undo()
        except (UsageError, ConflictError):
            return
        for entry in entries:
            if entry.kind:
                item = self.stores[who].get(entry.subject)
                assert all(item.value(name) == new for name, (_, new) in entry.changes.items())

    @invariant()
    def the_journal_tells_the_state(self):
        store = self.stores["kim"]
        assert replay(store.journal()) == {item.key: item for item in store.items("thing")}
        counts = store.note_counts()
        assert counts.get("a/0", 0) == len(store.notes("a/0"))

    @invariant()
    def versions_count_the_entries(self):
        store = self.stores["kim"]
        for item in store.items("thing"):
            entries = [entry for entry in store.journal(item.key) if entry.kind]
            assert [entry.base_version for entry in entries] == list(range(item.version))


Sequences.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestSequences = Sequences.TestCase
