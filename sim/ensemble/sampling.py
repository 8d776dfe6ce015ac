"""Points of a plan: rows of factor values, drawn or listed, the same for the same plan and seed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.domain.errors import InputError
from sim.spec.designs import LatinHypercubeDesign, MorrisDesign, Range, SaltelliDesign, SobolDesign
from sim.spec.factors import is_whole, setting_of, variant
from sim.spec.plan import Plan
from sim.spec.scenario import Scenario

#: A Latin hypercube of at most so many values is spread out further by exchanges (about a second).
MOST_EXCHANGED = 2000


@dataclass(frozen=True)
class Design:
    """Points of a study.

    Parameters
    ----------
    factors : tuple of str
        Names, as in the plan.
    rows : list of tuple
        One per point: plain Python values in the order of the factors; None leaves a factor as it is.
    units : numpy.ndarray or None
        float64 of shape (points, factors), the sample in the unit cube that the rows were made from; None where
        points are listed or a grid.
    baseline : int
        Row of the point that others are compared with.
    named : tuple of frozenset
        Factors that each point of a list names itself; the others have the value of the base. Empty where every point
        has a value of its own for every factor.
    """

    factors: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    units: Any = field(default=None, repr=False, compare=False)
    baseline: int = 0
    named: tuple[frozenset[str], ...] = field(default=(), compare=False)

    def settings(self, row: int) -> dict[str, Any]:
        """Value by factor of a point."""
        return dict(zip(self.factors, self.rows[row], strict=True))

    def own_settings(self, row: int) -> dict[str, Any]:
        """Value by factor of a point, without those that it leaves as the base, or a draw, has them."""
        settings = self.settings(row)
        return {name: settings[name] for name in settings if name in self.named[row]} if self.named else settings


def design_of(plan: Plan, base: Scenario) -> Design:
    """The points of a plan in their order.

    Parameters
    ----------
    plan : Plan
        With factors that the scenario has (`sim.spec.plan.read_plan` has made sure).
    base : Scenario
        What is varied; it decides which factors are whole numbers, and what a list leaves open.

    Raises
    ------
    InputError
        If a point of a list cannot be made, or no single point is the baseline.

    Notes
    -----
    More samples or trajectories with the same seed keep the first ones in ``sobol``, ``saltelli`` and ``morris``;
    a Latin hypercube is another one for each number of samples.
    """
    if plan.design.kind == "list":
        rows = _listed_rows(plan, base)
        named = tuple(frozenset(point) for point in plan.points)
        return Design(plan.names, rows, baseline=_baseline(plan, rows), named=named)
    if plan.design.kind == "grid":
        rows = list(itertools.product(*(_grid_values(plan, base, name) for name in plan.names)))
        return Design(plan.names, rows, baseline=_baseline(plan, rows))
    units = unit_sample(plan)
    columns = [_values(plan.factors[name], units[:, i], is_whole(base, name)) for i, name in enumerate(plan.names)]
    return Design(plan.names, list(zip(*columns, strict=True)), units)


def problem_of(plan: Plan) -> dict[str, Any]:
    """What SALib calls the problem, in the unit cube that all factors are sampled in.

    Names of a list and whole numbers have no distance of their own, so indices are computed from `Design.units`.
    """
    names = list(plan.names)
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def unit_sample(plan: Plan) -> Any:
    """The sample of a plan in the unit cube: float64 of shape (points, factors).

    Notes
    -----
    Latin hypercube: McKay, Beckman and Conover (1979), spread out by exchanges that lower the centred discrepancy
    where it is small. Sobol': scrambled after Matoušek (1998), as in scipy.stats.qmc. Morris: trajectories after Morris
    (1991). Saltelli: Saltelli et al. (2010) on a scrambled Sobol' sequence. The latter two are SALib's.
    """
    design, k = plan.design, len(plan.names)
    if isinstance(design, SaltelliDesign):
        from SALib.sample.sobol import sample

        problem = problem_of(plan)
        return sample(problem, design.samples, calc_second_order=design.second_order, seed=plan.seed)
    if isinstance(design, MorrisDesign):
        from SALib.sample.morris import sample as trajectories

        return trajectories(problem_of(plan), design.trajectories, num_levels=design.levels, seed=plan.seed)
    from scipy.stats import qmc

    if isinstance(design, SobolDesign):
        return qmc.Sobol(k, rng=plan.seed).random(design.samples)
    if not isinstance(design, LatinHypercubeDesign):
        raise TypeError(f"{design.kind} is not sampled")
    exchange = "random-cd" if design.samples * k <= MOST_EXCHANGED and k > 1 else None
    return qmc.LatinHypercube(k, rng=plan.seed, optimization=exchange).random(design.samples)


def _values(factor: Range | tuple[Any, ...], units: Any, whole: bool) -> list[Any]:
    """Values of a factor from a column of the unit cube; the items of a list have equal shares of it."""
    if not isinstance(factor, Range):
        return [factor[index] for index in _equal_shares(units, len(factor))]
    if whole or factor.whole:
        return [int(factor.low) + index for index in _equal_shares(units, int(factor.high - factor.low) + 1)]
    return [factor.at(share) for share in units.tolist()]


def _equal_shares(units: Any, n: int) -> list[int]:
    """Which of n equal shares of the unit interval each number lies in; 1 counts to the last."""
    return [int(share) for share in np.minimum((units * n).astype(np.int64), n - 1)]


def _grid_values(plan: Plan, base: Scenario, name: str) -> list[Any]:
    factor = plan.factors[name]
    if isinstance(factor, Range):
        return list(factor.grid(is_whole(base, name) or bool(factor.whole)))
    return list(factor)


def _listed_rows(plan: Plan, base: Scenario) -> list[tuple[Any, ...]]:
    """Points of a list; a factor that a point leaves open has the value that it then has."""
    rows = []
    for index, point in enumerate(plan.points):
        try:
            made = variant(base, point)
        except InputError as error:
            raise InputError(f"points[{index}]: {error.field}", error.rule, error.value, error.mend) from None
        rows.append(tuple(point[name] if name in point else setting_of(made, name) for name in plan.names))
    return rows


def _baseline(plan: Plan, rows: list[tuple[Any, ...]]) -> int:
    """Row of the baseline: the first, or the one that has the given values."""
    places = [plan.names.index(name) for name in plan.baseline]
    wanted = list(plan.baseline.values())
    found = [index for index, row in enumerate(rows) if [row[place] for place in places] == wanted]
    if not found:
        raise InputError(
            "baseline",
            "must be the values of a point",
            dict(plan.baseline),
            "Give the values of one of the points, or leave baseline out.",
        )
    if plan.baseline and len(found) > 1 and plan.design.kind == "list":
        raise InputError("baseline", "must name one point", dict(plan.baseline), f"{len(found)} have these values.")
    return found[0]
