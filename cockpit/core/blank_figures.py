"""Figures whose definition is wrong, among others: blank, with what is wrong in the place of the value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.metrics.catalogue import Catalogue
    from cockpit.metrics.results import KpiResult


def wrong_ones(catalogue: "Catalogue", asked: Sequence[str]) -> dict[str, str]:
    """Of the metrics asked for those whose definition is wrong, each with why.

    None of them where nothing else is asked for: what is wrong is the whole answer then.
    """
    wrong = {name: why for name in asked if (why := catalogue.why_wrong(name)) is not None}
    return wrong if len(wrong) < len(set(asked)) else {}


def with_blank_figures(
    result: "KpiResult", asked: Sequence[str], wrong: Mapping[str, str], catalogue: "Catalogue"
) -> "KpiResult":
    """The result with a blank total for each metric whose definition is wrong, in the order asked.

    Args:
        result: of the others.
        asked: all names.
        wrong: by name, why its definition is wrong.
        catalogue: gives their units.
    """
    from cockpit.metrics.results import KpiRow

    if not wrong:
        return result
    rows: list[KpiRow] = []
    for name in dict.fromkeys(asked):
        if name in wrong:
            unit = catalogue.stand_ins[name].unit if name in catalogue.stand_ins else "number"
            rows.append(KpiRow(name, {}, None, unit, 0, wrong[name]))
        else:
            rows += [row for row in result.rows if row.kpi == name]
    return replace(result, rows=tuple(rows))
