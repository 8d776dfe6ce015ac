"""The choice within a budget: the best of what can be paid for, the second best, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.fronts import front_ranks
from sim.analysis.selection import Selection, select_best
from sim.analysis.sequential import BLOCK
from sim.decide.bench import Bench
from sim.decide.goals import mean_of
from sim.decide.options import Option, fresh, independent
from sim.decide.portfolios import Portfolio
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES

#: What a decision comes to.
ACT, NOTHING, UNSURE, IMPOSSIBLE = "act", "do nothing", "not distinguishable", "cannot be kept"
VERDICTS = (ACT, NOTHING, UNSURE, IMPOSSIBLE)
#: A gain of so much of what the goal is when nothing is done is one that matters, where nobody has said better.
INDIFFERENCE = 0.01


@dataclass(frozen=True, eq=False)
class Choice:
    """What is chosen within a budget.

    Parameters
    ----------
    affordable : list of Option
        What the budget can bear, doing nothing first.
    best : Option
        The choice; doing nothing where nothing is better.
    verdict : {"act", "do nothing", "not distinguishable", "cannot be kept"}
        Something pays; nothing does; something may, but that cannot be told; or no portfolio keeps the limits.
    leading : Option or None
        What comes nearest where nothing is chosen.
    compared : list of Option
        Of what the budget can bear, all that keep the limits.
    selection : Selection or None
        The guarantee among these; None with a single one, or before its first stage.
    """

    affordable: list[Option]
    best: Option
    verdict: str
    leading: Option | None
    compared: list[Option]
    selection: Selection | None

    @property
    def is_guaranteed(self) -> bool:
        """Whether the procedure has selected the choice itself."""
        found = self.selection
        return found is not None and found.is_guaranteed and self.compared[found.best] is self.best

    @property
    def standing(self) -> dict[Portfolio, float]:
        """Probability of being the best of those compared, by portfolio; empty without a selection."""
        if self.selection is None:
            return {}
        chances = map(float, self.selection.probability_best)
        return dict(zip((one.portfolio for one in self.compared), chances, strict=True))


def choose(bench: Bench, options: Sequence[Option], budget: float, hours: float, indifference: float) -> Choice:
    """Choose within a budget.

    Parameters
    ----------
    bench : Bench
        Of the finalists.
    options : sequence of Option
        Finalists, doing nothing first.
    budget, hours : float
        Money and hours a year.
    indifference : float
        Smallest gain that matters, in the goal's unit.

    Notes
    -----
    Doing nothing is left only for what is distinguishably better, at 5 % for all finalists together; among these the
    highest mean gain is chosen. Where limits are given that doing nothing breaks, whatever keeps them is better than
    doing nothing. A smaller budget leaves fewer options and the same numbers, so it never does better.
    """
    affordable = [one for one in options if one.is_affordable(budget, hours) or not one.portfolio]
    kept = [one for one in affordable if one.is_kept]
    selection = _selected(bench, kept, indifference)
    nothing = affordable[0]
    if not kept:
        nearest = min(affordable, key=lambda one: one.broken)
        return Choice(affordable, nothing, IMPOSSIBLE, nearest if nearest.portfolio else None, [], None)
    better = [one for one in kept if one.is_better or not nothing.is_kept]
    if better:
        return Choice(affordable, max(better, key=_gain), ACT, None, kept, selection)
    leading = max((one for one in kept if one.portfolio), key=_gain, default=None)
    verdict = UNSURE if leading is not None and _may_pay(leading, indifference) else NOTHING
    return Choice(affordable, nothing, verdict, leading, kept, selection)


def _may_pay(option: Option, indifference: float) -> bool:
    """Whether a gain that matters is still possible, as far as the interval tells."""
    high = option.pair.ci_high
    return option.gain > 0.0 and (high is None or high > indifference)


def _gain(option: Option) -> float:
    return option.gain


def _selected(bench: Bench, options: Sequence[Option], indifference: float) -> Selection | None:
    """The guarantee of Kim and Nelson's procedure among options, on the luck of the last comparison."""
    values = independent(bench, np.array([one.gains for one in options]))
    values = values[:, ~np.isnan(values).any(axis=0)]
    if len(options) < 2 or values.shape[1] < BLOCK:
        return None
    return select_best(values, "higher", indifference)


def usual_indifference(bench: Bench) -> float:
    """Smallest gain that matters where nobody has said: 1 % of the goal's outcome when nothing is done.

    Raises
    ------
    InputError
        If that is 0.
    """
    goal = bench.question.goal
    if goal.is_mix:
        return 100.0 * INDIFFERENCE
    place = [outcome.name for outcome in OUTCOMES].index(goal.terms[0][0])
    margin = INDIFFERENCE * abs(mean_of(bench.outcomes((), fresh(bench))[:, place]))
    if not margin > 0.0:
        mend = "Say which gain matters: --indifference, in the unit of the goal."
        raise InputError("goal", "must be of an outcome that is not 0 when nothing is done", goal.text, mend)
    return margin


def frontier(options: Sequence[Option], hours: float) -> list[Option]:
    """Options that no cheaper one beats, from the cheapest on: doing nothing, then what gains more for more money.

    Only what keeps the limits and is within the hours; budget plays no part.
    """
    usable = [one for one in options if one.is_kept and one.price.hours <= hours]
    if not usable:
        return []
    ranks = front_ranks(np.array([one.price.yearly for one in usable]), np.array([one.gain for one in usable]))
    front = [one for one, rank in zip(usable, ranks, strict=True) if rank == 0]
    return sorted(front, key=lambda one: (one.price.yearly, one.gain))


def second_best(choice: Choice, regret: Mapping[Portfolio, float] | None = None) -> Option | None:
    """The robust alternative: of other interventions, the one with the least regret where it comes out worst.

    The highest gain, where regret is not known.

    Doing nothing, where there is no other; None where that was chosen already.

    Parameters
    ----------
    choice : Choice
        What was chosen.
    regret : mapping of Portfolio to float, optional
        Of the contenders (`sim.decide.doubt`); lower is better.
    """
    usable = [one for one in choice.affordable if one.is_kept] or choice.affordable
    others = [one for one in usable if one.portfolio and one.names != choice.best.names]
    known = [one for one in others if regret is not None and one.portfolio in regret]
    if known and regret is not None:
        return min(known, key=lambda one: (regret[one.portfolio], -one.gain))
    if not others:
        return choice.affordable[0] if choice.best.portfolio else None
    return max(others, key=_gain)
