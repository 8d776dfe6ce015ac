"""Paired comparison on common luck: difference, interval, share of replications that are better, verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.firm_effect import FirmEffect, ends_over
from sim.analysis.intervals import METHODS, USUAL, method_named
from sim.analysis.sequential import LEVEL
from sim.domain.outcomes import Outcome

METHOD = METHODS[USUAL].label
BOTH = "luck+parameters"
#: What a comparison has beside all else where the effect in this firm is known.
OF_FIRM = ("probability_better", "parameter_share")


@dataclass(frozen=True)
class Paired:
    """Paired difference of one outcome; None for what does not exist.

    Parameters
    ----------
    mean, baseline_mean, difference : float or None
        Means over the pairs, in the unit of the outcome.
    ci_low, ci_high : float or None
        95 % interval of the difference; None also where too few pairs differ (`sim.analysis.rare`).
    p : float or None
        Two-sided p of no difference, not adjusted.
    share_better : float or None
        Share of pairs in which the scenario is better; None where no direction is.
    replications : int
        Pairs in which the outcome exists in both worlds.
    is_equal : bool
        Whether every pair is exactly equal, what does not exist included; False where nothing exists.
    method : str
        How interval and p were found, as people call it; or that there is none, and why.
    firm : FirmEffect or None
        The effect in this firm; None without a posterior. Interval and p then cover luck and parameters.
    """

    mean: float | None
    baseline_mean: float | None
    difference: float | None
    ci_low: float | None
    ci_high: float | None
    p: float | None
    share_better: float | None
    replications: int
    is_equal: bool
    method: str = METHOD
    firm: FirmEffect | None = None


def compare_pairs(values: Any, baseline: Any, better: str, method: str = USUAL, draws: Any = None) -> Paired:
    """Compare an outcome with the baseline's, replication by replication.

    Parameters
    ----------
    values, baseline : numpy.ndarray
        float64 of shape (replications,); NaN where the outcome does not exist.
    better : {"higher", "lower", ""}
        Which direction is better.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found (`sim.analysis.intervals.METHODS`); the last takes complete blocks of 50 in
        their order, and leaves out what lies beyond.
    draws : numpy.ndarray, optional
        int of shape (replications,): the draw of a posterior that each replication used, from 1; the interval is then
        of the effect in this firm (`sim.analysis.firm_effect`), and nowhere within that of luck alone.

    Raises
    ------
    InputError
        If there is no such method.

    Examples
    --------
    >>> compare_pairs(np.array([2.0, 3.0, 4.5]), np.array([1.0, 2.0, 3.0]), "higher").share_better
    1.0
    """
    how = method_named(method)
    values, baseline = how.whole(values), how.whole(baseline)
    exists = ~(np.isnan(values) | np.isnan(baseline))
    is_equal = np.array_equal(values, baseline, equal_nan=True)
    n = int(exists.sum())
    if n == 0:
        return Paired(None, None, None, None, None, None, None, 0, False, how.label)
    differences = values - baseline
    ends, label, firm = ends_over(differences, method, None if draws is None else how.whole(draws))
    values, baseline, differences = values[exists], baseline[exists], differences[exists]
    wins = differences > 0 if better == "higher" else differences < 0
    share = float(wins.mean()) if better else None
    means = (float(values.mean()), float(baseline.mean()), float(differences.mean()))
    return Paired(*means, *ends, share, n, is_equal, label, firm)


def verdict_of(pair: Paired, adjusted_p: float | None, better: str) -> str:
    """What may be said of a comparison: better, worse, different, equal, or not distinguishable."""
    if pair.is_equal:
        return "equal"
    if pair.difference is None or adjusted_p is None or adjusted_p > 1.0 - LEVEL:
        return "not distinguishable"
    if not better:
        return "different"
    return "better" if (pair.difference > 0) == (better == "higher") else "worse"


def figures_of(pair: Paired, adjusted_p: float | None, outcome: Outcome, has_draws: bool = False) -> dict[str, Any]:
    """A comparison's figures for one scenario and outcome, as every table and file names them.

    With a posterior there are two more: how probable it is that the effect in this firm is for the better, and the
    share of the uncertainty that is due to parameters.
    """
    relative = None
    if pair.difference is not None and pair.baseline_mean is not None and pair.baseline_mean > 0:
        relative = pair.difference / pair.baseline_mean  # of a loss or of nothing there is no fraction
    return {
        "outcome": outcome.name,
        "unit": outcome.unit,
        "better": outcome.better or None,
        "mean": pair.mean,
        "baseline_mean": pair.baseline_mean,
        "difference": pair.difference,
        "ci_low": pair.ci_low,
        "ci_high": pair.ci_high,
        "ci_level": LEVEL,
        "ci_method": pair.method,
        "adjusted_p": adjusted_p,
        "relative_difference": relative,
        "share_better": pair.share_better,
        "replications": pair.replications,
        "uncertainty": BOTH if has_draws else "luck",
        "verdict": verdict_of(pair, adjusted_p, outcome.better),
    } | (_of_firm(pair.firm, outcome.better) if has_draws else {})


def _of_firm(firm: FirmEffect | None, better: str) -> dict[str, float | None]:
    if firm is None:
        return dict.fromkeys(OF_FIRM)
    probable = None if not better else firm.share_above if better == "higher" else 1.0 - firm.share_above
    return dict(zip(OF_FIRM, (probable, firm.parameter_share), strict=True))
