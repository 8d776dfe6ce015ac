"""Screening: which factors matter at all, from a few paths through the design (Morris' elementary effects)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from sim.analysis.point_outcomes import means_of, missing_notes, point_outcomes
from sim.analysis.sequential import LEVEL
from sim.analysis.study import require_columns
from sim.domain.errors import InputError

RESAMPLES, SEED = 1000, 1
#: Fewest paths that a spread can be told from.
FEWEST = 4
COLUMNS = tuple(
    "factor mu mu_star mu_star_low mu_star_high sigma sigma_low sigma_high rank rank_low rank_high"
    " is_negligible".split()
)


@dataclass(frozen=True, eq=False)
class MorrisScreening:
    """Elementary effects of one outcome.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    effects : pandas.DataFrame
        One row per factor, largest first, columns `COLUMNS`: ``mu`` mean effect of moving the factor over its whole
        range, ``mu_star`` mean of its size, ``sigma`` its spread over the design (unit of the outcome), 95 % intervals,
        and the ranks that the factor has in 95 % of the resamples.
    n_paths, n_replications : int
        Paths of the design and replications of each point.
    counted : str
        What is counted so: "replications", or with a posterior "draws".
    notes : tuple of str
        What a reader must know.
    """

    outcome: str
    effects: pd.DataFrame
    n_paths: int
    n_replications: int
    counted: str
    notes: tuple[str, ...]


def morris_screening(
    points: pd.DataFrame, runs: pd.DataFrame, problem: Mapping[str, Any], outcome: str, rows: Any = None
) -> MorrisScreening:
    """Elementary effects of an outcome from a Morris design.

    Parameters
    ----------
    points : pandas.DataFrame
        One row per point in SALib's order; ``point_id`` and one column per factor.
    runs : pandas.DataFrame
        ``point_id``, ``draw``, ``replication``, ``status`` and the outcome.
    problem : mapping
        SALib's: ``names``, ``bounds``, ``num_vars``.
    outcome : str
        A column of ``runs``; the outcome of a point is its mean over the replications.
    rows : numpy.ndarray, optional
        The design in numbers, shape (points, factors), within the bounds. Left out: the columns of ``points``, which
        must then be numbers.

    Raises
    ------
    InputError
        If the rows are no Morris design, a point has no run, or the outcome does not exist.

    Notes
    -----
    Morris (1991, doi 10.1080/00401706.1991.10484804), mu* after Campolongo et al. (2007, doi
    10.1016/j.envsoft.2006.10.004). An effect is the change of the outcome on common luck over one step, per step as a
    fraction of the factor's range. Intervals and ranks come from a bootstrap of whole paths; a size cannot be less
    than zero, so the interval of mu* ends there. Values are those of SALib, which gives neither spread nor ranks an
    interval.
    """
    found = point_outcomes(points, runs, outcome)
    means = means_of(found)
    effects = elementary_effects(_unit_rows(points, problem, rows), means)
    names = [str(name) for name in problem["names"]]
    table = _table(effects, names)
    n_replications = found.values.shape[1]
    notes = [*missing_notes(found), *_notes(table, len(effects), f"{n_replications} {found.counted}")]
    return MorrisScreening(outcome, table, len(effects), n_replications, found.counted, tuple(notes))


def elementary_effects(rows: Any, values: Any) -> Any:
    """Effect of each factor along each path of a Morris design.

    Parameters
    ----------
    rows : numpy.ndarray
        float64 of shape (paths × (factors + 1), factors), each factor from 0 to 1.
    values : numpy.ndarray
        float64 of shape (paths × (factors + 1),).

    Returns
    -------
    numpy.ndarray
        float64 of shape (paths, factors): change of the value per whole range of the factor.

    Raises
    ------
    InputError
        If a step does not move exactly one factor or a path does not move each once.

    Examples
    --------
    >>> elementary_effects(np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]]), np.array([1.0, 2.0, 0.0]))
    array([[ 2., -4.]])
    """
    n_factors = rows.shape[1]
    if len(rows) == 0 or len(rows) % (n_factors + 1):
        raise _no_design(n_factors, f"{len(rows)} rows")
    steps = np.diff(rows.reshape(-1, n_factors + 1, n_factors), axis=1)
    changes = np.diff(values.reshape(-1, n_factors + 1), axis=1)
    is_moved = np.abs(steps) > 1e-9
    if not ((is_moved.sum(axis=2) == 1).all() and (is_moved.sum(axis=1) == 1).all()):
        raise _no_design(n_factors, "a step that moves none or several")
    moved = is_moved.argmax(axis=2)
    size = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    effects = np.empty(changes.shape)
    np.put_along_axis(effects, moved, changes / size, axis=1)
    return effects


def _no_design(n_factors: int, came: str) -> InputError:
    return InputError(
        "points",
        f"must be paths of {n_factors + 1} points, each step moving one of {n_factors} factors",
        came,
        'Give all points of a study with design.kind = "morris", in their order.',
    )


def _unit_rows(points: pd.DataFrame, problem: Mapping[str, Any], rows: Any) -> Any:
    """The design with each factor from 0 to 1."""
    names = [str(name) for name in problem["names"]]
    if rows is None:
        require_columns(points, names, "points")
        words = [name for name in names if not pd.api.types.is_numeric_dtype(points[name])]
        if words:
            raise InputError("rows", "must be given where a factor is a word", words[0], "Give the design in numbers.")
        rows = points[names].to_numpy()
    low, high = np.asarray(problem["bounds"], dtype=np.float64).T
    return (np.asarray(rows, dtype=np.float64) - low) / (high - low)


def _table(effects: Any, names: list[str]) -> pd.DataFrame:
    """Means, spreads, intervals and ranks, largest first."""
    n_paths = len(effects)
    pick = np.random.default_rng(SEED).integers(n_paths, size=(RESAMPLES, n_paths))
    again = effects[pick]
    stars, sigmas = np.abs(again).mean(axis=1), _spread(again, 1)
    star, sigma = np.abs(effects).mean(axis=0), _spread(effects, 0)
    z = float(special.ndtri(0.5 + LEVEL / 2))
    star_half, sigma_half = z * stars.std(axis=0, ddof=1), z * sigmas.std(axis=0, ddof=1)
    ranks = (-stars).argsort(axis=1).argsort(axis=1) + 1
    edges = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    rank_low, rank_high = np.quantile(ranks, edges, axis=0, method="inverted_cdf")
    columns: list[Any] = [names, effects.mean(axis=0)]
    columns += [star, np.maximum(0.0, star - star_half), star + star_half]
    columns += [sigma, np.maximum(0.0, sigma - sigma_half), sigma + sigma_half]
    columns += [(-star).argsort(kind="stable").argsort() + 1, rank_low.astype(int), rank_high.astype(int)]
    columns.append(star + star_half < 0.05 * star.max())
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return table.sort_values("rank", ignore_index=True)


def _spread(effects: Any, axis: int) -> Any:
    return effects.std(axis=axis, ddof=1) if effects.shape[axis] > 1 else np.full(effects.mean(axis=axis).shape, np.nan)


def _notes(table: pd.DataFrame, n_paths: int, many: str) -> list[str]:
    notes = [f"Effects are means over {n_paths} paths, on common luck ({many})."]
    if n_paths < FEWEST:
        notes.append(f"{n_paths} paths are too few for intervals; give at least 10.")
    small = table.loc[table["is_negligible"], "factor"].tolist()
    if small:
        notes.append("Negligible (less than 5 % of the largest, interval included): " + ", ".join(small) + ".")
    return notes
