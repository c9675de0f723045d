"""The rows of a figure while they are searched and sorted: the title says what is not yet done."""

from panes_fakes import FakeCockpit

from cockpit.panes.lines import plain
from cockpit.panes.rows import RowsView
from cockpit.panes.rows_data import RowsData
from cockpit.panes.view import Context, Size


def title(view: RowsView, data: RowsData) -> str:
    return plain(view.page(data, Size(120, 40)).rows())[0].rstrip()


def test_rows_that_do_not_match_yet_are_not_called_matching() -> None:
    whole = RowsView("close_rate")
    everything = whole.load(FakeCockpit(), Context())
    count = len(everything.result.rows)
    narrow = whole.narrowed("brooks")
    assert title(narrow, everything).endswith(f" {count}; looking for “brooks”")
    found = narrow.remade(whole, everything)
    assert found is not None
    assert 0 < len(found.order) < count
    assert title(narrow, found).endswith(f" {len(found.order)} of {count} with “brooks”")
    wider = narrow.narrowed("")
    assert title(wider, found).endswith(f" {len(found.order)} of {count} with “brooks”; looking for all")


def test_rows_in_the_order_before_say_what_they_are_being_sorted_by() -> None:
    whole = RowsView("close_rate")
    everything = whole.load(FakeCockpit(), Context())
    by_owner = whole.sorted_by("owner")
    assert title(by_owner, everything).endswith("; sorting by owner")
    arranged = by_owner.remade(whole, everything)
    assert arranged is not None
    assert title(by_owner, arranged).endswith(", by owner")


def test_all_again_needs_no_search() -> None:
    whole = RowsView("close_rate")
    assert whole.narrowed("x").narrowed("").shares_data(whole)
    assert not whole.narrowed("x").shares_data(whole)
