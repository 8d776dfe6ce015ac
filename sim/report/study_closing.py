"""The closing parts of a study's page: what its points cost, how sure it is, and what would change its answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.points import BASELINE
from sim.analysis.study import best_first
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import dose_factors, grouping, has_baseline, kept_outcomes, kinds, main_outcomes, situation
from sim.ensemble.pictures import Wanted, comparison_table, dosed
from sim.report.board_words import FEW, SPENT, Compared, change_sentences, cost_sentences
from sim.report.closing import Closing, closing_parts
from sim.report.prose import capital, enumerate_words, spell
from sim.report.study_made import is_shipped_scenario
from sim.report.study_parts import Part
from sim.report.study_words import counted, effects_of, level, replications_text
from sim.report.uncertainty import tell_parts_of_uncertainty
from sim.spec.catalogue import interventions, relationships
from sim.spec.factors import INTERVENTIONS, RELATIONSHIP

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

#: What is said where nothing of the kind is kept.
UNKEPT = (
    "The plan keeps no outcome that tells what is spent; with cost, intervention_cost or coordination_hours among its"
    " outcomes it would."
)
#: Comparisons that are counted in words, one sentence for each outcome.
MOST_COUNTED = 4


def study_closing(study: Experiment) -> list[Part]:
    """What it costs, how sure it is, what it rests on, and what would change the answer; nothing without any run."""
    if not study.status.done:
        return []
    found = compared_points(study)
    closing = Closing(_costs(study, found), _sure(study), _change(study, found), moved_points(study))
    return closing_parts(closing, study.provenance)


def compared_points(study: Experiment) -> Compared | None:
    """Points against the one baseline that all of them share; None where each group has its own, or none has."""
    if not has_baseline(study) or grouping(study):
        return None
    names = [*main_outcomes(study), *(name for name in SPENT if name in kept_outcomes(study))]
    table = comparison_table(study, Wanted(tuple(dict.fromkeys(names))))
    own = table.loc[table["verdict"] == BASELINE, "label"]
    if not len(own):
        return None
    effects = {name: best_first(effects_of(table, name)) for name in names}
    many = study.status.balanced
    return Compared(str(own.iloc[0]), effects, many, many, main_outcomes(study)[0])


def _costs(study: Experiment, found: Compared | None) -> tuple[str, ...]:
    told = cost_sentences(found) if found else []
    return tuple(told or spread_sentences(study)) or (UNKEPT,)


def spread_sentences(study: Experiment) -> list[str]:
    """The lowest and the highest mean of everything that is spent, each with its point."""
    runs = study.runs[study.runs["status"] == "done"]
    labels = study.points.set_index("point_id")["label"]
    told = []
    for name in (name for name in SPENT if name in kept_outcomes(study)):
        means = runs.groupby("point_id", sort=False)[name].mean().dropna()
        if len(means):
            told.append(f"{capital(SPENT[name])}: {_span(means, labels, name)}.")
    return told


def _span(means: pd.Series[float], labels: pd.Series[str], name: str) -> str:
    low, high = level(float(means.min()), name), level(float(means.max()), name)
    if low == high:
        return f"{low} in every point" if len(means) > 1 else low
    return f"from {low} ({labels[str(means.idxmin())]}) to {high} ({labels[str(means.idxmax())]})"


def _sure(study: Experiment) -> tuple[str, ...]:
    """How much was run, what is distinguishable, and how much of the doubt is luck."""
    status, many = study.status, study.runs[study.runs["status"] == "done"].groupby("point_id").size()
    least, most = int(many.min()), int(many.max())
    points = f"{len(many):,} point{'' if len(many) == 1 else 's'}"
    each = " each" if len(many) > 1 else ""
    told = [f"{status.done:,} runs of {points} were made, {replications_text(least, most)}{each}, on common luck."]
    if least < FEW and has_baseline(study):
        told.append(
            f"Take it as a first look, for {spell(least)} replication{'s tell' if least > 1 else ' tells'} little."
        )
    if status.missing or status.failed:
        told.append(f"{status.missing + status.failed:,} planned runs are not in it: they are still to do, or failed.")
    return (*told, *_verdicts(study))


def _verdicts(study: Experiment) -> list[str]:
    """How many comparisons of each main outcome are distinguishable, over all groups."""
    if not has_baseline(study):
        return ["Points were drawn over the ranges of the plan, so that nothing is compared with a baseline."]
    table = comparison_table(study, Wanted(tuple(main_outcomes(study)[:MOST_COUNTED])))
    effects = {name: effects_of(table, name) for name in dict.fromkeys(table["outcome"])}
    told = [
        f"{BY_NAME[str(name)].label}: of {spell(len(found))} comparison{'' if len(found) == 1 else 's'},"
        f" {counted(found)}."
        for name, found in effects.items()
        if found
    ]
    share = tell_parts_of_uncertainty(next(iter(effects.values()), []))
    return [*told, *([share] if share else [])]


def _change(study: Experiment, found: Compared | None) -> tuple[str, ...]:
    """What luck, other situations, other doses and other firms would change."""
    told = change_sentences(found) if found else []
    for kind, tell in (("sensitivity", _hangs), ("screening", _moves), ("map", _situations), ("dose", _edges)):
        if kind in kinds(study):
            told += _answered(study, tell)
    return (*told, _elsewhere(study))


def _answered(study: Experiment, tell: Callable[[Experiment], list[str]]) -> list[str]:
    """Sentences, or none where the study cannot answer: its part of the page says why."""
    try:
        return tell(study)
    except InputError:
        return []


def _hangs(study: Experiment) -> list[str]:
    found = study.sensitivity(main_outcomes(study)[0])
    row = found.indices.sort_values("total", ascending=False, kind="stable").iloc[0]
    return [] if math.isnan(row["total"]) else [_first_to_find(str(row["factor"]), found.outcome)]


def _moves(study: Experiment) -> list[str]:
    found = study.screening(main_outcomes(study)[0])
    return [_first_to_find(str(found.effects["factor"].iloc[0]), found.outcome)]


def _first_to_find(factor: str, outcome: str) -> str:
    return (
        f"Another value of {factor}, more than of anything else that was varied: {BY_NAME[outcome].label.lower()} hangs"
        " on it most, so find it out first."
    )


def _situations(study: Experiment) -> list[str]:
    """Whether the best differs between situations."""
    outcome = main_outcomes(study)[0]
    cells = study.contingency(outcome, factors=situation(study)).cells
    best = list(dict.fromkeys(map(str, cells.loc[cells["is_clear"].astype(bool), "best"])))
    n_open = len(cells) - int(cells["is_clear"].astype(bool).sum())
    label = BY_NAME[outcome].label.lower()
    told = []
    if len(best) > 1:
        told.append(
            f"Another situation: for {label}, what is best differs between those tried ({enumerate_words(best)})."
        )
    elif best and not n_open:
        told.append(f"No other situation of those tried: for {label}, {best[0]} is clearly best in all of them.")
    if n_open:
        where = "every situation" if n_open == len(cells) else f"{spell(n_open)} of {spell(len(cells))} situations"
        told.append(f"More replications: for {label}, several may be best in {where}.")
    return told


def _edges(study: Experiment) -> list[str]:
    """Doses whose best lies at the end of what was tried."""
    told = []
    for factor in dose_factors(study):
        found = dosed(study, main_outcomes(study)[0], factor)
        best = found.optimum
        if best is not None and best.edge and (best.edge == "highest" or best.dose > 0.0):
            told.append(f"A dose beyond those tried: of {found.factor} the {best.edge} that was tried is best.")
    return told


def _elsewhere(study: Experiment) -> str:
    name = study.plan.scenario
    held = f"All that the plan does not vary is as in {name}"
    if study.plan.name and is_shipped_scenario(name):
        return f"{held}: another firm may have another answer, and --scenario FILE.toml asks for it."
    return f"{held}: another firm may have another answer."


def moved_points(study: Experiment) -> tuple[str, ...]:
    """Relationship types and interventions that the points have."""
    known = {**relationships(), **interventions()}
    cells = [study.points[name].dropna().astype(str) for name in (RELATIONSHIP, INTERVENTIONS) if name in study.points]
    words = [word for cell in cells for value in cell for word in _words(value)]
    doses = [name.split(".")[1] for name in study.factors if name.startswith(f"{INTERVENTIONS}.")]
    return tuple(name for name in dict.fromkeys([*words, *doses]) if name in known)


def _words(text: str) -> list[str]:
    """Names in what a plan writes of a point, such as ``liaison=2@65+collocation``."""
    return [part.partition("=")[0].partition("@")[0].strip() for part in text.split("+")]
