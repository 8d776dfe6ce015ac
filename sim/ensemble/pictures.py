"""One picture for each question to a study."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.point_values import listed
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import (
    KINDS,
    dose_factors,
    grouping,
    kinds,
    main_outcomes,
    margin_of,
    other_factors,
    short_labels,
    situation,
    watched,
)
from sim.spec.catalogue import interventions_of
from sim.spec.factors import INTERVENTIONS, OF_ONE, RELATIONSHIP
from sim.spec.plan import base_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.analysis.dose_response import DoseResponse
    from sim.analysis.selection import Selection
    from sim.ensemble.questions import Questions

#: Points of a selection that are drawn, and its arrays with a value for each point.
MOST_CONTENDERS = 25
OF_POINTS = ("means", "is_left", "low", "high", "may_be_best", "probability_best")
#: Scenarios whose time to win is drawn where nobody names them.
MOST_WAITING = 4
#: Points whose course is drawn.
MOST_COURSES = 6


@dataclass(frozen=True)
class Wanted:
    """What a picture is to show.

    Parameters
    ----------
    outcomes : tuple of str
        At least one.
    narrow : bool
        Whether it is for a small page.
    more : dict of str to object
        What else the question takes, such as ``factor`` or ``by``.
    """

    outcomes: tuple[str, ...]
    narrow: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def figure_of(
    study: Questions, kind: str | None = None, outcome: str | Sequence[str] | None = None, **how: Any
) -> Figure:
    """Draw the answer to one question (`sim.ensemble.questions.Questions.figure`).

    Raises
    ------
    InputError
        If there is no such kind, the study cannot answer it, or something named does not exist.
    """
    fitting = kinds(study)
    if kind is None and not fitting:
        raise InputError("kind", "must fit the study, and none does", study.plan.design.kind, "Export its tables.")
    chosen = kind or fitting[0]
    if chosen not in KINDS:
        raise InputError("kind", f"must be one of {', '.join(KINDS)}", chosen, did_you_mean(chosen, KINDS))
    narrow = bool(how.pop("narrow", False))
    several = chosen in ("comparison", "interactions")
    outcomes = listed(outcome) or main_outcomes(study)[: None if several else 1]
    return DRAWN_BY[chosen](study, Wanted(tuple(outcomes), narrow, how))


def comparison_table(study: Questions, wanted: Wanted) -> pd.DataFrame:
    """Comparison with the baseline of each group, with heads of groups and labels without what these say."""
    how = dict(wanted.more)
    by = listed(how.pop("by", None) if "by" in how else grouping(study))
    if by and "baseline" not in how:
        how["baseline"] = {name: value for name, value in study.baseline.items() if name not in by}
    return short_labels(study.compare(list(wanted.outcomes), by, **how), by)


def _comparison(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.comparison_figures import draw_comparison

    table = comparison_table(study, wanted)
    return draw_comparison(table, "group" if table["group"].any() else (), wanted.narrow)


def types_table(study: Questions, wanted: Wanted) -> pd.DataFrame:
    """Relationship types alone against the baseline's, everything else as it is there."""
    from sim.analysis.points import compare_points

    points = study.line(RELATIONSHIP)
    table = compare_points(
        points, study.runs, list(wanted.outcomes), (), {RELATIONSHIP: study.baseline[RELATIONSHIP]}, study.method
    )
    return short_labels(table, [])


def best_first(found: Selection, outcome: str) -> Selection:
    """A selection with its points from best to worst; of many, only the best."""
    is_lower = BY_NAME[outcome].better == "lower"
    order = pd.Series(found.means).sort_values(ascending=is_lower, kind="stable").index.tolist()
    kept = [found.best, *(place for place in order if place != found.best)][:MOST_CONTENDERS]
    arrays = {name: getattr(found, name)[kept] for name in OF_POINTS}
    return replace(found, labels=tuple(found.labels[place] for place in kept), best=0, **arrays)


def _best(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.comparison_figures import draw_selection

    how, outcome = dict(wanted.more), wanted.outcomes[0]
    margin = how.pop("indifference", None)
    found = study.best(outcome, margin_of(study, outcome) if margin is None else margin, **how)[0]
    return draw_selection(best_first(found, outcome), outcome, wanted.narrow)


def pairs_table(study: Questions, wanted: Wanted) -> pd.DataFrame:
    """Interactions of all pairs, with the names of interventions as people say them."""
    how = dict(wanted.more)
    by = listed(how.pop("by", None) if "by" in how else other_factors(study))
    table = study.interactions(list(wanted.outcomes), by, **how)
    names = _names_of(study)
    return table.assign(**{side: [names.get(text, text) for text in table[side]] for side in ("first", "second")})


def _names_of(study: Questions) -> dict[str, str]:
    """What interventions are called, by how the plan writes them."""
    points = study.line(INTERVENTIONS)
    labels = short_labels(points.assign(verdict="", every=0), ["every"])["label"]
    return dict(zip(points[INTERVENTIONS].astype(str), labels, strict=True))


def _interactions(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.comparison_figures import draw_interactions

    by = listed(wanted.more.get("by")) or other_factors(study)
    return draw_interactions(pairs_table(study, wanted), by, wanted.narrow)


def dosed(study: Questions, outcome: str, factor: str, **held: Any) -> DoseResponse:
    """The response to a dose, with the factor as people call it."""
    found = study.dose_response(outcome, factor, **held)
    return replace(found, factor=factor_name(study, factor))


def factor_name(study: Questions, factor: str) -> str:
    """A factor as people call it: the dose of an intervention by its label and unit, all else by its path."""
    match = OF_ONE.fullmatch(factor)
    known = interventions_of(base_of(study.plan)).get(match["name"]) if match and match["what"] == "dose" else None
    return f"{known.label} ({known.unit})" if known else factor


def _dose(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.curve_figures import draw_dose_response

    how = dict(wanted.more)
    factor = how.pop("factor", None) or next(iter(dose_factors(study)), None)
    if factor is None:
        mend = "Give points that differ in a number only, such as a dose."
        raise InputError("factor", "must have three values on a line from the baseline", None, mend)
    return draw_dose_response(dosed(study, wanted.outcomes[0], factor, **how), wanted.narrow)


def _map(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.map_figures import draw_contingency_map

    how = {"factors": situation(study) or None, **wanted.more}
    return draw_contingency_map(study.contingency(wanted.outcomes[0], **how), wanted.narrow)


def _sensitivity(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.sensitivity_figures import draw_indices

    return draw_indices(study.sensitivity(wanted.outcomes[0]), wanted.narrow)


def _screening(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.sensitivity_figures import draw_screening

    return draw_screening(study.screening(wanted.outcomes[0]), wanted.narrow)


def waiting_labels(study: Questions) -> list[str]:
    """Points whose time to win is drawn: the baseline and the first others, relationship types before others."""
    points = study.points
    chosen = study.line(RELATIONSHIP) if RELATIONSHIP in study.factors else points
    own = points["label"].iloc[study.design.baseline]
    return list(dict.fromkeys([own, *chosen["label"], *points["label"]]))[:MOST_WAITING]


def _time_to_win(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.curve_figures import draw_time_to_win

    labels = listed(wanted.more.get("labels")) or waiting_labels(study)
    return draw_time_to_win({label: study.time_to_win(label) for label in labels}, wanted.narrow)


def courses(study: Questions, outcome: str) -> dict[str, pd.DataFrame]:
    """How the difference of each point from the baseline narrowed down, by label; those that took longest first."""
    from sim.analysis.sequential import convergence

    table = study.differences(outcome)
    labels = [str(label) for label in table]
    found = {name: convergence(table[name].loc[: table[name].last_valid_index()].to_numpy()) for name in labels}
    order = sorted((label for label in found if len(found[label])), key=lambda label: -len(found[label]))
    return {label: found[label] for label in order[:MOST_COURSES]}


def half_width_asked(study: Questions, outcome: str) -> float:
    """Half-width at which a study stops, in the unit of the outcome."""
    own = study.points["point_id"].iloc[study.design.baseline]
    mean = float(study.runs.loc[study.runs["point_id"] == own, outcome].mean())
    return watched(study).get(outcome, math.nan) * abs(mean)


def _convergence(study: Questions, wanted: Wanted) -> Figure:
    from sim.analysis.comparison_figures import draw_convergence

    (outcome,) = [name for name in wanted.outcomes[:1] if name in watched(study)] or list(watched(study))[:1]
    return draw_convergence(courses(study, outcome), outcome, half_width_asked(study, outcome), wanted.narrow)


DRAWN_BY = {
    "comparison": _comparison,
    "best": _best,
    "interactions": _interactions,
    "dose": _dose,
    "map": _map,
    "sensitivity": _sensitivity,
    "screening": _screening,
    "time_to_win": _time_to_win,
    "convergence": _convergence,
}
