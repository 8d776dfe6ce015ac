"""Who gets a lead, and what he and the buyer are told (docs/odd.md, "Hand-off")."""

from __future__ import annotations

from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens, pick
from sim.behaviours.readings import is_active, level, overlap, rep_row, strain_of, told_between
from sim.domain.records import World
from sim.domain.vocabulary import ACCOUNT_PLANS, DRAW_ASSIGN, DRAW_KEEP_OWN, FEEDBACK, JOINT_PLANNING

ROUND_ROBIN = 1
LEAST_LOADED = 2
KEY_ACCOUNT = 2


@kernel
def message_to(world: World, language: float, segment: int) -> float:
    """Consistency of what a buyer is told, 0–1: words in common, collateral feedback, a plan, account plans."""
    rules = world.rules
    mixed = (1.0 - language) * (1.0 - rules.message_feedback * level(world, FEEDBACK))
    mixed *= 1.0 - rules.message_planning * level(world, JOINT_PLANNING)
    if segment == KEY_ACCOUNT:
        mixed *= 1.0 - rules.message_account_plan * level(world, ACCOUNT_PLANS)
    return 1.0 - mixed


@kernel
def tell(world: World, lead: int) -> None:
    """What reaches the rep with the lead: a message and some context. Changes the lead in place."""
    row, rules = world.leads[lead], world.rules
    row.message = message_to(world, overlap(world, row.marketer, row.rep), row.segment)
    calm = 1.0 - rules.context_strain * strain_of(world, row.marketer)
    row.context = told_between(world, row.marketer, row.rep) * calm
    if row.is_qualified != 0:
        row.context += rules.qualified_context * (1.0 - row.context)


@kernel
def assign_lead(world: World, lead: int) -> int:
    """Choose the rep who gets a lead, by the rule in force; returns the row of ``world.people``.

    Rules: 0 territory (any desk, equally likely, also a vacant one), 1 round robin, 2 least loaded, 3 novices first,
    these three among the reps who are there; ties go to the lower row. A generalist keeps most of his own.
    """
    rules, row = world.rules, world.leads[lead]
    marketer = world.people[row.marketer]
    if marketer.is_generalist != 0 and happens(world, row.key, DRAW_KEEP_OWN, 0, rules.keep_own_chance):
        return rep_row(world, marketer.unit, marketer.slot)
    rep = -1
    if world.organization.assign_rule == ROUND_ROBIN:
        rep = _next_in_turn(world, marketer.unit)
    elif world.organization.assign_rule >= LEAST_LOADED:
        rep = _least_loaded(world, marketer.unit)
    if rep >= 0:
        return rep
    return rep_row(world, marketer.unit, pick(world, row.key, DRAW_ASSIGN, 0, world.organization.reps_today))


@kernel
def _next_in_turn(world: World, unit: int) -> int:
    """The next rep of a unit who is there, or −1. Changes the organization in place."""
    firm = world.organization
    for _ in range(firm.reps_today):
        firm.round_robin[unit] = (firm.round_robin[unit] + 1) % firm.reps_today
        rep = rep_row(world, unit, firm.round_robin[unit])
        if is_active(world, rep):
            return rep
    return -1


@kernel
def _least_loaded(world: World, unit: int) -> int:
    """The rep of a unit with the least to do of those who are there (rule 3: novices count as having less), or −1."""
    best, least = -1, 1e300
    for slot in range(world.organization.reps_today):
        rep = rep_row(world, unit, slot)
        person = world.people[rep]
        if world.organization.assign_rule == LEAST_LOADED:
            load = 1.0 + person.unread + 0.2 * person.open_deals
        else:
            load = (1.0 + person.unread) * (0.3 + person.experience)
        if load < least and is_active(world, rep):
            best, least = rep, load
    return best
