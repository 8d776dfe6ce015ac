"""funnel-1 in SimPy: marketers, reps and a monitor are processes, leads are plain objects."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import simpy

from benchmarks.funnel.size import (
    CLOSED,
    COUNTED,
    FIRST_STAGE,
    LAST_STAGE,
    LOST,
    N_PLACES,
    QUALIFIED,
    UNQUALIFIED,
    WON,
    Size,
    days_from_totals,
)

# When in a day something happens; processes of one time come in the order in which they were started.
NOON, EVENING, NIGHT = 0.25, 0.5, 0.75


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


@dataclass(slots=True, eq=False)
class Lead:
    """Somebody who may buy."""

    number: int
    marketer: int
    quality: float
    fit: float
    created: int
    score: float = 0.0
    stage: int = UNQUALIFIED
    has_returned: bool = False


@dataclass(slots=True, eq=False)
class Rep:
    """A desk of leads, and trust in each marketer."""

    trust: list[float]
    desk: list[Lead] = field(default_factory=list)


class Firm:
    """What the processes share."""

    def __init__(self, env: simpy.Environment, size: Size, seed: int) -> None:
        self.env, self.size = env, size
        self.random, self.rng = random.Random(seed), np.random.default_rng(seed)
        self.n_leads = 0
        self.leads = [0] * N_PLACES
        self.conflicts = self.rejections = self.cycle_days = self.nurture_touches = self.sales_touches = 0
        self.revenue = 0.0
        self.queues: list[list[Lead]] = [[] for _ in range(size.n_marketers)]
        self.reps = [Rep([0.4] * size.n_marketers) for _ in range(size.n_reps)]
        self.evenings: list[tuple[list[int], list[float]]] = []
        for marketer in range(size.n_marketers):
            env.process(self.market(marketer))
        for rep in self.reps:
            env.process(self.sell(rep))
        env.process(self.monitor())

    @property
    def day(self) -> int:
        return int(self.env.now)

    def move(self, lead: Lead, stage: int) -> None:
        self.leads[lead.stage] -= 1
        self.leads[stage] += 1
        lead.stage = stage

    def new_lead(self, marketer: int) -> Lead:
        self.n_leads += 1
        self.leads[UNQUALIFIED] += 1
        return Lead(self.n_leads, marketer, self.random.betavariate(2, 5), self.random.gauss(0, 1), self.day)

    def market(self, marketer: int) -> Iterator[simpy.Event]:
        queue, draw, most = self.queues[marketer], self.random, self.size.marketer_touches
        while True:
            queue += [self.new_lead(marketer) for _ in range(self.rng.poisson(self.size.arrivals))]
            touched = queue[:most]
            self.nurture_touches += len(touched)
            is_any_ready = False
            for lead in touched:
                lead.score += draw.expovariate(1.0) * 0.2 * lead.quality
                if lead.score >= 1.0:
                    is_any_ready = True
                    self.move(lead, QUALIFIED)
                    min(self.reps, key=lambda rep: len(rep.desk)).desk.append(lead)
            if is_any_ready:
                queue[: len(touched)] = [lead for lead in touched if lead.stage == UNQUALIFIED]
            yield self.env.timeout(1)

    def sell(self, rep: Rep) -> Iterator[simpy.Event]:
        yield self.env.timeout(NOON)
        while True:
            best = sorted(rep.desk, key=lambda lead: (-rep.trust[lead.marketer] * lead.score, lead.number))
            chosen = best[: self.size.rep_touches]
            self.sales_touches += len(chosen)
            for lead in chosen:
                if lead.stage == QUALIFIED:
                    self.judge(rep, lead)
                else:
                    self.pursue(rep, lead)
            rep.desk = [lead for lead in rep.desk if QUALIFIED <= lead.stage <= LAST_STAGE]
            yield self.env.timeout(EVENING - NOON)
            rep.trust = [trust + 0.01 * (0.4 - trust) for trust in rep.trust]
            yield self.env.timeout(1 + NOON - EVENING)

    def judge(self, rep: Rep, lead: Lead) -> None:
        trust = rep.trust[lead.marketer]
        if self.random.random() < logistic(-1 + 3 * lead.quality + trust):
            self.move(lead, FIRST_STAGE)
            return
        self.rejections += 1
        self.conflicts += self.random.random() < 0.3 * (1 - trust)
        rep.trust[lead.marketer] = max(0.0, trust - 0.02)
        if lead.has_returned:
            self.move(lead, CLOSED)
        else:
            lead.has_returned = True
            lead.score = 0.5
            self.move(lead, UNQUALIFIED)
            self.queues[lead.marketer].append(lead)

    def pursue(self, rep: Rep, lead: Lead) -> None:
        age, trust = self.day - lead.created, rep.trust[lead.marketer]
        if self.random.random() < 0.03 * (1 + age / 90):
            self.move(lead, LOST)
        elif self.random.random() < logistic(-1 + 2 * lead.quality + 0.3 * lead.fit + 0.5 * trust):
            self.move(lead, lead.stage + 1)
            if lead.stage == WON:
                self.revenue += self.random.lognormvariate(math.log(20000), 0.6)
                self.cycle_days += age
                rep.trust[lead.marketer] = min(1.0, trust + 0.01)

    def monitor(self) -> Iterator[simpy.Event]:
        yield self.env.timeout(NIGHT)
        while True:
            self.evenings.append((list(self.leads), [getattr(self, name) for name in COUNTED]))
            yield self.env.timeout(1)


def run(size: Size, seed: int) -> np.recarray:
    """The days of a run."""
    env = simpy.Environment()
    firm = Firm(env, size, seed)
    env.run(until=size.n_days)
    leads, totals = zip(*firm.evenings, strict=True)
    return days_from_totals(leads, dict(zip(COUNTED, zip(*totals, strict=True), strict=True)))
