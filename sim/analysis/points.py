"""Points of an experiment compared with their baseline: one table from `points` and `runs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.analysis.intervals import USUAL, method_named
from sim.analysis.multiplicity import adjusted
from sim.analysis.paired import OF_FIRM, Paired, compare_pairs, figures_of
from sim.analysis.planning import more_to_distinguish
from sim.analysis.point_values import Chosen, Names, Runs, baselines_of, errors_of, factors_of, outcomes_in, runs_of
from sim.analysis.rare import LIKELIHOOD, differing_words, without_interval
from sim.analysis.sequential import LEVEL, boundary
from sim.analysis.skewness import is_skewed
from sim.domain.outcomes import BY_NAME

BASELINE, FAILED = "baseline", "failed"
#: Begins the caution about an interval that may be too short.
SHORT = "skewed"
#: What says how a point compares with its baseline; the baseline itself has none of it.
COMPARED = ("difference", "ci_low", "ci_high", "adjusted_p", "relative_difference", "share_better")
#: Columns that are numbers even where none exists.
NUMBERS = (*COMPARED, "mean", "baseline_mean", "ci_level", "more_replications")
#: Blocks at which a study that is watched is planned to end: the boundary hardly changes about there.
PLANNED_BLOCKS = 20.0


@dataclass(frozen=True)
class Ways:
    """How comparisons are made: which interval, and how p values are adjusted (`compare_points`)."""

    method: str
    adjust: str

    def p_level(self, n_comparisons: int) -> float:
        """A single p that would certainly be believed among so many comparisons: a planning figure."""
        error = (1.0 - LEVEL) / (max(1, n_comparisons) if self.adjust == "holm" else 1)
        return (
            float(2.0 * special.ndtr(-boundary(PLANNED_BLOCKS, 1.0 - error))) if self.method == "sequential" else error
        )


def compare_points(  # noqa: PLR0913, PLR0917 - what one may ask of a table; all but the first two may be left out
    points: pd.DataFrame,
    runs: pd.DataFrame,
    outcomes: Names | None = None,
    by: Names = (),
    baseline: Chosen = None,
    method: str = USUAL,
    adjust: str = "holm",
) -> pd.DataFrame:
    """Compare the points of an experiment with their baseline, replication by replication on common luck.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point: ``point_id``, ``label``, a column per factor.
    runs : pandas.DataFrame
        One row per run: ``point_id``, ``draw``, ``replication``, ``status``, ``error``, a column per outcome. Points
        may have unequal numbers of replications; a pair uses those that both have.
    outcomes : str or sequence of str, optional
        All that the runs have, where left out.
    by : str or sequence of str
        Factors within whose levels each group has a baseline of its own, such as ``"relationship"``.
    baseline : str or mapping, optional
        The baseline of each group: a label or point id, or settings such as ``{"interventions": ""}``; the first point
        of each group where left out.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found; "sequential" where the number of replications was not fixed beforehand
        (docs/statistics.md).
    adjust : {"holm", "fdr", "none"}
        How p values are adjusted over all comparisons of an outcome, all groups together.

    Returns
    -------
    pandas.DataFrame
        Outcome by outcome, in the order of the points: ``point_id``, ``label``, the factors, then the figures of
        docs/architecture.md (with a posterior also ``probability_better`` and ``parameter_share``),
        ``more_replications`` (where a point is not distinguishable: about how many more would
        probably tell it from its baseline; NaN where no difference was seen), ``caution`` (why an interval may be too
        short or is missing, mostly empty) and ``error``. ``verdict`` is "baseline" for the baseline itself, and
        "failed" where no run of a point, or of its baseline, was finished.

    Raises
    ------
    InputError
        If a factor, outcome, method, adjustment or baseline does not exist.
    """
    method_named(method), adjusted((), adjust)
    ways, names = Ways(method, adjust), outcomes_in(runs, outcomes)
    opposite, errors = baselines_of(points, by, baseline), errors_of(points, runs)
    found, about = runs_of(points, runs), points[["point_id", "label", *factors_of(points)]]
    tables = []
    for name in names:
        rows = pd.DataFrame(_rows_of_outcome(found, name, opposite, ways))
        rows["error"] = [errors[point] or errors[other] for point, other in enumerate(opposite)]
        rows["verdict"] = [*map(_verdict, rows["verdict"], rows["replications"], rows["error"])]
        empty = [*COMPARED, *(OF_FIRM if found.has_draws else ()), "more_replications"]
        rows.loc[_is_own(opposite), empty] = np.nan
        tables.append(pd.concat([about.reset_index(drop=True), rows], axis=1))
    numbers = (*NUMBERS, *(OF_FIRM if found.has_draws else ()))
    return pd.concat(tables, ignore_index=True).astype(dict.fromkeys(numbers, float))


def _is_own(opposite: Sequence[int]) -> list[bool]:
    """Which points are baselines."""
    return [point == other for point, other in enumerate(opposite)]


def _verdict(verdict: str, replications: int, error: str | None) -> str:
    return FAILED if error and replications == 0 else verdict


def _rows_of_outcome(runs: Runs, name: str, opposite: Sequence[int], ways: Ways) -> list[dict[str, Any]]:
    outcome, values = BY_NAME[name], runs.values(name)
    pairs, differences = [], []
    for point, other in enumerate(opposite):
        common = runs.common(point, other)
        draws = runs.draws[common] if runs.has_draws else None
        pairs.append(compare_pairs(values[common, point], values[common, other], outcome.better, ways.method, draws))
        differences.append(values[common, point] - values[common, other])
    is_own = _is_own(opposite)
    p_values = adjusted([None if own else pair.p for own, pair in zip(is_own, pairs, strict=True)], ways.adjust)
    p_level = ways.p_level(len(is_own) - sum(is_own))
    rows = []
    for pair, p, own, seen in zip(pairs, p_values, is_own, differences, strict=True):
        figures = figures_of(pair, p, outcome, runs.has_draws)
        if own:
            figures |= {"verdict": BASELINE, "ci_method": method_named(ways.method).label}
        more = None if runs.has_draws else _more(figures["verdict"], seen, p_level)
        rows.append({**figures, "more_replications": more, "caution": "" if own else _caution(pair, seen)})
    return rows


def _caution(pair: Paired, differences: Any) -> str:
    """What is to be said of an interval that may be too short or is not there, empty where nothing is."""
    seen = differences[~np.isnan(differences)]
    if pair.difference is None or pair.is_equal or pair.method == LIKELIHOOD:
        return ""
    if why := without_interval(pair.method):
        return f"{why}: too few for an interval"
    if np.ptp(seen) == 0.0 or not is_skewed(seen):
        return ""
    return f"{SHORT}: {differing_words(int((seen != 0.0).sum()), len(seen))}, so the interval may be too short"


def _more(verdict: str, differences: Any, p_level: float) -> int | None:
    return more_to_distinguish(differences, p_level) if verdict == "not distinguishable" else None
