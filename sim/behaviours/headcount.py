"""Who is there by plan, on the first morning and when a firm grows (docs/odd.md, "Growth")."""

from __future__ import annotations

from sim.behaviours.calendar import NEVER
from sim.behaviours.kernel import kernel
from sim.behaviours.readings import pair_row, rep_row
from sim.domain.records import World
from sim.domain.vocabulary import MANAGER, MARKETER, REP


@kernel
def found_headcount(world: World) -> None:
    """Take the first headcount of the plan; whom only a later one knows is not there. Changes people in place."""
    firm, rules = world.organization, world.rules
    if rules.n_growth == 0:
        return
    _take(world, 0)
    for row in range(world.people.shape[0]):
        person = world.people[row]
        is_later = person.role == MARKETER and person.slot >= firm.marketers_today
        is_later = is_later or (person.role == REP and person.slot >= firm.reps_today)
        if is_later or (person.role == MANAGER and person.slot >= firm.managers_today):
            person.first_day = NEVER


@kernel
def grow_headcount(world: World, day: int) -> None:
    """Reach the headcount planned from this day on: people come, generalists choose. Changes the world in place."""
    firm, rules = world.organization, world.rules
    for step in range(1, rules.n_growth):
        if rules.growth_day[step] == day:
            for unit in range(firm.n_units):
                _grow_unit(world, unit, step, day)
            _take(world, step)


@kernel
def _take(world: World, step: int) -> None:
    """Write a step's headcount into the organization, in place."""
    firm, rules = world.organization, world.rules
    firm.marketers_today, firm.reps_today = rules.growth_marketers[step], rules.growth_reps[step]
    firm.managers_today, firm.generalists_today = rules.growth_managers[step], rules.growth_generalists[step]
    firm.proximity_floor = rules.growth_floor[step]


@kernel
def _grow_unit(world: World, unit: int, step: int, day: int) -> None:
    """Let those begin whom a step adds to a unit, and split its generalists. Changes people and pairs in place."""
    firm, rules = world.organization, world.rules
    managers = firm.n_marketers + firm.n_reps + firm.n_liaisons + unit * firm.unit_managers
    for slot in range(firm.marketers_today, rules.growth_marketers[step]):
        world.people[unit * firm.unit_marketers + slot].first_day = day
    for slot in range(firm.reps_today, rules.growth_reps[step]):
        world.people[rep_row(world, unit, slot)].first_day = day
    for slot in range(firm.managers_today, rules.growth_managers[step]):
        world.people[managers + slot].first_day = day
    for slot in range(rules.growth_generalists[step], firm.generalists_today):
        _split(world, unit, slot, day)


@kernel
def _split(world: World, unit: int, slot: int, day: int) -> None:
    """A generalist goes on as a rep; somebody new takes over his marketing. Changes people and pairs in place."""
    rules, marketer = world.rules, unit * world.organization.unit_marketers + slot
    person = world.people[marketer]
    world.people[rep_row(world, unit, slot)].is_generalist = 0
    person.is_generalist = person.open_hearings = 0
    person.first_day = day
    person.vocabulary, person.market_knowledge = rules.vocabulary_start, rules.knowledge_start
    person.strain = person.dispute_hours_owed = person.visit_hours_owed = 0.0
    for other in range(world.organization.unit_reps):
        pair = world.pairs[pair_row(world, marketer, rep_row(world, unit, other))]
        pair.trust, pair.familiarity = rules.trust_start, 0.0
