"""What a lever costs, in money and in hours, found by living one day with it and one without."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sim.app.live import Living
from sim.domain.extensions import added_agents
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import MOVABLE
from sim.report.prose import amount
from sim.spec.catalogue import interventions_of
from sim.spec.growth import n_persons
from sim.spec.kinds import Intervention
from sim.spec.resolve import practice_levels
from sim.spec.scenario import Scenario

DAYS_PER_YEAR = 260
#: Columns of the journal that a lever may make dearer for good.
RUNNING = ("pay", "programme", "practice_cost")


@dataclass(frozen=True)
class Price:
    """What a lever at its usual dose costs once it is in full effect.

    Parameters
    ----------
    once : float
        On its first day, c.u.
    yearly : float
        Running, c.u. per year; negative where it spares money.
    hours : float
        Of a marketer's or a rep's week, mean over both sides by heads, h.
    """

    once: float
    yearly: float
    hours: float


def prices_of(scenario: Scenario) -> dict[str, Price]:
    """Price of every intervention in a firm as it is before anything happens.

    Examples
    --------
    >>> from sim.spec.catalogue import load_scenario
    >>> price = prices_of(load_scenario("small"))["disciplined_meetings"]
    >>> price.hours > 0.1
    True
    """
    plain = scenario.model_copy(update={"interventions": (), "timeline": ()})
    return _prices(plain.model_dump_json())


@functools.lru_cache(maxsize=64)
def _prices(text: str) -> dict[str, Price]:
    scenario = Scenario.model_validate_json(text)
    size, levels = n_persons(scenario), practice_levels(scenario)
    before = _day_with(scenario, levels)
    found = {}
    for name, action in interventions_of(scenario).items():
        asked = {key: level for key, level in action.targets(action.default_dose).items() if key in PRACTICES}
        after = _day_with(scenario, levels | {key: _moved(key, levels[key], level) for key, level in asked.items()})
        yearly, hours = (late - early for late, early in zip(after, before, strict=True))
        yearly += _pay_of(action)
        found[name] = Price(action.cost(action.default_dose, size), round(yearly), round(hours, 6))
    return found


def price_text(price: Price) -> str:
    """A price in words.

    Examples
    --------
    >>> price_text(Price(30000.0, 230000.0, 0.0)), price_text(Price(0.0, 0.0, 0.366))
    ('30,000 c.u. once, 230,000 c.u. a year', '0.37 hours per person and week')
    """
    parts = [amount(price.once, "money") + " once"] if price.once else []
    parts += [amount(price.yearly, "money") + " a year"] if price.yearly else []
    parts += [amount(price.hours, "hours") + " per person and week"] if round(price.hours, 2) else []
    return ", ".join(parts) or "no money, no hours"


def _pay_of(action: Intervention) -> float:
    """Pay of the agents of extensions that an intervention brings at its usual dose, c.u. per year."""
    agents = added_agents()
    targets = action.targets(action.default_dose).items()
    return sum(level * agents[name].value_of("pay") for name, level in targets if name in agents)


def _moved(practice: str, now: float, asked: float) -> float:
    return min(now, asked) if MOVABLE[practice].is_relative and asked < 0.0 else max(now, asked)


def _day_with(scenario: Scenario, levels: dict[str, float]) -> tuple[float, float]:
    """Running cost (c.u. per year) and hours (per person and week) on a first day with levels of practices."""
    firm = Living(_first_day(scenario, levels), seed=1)
    firm.live(1)
    journal, people = firm.journal()[0], firm.world.organization
    heads = people.marketers_today, people.reps_today
    hours = heads[0] * people.coordination_marketer + heads[1] * people.coordination_rep
    return DAYS_PER_YEAR * sum(float(journal[name]) for name in RUNNING), float(hours / sum(heads))


def _first_day(scenario: Scenario, levels: dict[str, float]) -> Scenario:
    """The scenario with other practices and nothing planned, for one day."""
    run: Any = scenario.run
    short = run.model_copy(update={"warmup_days": 0, "days": 1})
    nothing: dict[str, Any] = {"interventions": (), "timeline": (), "growth": ()}
    return scenario.model_copy(update={**nothing, "practices": levels, "run": short})
