"""Effect per unit of cost: how much an outcome changes for each unit that is spent more, with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.analysis.point_values import Chosen, Names, baselines_of, factors_of, outcomes_in, runs_of
from sim.analysis.sequential import LEVEL
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME

METHOD = "Fieller"
#: What money is spent on: yearly cost of sales and marketing, or what interventions cost once.
COSTS = ("cost", "intervention_cost", "cac")
NO_INTERVAL = "no finite interval: the cost is not distinguishable from the baseline's"
SAME_COST, CHEAPER = "costs the same", "costs less: so much for each unit saved"


@dataclass(frozen=True)
class Ratio:
    """Mean effect per unit of mean extra cost; None for what does not exist.

    Parameters
    ----------
    difference, extra_cost : float or None
        Mean difference of the outcome and of the cost, each in its unit.
    ratio, low, high : float or None
        Effect per unit of cost and its interval.
    replications : int
        Pairs in which both exist.
    note : str
        What is to be said of it; empty where nothing is.
    """

    difference: float | None
    extra_cost: float | None
    ratio: float | None
    low: float | None
    high: float | None
    replications: int
    note: str


def effect_per_cost(differences: Any, extra_costs: Any) -> Ratio:
    """Effect per unit of cost with Fieller's interval (Fieller 1954, J. R. Statist. Soc. B 16).

    Parameters
    ----------
    differences, extra_costs : numpy.ndarray
        float64 of shape (replications,): differences of pairs in the outcome and in the cost; NaN where there is none.

    Notes
    -----
    The interval holds every ratio θ for which the mean of (difference − θ · extra cost) is not distinguishable from 0
    by Student's t. It is finite only where the extra cost itself is distinguishable from 0.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> found = effect_per_cost(luck.normal(30, 5, 100), luck.normal(10, 1, 100))
    >>> round(found.ratio, 1), round(found.low, 1), round(found.high, 1)
    (3.0, 2.9, 3.1)
    """
    exists = ~(np.isnan(differences) | np.isnan(extra_costs))
    effects, costs = differences[exists], extra_costs[exists]
    n = len(effects)
    if n < 2:
        return Ratio(None, None, None, None, None, n, "too few replications")
    effect, cost = float(effects.mean()), float(costs.mean())
    if not costs.any():
        return Ratio(effect, cost, None, None, None, n, SAME_COST)
    low, high = _fieller(effects, costs)
    if low is None:
        return Ratio(effect, cost, None, None, None, n, NO_INTERVAL)
    return Ratio(effect, cost, effect / cost, low, high, n, CHEAPER if cost < 0.0 else "")


def _fieller(effects: Any, costs: Any) -> tuple[float | None, float | None]:
    """Ends of Fieller's interval; None where it has none."""
    n, t = len(effects), float(special.stdtrit(len(effects) - 1, 0.5 + LEVEL / 2))
    (effect_variance, joint), (_, cost_variance) = np.cov(effects, costs) * (t * t / n)
    effect, cost = float(effects.mean()), float(costs.mean())
    square = cost * cost - cost_variance
    if square <= 0.0:
        return None, None
    middle = effect * cost - joint
    root = math.sqrt(max(0.0, middle * middle - square * (effect * effect - effect_variance)))
    return float((middle - root) / square), float((middle + root) / square)


def compare_efficiency(  # noqa: PLR0913, PLR0917 - what one may ask of a table; all but the first two may be left out
    points: pd.DataFrame,
    runs: pd.DataFrame,
    outcomes: Names | None = None,
    by: Names = (),
    baseline: Chosen = None,
    cost: str = "cost",
) -> pd.DataFrame:
    """Effect of each point per unit of cost, against its baseline on common luck.

    Parameters
    ----------
    points, runs, outcomes, by, baseline
        As `sim.analysis.points.compare_points` takes them.
    cost : str
        The outcome that is the cost, such as ``"cost"`` (c.u. per year) or ``"intervention_cost"`` (c.u., once).

    Returns
    -------
    pandas.DataFrame
        A row per point (baselines left out) and outcome: ``point_id``, ``label``, the factors, ``outcome``, ``unit``,
        ``better``, ``difference``, ``cost``, ``extra_cost``, ``per_cost`` with ``ci_low``, ``ci_high``, ``ci_level``,
        ``ci_method``, ``replications`` and ``note`` (why there is no ratio, or that the point costs less).

    Raises
    ------
    InputError
        If something named does not exist.
    """
    if cost not in runs.columns or cost not in BY_NAME:
        raise InputError("cost", "must be an outcome of these runs", cost, did_you_mean(cost, COSTS))
    found, opposite = runs_of(points, runs), baselines_of(points, by, baseline)
    costs, rows = found.values(cost), []
    about: list[dict[Any, Any]] = points[["point_id", "label", *factors_of(points)]].to_dict("records")
    for name in outcomes_in(runs, outcomes):
        values = found.values(name)
        for point, other in enumerate(opposite):
            if point == other or name == cost:
                continue
            pairs = (found.independent(each, point, other) for each in (values, costs))
            one = effect_per_cost(*(own - others for own, others in (pair.T for pair in pairs)))
            rows.append({**about[point], **_figures(one, name, cost)})
    return pd.DataFrame(rows)


def _figures(one: Ratio, name: str, cost: str) -> dict[str, Any]:
    outcome = BY_NAME[name]
    numbers = {"per_cost": one.ratio, "ci_low": one.low, "ci_high": one.high}
    return {
        "outcome": name,
        "unit": outcome.unit,
        "better": outcome.better or None,
        "difference": np.nan if one.difference is None else one.difference,
        "cost": cost,
        "extra_cost": np.nan if one.extra_cost is None else one.extra_cost,
        **{key: np.nan if value is None else value for key, value in numbers.items()},
        "ci_level": LEVEL,
        "ci_method": METHOD,
        "replications": one.replications,
        "note": one.note,
    }
