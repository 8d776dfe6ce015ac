"""The verb: from a budget to a portfolio and its order, a second best, and how sure that is; or to nothing at all."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.analysis.multiplicity import holm
from sim.analysis.paired import Paired, compare_pairs, figures_of
from sim.decide.bench import Bench
from sim.decide.choice import Choice, choose, frontier, second_best, usual_indifference
from sim.decide.course import Course, courses
from sim.decide.doubt import Doubt, document_of, doubts
from sim.decide.goals import means_of
from sim.decide.options import Option, draws_of, fresh, judged
from sim.decide.portfolios import text_of
from sim.decide.question import Question, check_amount, question_of
from sim.decide.search import Found, search
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME, OUTCOMES
from sim.ensemble.comparison import scenario_from
from sim.ensemble.executors import check_workers
from sim.ensemble.provenance import SCHEMA, about_posterior, provenance_of
from sim.spec.catalogue import interventions_of
from sim.spec.labels import dose_text
from sim.spec.posterior import Posterior, posterior_of
from sim.spec.scenario import Scenario

#: Outcomes that are shown of every option beside the goal's.
SHOWN = ("profit", "bookings_new", "cycle_days", "conflict_per_100")


@dataclass(frozen=True, eq=False)
class Decision:
    """A decision within a budget.

    Parameters
    ----------
    question : Question
        What was asked, all but the budget.
    budget, hours : float
        Money and hours a year; infinite where no bound was given.
    indifference : float
        Smallest gain that matters, in the goal's unit.
    options : list of Option
        Finalists, doing nothing first.
    choice : Choice
        What the budget bears, and what is best of it.
    second : Option or None
        The alternative.
    doubts : list of Doubt
        What other firms that it may be make of it.
    courses : dict
        By ``choice`` and ``second_best``: the way there.
    found : Found
        How the finalists were found.
    provenance : dict
        Where it comes from.
    bench : Bench
        Every run.
    """

    question: Question
    budget: float
    hours: float
    indifference: float
    options: list[Option]
    choice: Choice
    second: Option | None
    doubts: list[Doubt]
    courses: dict[str, list[Course]]
    found: Found
    provenance: dict[str, Any]
    bench: Bench = field(repr=False)

    @property
    def frontier(self) -> list[Option]:
        """Options that no cheaper one beats, whatever the budget."""
        return frontier(self.options, self.hours)

    def document(self) -> dict[str, Any]:
        """The decision as JSON writes it."""
        second = None if self.second is None else self.about(self.second)
        return {
            "schema": SCHEMA,
            "provenance": self.provenance,
            "budget": finite(self.budget),
            "hours": finite(self.hours),
            "question": {**self.question.about(), "indifference": self.indifference},
            "verdict": self.choice.verdict,
            "choice": self.about(self.choice.best),
            "second_best": second,
            "leading": None if self.choice.leading is None else self.about(self.choice.leading),
            "nothing": self.about(self.options[0]),
            "frontier": [self.about(one) for one in self.frontier],
            "options": [self.about(one) for one in self.options],
            "course": {name: [one.document() for one in made] for name, made in self.courses.items()},
            "guarantee": self._guarantee(),
            "doubts": [self._doubt(one) for one in self.doubts],
            "search": {
                "portfolios": self.found.tried,
                "is_whole": self.found.is_whole,
                "finalists": len(self.options),
                "affordable": len(self.choice.affordable),
            },
        }

    def json(self) -> str:
        """The decision as JSON text."""
        return json.dumps(self.document(), indent=1, allow_nan=False, ensure_ascii=False)

    def table(self) -> pd.DataFrame:
        """One row per finalist, from the cheapest on: cost, hours, gain with interval, whether it is chosen."""
        chosen, second, borne = self.choice.best, self.second, self.choice.affordable
        rows = [
            {name: value for name, value in self.about(one).items() if not isinstance(value, list | dict)}
            | {"is_choice": one is chosen, "is_second_best": one is second, "is_affordable": one in borne}
            for one in sorted(self.options, key=lambda one: (one.price.yearly, one.gain))
        ]
        return pd.DataFrame(rows)

    def about(self, option: Option) -> dict[str, Any]:
        """A portfolio as JSON writes it: what it costs, what it brings, what is begun when."""
        pair = option.pair
        return {
            "interventions": text_of(option.portfolio),
            "cost": option.price.yearly,
            "cost_total": option.price.total,
            "cost_by_year": [round(float(money), 2) for money in option.price.by_year],
            "hours": option.price.hours,
            "gain": option.gain,
            "ci_low": pair.ci_low,
            "ci_high": pair.ci_high,
            "share_better": pair.share_better,
            "adjusted_p": option.adjusted_p,
            "probability_best": self.choice.standing.get(option.portfolio),
            "probability_better": None if pair.firm is None else pair.firm.share_above,
            "parameter_share": None if pair.firm is None else pair.firm.parameter_share,
            "keeps_limits": option.is_kept,
            "limits": self._limits(option),
            "portfolio": [self._start(*start) for start in option.portfolio],
            "outcomes": self._outcomes(option),
        }

    def _start(self, name: str, dose: float, day: int) -> dict[str, Any]:
        action = interventions_of(self.question.scenario)[name]
        said = dose_text(dose, action.unit)
        return {"name": name, "label": action.label, "dose": dose, "unit": action.unit, "said": said, "start_day": day}

    def _limits(self, option: Option) -> list[dict[str, Any]]:
        """Each limit: by how much it is exceeded on average (a fraction; at most 0 is kept), and the interval."""
        rows = []
        for limit, excess in zip(self.question.goal.limits, option.excess, strict=True):
            pair = compare_pairs(excess, 0.0 * excess, "lower", draws=draws_of(self.bench))
            mean = number(float(means_of(excess)))
            rows.append({"limit": limit.text, "excess": mean, "ci_low": pair.ci_low, "ci_high": pair.ci_high})
        return rows

    def _outcomes(self, option: Option) -> list[dict[str, Any]]:
        """What becomes of the goal's outcomes and of those that everybody asks for, against doing nothing."""
        has_draws, at = self.question.posterior is not None, self.options.index(option)
        return [
            {"label": BY_NAME[name].label, **figures_of(pairs[at], adjusted[at], BY_NAME[name], has_draws)}
            for name, (pairs, adjusted) in self._compared.items()
        ]

    @cached_property
    def _compared(self) -> dict[str, tuple[list[Paired], list[float | None]]]:
        """By outcome: each option against doing nothing, and p adjusted for their number, as of the gain."""
        goal, nothing = self.question.goal, self.bench.outcomes((), fresh(self.bench))
        every = [self.bench.outcomes(option.portfolio, fresh(self.bench)) for option in self.options]
        draws, found = draws_of(self.bench), {}
        for name in dict.fromkeys([*(one for one, _ in goal.terms), *(one.outcome for one in goal.limits), *SHOWN]):
            at, better = [outcome.name for outcome in OUTCOMES].index(name), BY_NAME[name].better
            pairs = [compare_pairs(values[:, at], nothing[:, at], better, draws=draws) for values in every]
            found[name] = pairs, [None, *holm([pair.p for pair in pairs[1:]])]
        return found

    def _doubt(self, doubt: Doubt) -> dict[str, Any]:
        """A doubt, with the portfolios of its contenders."""
        made = document_of(doubt)
        for row, option in zip(made["contenders"], doubt.options, strict=True):
            row["interventions"] = text_of(option.portfolio)
            row["portfolio"] = [self._start(*start) for start in option.portfolio]
        return made

    def _guarantee(self) -> dict[str, Any] | None:
        selection = self.choice.selection
        if selection is None:
            return None
        return {
            "is_guaranteed": self.choice.is_guaranteed,
            "level": selection.level,
            "indifference": selection.indifference,
            "replications": selection.replications,
            "more_replications": selection.more_replications,
            "compared": len(selection.labels),
            "method": "Kim and Nelson (2001), among the finalists that the budget bears",
        }


def decide(  # noqa: PLR0913 - the verb of the product; all but the first are keywords
    scenario: str | Path | Scenario = "mid",
    *,
    budget: float,
    hours: float | None = None,
    goal: str = "profit",
    horizon: int | None = None,
    capacity: int = 3,
    interventions: Sequence[str] | str | None = None,
    indifference: float | None = None,
    replications: int = 200,
    seed: int = 1,
    posterior: str | Path | Posterior | None = None,
    store: str | Path | None = None,
    workers: int | None = None,
    progress: Callable[[int], Any] | None = None,
) -> Decision:
    """Choose a portfolio of interventions, and the order in which they begin, within a budget.

    Parameters
    ----------
    scenario : str, Path or Scenario
        Name of a shipped scenario, a TOML file, or a scenario: the firm as it is.
    budget : float
        Money a year, c.u., 0 or more: no year of the portfolio may cost more than that beyond what is spent anyway.
    hours : float, optional
        Hours a year of marketers and reps that meetings, plans and the like may take; without bound by default.
    goal : str
        An outcome, a mix, and limits: ``profit``, ``0.7*profit+0.3*conflict``, ``profit,conflict<=50%,cycle<=100%``
        (per cent of what it is when nothing is done).
    horizon : int, optional
        Working days that are looked ahead, 65 to 2600; the scenario's own by default.
    capacity : int
        Changes that may be under way at once, 1 to 40; each keeps its place for its ramp.
    interventions : sequence of str, optional
        What may be chosen: names, or ``liaison=1`` for one dose; the whole catalogue by default.
    indifference : float, optional
        Smallest gain that matters, in the goal's unit; 1 % of what the goal is when nothing is done by default.
    replications : int
        Runs of each finalist, 20 to 2000, on luck that the search has not seen.
    seed : int
        Of all runs.
    posterior : str, Path or Posterior, optional
        Draws of uncertain values, or a file of them; ``"none"`` for none. By default those that the scenario names.
    store : str or Path, optional
        Folder in which runs are kept, so that the same question, with any budget, goes on where it was.
    workers : int, optional
        Threads; never changes a result.
    progress : callable, optional
        Told the number of runs that have just been finished.

    Raises
    ------
    InputError
        Naming the field, the rule, the value and the mend.
    """
    money, time_left = check_amount("budget", budget), check_amount("hours", hours)
    if indifference is not None and not 0 < indifference < math.inf:
        raise InputError("indifference", "must be above 0", indifference, "Give the smallest gain that matters.")
    check_workers(workers)
    chosen = scenario_from(scenario)
    names = [one.strip() for one in interventions.split(",")] if isinstance(interventions, str) else interventions
    question = question_of(
        chosen,
        interventions=names,
        goal=goal,
        horizon=horizon,
        capacity=capacity,
        seed=seed,
        replications=replications,
        posterior=posterior_of(chosen, posterior),
    )
    bench = Bench(question, None if store is None else Path(store), workers, progress or (lambda _: None))
    return decided(bench, money, time_left, indifference)


def decided(bench: Bench, budget: float, hours: float, indifference: float | None) -> Decision:
    """Answer a question whose input was checked."""
    start = time.perf_counter()
    question = bench.question
    found = search(bench)
    options = judged(bench, found.finalists)
    margin = usual_indifference(bench) if indifference is None else float(indifference)
    choice = choose(bench, options, budget, hours, margin)
    doubted = doubts(bench, choice, margin)
    second = second_best(choice, doubted[0].worst if doubted else None)
    followed = {"choice": choice.best, "second_best": second, "leading": choice.leading}
    shown = {name: one for name, one in followed.items() if one is not None and one.portfolio}
    ways = courses(bench, [one.portfolio for one in shown.values()]) if shown else []
    more: dict[str, Any] = {"digest": question.digest, "replications": question.replications}
    if question.posterior is not None:
        more["posterior"] = about_posterior(question.posterior, question.replications)
    more["timings"] = {"seconds": round(time.perf_counter() - start, 3)}
    provenance = provenance_of(question.scenario, question.seed, **more)
    named = dict(zip(shown, ways, strict=True))
    parts = (options, choice, second, doubted, named, found, provenance, bench)
    return Decision(question, budget, hours, margin, *parts)


def finite(value: float) -> float | None:
    """A bound for JSON: None where there is none."""
    return None if math.isinf(value) else value


def number(value: float) -> float | None:
    """A figure for JSON: None where it does not exist."""
    return value if math.isfinite(value) else None
