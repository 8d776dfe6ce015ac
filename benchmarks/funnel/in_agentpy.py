"""funnel-1 in AgentPy: people and leads are agents, agent lists call them in order, the model records counters."""

from __future__ import annotations

import math

import agentpy
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


class Lead(agentpy.Agent):
    """Somebody who may buy."""

    def setup(self, marketer: Marketer) -> None:
        self.marketer = marketer
        self.quality = self.model.random.betavariate(2, 5)
        self.fit = self.model.random.gauss(0, 1)
        self.score = 0.0
        self.stage = UNQUALIFIED
        self.created = self.model.t
        self.has_returned = False
        self.model.leads[UNQUALIFIED] += 1

    def move(self, stage: int) -> None:
        self.model.leads[self.stage] -= 1
        self.model.leads[stage] += 1
        self.stage = stage

    def is_ready_after_touch(self) -> bool:
        self.score += self.model.random.expovariate(1.0) * 0.2 * self.quality
        return self.score >= 1.0


class Marketer(agentpy.Agent):
    """Has leads in a queue and works on the first of them."""

    def setup(self) -> None:
        self.queue: list[Lead] = []

    def market(self) -> None:
        n_arrived = self.model.nprandom.poisson(self.p.arrivals)
        self.queue += [Lead(self.model, marketer=self) for _ in range(n_arrived)]
        touched = self.queue[: self.p.marketer_touches]
        self.model.nurture_touches += len(touched)
        ready = [lead for lead in touched if lead.is_ready_after_touch()]
        for lead in ready:
            lead.move(QUALIFIED)
            min(self.model.reps, key=lambda rep: len(rep.desk)).desk.append(lead)
        if ready:
            self.queue[: len(touched)] = [lead for lead in touched if lead.stage == UNQUALIFIED]


class Rep(agentpy.Agent):
    """Works on the most promising leads on the desk."""

    def setup(self) -> None:
        self.desk: list[Lead] = []
        self.trust = {marketer.id: 0.4 for marketer in self.model.marketers}

    def sell(self) -> None:
        best = sorted(self.desk, key=lambda lead: (-self.trust[lead.marketer.id] * lead.score, lead.id))
        chosen = best[: self.p.rep_touches]
        self.model.sales_touches += len(chosen)
        for lead in chosen:
            if lead.stage == QUALIFIED:
                self.judge(lead)
            else:
                self.pursue(lead)
        self.desk = [lead for lead in self.desk if QUALIFIED <= lead.stage <= LAST_STAGE]

    def judge(self, lead: Lead) -> None:
        draw, trust = self.model.random, self.trust[lead.marketer.id]
        if draw.random() < logistic(-1 + 3 * lead.quality + trust):
            lead.move(FIRST_STAGE)
            return
        self.model.rejections += 1
        self.model.conflicts += draw.random() < 0.3 * (1 - trust)
        self.trust[lead.marketer.id] = max(0.0, trust - 0.02)
        if lead.has_returned:
            lead.move(CLOSED)
        else:
            lead.has_returned = True
            lead.score = 0.5
            lead.move(UNQUALIFIED)
            lead.marketer.queue.append(lead)

    def pursue(self, lead: Lead) -> None:
        draw, age, trust = self.model.random, self.model.t - lead.created, self.trust[lead.marketer.id]
        if draw.random() < 0.03 * (1 + age / 90):
            lead.move(LOST)
        elif draw.random() < logistic(-1 + 2 * lead.quality + 0.3 * lead.fit + 0.5 * trust):
            lead.move(lead.stage + 1)
            if lead.stage == WON:
                self.model.revenue += draw.lognormvariate(math.log(20000), 0.6)
                self.model.cycle_days += age
                self.trust[lead.marketer.id] = min(1.0, trust + 0.01)

    def relax(self) -> None:
        self.trust = {marketer: trust + 0.01 * (0.4 - trust) for marketer, trust in self.trust.items()}


class Firm(agentpy.Model):
    """Marketers and reps."""

    def setup(self) -> None:
        self.leads = [0] * N_PLACES
        self.conflicts = self.rejections = self.cycle_days = self.nurture_touches = self.sales_touches = 0
        self.revenue = 0.0
        self.marketers = agentpy.AgentList(self, self.p.n_marketers, Marketer)
        self.reps = agentpy.AgentList(self, self.p.n_reps, Rep)

    def step(self) -> None:
        self.marketers.market()
        self.reps.sell()
        self.reps.relax()

    def update(self) -> None:
        if self.t > 0:
            self.record("leads", list(self.leads))
            for name in COUNTED:
                self.record(name, getattr(self, name))


def run(size: Size, seed: int) -> np.recarray:
    """The days of a run."""
    firm = Firm({**size._asdict(), "steps": size.n_days, "seed": seed})
    firm.run(display=False)
    log = firm.log
    return days_from_totals(log["leads"], {name: log[name] for name in COUNTED})
