"""What `cockpit.toml` and the user's `config.toml` may say: the structs they are converted to.

Each struct is one table of the file; a field is a key. What no struct names is an unknown key.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec

from cockpit.sources.spec import SourceSpec
from cockpit.work.saved import SavedView
from cockpit.workspace.names import CONFIG_NAME as CONFIG_NAME
from cockpit.workspace.names import DEFAULT_CALENDAR as DEFAULT_CALENDAR
from cockpit.workspace.saved_figure import SavedFigure, ViewConfig
from cockpit.workspace.saved_rhythm import SavedRhythm

REQUIRED_FIELDS = ("amount", "close_date", "stage", "owner", "next_step")
AS_OF_WORDS = ("today", "last-bd", "latest")

Number: TypeAlias = int | float
Factor: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Days: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
NonEmpty: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Target: TypeAlias = int | float | str | dict[str, Number]
"""One number for every period, a number by period label, or a word: "quota" (the quota table) or "baseline"
(the same figure over the four units of the period before it)."""


class MetricConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One table `[kpi.NAME]`.

    Attributes:
        warn: factor of the target at which the status is still "warn".
        drill: dimensions in the order in which a drill-down goes through them.
        target_by: targets of groups: dimension to value to target, such as `{ segment = { SMB = 0.5 } }`.
    """

    warn: Factor | None = None
    drill: list[NonEmpty] = []
    target_by: dict[str, dict[str, Number]] = {}


class KpiConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table `[kpi]`.

    Attributes:
        board: the metrics shown when none is named; empty means the built-in board.
        stale_days: days without a change after which an open deal is stale.
        required_fields: columns that an open deal should have filled.
        grace_days: days after its due date in which a late renewal is late and no recapture.
        unqualified_stages: stages that do not count as qualified pipeline.
        stages: the stages in their order, where neither their numbers nor the deals' paths tell it.
        overrun_factor: a deal is too long in its stage after so many times the median of stage and segment.
        overrun_factors: the same by segment.
        required_roles: roles that the team of every account needs; empty takes any active person.
        contact_days: a contact that was verified longer ago does not count as reachable.
        currency_basis: money in other currencies at the plan rate, or at the rate of each row's own date.
    """

    board: list[NonEmpty] = []
    stale_days: Days = 90
    grace_days: Days = 30
    required_fields: list[NonEmpty] = msgspec.field(default_factory=lambda: list(REQUIRED_FIELDS))
    unqualified_stages: list[NonEmpty] = []
    stages: list[NonEmpty] = []
    overrun_factor: Factor = 2.0
    overrun_factors: dict[str, Factor] = {}
    required_roles: list[NonEmpty] = []
    contact_days: Days = 365
    currency_basis: Literal["plan", "dated"] = "plan"


class ControlConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One `[[control]]`: a figure that must tie with one known from elsewhere.

    Attributes:
        metric: name of the metric.
        period: the period of the figure.
        expected: the figure known from elsewhere.
        tolerance: the largest difference that still ties, in the metric's unit.
        where: a filter, as for `--where`.
        source: where the expected figure comes from.
    """

    metric: NonEmpty
    period: NonEmpty
    expected: Number
    tolerance: Share = 0.0
    where: str | None = None
    source: str | None = None


class DisplayConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table `[display]`: how figures and days are written for people.

    Attributes:
        units: how large amounts are shortened.
        decimal: the decimal mark; the other of point and comma separates thousands.
        dates: the form of a date, shown by an example.
        week_start: the first column of a month grid.
    """

    units: Literal["auto", "k", "M", "full"] = "auto"
    decimal: Literal[".", ","] = "."
    dates: Literal["Mon 23 Nov", "Mon Nov 23", "2026-11-23"] = "Mon 23 Nov"
    week_start: Literal["mon", "sat", "sun"] = "mon"


class CompareConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table `[compare]`.

    Attributes:
        align: how an unfinished period is set against another: to the same business day, the same day
            number, or the same business days before the end.
        owners: whose deals those of a stored day are: of their owners and managers "then", or of those of
            "today", so that a reorganisation does not move figures.
    """

    align: Literal["bd", "day", "bd-left"] = "bd"
    owners: Literal["then", "today"] = "then"


class CoverConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who looks after an absent person's work, and until which day (included)."""

    by: NonEmpty
    until: date | None = None


class PersonConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One line of `[people]`; its key is the login.

    Attributes:
        name: what people call them.
        owner: the names under which sources know them.
        roles: what they are responsible for.
        manager: login of their manager.
        cover: who looks after their work while they are away.
    """

    name: str = ""
    owner: list[NonEmpty] = []
    roles: list[NonEmpty] = []
    manager: str | None = None
    cover: CoverConfig | None = None


class StoreConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table `[store]`: whether the folder's group works in one store."""

    shared: bool = False


class QuotaConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The table `[quota]`.

    Attributes:
        seasonality: shares of a year's quota by quarter (4) or period (12 or 13), in any unit; empty
            means by days.
    """

    seasonality: list[Share] = []


class Config(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole of `cockpit.toml`.

    Attributes:
        schema: version of the file's form.
        name: what the workspace is called on screen.
        demo: its data is invented, and every output says so.
        calendar: name or path of the one calendar; `calendars` lists several, the first of which governs.
        as_of: the day whose state is shown: today, last-bd, latest, or a date as YYYY-MM-DD.
        currency: the currency that all money is shown in.
        sources: the tables' files by table name.
        targets: by metric name.
        kpi: `[kpi]` without its sub-tables.
        metrics: the sub-tables `[kpi.NAME]` by metric name.
        control: figures that must tie.
        slices: standing filters by name.
        views: saved views by name: a filter of tasks, a table with filter, by and sort, a figure, or the
            calendar.
    """

    schema: Literal[1] = 1
    name: NonEmpty | None = None
    demo: bool = False
    calendar: NonEmpty | None = None
    calendars: list[NonEmpty] = []
    as_of: str = "today"
    currency: NonEmpty = "USD"
    sources: dict[str, SourceSpec] = {}
    targets: dict[str, Target] = {}
    kpi: KpiConfig = KpiConfig()
    metrics: dict[str, MetricConfig] = {}
    control: list[ControlConfig] = []
    slices: dict[str, NonEmpty] = {}
    views: dict[str, NonEmpty | ViewConfig] = {}
    display: DisplayConfig = DisplayConfig()
    compare: CompareConfig = CompareConfig()
    people: dict[str, PersonConfig] = {}
    store: StoreConfig = StoreConfig()
    quota: QuotaConfig = QuotaConfig()

    @property
    def saved_views(self) -> dict[str, SavedView]:
        """The saved lists of tasks by name, in the order of the file; each a table, however it is written."""
        views = {
            name: SavedView(one) if isinstance(one, str) else one.saved for name, one in self.views.items()
        }
        return {name: view for name, view in views.items() if isinstance(view, SavedView)}

    @property
    def saved_figures(self) -> dict[str, SavedFigure]:
        """The saved figures by name, in the order of the file."""
        figures = {name: one.saved for name, one in self.views.items() if isinstance(one, ViewConfig)}
        return {name: one for name, one in figures.items() if isinstance(one, SavedFigure)}

    @property
    def saved_rhythms(self) -> dict[str, SavedRhythm]:
        """The calendar under a name, in the order of the file."""
        saved = {name: one.saved for name, one in self.views.items() if isinstance(one, ViewConfig)}
        return {name: one for name, one in saved.items() if isinstance(one, SavedRhythm)}

    @property
    def calendar_names(self) -> tuple[str, ...]:
        """The calendars by name or path; the first governs."""
        if self.calendars:
            return tuple(self.calendars)
        return (self.calendar or DEFAULT_CALENDAR,)


class UserConfig(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The user's own `config.toml`.

    Attributes:
        theme: name of a theme, or path of a theme file.
        keymap: name of a keymap, or path of a keymap file.
        density: "compact" leaves out blank lines and rules, so that more fits.
        workspace: the folder that is opened when nothing nearer names one.
    """

    theme: NonEmpty | None = None
    keymap: NonEmpty | None = None
    density: Literal["comfortable", "compact"] = "comfortable"
    workspace: NonEmpty | None = None
