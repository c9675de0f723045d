"""The built-in metrics are all there; a workspace's own are checked strictly, each mistake at its line."""

import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.base.problems import ConfigError, UsageError
from cockpit.metrics.catalogue import Catalogue, functions

FIXED_NAMES = [
    "open_pipeline",
    "open_count",
    "weighted_pipeline",
    "avg_open_deal",
    "median_open_deal",
    "open_pipeline_in_period",
    "pipeline_created",
    "created_count",
    "won_amount",
    "won_count",
    "lost_amount",
    "lost_count",
    "closed_count",
    "avg_won_deal",
    "close_rate",
    "close_rate_value",
    "cohort_win_rate",
    "cycle_days_mean",
    "cycle_days_median",
    "velocity",
    "past_due_count",
    "past_due_amount",
    "stale_count",
    "stale_share",
    "quota",
    "attainment",
    "coverage",
    "coverage_gap",
    "renewal_due_base",
    "renewal_on_time_rate",
    "renewal_coverage",
    "untracked_annuity",
    "field_completeness",
    "line_count",
]


def load(folder: Path, text: str) -> Catalogue:
    (folder / "own.toml").write_text(text)
    return Catalogue.load(folder, own_columns={"opportunities": {"weeks_open": "number"}})


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_every_fixed_name_is_there_and_says_what_it_is() -> None:
    catalogue = Catalogue.load(own_columns={})
    assert set(FIXED_NAMES) <= set(catalogue.names())
    for metric in catalogue:
        assert metric.spec.basis
        assert metric.spec.source
        assert "win rate" not in metric.label.lower()
        assert metric.as_json()["name"] == metric.name


def test_the_catalogue_needs_no_polars() -> None:
    code = (
        "import sys; from cockpit.metrics.catalogue import Catalogue; Catalogue.load(); "
        "sys.exit('polars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_has_a_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean close_rate"):
        Catalogue.load().get("closerate")


def test_a_workspace_adds_and_replaces(tmp_path: Path) -> None:
    text = """
    [old_deals]
    label = "Old deals"
    fact = "opportunities"
    value = "COUNT(DISTINCT opportunity_id)"
    where = "status = 'open' AND weeks_open > 10"
    unit = "count"

    [won_amount]
    label = "Booked"
    fact = "opportunities"
    value = "SUM(amount)"
    where = "status = 'won'"
    date = "closing_date"
    unit = "money"
    """
    catalogue = load(tmp_path, text)
    assert catalogue.get("old_deals").line == 2
    assert catalogue.get("old_deals").stock
    assert catalogue.get("won_amount").label == "Booked"
    assert catalogue.get("close_rate_value").parts == ("won_amount", "closed_amount")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('fact = "opportunities"', "a simple metric needs value"),
        ('fact = "opportunity"\nvalue = "COUNT(*)"', "'opportunity' is not one of the known values"),
        ('fact = "opportunities"\nvalue = "SUM(ammount)"', "did you mean amount?"),
        ('fact = "opportunities"\nvalue = "SUM(amount) / COUNT(*)"', "exactly one aggregate call"),
        ('fact = "opportunities"\nvalue = "COUNT(*)"\nwhere = "amount"', "not true or false"),
        ('fact = "opportunities"\nvalue = "COUNT(*)"\ndate = "closed_dat"', "did you mean closed_date?"),
        (
            'fact = "opportunities"\nvalue = "COUNT(*)"\nnumerator = "quota"',
            "does not belong to a simple metric",
        ),
        ('fact = "opportunities"\nvalue = "COUNT(*)"\nlabl = "x"', "labl"),
        ('kind = "ratio"\nnumerator = "won_cont"\ndenominator = "closed_count"', "did you mean won_count?"),
        ('kind = "ratio"\nnumerator = "close_rate"\ndenominator = "quota"', "a ratio needs simple metrics"),
        ('kind = "derived"\nformula = "wn / quota"', "there is no metric 'wn'"),
        ('fact = "opportunities"\nvalue = "COUNT(*)"\nneeds = ["qota"]', "did you mean quota?"),
        ('fact = "opportunities"\nvalue = "COUNT(*)"\npace = "lineraity"', "did you mean linearity?"),
        ('kind = "derived"\nformula = "won_amount > quota"', "does not belong in a formula"),
        ('kind = "derived"\nformula = "1 + 1"', "uses no metric"),
        ('kind = "derived"\nformula = "quota * 2"\nnonzero = { quta = "x" }', "did you mean quota?"),
    ],
)
def test_mistakes_are_told_at_their_line(tmp_path: Path, body: str, message: str) -> None:
    found = problems(tmp_path, f'[mine]\nlabel = "Mine"\nunit = "money"\n{body}\n')
    assert any(message in line for line in found), found
    assert all(line.startswith("own.toml:") for line in found)


def test_all_problems_at_once_and_cycles(tmp_path: Path) -> None:
    metric = '[{}]\nlabel = "x"\nunit = "money"\nkind = "derived"\nformula = "{}"\n'
    found = problems(tmp_path, metric.format("a", "b + 1") + metric.format("b", "a * 2"))
    circle = "own.toml:1: a: is made of itself: a -> b -> a"
    assert found == [circle]
    found = problems(
        tmp_path, metric.format("a", "b + 1") + metric.format("b", "a * 2") + metric.format("c", "nothing")
    )
    assert circle in found and len(found) == 2, "beside another mistake a circle is told too"
    assert len(problems(tmp_path, metric.format("a", "x1") + metric.format("b", "x2"))) == 2
    both = metric.format("a", "b + 1") + metric.format("b", "a * 2") + metric.format("c", "x1")
    assert {line.split(":")[2].strip() for line in problems(tmp_path, both)} == {"a", "c.formula"}


def test_functions_are_listed() -> None:
    names = {entry["name"] for entry in functions()}
    assert {"COALESCE", "LOWER", "SUM", "QUANTILE_CONT"} <= names


def test_a_wrong_definition_leaves_the_other_numbers(tmp_path: Path) -> None:
    metric = '[{}]\nlabel = "x"\nunit = "money"\nkind = "derived"\nformula = "{}"\n'
    (tmp_path / "own.toml").write_text(
        metric.format("won_amount", "wn_count")
        + metric.format("mine", "quta + 1")
        + metric.format("on", "mine * 2")
    )
    (tmp_path / "broken.toml").write_text("[half\n")
    catalogue = Catalogue.read(tmp_path)
    assert not catalogue.get("won_amount").own
    assert "close_rate" in catalogue
    for name, words in (("mine", "no metric 'quta'"), ("on", "mine is wrong itself")):
        with pytest.raises(UsageError, match=words):
            catalogue.get(name)
    said = [str(problem).removeprefix(f"{tmp_path}/") for problem in catalogue.problems]
    assert [line.partition(":")[0] for line in said] == ["broken.toml", "own.toml", "own.toml"]
    assert not any("'mine'" in line for line in said)


def test_a_metric_without_a_drill_path_says_why() -> None:
    without = {metric.name: metric.spec.description or "" for metric in Catalogue.load() if not metric.drill}
    assert set(without) == {"velocity", "renewal_grace_days"}
    assert "opens to its four factors" in without["velocity"]
    assert "nothing to open it by" in without["renewal_grace_days"]
