"""What a dose does: its effect on common luck, a curve through it, and the dose that is best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.analysis.dose_curves import Fit, Shape, covariance_of_means, fit, grid_of, resampled_means, shapes_of
from sim.analysis.point_outcomes import PointOutcomes, missing_notes, point_outcomes
from sim.analysis.point_values import factors_of
from sim.analysis.screening import against_best
from sim.analysis.sequential import LEVEL
from sim.analysis.simultaneous import joint_draws, share_above, t_values
from sim.analysis.study import require_columns
from sim.domain.errors import InputError, did_you_mean
from sim.domain.outcomes import BY_NAME

#: Fewest doses that a curve is drawn through, and replications that an interval is told from.
FEWEST_DOSES, FEWEST = 3, 5
#: Replications from which the bootstrap is relied on.
ENOUGH = 20
EDGES = [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0]


@dataclass(frozen=True)
class Optimum:
    """The dose at which the curve is best.

    Parameters
    ----------
    dose, low, high : float
        Best dose of the curve, and its 95 % interval from refits on resampled replications, shapes chosen anew.
    effect, effect_low, effect_high : float
        Effect there against the lowest dose, with the pointwise interval of the curve.
    bracket_low, bracket_high : float
        Tested doses between which the best dose lies with a chance of 95 % or more, whatever the shape of the curve,
        if it has a single peak: the neighbours of the tested doses that may be the best.
    edge : {"", "lowest", "highest"}
        Whether the best dose is an end of the range, so that the best of all may lie beyond.
    """

    dose: float
    low: float
    high: float
    effect: float
    effect_low: float
    effect_high: float
    bracket_low: float
    bracket_high: float
    edge: str


@dataclass(frozen=True, eq=False)
class DoseResponse:
    """An outcome by dose.

    Parameters
    ----------
    factor, outcome, better : str
        What is dosed, what is measured, and which direction is better (empty: none).
    effects : pandas.DataFrame
        One row per dose: ``dose``, ``mean``, ``difference`` from the lowest dose on common luck, ``low``, ``high``
        (pointwise), ``joint_low``, ``joint_high`` (for all doses at once), ``joint_p``, ``may_be_best``.
    curve : pandas.DataFrame
        ``dose``, ``effect``, ``low``, ``high`` (pointwise, from refits) in fine steps; zero at the lowest dose.
    shapes : pandas.DataFrame
        ``shape``, ``risk`` (estimated squared error, lowest is chosen), ``share_chosen`` in the resamples.
    shape : str
        The shape of the curve.
    optimum : Optimum or None
        None where no direction is better.
    is_flat : bool
        Whether no dose is distinguishable from the lowest.
    n_replications : int
        Replications that every dose has.
    counted : str
        What is counted so: "replications", or with a posterior "draws".
    notes : tuple of str
        What a reader must know.
    """

    factor: str
    outcome: str
    better: str
    effects: pd.DataFrame
    curve: pd.DataFrame
    shapes: pd.DataFrame
    shape: str
    optimum: Optimum | None
    is_flat: bool
    n_replications: int
    counted: str
    notes: tuple[str, ...]


def dose_response(
    points: pd.DataFrame, runs: pd.DataFrame, factor: str, outcome: str, better: str | None = None
) -> DoseResponse:
    """Effect of each dose, the curve through them and the best dose.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per dose; only ``factor`` may differ between them (`along` chooses such points).
    runs : pandas.DataFrame
        ``point_id``, ``draw``, ``replication``, ``status`` and the outcome.
    factor : str
        A column of ``points`` that holds numbers.
    outcome : str
        A column of ``runs``.
    better : {"higher", "lower", ""}, optional
        Which direction is better; left out: as the outcome has it.

    Raises
    ------
    InputError
        If the points differ in something else, there are fewer than three doses, or fewer than five replications in
        which the outcome exists at every dose.

    Notes
    -----
    Differences: paired t, and jointly Dunnett's (1955) with the correlation that common luck gives. Doses that may be
    the best: comparison with the best after Hsu (1984, `sim.analysis.screening`). The curve is that
    of several shapes with the lowest estimated risk (`sim.analysis.dose_curves`). The interval of the best dose comes
    from a bootstrap over replications: refit, shape chosen anew, best dose read off. It trusts that one of the shapes
    is right between the tested doses; ``bracket_low`` to ``bracket_high`` does not. docs/sensitivity.md says how often
    either holds.
    """
    doses, found = _by_dose(points, runs, factor, outcome)
    direction = (BY_NAME[outcome].better if outcome in BY_NAME else "") if better is None else better
    kept = found.values[:, ~np.isnan(found.values).any(axis=0)]
    if kept.shape[1] < FEWEST:
        rule = f"must exist at every dose in at least {FEWEST} replications"
        raise InputError(outcome, rule, kept.shape[1], "Run more replications.")
    signed = -kept if direction == "lower" else kept
    effects = _effects(doses, kept, signed if direction else None)
    shapes, covariance = shapes_of(doses), covariance_of_means(kept)
    own = fit(kept.mean(axis=1)[None, :], shapes, covariance)
    again = fit(resampled_means(kept), shapes, covariance)
    curve = _curve(doses, own, again)
    is_flat = not bool((effects["joint_p"] < 1.0 - LEVEL).any())
    optimum = _optimum(curve, again, effects, direction) if direction else None
    name = shapes[int(own.chosen[0])].name
    notes = (*missing_notes(found), *_lost_pairs(found, kept), *_notes(effects, optimum, is_flat, name))
    table = _shape_table(shapes, own, again)
    n = kept.shape[1]
    return DoseResponse(
        factor, outcome, direction, effects, curve, table, name, optimum, is_flat, n, found.counted, notes
    )


def along(points: pd.DataFrame, factor: str, at: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Points on the line of one factor: all others stand where they are held.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point.
    factor : str
        The factor that may differ.
    at : mapping of str to number or str, optional
        Values of other factors (None: left as it is); those of the first point where nothing is said.

    Raises
    ------
    InputError
        If there is no such factor.

    Examples
    --------
    >>> star = pd.DataFrame({"point_id": ["p", "q", "r"], "a": [0, 1, 0], "b": [0, 0, 2]})
    >>> along(star, "b")["point_id"].tolist(), along(star, "b", {"a": 1})["point_id"].tolist()
    (['p', 'r'], ['q'])
    """
    factors, at = factors_of(points), dict(at or {})
    for name in (factor, *at):
        if name not in factors:
            raise InputError("factor", "must be a factor of these points", name, did_you_mean(name, factors))
    held = points[factors].iloc[0].to_dict() | at
    same = np.ones(len(points), dtype=bool)
    for name in factors:
        if name != factor:
            column = points[name]
            same &= (column.isna() if pd.isna(held[name]) else column == held[name]).to_numpy()
    chosen: pd.DataFrame = points[same]
    return chosen.drop_duplicates("point_id")


def _by_dose(points: pd.DataFrame, runs: pd.DataFrame, factor: str, outcome: str) -> tuple[Any, PointOutcomes]:
    """Doses ascending and the outcome by dose and replication."""
    require_columns(points, [factor], "points")
    others = [name for name in factors_of(points) if name != factor and points[name].astype(str).nunique() > 1]
    if others:
        mend = f"Take `along(points, {factor!r})`, or choose one value of {others[0]}."
        raise InputError("points", f"must differ in {factor} alone", f"also {', '.join(others)}", mend)
    if not pd.api.types.is_numeric_dtype(points[factor]):
        raise InputError(
            f"points.{factor}", "must be numbers", str(points[factor].iloc[0]), "Name a factor that takes numbers."
        )
    ordered = points.sort_values(factor)
    doses = ordered[factor].to_numpy(dtype=np.float64)
    if len(doses) < FEWEST_DOSES or len(np.unique(doses)) < len(doses):
        mend = "Give the factor three or more values."
        raise InputError(f"points.{factor}", f"must be {FEWEST_DOSES} or more different doses", doses.tolist(), mend)
    return doses, point_outcomes(ordered, runs, outcome)


def _effects(doses: Any, values: Any, signed: Any) -> pd.DataFrame:
    """Differences from the lowest dose with both kinds of interval; ``signed``: higher is better, or None."""
    n = values.shape[1]
    differences = values[1:] - values[0]
    t, correlation = t_values(differences)
    draws = joint_draws(correlation, n)
    error = differences.std(axis=1, ddof=1) / np.sqrt(n)
    means = differences.mean(axis=1)
    alone, jointly = float(special.stdtrit(n - 1, EDGES[1])) * error, float(np.quantile(draws, LEVEL)) * error
    columns = {"low": means - alone, "high": means + alone, "joint_low": means - jointly, "joint_high": means + jointly}
    columns = {name: np.concatenate([[np.nan], column]) for name, column in columns.items()}
    may_be_best = np.ones(len(doses), dtype=bool) if signed is None else against_best(signed)[2]
    return pd.DataFrame(
        {
            "dose": doses,
            "mean": values.mean(axis=1),
            "difference": np.concatenate([[0.0], means]),
            **columns,
            "joint_p": np.concatenate([[np.nan], share_above(draws, np.abs(t))]),
            "may_be_best": may_be_best,
        }
    )


def _curve(doses: Any, own: Fit, again: Fit) -> pd.DataFrame:
    """The curve as effects against the lowest dose, with bands from the refits."""
    effect = own.curves[0] - own.curves[0, 0]
    refits = again.curves - again.curves[:, :1]
    low, high = np.quantile(refits, EDGES, axis=0)
    return pd.DataFrame({"dose": grid_of(doses), "effect": effect, "low": low, "high": high})


def _optimum(curve: pd.DataFrame, again: Fit, effects: pd.DataFrame, better: str) -> Optimum:
    sign = -1.0 if better == "lower" else 1.0
    grid = curve["dose"].to_numpy()
    best = int((sign * curve["effect"].to_numpy()).argmax())
    low, high = np.quantile(grid[(sign * again.curves).argmax(axis=1)], EDGES, method="inverted_cdf")
    doses = effects["dose"].to_numpy()
    possible = np.flatnonzero(effects["may_be_best"].to_numpy())
    bracket = doses[[max(0, possible[0] - 1), min(len(doses) - 1, possible[-1] + 1)]]
    row = curve.iloc[best]
    edge = "lowest" if best == 0 else "highest" if best == len(grid) - 1 else ""
    return Optimum(
        dose=float(row["dose"]),
        low=float(low),
        high=float(high),
        effect=float(row["effect"]),
        effect_low=float(row["low"]),
        effect_high=float(row["high"]),
        bracket_low=float(bracket[0]),
        bracket_high=float(bracket[1]),
        edge=edge,
    )


def _shape_table(shapes: tuple[Shape, ...], own: Fit, again: Fit) -> pd.DataFrame:
    """Risk and popularity by name; of saturating curves the best half dose counts."""
    names = [shape.name for shape in shapes]
    shares = np.bincount(again.chosen, minlength=len(shapes)) / len(again.chosen)
    table = pd.DataFrame({"shape": names, "risk": own.risks[0], "share_chosen": shares})
    return table.groupby("shape", sort=False, as_index=False).agg({"risk": "min", "share_chosen": "sum"})


def _lost_pairs(found: PointOutcomes, kept: Any) -> list[str]:
    lost = found.values.shape[1] - kept.shape[1]
    return [f"{lost} {found.counted} lack the outcome at some dose and are left out at all of them."] if lost else []


def _notes(effects: pd.DataFrame, optimum: Optimum | None, is_flat: bool, shape: str) -> list[str]:
    notes = [f"The curve is a {shape}, of several shapes the one with the lowest estimated error."]
    if is_flat:
        notes.append("Flat: no dose is distinguishable from the lowest. The best dose means nothing then.")
    if optimum is not None:
        notes += _edge_notes(optimum, float(effects["dose"].iloc[0]), float(effects["dose"].iloc[-1]))
        if effects["may_be_best"].all():
            notes.append("Every tested dose may be the best.")
    return notes


def _edge_notes(optimum: Optimum, lowest: float, highest: float) -> list[str]:
    if optimum.edge and optimum.dose == 0.0:
        return ["The best dose is none at all."]
    if optimum.edge:
        return [f"The best dose is the {optimum.edge} one: the best of all may lie beyond the range."]
    if optimum.low <= lowest or optimum.high >= highest:
        return ["The interval of the best dose reaches an end of the range: the best of all may lie beyond it."]
    return []
