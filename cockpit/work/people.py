"""Who is who: logins, the names that sources use for them, roles, managers, and who covers for whom."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from cockpit.base.problems import Problem, UsageError, did_you_mean


class Cover(msgspec.Struct, frozen=True):
    """Somebody else looks after a person's work.

    Attributes:
        by: login of who covers.
        until: the last day, included; None is until further notice.
    """

    by: str
    until: date | None = None


class Person(msgspec.Struct, frozen=True):
    """One line of `[people]`.

    Attributes:
        login: login name on this host.
        name: what people call them.
        owner: the names under which sources know them.
        roles: what they are responsible for.
        manager: login of their manager, or None.
        cover: who looks after their work, or None.
    """

    login: str
    name: str = ""
    owner: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    manager: str | None = None
    cover: Cover | None = None

    @property
    def owner_name(self) -> str:
        """The name that tasks of theirs carry."""
        return self.owner[0] if self.owner else self.name or self.login

    @property
    def names(self) -> frozenset[str]:
        """Everything that means this person, folded for comparing."""
        return frozenset(text.casefold() for text in (self.login, self.name, *self.owner) if text)


class People:
    """All people that the workspace knows; a login without an entry is still somebody."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._by_login: dict[str, Person] = {person.login: person for person in people}
        self._by_name: dict[str, Person] = {
            name: person for person in self._by_login.values() for name in person.names
        }

    @property
    def all(self) -> Mapping[str, Person]:
        """Everybody by login."""
        return self._by_login

    def person(self, login: str) -> Person:
        """The person of a login; one that is not listed goes by the login and has no roles."""
        return self._by_login.get(login) or Person(login)

    def named(self, text: str) -> Person | None:
        """The person that a login, a name or a source's owner name means, or None."""
        return self._by_name.get(text.casefold())

    def owner_name(self, text: str, me: str) -> str:
        """What to write as a task's owner for what somebody typed; "me" is the one who typed it.

        Names that nobody listed are taken as they are, since sources know more people than `[people]`.

        Raises:
            UsageError: nothing was typed.
        """
        if not text.strip():
            raise UsageError(Problem("an owner needs a name", key="--to"))
        if text.casefold() == "me":
            return self.person(me).owner_name
        person = self.named(text)
        return person.owner_name if person is not None else text.strip()

    def hint(self, text: str) -> str | None:
        """A hint when a name that is not listed looks like one that is."""
        if self.named(text) is not None:
            return None
        return did_you_mean(text, {person.owner_name for person in self._by_login.values()})

    def cover_of(self, owner: str | None, day: date) -> str | None:
        """Login of who covers for that owner on a day, or None."""
        person = self.named(owner) if owner else None
        cover = person.cover if person is not None else None
        if cover is None or (cover.until is not None and day > cover.until):
            return None
        return cover.by

    def covered_by(self, login: str, day: date) -> list[Person]:
        """The people that somebody covers for on a day."""
        return [
            person
            for person in self._by_login.values()
            if person.cover is not None
            and person.cover.by == login
            and (person.cover.until is None or day <= person.cover.until)
        ]

    def with_role(self, role: str) -> list[Person]:
        """Everybody who has a role."""
        return [person for person in self._by_login.values() if role in person.roles]

    def problems(self) -> list[Problem]:
        """Managers and covers that are nobody, and names that mean two people."""
        found = []
        for person in self._by_login.values():
            others = {"manager": person.manager, "cover.by": person.cover.by if person.cover else None}
            for key, login in others.items():
                if login is not None and login not in self._by_login:
                    hint = did_you_mean(login, self._by_login)
                    found.append(
                        Problem(
                            f"nobody has the login {login}", key=f"people.{person.login}.{key}", hint=hint
                        )
                    )
            for name in sorted(person.names):
                if self._by_name[name].login != person.login:
                    other = self._by_name[name].login
                    found.append(Problem(f"{name!r} also means {other}", key=f"people.{person.login}.owner"))
        return found
