"""What the palette finds by typing: tasks, people, accounts and agreements, however many there are.

The tables are looked through once after each reading; tasks change more often and are listed at each opening.
"""

from typing import TYPE_CHECKING

from cockpit.panes.conditions import equals
from cockpit.panes.place import Place
from cockpit.tui.ranking import Entry, Index

if TYPE_CHECKING:
    from cockpit.core import Cockpit
    from cockpit.core.data import Loaded
    from cockpit.sources.table import Table

FIGURE_OF_PEOPLE = "close_rate"
"""The figure that the name of a person leads to."""
DEALS_OF_ACCOUNT = "open_pipeline"
"""The figure whose rows an account leads to where the workspace has no table of accounts."""


class Findable:
    """The indexes of a workspace, kept until its tables are read again. Used by one thread at a time."""

    def __init__(self) -> None:
        self._revision: int | None = None
        self._of_tables: tuple[Index, ...] = ()

    def indexes(self, cockpit: "Cockpit") -> tuple[Index, ...]:
        """Tasks, people, accounts, agreements; for the background, since many of them take a second."""
        loaded = cockpit.data.loaded()
        if loaded.revision != self._revision:
            self._of_tables = (people(loaded), accounts(loaded), agreements(loaded))
            self._revision = loaded.revision
        return (tasks(cockpit), *self._of_tables)


def tasks(cockpit: "Cockpit") -> Index:
    """Every task by its title; owner, status and key are found too."""
    every = cockpit.tasks("all")
    details = [
        "  ".join(word for word in ("task", task.owner or task.owner_role, task.status, task.key) if word)
        for task in every
    ]

    def make(number: int) -> Entry:
        return Entry(every[number].title, details[number], Place("task", every[number].key))

    return Index([task.title for task in every], details, make)


def people(loaded: "Loaded") -> Index:
    """Every manager and owner of deals by name: how what is theirs closes, by the next step down."""
    table = loaded.tables.get("opportunities")
    found = [
        (name, kind, by)
        for kind, by in (("manager", ("owner",)), ("owner", ()))
        for name in _distinct(table, kind)
    ]

    def make(number: int) -> Entry:
        name, kind, by = found[number]
        return Entry(name, kind, Place("kpi", FIGURE_OF_PEOPLE, by=by, where=equals(kind, name)))

    return Index([name for name, _, _ in found], [kind for _, kind, _ in found], make)


def accounts(loaded: "Loaded") -> Index:
    """Every account by its name: its record, or its open deals where there is no table of accounts."""
    table = loaded.tables.get("accounts")
    if table is not None and {"account_id", "account"} <= set(table.frame.columns):
        found = table.frame.select("account_id", "account").drop_nulls().unique(maintain_order=True)
        keys, names = (column.cast(str).to_list() for column in found.iter_columns())
        details = [f"account  {key}" for key in keys]
        return Index(
            names,
            details,
            lambda number: Entry(
                names[number], details[number], Place("record", "accounts", where=keys[number])
            ),
        )
    names = _distinct(loaded.tables.get("opportunities"), "account")
    return Index(
        names,
        ["account"] * len(names),
        lambda number: Entry(
            names[number],
            "account",
            Place("rows", DEALS_OF_ACCOUNT, where=equals("account", names[number])),
        ),
    )


def agreements(loaded: "Loaded") -> Index:
    """Every agreement by its id; its account and owner are found too."""
    table = loaded.tables.get("agreements")
    if table is None or "agreement_id" not in table.frame.columns:
        return Index((), (), lambda number: Entry("", "", None))
    known = [name for name in ("agreement_id", "account", "owner") if name in table.frame.columns]
    found = table.frame.select(known).unique("agreement_id", keep="last", maintain_order=True)
    found = found.filter(found["agreement_id"].is_not_null())
    identities = found["agreement_id"].cast(str).to_list()
    others = [found[name].cast(str).to_list() for name in known[1:]]
    details = [
        "  ".join(("agreement", *(word for word in words if word)))
        for words in (zip(*others, strict=True) if others else [()] * len(identities))
    ]
    return Index(
        identities,
        details,
        lambda number: Entry(identities[number], details[number], Place("agreement", identities[number])),
    )


def _distinct(table: "Table | None", column: str) -> list[str]:
    if table is None or column not in table.frame.columns:
        return []
    found: list[str] = table.frame.get_column(column).drop_nulls().unique(maintain_order=True).to_list()
    return found
