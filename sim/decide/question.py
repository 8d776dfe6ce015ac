"""What is asked of a decision: of which firm, what may be chosen, for what goal, how long it is looked at."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim.decide.goals import Goal, goal_from
from sim.decide.portfolios import MOST_CAPACITY, Candidate, Order, Portfolio, Step, candidates_from, scheduled
from sim.decide.unknowns import Unknown, draws_between, unknowns_of
from sim.domain.errors import InputError
from sim.ensemble.provenance import digest_of
from sim.ensemble.seeds import check_whole
from sim.spec.catalogue import interventions_of
from sim.spec.designs import MOST_SEED
from sim.spec.posterior import Posterior
from sim.spec.resolve import is_lowering, practice_levels
from sim.spec.scenario import Scenario

#: Working days that a decision may look ahead: a quarter to ten years.
LEAST_HORIZON, MOST_HORIZON = 65, 2600
LEAST_REPLICATIONS, MOST_REPLICATIONS = 20, 2000


@dataclass(frozen=True)
class Question:
    """What is asked, all but the budget: what is looked for does not depend on it.

    Parameters
    ----------
    scenario : Scenario
        The firm as it is, run as long as is looked ahead.
    candidates : tuple of Candidate
        What may be chosen.
    goal : Goal
        What it is for.
    capacity : int
        Changes that may be under way at once.
    seed : int
        Of all runs.
    replications : int
        Runs of each finalist.
    posterior : Posterior or None
        Draws of what is not known of the firm.
    in_place : tuple of str
        Interventions that were named and ask for nothing that is not there already.
    """

    scenario: Scenario
    candidates: tuple[Candidate, ...]
    goal: Goal
    capacity: int = 3
    seed: int = 1
    replications: int = 200
    posterior: Posterior | None = None
    in_place: tuple[str, ...] = ()
    takes: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep how long each takes by name."""
        object.__setattr__(self, "takes", {one.name: one.takes for one in self.candidates})

    @property
    def horizon(self) -> int:
        """Working days that are looked at after the warm-up."""
        return int(self.scenario.run.days)

    @cached_property
    def digest(self) -> str:
        """Identity of the runs: firm, horizon, seed, draws and doubts; neither goal nor budget change a run."""
        drawn = None if self.posterior is None else self.posterior.digest
        doubted = [(one.path, one.low, one.high) for one in self.unknowns]
        text = json.dumps([digest_of(self.scenario, self.seed), drawn, doubted])
        return hashlib.sha256(text.encode()).hexdigest()

    def portfolio(self, order: Order) -> Portfolio:
        """The portfolio of an order: when each can begin."""
        return scheduled(order, self.takes, self.capacity)

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What is assumed of the firm, beside what a posterior tells."""
        return unknowns_of(self.scenario, dict.fromkeys(self.posterior.columns if self.posterior else ()))

    @cached_property
    def doubts(self) -> Any:
        """Draws of what is assumed, float64 of shape (draws, unknowns)."""
        return draws_between(self.unknowns, self.seed)

    @cached_property
    def _levels(self) -> dict[str, float]:
        return practice_levels(self.scenario)

    @cached_property
    def _targets(self) -> dict[Step, dict[str, float]]:
        """Levels that each candidate asks for at each of its doses."""
        known = interventions_of(self.scenario)
        steps = (Step(one.name, dose) for one in self.candidates for dose in one.doses)
        return {step: known[step.name].targets(step.dose) for step in steps}

    def is_lean(self, portfolio: Portfolio) -> bool:
        """Whether every part asks for something that the firm and the earlier parts do not give already."""
        levels = dict(self._levels)
        for name, dose, _ in portfolio:
            targets = self._targets[Step(name, dose)].items()
            asked = {practice: level for practice, level in targets if _is_more(practice, level, levels)}
            if not asked:
                return False
            levels |= asked
        return True

    def is_in_time(self, portfolio: Portfolio) -> bool:
        """Whether all of it begins before the end."""
        return all(start.day < self.horizon for start in portfolio)

    def about(self) -> dict[str, Any]:
        """What a result says of it."""
        return {
            "goal": self.goal.text,
            "outcomes": [{"outcome": name, "weight": weight} for name, weight in self.goal.terms],
            "label": self.goal.label,
            "unit": self.goal.unit,
            "limits": [limit.text for limit in self.goal.limits],
            "horizon_days": self.horizon,
            "capacity": self.capacity,
            "in_place": list(self.in_place),
            "relationship": self.scenario.relationship,
            "candidates": [
                {
                    "name": one.name,
                    "label": one.label,
                    "unit": one.unit,
                    "doses": list(one.doses),
                    "takes_days": one.takes,
                }
                for one in self.candidates
            ],
        }


def _is_more(practice: str, level: float, levels: dict[str, float]) -> bool:
    """Whether a level is more than there is; less, where it is asked for as a cut."""
    now = levels.get(practice, 0.0)
    return level < now if is_lowering(practice, level) else level > now


def question_of(  # noqa: PLR0913 - what may be asked; all but the first are keywords
    scenario: Scenario,
    *,
    interventions: Sequence[str] | None = None,
    goal: str = "profit",
    horizon: int | None = None,
    capacity: int = 3,
    seed: int = 1,
    replications: int = 200,
    posterior: Posterior | None = None,
) -> Question:
    """Ask a question, and make sure that it can be answered.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    days = scenario.run.days if horizon is None else horizon
    check_whole("horizon", days, LEAST_HORIZON, MOST_HORIZON)
    check_whole("capacity", capacity, 1, MOST_CAPACITY)
    check_whole("seed", seed, 0, MOST_SEED)
    check_whole("replications", replications, LEAST_REPLICATIONS, MOST_REPLICATIONS)
    firm = scenario.model_copy(update={"run": scenario.run.model_copy(update={"days": days})})
    if interventions is not None and not interventions:
        raise InputError("interventions", "must name at least one", None, "`smarketing scenario list` shows all.")
    chosen, rest = candidates_from(firm, interventions)
    in_place = tuple(one.label for one in rest)
    return Question(firm, chosen, goal_from(goal), capacity, seed, replications, posterior, in_place)


def check_amount(name: str, value: float | None) -> float:
    """A budget as a number: without end where none is given.

    Raises
    ------
    InputError
        If it is negative or no number.
    """
    if value is None:
        return math.inf
    if math.isnan(value) or value < 0:
        raise InputError(name, "must be a number from 0 on", value, "Leave the sign out, or the option.")
    return float(value)
