"""Where to look: which portfolios are run, and which of them go on to the last comparison. No budget decides that.

So a smaller budget chooses from a part of what a larger one chooses from, on the same luck, and can never do better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.fronts import keep_best
from sim.analysis.surrogate import Surface, fit_surface
from sim.decide.bench import Bench
from sim.decide.goals import excesses, gains, means_of
from sim.decide.portfolios import Candidate, Order, Portfolio, Step, n_orders, order_of, orders
from sim.decide.question import Question

#: Up to so many orders every one is run.
EVERY = 2000
#: Finalists, and replications from which their luck is taken: none that the search has seen.
FINALISTS, FRESH = 48, 100_000
#: Replications of a race, and how many go on from each but the last.
RACE = (8, 24, 64)
SEATS = (48, 16)
#: Replications of single interventions.
SINGLES = 32
#: New portfolios of a round, rounds at most, rounds without anything new among the best that end the search.
WIDTH, ROUNDS, PATIENCE = 96, 8, 2
#: Portfolios around which is looked.
CENTRES = 24
#: A portfolio that breaks a limit scores below all that keep them.
BROKEN = 1e12


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Parameters
    ----------
    finalists : tuple of Portfolio
        Doing nothing first.
    is_whole : bool
        Whether every order of every choice was run.
    tried : int
        Portfolios that were run.
    """

    finalists: tuple[Portfolio, ...]
    is_whole: bool
    tried: int


class Field:
    """Portfolios that were run for a question, with their means so far."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.question = bench, bench.question
        self.seen: dict[Portfolio, int] = {}

    def run(self, portfolios: Iterable[Portfolio], replications: int) -> None:
        """Run portfolios, doing nothing with them, on the first replications."""
        every = list(portfolios)
        self.bench.fill([(), *every], range(replications))
        for portfolio in ((), *every):
            self.seen[portfolio] = max(replications, self.seen.get(portfolio, 0))

    def means(self, portfolio: Portfolio) -> tuple[Any, float]:
        """Mean gain and mean excess of each limit, float64 of shape (1 + limits,); variance of the mean gain."""
        many = self.seen[portfolio]
        values, nothing = (self.bench.outcomes(one, range(many)) for one in (portfolio, ()))
        gain = gains(self.question.goal, values, nothing)
        beyond = means_of(excesses(self.question.goal, values, nothing))
        exists = gain[~np.isnan(gain)]
        spread = float(exists.var(ddof=1)) / len(exists) if len(exists) > 1 else np.inf
        return np.array([means_of(gain), *beyond]), spread

    def best(self, portfolios: Sequence[Portfolio], seats: int) -> list[Portfolio]:
        """Those worth keeping at any budget."""
        if len(portfolios) <= seats:
            return list(portfolios)
        prices = [self.bench.price(one) for one in portfolios]
        scores = score_of(np.array([self.means(one)[0] for one in portfolios]))
        places = keep_best(
            np.array([price.yearly for price in prices]), np.array([price.hours for price in prices]), scores, seats
        )
        return [portfolios[place] for place in places]

    def race(self, portfolios: Sequence[Portfolio], seats: Sequence[int] = SEATS) -> None:
        """Give more replications to those that are ahead."""
        left = list(portfolios)
        for replications, places in zip(RACE, (*seats, None), strict=True):
            self.run(left, replications)
            left = left if places is None else self.best(left, places)


def score_of(means: Any) -> Any:
    """Score of mean gains and excesses, float64 of shape (k, 1 + limits): the gain, or how far a limit is broken."""
    broken = np.maximum(0.0, means[:, 1:]).sum(axis=1)
    return np.where(broken > 0.0, -BROKEN * (1.0 + broken), means[:, 0])


def search(bench: Bench) -> Found:
    """Find the portfolios that may be best at some budget.

    Parameters
    ----------
    bench : Bench
        Runs them, and says for what question.
    """
    question, field = bench.question, Field(bench)
    is_whole = n_orders(question.candidates) <= EVERY
    if is_whole:
        every = list(distinct(question, orders(question.candidates)))
        if len(every) > 2 * FINALISTS:
            field.race(every, (max(SEATS[0], len(every) // 4), 2 * FINALISTS))
            every = field.best([one for one, many in field.seen.items() if many == RACE[-1]], FINALISTS)
        return Found(((), *(one for one in every if one)), True, max(len(field.seen), len(every)))
    _look_around(field)
    best = field.best([one for one, many in field.seen.items() if many == RACE[-1]], FINALISTS)
    return Found(((), *(one for one in best if one)), False, len(field.seen))


def distinct(question: Question, many: Iterable[Order]) -> Iterator[Portfolio]:
    """Portfolios of orders, each once, as far as all of them begins before the end and every part asks for more."""
    told = set()
    for order in many:
        portfolio = question.portfolio(order)
        if portfolio not in told and question.is_in_time(portfolio) and question.is_lean(portfolio):
            told.add(portfolio)
            yield portfolio


def _look_around(field: Field) -> None:
    """Race the neighbours of the best, round by round, until nothing new comes among them."""
    question = field.question
    steps = ((Step(one.name, dose),) for one in question.candidates for dose in one.doses)
    singles = list(distinct(question, steps))
    field.run(singles, SINGLES)
    field.run(field.best(singles, CENTRES), RACE[-1])
    idle, before = 0, set(_centres(field))
    for _ in range(ROUNDS):
        ahead = promising(field, WIDTH)
        if not ahead or idle >= PATIENCE:
            return
        field.race(ahead)
        after = set(_centres(field))
        idle, before = (0 if after - before else idle + 1), after


def _centres(field: Field) -> list[Portfolio]:
    return field.best([one for one, many in field.seen.items() if many == RACE[-1]], CENTRES)


def promising(field: Field, seats: int) -> list[Portfolio]:
    """Neighbours of the best that were not run yet and that the surface expects most of, at all prices."""
    near = (order for centre in _centres(field) for order in neighbours(order_of(centre), field.question.candidates))
    new = [one for one in distinct(field.question, near) if one and one not in field.seen]
    if len(new) <= seats:
        return new
    made = Guess(field)
    price, hours, score = made.of(new)
    return [new[place] for place in keep_best(price, hours, score, seats)]


def neighbours(order: Order, candidates: Sequence[Candidate]) -> Iterator[Order]:
    """Orders one move away: one more at the end or the beginning, one less, two swapped, one replaced, another dose."""
    chosen = {step.name for step in order}
    others = [Step(one.name, dose) for one in candidates if one.name not in chosen for dose in one.doses]
    doses = {one.name: one.doses for one in candidates}
    for step in others:
        yield (*order, step)
        yield (step, *order)
    for place, own in enumerate(order):
        before, after = order[:place], order[place + 1 :]
        yield before + after
        if after:
            yield (*before, after[0], own, *after[1:])
        for step in others:
            yield (*before, step, *after)
        for dose in doses[own.name]:
            yield (*before, Step(own.name, dose), *after)


class Guess:
    """What portfolios that were not run may cost and bring."""

    def __init__(self, field: Field) -> None:
        self.field, self.place = field, {one.name: i for i, one in enumerate(field.question.candidates)}
        self.usual = np.array([one.doses[0] for one in field.question.candidates])
        run = [one for one in field.seen if one]
        means = [field.means(one) for one in run]
        scores, noise = np.array([mean for mean, _ in means]), np.array([spread for _, spread in means])
        self.surface: Surface = fit_surface(*self._coded(run), scores, noise)
        self.singles = {one[0][:2]: field.bench.price(one) for one in run if len(one) == 1}

    def of(self, portfolios: Sequence[Portfolio]) -> tuple[Any, Any, Any]:
        """Price and hours as the sum of single ones, and score, float64 of shape (k,) each."""
        parts = [[self.singles[start[:2]] for start in one] for one in portfolios]
        price = np.array([max(sum(part.by_year for part in some)) for some in parts])
        hours = np.array([sum(part.hours for part in some) for some in parts])
        return price, hours, score_of(self.surface.guess(*self._coded(portfolios)))

    def _coded(self, portfolios: Sequence[Portfolio]) -> tuple[Any, Any]:
        """Doses as shares of the usual ones, and start days as shares of the horizon."""
        doses, starts = (np.zeros((len(portfolios), len(self.usual))) for _ in range(2))
        for row, portfolio in enumerate(portfolios):
            for start in portfolio:
                column = self.place[start.name]
                doses[row, column] = start.dose / self.usual[column]
                starts[row, column] = start.day / self.field.question.horizon
        return doses, starts
