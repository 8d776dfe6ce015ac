"""The last comparison: finalists on luck that the search has not seen, and what each of them brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.multiplicity import holm
from sim.analysis.paired import Paired, compare_pairs
from sim.analysis.sequential import LEVEL
from sim.decide.bench import Bench, Price
from sim.decide.goals import excesses, gains, means_of
from sim.decide.portfolios import Portfolio
from sim.decide.search import FRESH
from sim.spec.posterior import PER_DRAW


@dataclass(frozen=True, eq=False)
class Option:
    """A finalist: a portfolio and what came of it.

    Parameters
    ----------
    portfolio : Portfolio
        What is begun when; empty for doing nothing.
    price : Price
        Money and hours.
    gains : numpy.ndarray
        float64 of shape (replications,): against doing nothing on the same luck, in the goal's unit.
    pair : Paired
        Their mean with its interval.
    adjusted_p : float or None
        Of no gain, adjusted for the number of finalists.
    excess : numpy.ndarray
        float64 of shape (limits, replications): how far each limit is exceeded.
    """

    portfolio: Portfolio
    price: Price
    gains: Any
    pair: Paired
    adjusted_p: float | None
    excess: Any

    @property
    def gain(self) -> float:
        """Mean gain; 0 for doing nothing, and where the goal's outcome never exists."""
        return self.pair.difference or 0.0

    @property
    def is_kept(self) -> bool:
        """Whether the means keep every limit."""
        return bool((means_of(self.excess) <= 0.0).all())

    @property
    def broken(self) -> float:
        """By how much limits are broken in all, as fractions."""
        return float(np.nan_to_num(np.maximum(0.0, means_of(self.excess)), nan=np.inf).sum())

    @property
    def is_better(self) -> bool:
        """Whether it is distinguishably better than doing nothing."""
        return self.gain > 0.0 and self.adjusted_p is not None and self.adjusted_p <= 1.0 - LEVEL

    @property
    def names(self) -> frozenset[str]:
        """Interventions, whatever their doses and days."""
        return frozenset(start.name for start in self.portfolio)

    def is_affordable(self, budget: float, hours: float) -> bool:
        """Whether it asks for no more money and hours in any year."""
        return self.price.yearly <= budget and self.price.hours <= hours


def fresh(bench: Bench) -> range:
    """Replications on whose luck finalists are compared."""
    return range(FRESH, FRESH + bench.question.replications)


def judged(bench: Bench, finalists: Sequence[Portfolio]) -> list[Option]:
    """Run the finalists on fresh luck and compare each with doing nothing, the first of them.

    No option was chosen for its luck in these replications, so means and intervals are fair for each of them; p values
    are adjusted for their number.
    """
    bench.fill(finalists, fresh(bench))
    made = [_measured(bench, portfolio) for portfolio in finalists]
    adjusted = [None, *holm([_p_of_mean(bench, gain) for gain, _, _ in made[1:]])]
    return [
        Option(portfolio, bench.price(portfolio), gain, pair, p, excess)
        for portfolio, (gain, pair, excess), p in zip(finalists, made, adjusted, strict=True)
    ]


def _measured(bench: Bench, portfolio: Portfolio) -> tuple[Any, Paired, Any]:
    goal = bench.question.goal
    values, nothing = (bench.outcomes(one, fresh(bench)) for one in (portfolio, ()))
    gain = gains(goal, values, nothing)
    return gain, compare_pairs(gain, 0.0 * gain, "higher", draws=draws_of(bench)), excesses(goal, values, nothing)


def draws_of(bench: Bench) -> Any:
    """Draw of each replication of the last comparison, int of shape (replications,); None without a posterior."""
    posterior = bench.question.posterior
    return None if posterior is None else np.array([posterior.draw_of(one) for one in fresh(bench)])


def _p_of_mean(bench: Bench, gain: Any) -> float | None:
    """P of no gain on average: over luck, and over the firms that it may be."""
    own = independent(bench, gain)
    return compare_pairs(own, 0.0 * own, "higher").p


def independent(bench: Bench, values: Any) -> Any:
    """Values that are independent of each other: with a posterior, means of the replications of one draw.

    Parameters
    ----------
    values : numpy.ndarray
        float64 of shape (..., replications).
    """
    if bench.question.posterior is None:
        return values
    many = values.shape[-1] // PER_DRAW
    return values[..., : many * PER_DRAW].reshape(*values.shape[:-1], many, PER_DRAW).mean(axis=-1)
