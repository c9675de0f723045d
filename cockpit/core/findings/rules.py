"""The rules by which findings are found: TOML tables, built in and of the workspace, checked strictly."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from cockpit.base.problems import ConfigError, Problem, did_you_mean
from cockpit.base.tomlfile import TomlFile, convert, read_toml

BUILT_IN = Path(__file__).with_name("rules")
OWN_FOLDER = "findings"
"""The workspace's folder of rules; they add to the built-in ones or replace those of the same name."""

Check = Literal[
    "change", "target", "limit", "lump", "coverage", "risk", "late", "movement", "control", "data"
]
Name = Annotated[str, msgspec.Meta(min_length=1)]
Points = Annotated[float, msgspec.Meta(ge=0, le=200)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]

_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "change": (("metric",), ("by", "tolerance", "least", "share")),
    "target": ((), ("metric",)),
    "limit": (("metric", "limit"), ("by", "money", "least")),
    "lump": (("metric",), ("by", "money", "least", "share")),
    "coverage": (("metric", "limit"), ("needs",)),
    "risk": (("metric",), ("of", "least")),
    "late": ((), ()),
    "movement": (("bucket",), ("share",)),
    "control": ((), ()),
    "data": ((), ()),
}
"""By check: the keys it must have and those it may have, besides those of every rule."""
_OWN = tuple(dict.fromkeys(key for must, may in _KEYS.values() for key in (*must, *may)))


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of a file of rules; its key is the rule's name.

    Attributes:
        check: what is looked at. change: a figure or a group of it outside its usual swing; target: figures
            that miss their target; limit: a figure beyond a limit; lump: many deals closed on one day;
            coverage: the pipeline against what our own yield needs; risk: an amount that is at risk;
            late: overdue tasks; movement: deals that moved since the last lock or week; control: control
            totals that do not tie; data: sources that are not in order.
        tag: one or two words at the right end of the line.
        title: the first words of its findings, instead of the figure's label.
        weight: points that every finding of the rule has.
        money_points: points more when as much as a tenth of the quarter's yardstick (quota, else open
            pipeline) is at stake; in proportion below, twice as much at most.
        day_points: points more for each business day of lateness, ten days at most.
        enabled: whether the rule looks at all.
        metric: the figure looked at.
        by: dimensions in which the group behind it is looked for, tried in order.
        tolerance: a change smaller than this, in the metric's unit, is no finding however unusual.
        least: fewer deals than this are no finding.
        share: of the whole, how much it takes to be worth telling.
        limit: the value beyond which a figure is a finding; of coverage the rule of thumb that is used
            while our own yield is not known.
        money: the metric that says what is at stake.
        needs: of coverage, the metric that says how much is needed.
        of: of a risk, the metric of the whole that it is a part of.
        bucket: of a movement, which one (pushed_out, lost ...).
    """

    check: Check
    tag: Name
    title: Name | None = None
    weight: Points = 40.0
    money_points: Points = 30.0
    day_points: Points = 2.0
    enabled: bool = True
    metric: Name | None = None
    by: tuple[Name, ...] = ()
    tolerance: float = 0.0
    least: int = 0
    share: Share | None = None
    limit: float | None = None
    money: Name | None = None
    needs: Name | None = None
    of: Name | None = None
    bucket: Name | None = None


OFF = {"enabled": False}
"""A table that says nothing else switches the rule of its name off."""


def load_rules(workspace: Path | None, metrics: Iterable[str]) -> dict[str, Rule]:
    """The rules by name, in their order; takes what `read_rules` takes.

    Raises:
        ConfigError: with every problem of every file, each at its line.
    """
    rules, problems = read_rules(workspace, metrics)
    if problems:
        raise ConfigError(*problems)
    return rules


def read_rules(workspace: Path | None, metrics: Iterable[str]) -> tuple[dict[str, Rule], tuple[Problem, ...]]:
    """The rules that are right, by name and in their order, and what is wrong with the others.

    A built-in rule stays in force where the one of the workspace that would replace it is wrong.

    Args:
        workspace: its folder, or None for the built-in rules alone.
        metrics: the names of all metrics.
    """
    known = set(metrics)
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    paths = sorted(BUILT_IN.glob("*.toml"))
    own = sorted((workspace / OWN_FOLDER).glob("*.toml")) if workspace is not None else []
    for path in (*paths, *own):
        try:
            file = read_toml(path)
        except ConfigError as error:
            problems += error.problems
            continue
        for name, table in file.data.items():
            if table == OFF:
                if name not in rules:
                    problems.append(file.problem((name,), "there is no such rule", did_you_mean(name, rules)))
                rules.pop(name, None)
                continue
            found: list[Problem] = []
            rule = _rule(file, name, table, found)
            if rule is not None:
                found += _problems(file, name, rule, table, known if path in own else None)
            if rule is not None and not found:
                rules[name] = rule
            problems += sorted(found, key=lambda one: one.line or 0)
    return {name: rule for name, rule in rules.items() if rule.enabled}, tuple(problems)


def _rule(file: TomlFile, name: str, table: object, problems: list[Problem]) -> Rule | None:
    if not isinstance(table, dict):
        problems.append(file.problem((name,), "must be a table", f"[{name}] on a line of its own"))
        return None
    return convert(file, Rule, problems, (name,), table)


def _problems(
    file: TomlFile, name: str, rule: Rule, table: Mapping[str, object], known: set[str] | None
) -> list[Problem]:
    """Keys that the check lacks or does not take, and metrics that there are not.

    Built-in rules may name metrics that a catalogue lacks: they then do not look.
    """
    must, may = _KEYS[rule.check]
    found = [
        file.problem((name,), f"a rule that checks {rule.check} needs {key}")
        for key in must
        if key not in table
    ]
    found += [
        file.problem((name, key), f"{key} means nothing to a rule that checks {rule.check}")
        for key in _OWN
        if key in table and key not in (*must, *may)
    ]
    if known is not None:
        named = [(key, str(table[key])) for key in ("metric", "money", "needs", "of") if key in table]
        found += [
            file.problem((name, key), f"there is no metric {metric!r}", did_you_mean(metric, known))
            for key, metric in named
            if metric not in known
        ]
    return found
