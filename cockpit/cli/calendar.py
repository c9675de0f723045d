"""`cockpit calendar`: what is needed to keep calendars, for those who edit them."""

from pathlib import Path

import click

from cockpit.cli.output import say, say_problems


@click.group()
def calendar() -> None:
    """Keep calendars: public holidays as files that people can review.

    \b
    Example:
      cockpit calendar holidays --country GB --subdivision ENG --years 2026-2032
    """


@calendar.command()
@click.option("--country", required=True, metavar="C", help="ISO 3166-1 code: US, GB, DE ...")
@click.option("--subdivision", metavar="S", help="State, province or nation: ENG, BY, ON ...")
@click.option("--years", required=True, metavar="A-B", help="First and last year, both included.")
@click.option("--name", metavar="NAME", help="What calendars call the list; from the country when left out.")
@click.option(
    "--category",
    "categories",
    multiple=True,
    metavar="CATEGORY",
    default=("public",),
    show_default=True,
    help="The library's kind of holiday; may be given several times.",
)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where to write it; ./holidays when left out.")  # fmt: skip
def holidays(
    country: str,
    subdivision: str | None,
    years: str,
    name: str | None,
    categories: tuple[str, ...],
    folder: Path | None,
) -> None:
    """Freeze the public holidays of a country into a file that a calendar can name.

    Needs the extra `holidays`. The file is then all that is read: an upgrade of the library can never move
    a deadline.

    \b
    Example:
      cockpit calendar holidays --country GB --subdivision ENG --years 2026-2032
    """
    from cockpit.rhythm.freeze import freeze_holidays, parse_years, write_holidays

    frozen = freeze_holidays(country, subdivision, parse_years(years), categories=categories, name=name)
    say_problems(frozen.warnings)
    path = write_holidays(frozen, folder or Path("holidays"))
    say(f"{len(frozen.holidays)} holidays in {path}; a calendar uses them as holidays = [{path.stem!r}]")
