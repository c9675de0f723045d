"""Standing filters: those of `[slices]`, and what belongs to the person at the keyboard or to their team."""

from collections.abc import Mapping

from cockpit.work import People, Person

ME = "me"
MY_TEAM = "my team"


def owners_of(people: People, user: Person) -> dict[str, frozenset[str]]:
    """The standing slices that are people: each with the names under which sources know them.

    A login that `[people]` does not list has none, since nothing tells which rows are theirs; somebody
    whom nobody reports to has no team.

    Args:
        people: who is who.
        user: the person at the keyboard.
    """
    if user.login not in people.all:
        return {}
    team, found = [user], [user]
    while found:
        found = [
            person
            for person in people.all.values()
            if person not in team and any(person.manager == one.login for one in found)
        ]
        team += found
    slices = {ME: _names((user,))}
    if len(team) > 1:
        slices[MY_TEAM] = _names(team)
    return slices


def _names(persons: "list[Person] | tuple[Person, ...]") -> frozenset[str]:
    return frozenset(name for person in persons for name in (person.owner or (person.owner_name,)))


def with_owners(named: Mapping[str, str], owners: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """All standing slices as conditions; one that `[slices]` names itself comes first."""
    return {name: owner_condition(names) for name, names in owners.items()} | dict(named)


def owner_condition(names: frozenset[str]) -> str:
    """The condition that a row is owned by one of those names."""
    quoted = ["'" + name.replace("'", "''") + "'" for name in sorted(names)]
    return f"owner IN ({', '.join(quoted)})"
