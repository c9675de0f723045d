"""What the palette finds, in which order, and how quickly on long lists."""

import time
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.panes.place import Place
from cockpit.tui.findable import Findable, accounts, agreements
from cockpit.tui.picker import Picker
from cockpit.tui.ranking import Entry, Index, ranked


def labels(query: str, *names: str) -> list[str]:
    entries = [Entry(name, "", name) for name in names]
    return [entry.label for entry in ranked(query, [Index.of(entries)])]


def test_equal_then_start_then_word_then_initials_then_inside_then_all_words() -> None:
    names = ("Reclose rates", "Rate of close", "The close rate", "Close rate by value", "close rate")
    assert labels("close rate", *names) == [*reversed(names[2:]), "Reclose rates", "Rate of close"]
    assert labels("cr", "Accrual", "Close Rate", "Crown Ltd") == ["Crown Ltd", "Close Rate", "Accrual"]
    assert labels("04", "AG-1040", "AG-0412") == ["AG-0412", "AG-1040"]


def test_letters_in_order_count_where_nothing_else_does() -> None:
    assert labels("cvg", "Coverage", "Close rate") == ["Coverage"]
    assert labels("zzz", "Coverage") == []


def test_details_count_after_labels() -> None:
    listed = [Entry("Renew", "task  Okafor", 1), Entry("Okafor Ltd", "account", 2)]
    assert [entry.target for entry in ranked("okafor", [Index.of(listed)])] == [2, 1]
    assert [entry.target for entry in ranked("renew okafor", [Index.of(listed)])] == [1]


def test_a_line_break_in_a_label_is_a_blank() -> None:
    assert labels("two lines", "two\nlines", "other") == ["two\nlines"]
    assert labels("other", "two\nlines", "other") == ["other"]


def test_nothing_typed_lists_everything_in_its_order() -> None:
    assert labels(" ", "b", "a") == ["b", "a"]
    assert labels("x") == []


NAMES = st.text(alphabet="abAB -ßİ日", max_size=6)


@settings(max_examples=80)
@given(st.lists(NAMES, max_size=12), st.text(alphabet="ab-ß日", min_size=1, max_size=3))
def test_whatever_contains_the_query_is_found_once(names: list[str], query: str) -> None:
    entries = [Entry(name, "", number) for number, name in enumerate(names)]
    found = [entry.target for entry in ranked(query, [Index.of(entries)])]
    assert len(found) == len(set(found))
    containing = {n for n, name in enumerate(names) if query.casefold() in name.casefold()}
    assert containing <= set(found)


def test_half_a_million_entries_are_found_between_two_keys() -> None:
    names = [f"AG-{number:06d}" for number in range(500_000)]
    index = Index(names, [f"Contoso {n}" for n in range(500_000)], lambda n: Entry(names[n], "", n))
    for query, first in (("ag-042424", 42_424), ("a", 0), ("contoso 9876", 9_876)):
        started = time.perf_counter()
        assert ranked(query, [index])[0].target == first
        assert time.perf_counter() - started < 1  # 50 ms are measured by bench_palette, alone


def loaded(**tables: dict[str, Any]) -> Any:
    return SimpleNamespace(
        revision=1, tables={name: SimpleNamespace(frame=pl.DataFrame(rows)) for name, rows in tables.items()}
    )


def test_accounts_lead_to_their_records() -> None:
    index = accounts(loaded(accounts={"account_id": ["A-1", "A-2"], "account": ["Contoso", None]}))
    assert [entry.target for entry in ranked("contoso", [index])] == [
        Place("record", "accounts", where="A-1")
    ]
    assert ranked("a-1", [index])[0].label == "Contoso"


def test_without_a_table_of_accounts_those_of_the_deals_lead_to_their_open_deals() -> None:
    index = accounts(loaded(opportunities={"account": ["O'Hara", "O'Hara", None]}))
    assert [entry.target for entry in ranked("hara", [index])] == [
        Place("rows", "open_pipeline", where="account = 'O''Hara'")
    ]
    assert ranked("x", [accounts(loaded())]) == []


def test_agreements_are_found_by_id_account_and_owner() -> None:
    rows = {"agreement_id": ["AG-1", "AG-2", "AG-2"], "account": ["Contoso", None, "Fabrikam"]}
    index = agreements(loaded(agreements=rows))
    assert [entry.target.name for entry in ranked("fabrikam", [index])] == ["AG-2"]
    assert [entry.detail for entry in ranked("ag-1", [index])] == ["agreement  Contoso"]
    assert agreements(loaded()).count == 0


@pytest.mark.parametrize("revisions", [[1, 1], [1, 2]])
def test_tables_are_looked_through_once_after_each_reading(revisions: list[int]) -> None:
    findable = Findable()
    first, second = (
        findable.indexes(
            SimpleNamespace(  # type: ignore[arg-type]
                data=SimpleNamespace(
                    loaded=lambda number=number: SimpleNamespace(revision=number, tables={})
                ),
                tasks=lambda words: [],
            )
        )
        for number in revisions
    )
    assert (first[1] is second[1]) == (revisions[0] == revisions[1])


def test_long_lists_are_found_by_typing_only() -> None:
    picker = Picker("x", [Entry("a", "", 1)], lambda entry: None)
    picker.join([Index.of([Entry("b", "", 2)])])
    assert [entry.label for entry in picker.found] == ["a"]
