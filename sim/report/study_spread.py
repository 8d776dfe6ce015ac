"""What there is to say of points that are compared with none: their means, or how far these spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.analysis.intervals import method_named
from sim.analysis.rare import ends_of
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import kept_outcomes, main_outcomes
from sim.report.study_parts import Exhibit, Part, Table
from sim.report.study_words import level, replications_text

if TYPE_CHECKING:
    import pandas as pd

    from sim.ensemble.experiment import Experiment

#: Outcomes that the table has at most.
MOST_OUTCOMES = 30
SHARES = (0.05, 0.5, 0.95)


def spread(study: Experiment) -> Part:
    """Means of a single point with intervals, or how means spread over points that were drawn."""
    runs = study.runs[study.runs["status"] == "done"]
    outcomes = list(dict.fromkeys([*main_outcomes(study), *kept_outcomes(study)]))[:MOST_OUTCOMES]
    return _of_one(runs, outcomes, study.method) if len(study.points) == 1 else _of_many(runs, outcomes)


def _of_one(runs: pd.DataFrame, outcomes: list[str], method: str) -> Part:
    how = method_named(method)
    rows = []
    for name in outcomes:
        (low, high, _), _ = ends_of(runs[name].to_numpy(dtype=float), method)
        ends = "no interval" if low is None or high is None else f"{level(low, name)} to {level(high, name)}"
        rows.append((BY_NAME[name].label, level(float(runs[name].mean()), name), ends))
    columns = (("Outcome", "name"), ("Mean", "number"), (f"95 % interval ({how.label})", "number"))
    first, many = rows[0], replications_text(len(runs), len(runs))
    reading = (f"{first[0]}: {first[1]}, 95 % interval {first[2]}, over {many}.",)
    exhibit = Exhibit("means", "", reading, table=Table(columns, (("", tuple(rows)),)))
    return Part("What comes out", reading, (exhibit,))


def _of_many(runs: pd.DataFrame, outcomes: list[str]) -> Part:
    means = runs.groupby("point_id", sort=False)[outcomes].mean()
    titles = ("Lowest", "5 % are below", "Half are below", "95 % are below", "Highest")
    columns = (("Outcome", "name"), *((title, "number") for title in titles))
    rows = tuple(
        (BY_NAME[name].label, *(level(float(means[name].quantile(share)), name) for share in (0.0, *SHARES, 1.0)))
        for name in outcomes
    )
    first = rows[0]
    reading = (
        f"{first[0]}: nine in ten of the {len(means):,} points have means from {first[2]} to {first[4]}.",
        "The points were drawn, so none of them is a baseline; study.compare() and the exported tables go further.",
    )
    exhibit = Exhibit("spread", "", reading, table=Table(columns, (("", rows),)))
    return Part("How far the points spread", reading[:1], (exhibit,))
