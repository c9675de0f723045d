"""A store in a temporary folder with the small company's work in it."""

import pytest
from work_setting import NOW, PEOPLE, SmallRhythm

from cockpit.store import open_store
from cockpit.work import Work


@pytest.fixture
def work_as(tmp_path):
    """Opens the same store as anybody: `work_as("pat", occurrences)`."""
    stores = []

    def open_as(actor="pat", occurrences=(), **options):
        roles = PEOPLE.person(actor).roles
        store = open_store(
            tmp_path / ".cockpit" / "work.sqlite3", actor=actor, roles=roles, clock=lambda: NOW, **options
        )
        stores.append(store)
        return Work(store, SmallRhythm(occurrences), PEOPLE, lambda: NOW)

    yield open_as
    for store in stores:
        store.close()
