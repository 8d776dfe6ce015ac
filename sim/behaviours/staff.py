"""People come and go: reps leave, a desk stays empty, a successor starts anew (docs/odd.md, "Leaving and hiring")."""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_MONTH, NEVER
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import number_of, person_key
from sim.behaviours.luck import fraction, happens
from sim.behaviours.people import ripen
from sim.behaviours.readings import is_active, is_vacant, leave_chance, pair_row
from sim.domain.records import World
from sim.domain.vocabulary import CARRIED_CHANGE, DRAW_LEAVE, DRAW_LEAVE_BY_SHOCK, LEAVE, REP, UNUSED

#: Sums of shares of hours may fall short of the whole by so much.
ALMOST = 1e-9


@kernel
def leave_and_hire(world: World, day: int) -> None:
    """At a month's end some reps leave, more of them after personal disputes. Changes people and pairs in place.

    Marketers, liaisons and generalists stay: a generalist is an owner of a small firm.
    """
    firm = world.organization
    for rep in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        person = world.people[rep]
        if is_active(world, rep) and person.is_generalist == 0:
            key = person_key(REP, number_of(person.unit, person.slot))
            if happens(world, key, DRAW_LEAVE, day // DAYS_PER_MONTH, leave_chance(world, rep)):
                leave(world, rep, day)
        person.personal_disputes = 0


@kernel
def lose_reps(world: World, day: int) -> None:
    """As many reps leave as the timeline asks of this day, or all that there are. Changes people and pairs in place.

    Of several entries of one day the largest counts, as for practices.
    """
    rules = world.rules
    most = 0.0
    for step in range(rules.n_steps):
        if rules.step_kind[step] == LEAVE and rules.step_start[step] == day:
            most = max(most, rules.step_target[step])
    left, rep = 0, -1
    if most > 0.0:
        rep = next_to_leave(world, day)
    while rep >= 0 and left < int(most + 0.5):
        leave(world, rep, day)
        left, rep = left + 1, next_to_leave(world, day)


@kernel
def next_to_leave(world: World, day: int) -> int:
    """The rep whom a shock of this day takes next: of those who are there, but generalists, by luck; −1 for nobody."""
    firm = world.organization
    chosen, lowest = -1, 1.0
    for rep in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        person = world.people[rep]
        if is_active(world, rep) and person.is_generalist == 0:
            key = person_key(REP, number_of(person.unit, person.slot))
            draw = fraction(world, key, DRAW_LEAVE_BY_SHOCK, day)
            if draw < lowest:
                chosen, lowest = rep, draw
    return chosen


@kernel
def leave(world: World, rep: int, day: int) -> None:
    """A rep leaves this morning; what was on his desk and in his inbox waits for a successor. Changes in place."""
    start_anew(world, rep)
    world.people[rep].first_day = NEVER
    world.journal[day].leavers += 1.0


@kernel
def start_anew(world: World, rep: int) -> None:
    """Take from a desk what belongs to the person: words, knowledge, picture, experience, strain, acquaintance, trust.

    Skill, pace and habit of the inbox stay: same desk, same luck. Changes people and pairs in place.
    """
    rules, person = world.rules, world.people[rep]
    person.vocabulary, person.picture, person.strain = rules.vocabulary_start, rules.picture_start, 0.0
    person.dispute_hours_owed = person.visit_hours_owed = person.search_days = 0.0
    person.open_hearings = person.personal_disputes = 0
    person.product_knowledge = rules.product_knowledge_start
    ripen(world, rep, 0)
    world.people[rep].hours[CARRIED_CHANGE] -= person.carried_hours
    world.people[rep].hours[UNUSED] += person.carried_hours
    person.carried_hours = 0.0
    first = person.unit * world.organization.unit_marketers
    for marketer in range(first, first + world.organization.unit_marketers):
        pair = world.pairs[pair_row(world, marketer, rep)]
        pair.trust, pair.familiarity = rules.trust_start, 0.0


@kernel
def search(world: World, rep: int, done: float, day: int) -> None:
    """Go on with the search for a successor; when it is done, he starts tomorrow. Changes the desk in place.

    Parameters
    ----------
    done : float
        Days of the search that today was worth.
    """
    person = world.people[rep]
    person.search_days += done
    if person.search_days >= world.rules.vacancy_days - ALMOST:
        person.search_days = 0.0
        person.first_day = day + 1


@kernel
def search_without_managers(world: World, day: int) -> None:
    """Where nobody manages, the search takes its time and nobody's hours. Changes vacant desks in place."""
    firm = world.organization
    if firm.managers_today == 0:
        for rep in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
            if is_vacant(world, rep):
                search(world, rep, 1.0, day)
