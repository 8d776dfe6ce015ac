"""Which point is best: selection with a guarantee, comparison with the best, probability of being the best.

The guarantee is that of Kim and Nelson's procedure KN (2001, ACM Trans. Model. Comput. Simul. 11): points that share
their luck and differ in spread are compared replication by replication, and one is dropped when it lies too far behind
another. If the best is better than every other by at least the indifference, it is selected with the probability of the
level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.point_values import Names, errors_of, groups_of, outcomes_in, runs_of
from sim.analysis.screening import against_best, probability_best, screened
from sim.analysis.sequential import BLOCK, LEVEL
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME


@dataclass(frozen=True, eq=False)
class Selection:
    """Which of k points is best, and how sure that is.

    Parameters
    ----------
    labels : tuple of str
        Of the points.
    best : int
        Position of the point selected; where the guarantee is not reached, of the best so far.
    is_guaranteed : bool
        Whether the point was selected by the procedure, so that the level holds.
    level, indifference : float
        Probability of a correct selection, if the best is better than all others by ``indifference`` (in the unit of
        the outcome).
    more_replications : int
        The most that may still be needed for the guarantee; mostly fewer are. 0 where it is reached; before the first
        50 replications, those that are missing to them, as the rest is not known yet.
    replications : int
        Looked at: those in which the outcome exists in every point.
    means : numpy.ndarray
        float64 of shape (k,).
    is_left : numpy.ndarray
        bool of shape (k,): not yet dropped by the procedure.
    low, high : numpy.ndarray
        float64 of shape (k,): interval of each mean less the best of the other means, all at the level together.
    may_be_best : numpy.ndarray
        bool of shape (k,): the points that may be best; the best is among them with the level's probability.
    probability_best : numpy.ndarray
        float64 of shape (k,): share of draws from the means' distribution in which the point is best; no guarantee.
    counted : str
        What counts as a replication: with a posterior "draws", each the mean of its replications.
    """

    labels: tuple[str, ...]
    best: int
    is_guaranteed: bool
    level: float
    indifference: float
    more_replications: int
    replications: int
    means: Any
    is_left: Any
    low: Any
    high: Any
    may_be_best: Any
    probability_best: Any
    counted: str = "replications"

    @property
    def text(self) -> str:
        """The selection as a sentence."""
        name, sure = self.labels[self.best], f"{100 * self.level:g} %"
        if self.is_guaranteed:
            condition = "if no other is within the indifference"
            return f"{name} is selected: with at least {sure} probability the best, {condition}."
        if self.replications < BLOCK:
            there = f"the first {BLOCK} {self.counted}, and there are {self.replications}"
            return f"{name} leads; a selection needs {there}."
        left = ", ".join(label for label, is_left in zip(self.labels, self.is_left, strict=True) if is_left)
        return (
            f"{name} leads, but {sure} cannot be guaranteed yet: still possible are {left}; "
            f"at most {self.more_replications:,} more {self.counted} are needed."
        )

    def table(self) -> pd.DataFrame:
        """One row per point: label, mean, interval against the best of the others, whether it may be best."""
        return pd.DataFrame(
            {
                "label": self.labels,
                "mean": self.means,
                "against_best_low": self.low,
                "against_best_high": self.high,
                "may_be_best": self.may_be_best,
                "is_left": self.is_left,
                "probability_best": self.probability_best,
                "is_best": np.arange(len(self.labels)) == self.best,
            }
        )


def select_best(
    values: Any, better: str, indifference: float, level: float = LEVEL, labels: Sequence[str] = ()
) -> Selection:
    """Select the best of k points that share their luck.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (k, replications), replication by replication on the same luck and in order; replications in
        which one of the points has no value are left out.
    better : {"higher", "lower"}
        Which direction is better.
    indifference : float
        Smallest difference that matters, in the unit of the outcome; above 0.
    level : float
        Probability of a correct selection, between 1/k and 1.
    labels : sequence of str, optional
        What the points are called; their positions where left out.

    Raises
    ------
    InputError
        If there are fewer than two points, no direction, or no such level or indifference.

    Notes
    -----
    The first 50 replications estimate the spread of each difference; the rest follows one by one. So the answer does
    not depend on when one looks, and a study may be extended until the guarantee is reached.

    Examples
    --------
    >>> luck = np.random.default_rng(1).normal(size=(3, 200))
    >>> found = select_best(luck + [[0.0], [2.0], [0.5]], "higher", 0.5)
    >>> found.best, found.is_guaranteed, found.may_be_best.tolist()
    (1, True, [False, True, False])
    """
    values = np.asarray(values, dtype=float)
    k = len(values)
    _check(k, better, indifference, level)
    values = values[:, ~np.isnan(values).any(axis=0)]
    sign = 1.0 if better == "higher" else -1.0
    is_left, most = screened(sign * values, indifference, 1.0 - level)
    means = _means(values)
    ranking = np.where(is_left, np.nan_to_num(sign * means, nan=-np.inf), -np.inf)
    low, high, may_be_best = against_best(sign * values, level)
    if sign < 0:
        low, high = -high, -low
    n = values.shape[1]
    return Selection(
        labels=tuple(labels) or tuple(map(str, range(k))),
        best=int(np.argmax(ranking)),
        is_guaranteed=int(is_left.sum()) == 1,
        level=level,
        indifference=indifference,
        more_replications=0 if is_left.sum() == 1 else max(1, most - n),
        replications=n,
        means=means,
        is_left=is_left,
        low=low,
        high=high,
        may_be_best=may_be_best,
        probability_best=probability_best(sign * values),
    )


def _check(k: int, better: str, indifference: float, level: float) -> None:
    if k < 2:
        raise InputError("points", "must be at least two to select from", k, "Give two points or more.")
    if better not in {"higher", "lower"}:
        mend = "Select by an outcome that has a better side."
        raise InputError("better", "must be 'higher' or 'lower'", better, mend)
    if not indifference > 0.0:
        mend = "Give the smallest difference that matters, in the unit of the outcome."
        raise InputError("indifference", "must be above 0", indifference, mend)
    if not 1.0 / k < level < 1.0:
        raise InputError("level", f"must be above 1/{k} and below 1", level, "Give 0.95, for example.")


def _means(values: Any) -> Any:
    return values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)


def select_points(  # noqa: PLR0913, PLR0917 - what one may ask of a table
    points: pd.DataFrame,
    runs: pd.DataFrame,
    outcome: str,
    indifference: float,
    by: Names = (),
    level: float = LEVEL,
) -> list[Selection]:
    """Select the best point of an experiment by an outcome; of each group, where groups are asked for.

    Parameters
    ----------
    points, runs : pandas.DataFrame
        As `sim.analysis.points.compare_points` takes them; points without a finished run are left out.
    outcome : str
        One that has a better side.
    indifference : float
        Smallest difference that matters, in the unit of the outcome.
    by : str or sequence of str
        Factors whose levels form groups with a selection of their own; the level holds for each group.
    level : float
        Probability of a correct selection.

    Raises
    ------
    InputError
        If something named does not exist, or nothing is left to select from.
    """
    outcomes_in(runs, outcome)
    found = runs_of(points, runs)
    table, failed = found.values(outcome), errors_of(points, runs)
    selections = []
    for group in groups_of(points, by):
        kept = [point for point in group if not (failed[point] and not found.is_run[:, point].any())]
        labels = [str(points["label"].iloc[point]) for point in kept]
        values = found.independent(table, *kept).T if kept else np.empty((0, 0))
        selected = select_best(values, BY_NAME[outcome].better, indifference, level, labels)
        selections.append(replace(selected, counted=found.counted))
    return selections
