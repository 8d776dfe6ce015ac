"""Parts of a report: what the answer hangs on (Sobol' indices), and what matters at all (Morris' screening)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.sensitivity_figures import draw_indices, draw_screening
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import main_outcomes
from sim.report.page import plain
from sim.report.prose import decimal
from sim.report.study_methods import MORRIS, SOBOL
from sim.report.study_parts import Exhibit, Part, Table, columns, exhibits_of, told
from sim.report.study_words import tell_indices, tell_screening

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment


def sensitivity(study: Experiment) -> Part:
    """How much of the variance each factor accounts for."""
    exhibits = exhibits_of(study, main_outcomes(study), _indexed)
    return Part("What does the answer hang on?", told(exhibits, 3), exhibits[:1], exhibits[1:], SOBOL)


def _indexed(study: Experiment, outcome: str) -> Exhibit:
    found = study.sensitivity(outcome)
    titles = columns("Factor", "Alone, first order (interval)", "With interactions, total (interval)")
    rows = tuple(
        (row["factor"], _index(row, "first"), _index(row, "total")) for row in found.indices.to_dict("records")
    )
    caption = (
        "Bars are shares of the variance of the outcome over the design, lines their 95 % intervals. A factor’s total"
        " less its first order is what it does only together with others."
    )
    return Exhibit(
        f"sensitivity-{outcome}",
        BY_NAME[outcome].label,
        tuple(tell_indices(found)),
        caption,
        partial(draw_indices, found),
        Table(titles, (("", rows),)),
    )


def _index(row: dict[Any, Any], name: str) -> str:
    middle, low, high = (decimal(row[f"{name}{end}"], 3) for end in ("", "_low", "_high"))
    return f"{middle} ({low} to {high})"


def screening(study: Experiment) -> Part:
    """Which factors matter at all."""
    exhibits = exhibits_of(study, main_outcomes(study), _screened)
    return Part("What matters at all?", told(exhibits), exhibits[:1], exhibits[1:], MORRIS)


def _screened(study: Experiment, outcome: str) -> Exhibit:
    found = study.screening(outcome)
    sizes = ("Mean size μ* (interval)", "Spread σ (interval)", "Mean effect μ")
    titles = columns("Factor", "Rank (interval)", *sizes, "Negligible", words=["Negligible"])
    rows = tuple(_factor(row) for row in found.effects.to_dict("records"))
    unit = BY_NAME[outcome].unit
    caption = (
        "Each dot is a factor moved over its whole range: to the right, its mean effect whatever the sign; upwards, how"
        " much that differs from place to place (bends, interactions). Lines are 95 % intervals."
        f"{'' if unit == '-' else f' In {unit}.'}"
    )
    return Exhibit(
        f"screening-{outcome}",
        BY_NAME[outcome].label,
        tuple(tell_screening(found)),
        caption,
        partial(draw_screening, found),
        Table(titles, (("", rows),)),
    )


def _factor(row: dict[Any, Any]) -> tuple[str, ...]:
    ranks = f"{row['rank']:.0f} ({row['rank_low']:.0f} to {row['rank_high']:.0f})"
    sizes = (
        f"{plain(row[name])} ({plain(row[f'{name}_low'])} to {plain(row[f'{name}_high'])})"
        for name in ("mu_star", "sigma")
    )
    return (row["factor"], ranks, *sizes, plain(row["mu"]), "yes" if row["is_negligible"] else "no")
