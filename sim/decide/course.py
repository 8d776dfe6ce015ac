"""The way there: what a portfolio costs before it pays, week by week, and when it has paid for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from sim.analysis.sequential import LEVEL
from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.decide.bench import CHUNK, Bench, Task, scenario_of
from sim.decide.options import fresh, independent
from sim.decide.portfolios import Portfolio
from sim.decide.question import Question
from sim.domain.errors import InputError
from sim.engine.run import simulate
from sim.ensemble.executors import drain, pool_of
from sim.ensemble.seeds import run_seed
from sim.ensemble.weekly import weekly_series
from sim.spec.resolve import blueprint_of

#: Journal columns that add up to what an outcome is about, and the unit of a week's sum.
SERIES = {
    "profit": ("profit", "c.u."),
    "bookings_new": ("bookings", "c.u."),
    "revenue_recognised": ("revenue", "c.u."),
    "wins": ("wins", "deals"),
    "wins_marketing": ("wins_marketing", "deals"),
}


@dataclass(frozen=True, eq=False)
class Course:
    """A portfolio against doing nothing, week by week.

    Parameters
    ----------
    outcome, unit : str
        What is added up.
    days : numpy.ndarray
        int of shape (weeks,): working days after the warm-up by which each week is over.
    mean, low, high : numpy.ndarray
        float64 of shape (weeks,): gain up to then, with its 95 % interval (of each week alone).
    """

    outcome: str
    unit: str
    days: Any
    mean: Any
    low: Any
    high: Any

    @property
    def dip(self) -> tuple[int, float]:
        """Day by which most has been lost, and how much; day 0 and 0 where it never loses."""
        place = int(np.argmin(self.mean))
        return (int(self.days[place]), float(self.mean[place])) if self.mean[place] < 0.0 else (0, 0.0)

    @property
    def break_even(self) -> int | None:
        """Day from which the gain so far stays above 0; None where it has not paid for itself by the end."""
        return lasting(self.days, self.mean)

    def document(self) -> dict[str, Any]:
        """The course as JSON writes it."""
        day, lost = self.dip
        return {
            "outcome": self.outcome,
            "unit": self.unit,
            "days": self.days.tolist(),
            "gain": self.mean.tolist(),
            "ci_low": self.low.tolist(),
            "ci_high": self.high.tolist(),
            "dip": min(0.0, lost),
            "time_to_benefit_days": day,
            "break_even_day": self.break_even,
            "break_even_earliest": lasting(self.days, self.high),
            "break_even_latest": lasting(self.days, self.low),
        }


def lasting(days: Any, gain: Any) -> int | None:
    """Day from which a gain stays at 0 or above until the end; 0 where it always is, None where it is not at the end.

    Examples
    --------
    >>> lasting(np.array([5, 10, 15]), np.array([-1.0, 2.0, 3.0])), lasting(np.array([5, 10]), np.array([1.0, -1.0]))
    (10, None)
    """
    below = np.flatnonzero(gain < 0.0)
    if not below.size:
        return 0
    return None if below[-1] == len(gain) - 1 else int(days[below[-1] + 1])


def courses(bench: Bench, portfolios: Sequence[Portfolio]) -> list[list[Course]]:
    """The course of each portfolio in money, and in the goal where the journal keeps it week by week."""
    goal = bench.question.goal
    own = goal.terms[0][0]
    names = ["profit", *([own] if not goal.is_mix and own in SERIES and own != "profit" else [])]
    weekly = _weekly(bench, [(), *portfolios], [SERIES[name][0] for name in names])
    days = DAYS_PER_WEEK * np.arange(1, weekly.shape[2] + 1)
    made = []
    for place in range(1, len(portfolios) + 1):
        gained = np.cumsum(weekly[place] - weekly[0], axis=1)
        made.append([_course(bench, name, days, gained[:, :, column]) for column, name in enumerate(names)])
    return made


def _course(bench: Bench, name: str, days: Any, gained: Any) -> Course:
    """Mean and interval of what was gained, float64 of shape (replications, weeks)."""
    values = independent(bench, gained.T)
    values = values[:, ~np.isnan(values).any(axis=0)]
    many = values.shape[1]
    half = special.stdtrit(many - 1, 0.5 * (1.0 + LEVEL)) * values.std(axis=1, ddof=1) / np.sqrt(many)
    mean = values.mean(axis=1)
    return Course(name, SERIES[name][1], days, mean, mean - half, mean + half)


def _weekly(bench: Bench, portfolios: Sequence[Portfolio], columns: Sequence[str]) -> Any:
    """Sums of weeks after the warm-up, float64 of shape (portfolios, replications, weeks, columns)."""
    replications = fresh(bench)
    weeks = bench.question.horizon // DAYS_PER_WEEK
    found = np.full((len(portfolios), len(replications), weeks, len(columns)), np.nan)

    def work(task: tuple[int, Task]) -> int:
        place, own = task
        for replication, rows in zip(own.replications, _run(bench.question, own, columns), strict=True):
            found[place, replication - replications.start] = rows
        return len(own.replications)

    tasks = [
        (place, Task(portfolio, tuple(replications[first : first + CHUNK])))
        for first in range(0, len(replications), CHUNK)
        for place, portfolio in enumerate(portfolios)
    ]
    with pool_of("threads", bench.workers) as pool:
        drain(pool, work, tasks, bench.advance)
    return found


def _run(question: Question, task: Task, columns: Sequence[str]) -> list[Any]:
    """Weekly sums of each replication of a task; NaN of a draw that makes no scenario."""
    rows, world = [], None
    for replication in task.replications:
        try:
            if world is None or question.posterior is not None:
                plan, world = blueprint_of(scenario_of(question, task.portfolio, replication)), None
        except InputError:
            rows.append(np.nan)
            continue
        world = simulate(plan, run_seed(question.seed, replication), world)
        first = int(world.rules.warmup_days)
        rows.append(weekly_series(world.journal[first:], question.horizon, columns))
    return rows
