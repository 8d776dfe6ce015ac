"""funnel-1 in Mesa: people and leads are agents, agent sets call them in order, a data collector reads counters."""

from __future__ import annotations

import math

import mesa
import numpy as np

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


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


class Lead(mesa.Agent):
    """Somebody who may buy."""

    def __init__(self, model: Firm, marketer: Marketer) -> None:
        super().__init__(model)
        self.marketer = marketer
        self.quality = self.random.betavariate(2, 5)
        self.fit = self.random.gauss(0, 1)
        self.score = 0.0
        self.stage = UNQUALIFIED
        self.created = model.day
        self.has_returned = False
        model.leads[UNQUALIFIED] += 1

    def move(self, stage: int) -> None:
        self.model.leads[self.stage] -= 1
        self.model.leads[stage] += 1
        self.stage = stage
        if stage >= WON:
            self.remove()

    def is_ready_after_touch(self) -> bool:
        self.score += self.random.expovariate(1.0) * 0.2 * self.quality
        return self.score >= 1.0


class Marketer(mesa.Agent):
    """Has leads in a queue and works on the first of them."""

    def __init__(self, model: Firm) -> None:
        super().__init__(model)
        self.queue: list[Lead] = []

    def step(self) -> None:
        size = self.model.size
        self.queue += [Lead(self.model, self) for _ in range(self.model.rng.poisson(size.arrivals))]
        touched = self.queue[: size.marketer_touches]
        self.model.nurture_touches += len(touched)
        ready = [lead for lead in touched if lead.is_ready_after_touch()]
        for lead in ready:
            lead.move(QUALIFIED)
            min(self.model.rep_list, key=lambda rep: len(rep.desk)).desk.append(lead)
        if ready:
            self.queue[: len(touched)] = [lead for lead in touched if lead.stage == UNQUALIFIED]


class Rep(mesa.Agent):
    """Works on the most promising leads on the desk."""

    def __init__(self, model: Firm) -> None:
        super().__init__(model)
        self.desk: list[Lead] = []
        self.trust = dict.fromkeys(model.marketers, 0.4)

    def step(self) -> None:
        best = sorted(self.desk, key=lambda lead: (-self.trust[lead.marketer] * lead.score, lead.unique_id))
        chosen = best[: self.model.size.rep_touches]
        self.model.sales_touches += len(chosen)
        for lead in chosen:
            if lead.stage == QUALIFIED:
                self.judge(lead)
            else:
                self.pursue(lead)
        self.desk = [lead for lead in self.desk if QUALIFIED <= lead.stage <= LAST_STAGE]

    def judge(self, lead: Lead) -> None:
        trust = self.trust[lead.marketer]
        if self.random.random() < logistic(-1 + 3 * lead.quality + trust):
            lead.move(FIRST_STAGE)
            return
        self.model.rejections += 1
        self.model.conflicts += self.random.random() < 0.3 * (1 - trust)
        self.trust[lead.marketer] = max(0.0, trust - 0.02)
        if lead.has_returned:
            lead.move(CLOSED)
        else:
            lead.has_returned = True
            lead.score = 0.5
            lead.move(UNQUALIFIED)
            lead.marketer.queue.append(lead)

    def pursue(self, lead: Lead) -> None:
        age, trust = self.model.day - lead.created, self.trust[lead.marketer]
        if self.random.random() < 0.03 * (1 + age / 90):
            lead.move(LOST)
        elif self.random.random() < logistic(-1 + 2 * lead.quality + 0.3 * lead.fit + 0.5 * trust):
            lead.move(lead.stage + 1)
            if lead.stage == WON:
                self.model.revenue += self.random.lognormvariate(math.log(20000), 0.6)
                self.model.cycle_days += age
                self.trust[lead.marketer] = min(1.0, trust + 0.01)

    def relax(self) -> None:
        self.trust = {marketer: trust + 0.01 * (0.4 - trust) for marketer, trust in self.trust.items()}


class Firm(mesa.Model):
    """Marketers and reps."""

    def __init__(self, size: Size, seed: int) -> None:
        super().__init__(seed=seed)
        self.size = size
        self.day = 0
        self.leads = [0] * N_PLACES
        self.conflicts = self.rejections = self.cycle_days = self.nurture_touches = self.sales_touches = 0
        self.revenue = 0.0
        self.marketers = Marketer.create_agents(self, size.n_marketers)
        self.reps = Rep.create_agents(self, size.n_reps)
        self.rep_list = list(self.reps)  # quicker to look through than an agent set
        reporters = {name: name for name in COUNTED}
        self.datacollector = mesa.DataCollector(model_reporters={"leads": lambda firm: list(firm.leads), **reporters})

    def step(self) -> None:
        self.marketers.do("step")
        self.reps.do("step")
        self.reps.do("relax")
        self.datacollector.collect(self)
        self.day += 1


def run(size: Size, seed: int) -> np.recarray:
    """The days of a run."""
    firm = Firm(size, seed)
    for _ in range(size.n_days):
        firm.step()
    seen = firm.datacollector.model_vars
    return days_from_totals(seen["leads"], {name: seen[name] for name in COUNTED})
