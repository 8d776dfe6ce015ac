"""When a study was precise enough: how intervals narrowed down, block by block."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.analysis.comparison_figures import draw_convergence
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import watched
from sim.ensemble.pictures import courses, half_width_asked
from sim.report.study_methods import INTERVALS, PAIRED
from sim.report.study_parts import Exhibit, Part, Table, columns, exhibits_of
from sim.report.study_words import level, shift

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment


def stopping(study: Experiment) -> Part:
    """How precisely each watched outcome is known, and after how many replications."""
    exhibits = exhibits_of(study, list(watched(study)), _watched)
    return Part("When was it precise enough?", (), exhibits, (), f"{PAIRED} {INTERVALS['sequential']}")


def _watched(study: Experiment, outcome: str) -> Exhibit:
    found, asked = courses(study, outcome), half_width_asked(study, outcome)
    lasts = {label: course.iloc[-1] for label, course in found.items()}
    rows = tuple(
        (label, f"{last['replications']:.0f}", shift(last["mean"], last["low"], last["high"], outcome))
        for label, last in lasts.items()
    )
    reached = sum((last["high"] - last["low"]) / 2.0 <= asked for last in lasts.values())
    reading = f"Asked for was a half-width of {level(asked, outcome)}; {reached} of {len(rows)} reached it."
    caption = "Dots are means after each block of 50 replications; the band holds at all looks together (95 %)."
    show = partial(draw_convergence, found, outcome, asked)
    table = Table(columns("Scenario", "Replications", "Difference (95 % interval)"), (("", rows),))
    return Exhibit(f"convergence-{outcome}", BY_NAME[outcome].label, (reading,), caption, show, table)
