"""What a plan can answer: outcomes that it keeps, what is decided in which situations, and which pictures fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pandas.api.types import is_numeric_dtype

from sim.analysis.interaction import quartets
from sim.domain.errors import InputError, Told
from sim.domain.outcomes import BY_NAME
from sim.spec.designs import Sequential
from sim.spec.factors import INTERVENTIONS, RELATIONSHIP
from sim.spec.plan import outcomes_kept

if TYPE_CHECKING:
    import pandas as pd

    from sim.ensemble.questions import Questions

#: Outcomes that are looked at first, where they are kept.
MAIN_OUTCOMES = ("bookings_new", "profit", "cycle_days", "conflict_per_100")
#: Kinds of pictures, in the order in which one is taken where several fit.
KINDS = ("sensitivity", "screening", "map", "interactions", "dose", "comparison", "best", "time_to_win", "convergence")
#: Designs whose points are drawn, so that none of them is a baseline.
DRAWN = ("latin-hypercube", "sobol", "morris", "saltelli")
#: Fewest values of a factor that make a curve.
FEWEST_DOSES = 3
#: A difference of so much of the baseline's mean is one that matters, where nobody has said better.
INDIFFERENCE = 0.01


def kept_outcomes(study: Questions) -> list[str]:
    """Outcomes that the plan keeps, in the order of the outcomes."""
    kept = outcomes_kept(study.plan)
    return [name for name in BY_NAME if name in kept]


def main_outcomes(study: Questions) -> list[str]:
    """Those of `MAIN_OUTCOMES` that are kept; where none is, the first few that are."""
    kept = kept_outcomes(study)
    return [name for name in MAIN_OUTCOMES if name in kept] or kept[: len(MAIN_OUTCOMES)]


def watched(study: Questions) -> dict[str, float]:
    """Outcomes that decide when the study stops, each with the precision asked for; none where that was fixed."""
    rule = study.plan.replications
    return dict(rule.precision) if isinstance(rule, Sequential) else {}


def has_baseline(study: Questions) -> bool:
    """Whether one point is what the others are compared with."""
    return study.plan.design.kind not in DRAWN and len(study.points) > 1


def is_decision(factor: str) -> bool:
    """Whether a factor is what management does; all others make the situation."""
    return factor == RELATIONSHIP or factor.partition(".")[0] in (INTERVENTIONS, "practices")


def situation(study: Questions) -> list[str]:
    """Factors that make the situation in which something is decided; empty where nothing is decided."""
    others = [name for name in study.factors if not is_decision(name)]
    return others if len(others) < len(study.factors) and study.plan.design.kind == "grid" else []


def grouping(study: Questions) -> list[str]:
    """Factors within whose levels points have a baseline of their own.

    The situation; and the relationship type, where every type is combined with interventions.
    """
    is_crossed = study.plan.design.kind == "grid" and {RELATIONSHIP, INTERVENTIONS} <= set(study.factors)
    return situation(study) + ([RELATIONSHIP] if is_crossed else [])


def is_mapped(study: Questions) -> bool:
    """Whether relationship types are compared in several situations."""
    return RELATIONSHIP in study.factors and bool(situation(study))


def is_selected(study: Questions) -> bool:
    """Whether the points are alternatives of which one can be the best."""
    return has_baseline(study) and not situation(study) and all(map(is_decision, study.factors))


def has_pairs(study: Questions) -> bool:
    """Whether two interventions are run alone, together and not at all."""
    if INTERVENTIONS not in study.factors or not has_baseline(study):
        return False
    try:
        return bool(quartets(study.points, other_factors(study)))
    except InputError:
        return False


def other_factors(study: Questions) -> list[str]:
    """Factors other than the interventions."""
    return [name for name in study.factors if name != INTERVENTIONS]


def dose_factors(study: Questions) -> list[str]:
    """Numeric factors of which at least three values are run while the others stay at the baseline."""
    return list(_curves(study)) if has_baseline(study) else []


def _curves(study: Questions) -> Iterator[str]:
    for name in study.factors:
        values = study.points[name]
        if is_numeric_dtype(values) and study.line(name)[name].nunique() >= FEWEST_DOSES:
            yield name


def kinds(study: Questions) -> list[str]:
    """Kinds of pictures that fit a study, in the order of `KINDS`."""
    fits = {
        "sensitivity": study.plan.design.kind == "saltelli",
        "screening": study.plan.design.kind == "morris",
        "map": is_mapped(study),
        "interactions": has_pairs(study),
        "dose": bool(dose_factors(study)),
        "comparison": has_baseline(study),
        "best": is_selected(study),
        "time_to_win": "deals" in study.plan.tables,
        "convergence": bool(watched(study)),
    }
    return [kind for kind in KINDS if fits[kind]]


def short_labels(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Rows with what all labels of a group share told once: a column ``group`` of heads, and shorter labels.

    Parameters
    ----------
    rows : pandas.DataFrame
        With ``label``, ``verdict`` and the factors; the baseline of a group is the row with that verdict.
    by : list of str
        The factors that make the groups; none makes one group.
    """
    if not by:
        return rows.assign(group="")
    parts = []
    for _, members in rows.groupby(by, sort=False, dropna=False):
        split = [str(label).split(" · ") for label in members["label"]]
        shared = [part for part in split[0] if all(part in words for words in split)]
        labels = [" · ".join(part for part in words if part not in shared) or "as it is" for words in split]
        parts.append(members.assign(label=labels, group=" · ".join(shared)))
    import pandas as pd

    return pd.concat(parts).sort_index()


def margin_of(study: Questions, outcome: str) -> float:
    """Smallest difference that matters, where nobody has said better: 1 % of the baseline's mean, in its unit.

    Raises
    ------
    InputError
        If the baseline has no mean, or one of 0.
    """
    runs = study.runs
    own = runs[runs["point_id"] == study.points["point_id"].iloc[study.design.baseline]]
    margin = INDIFFERENCE * abs(float(own[outcome].mean()))
    if not margin > 0.0:
        mend = f"Say what matters, in its unit: study.best({outcome!r}, indifference)."
        raise InputError(
            outcome,
            "must have a mean other than 0 at the baseline, 1 % of which matters",
            Told("no run of the baseline") if math.isnan(margin) else 0,
            mend,
        )
    return margin
