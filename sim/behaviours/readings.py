"""What people can read off the state: the only place where a mechanism is switched off (rules.use_…).

A switched-off mechanism goes on evolving; its readers see the value of the first day.
"""

from __future__ import annotations

import math

from sim.behaviours.kernel import kernel
from sim.domain.records import World
from sim.domain.vocabulary import (
    DATA_SHARING,
    FUNNEL_UNITY,
    HANDOFF_CLARITY,
    INSTALLED_CUSTOMER,
    SELF_FOUND,
    SERVED_BY_BOTH,
    SERVED_BY_MARKETING,
)


@kernel
def pair_row(world: World, marketer: int, rep: int) -> int:
    """Row in ``world.pairs`` of a marketer and a rep of one unit (rows of ``world.people``)."""
    return marketer * world.organization.unit_reps + world.people[rep].slot


@kernel
def marketer_of(world: World, pair: int) -> int:
    """The marketer of a pair, a row of ``world.people``."""
    return pair // world.organization.unit_reps


@kernel
def rep_of(world: World, pair: int) -> int:
    """The rep of a pair, a row of ``world.people``."""
    firm = world.organization
    return rep_row(world, world.people[pair // firm.unit_reps].unit, pair % firm.unit_reps)


@kernel
def rep_row(world: World, unit: int, slot: int) -> int:
    """Row of ``world.people`` of a unit's rep."""
    return world.organization.n_marketers + unit * world.organization.unit_reps + slot


@kernel
def is_same_person(world: World, marketer: int, rep: int) -> bool:
    """Whether both are one person: a generalist, or a marketer who works a deal himself."""
    if marketer == rep:
        return True
    if world.people[marketer].is_generalist == 0:
        return False
    one, other = world.people[marketer], world.people[rep]
    return one.slot == other.slot and one.unit == other.unit


@kernel
def is_marketers(world: World, lead: int) -> bool:
    """Whether marketing works a deal itself: it has no rep yet, and its marketer's row stands in his place."""
    row = world.leads[lead]
    return row.rep == row.marketer


@kernel
def n_reps_today(world: World) -> int:
    """Desks of reps of the whole firm, vacant ones included."""
    return world.organization.n_units * world.organization.reps_today


@kernel
def n_marketers_today(world: World) -> int:
    """Marketers of the whole firm."""
    return world.organization.n_units * world.organization.marketers_today


@kernel
def is_desk(world: World, person: int) -> bool:
    """Whether the plan of today knows this rep's desk; the others wait for the firm to grow."""
    return world.people[person].slot < world.organization.reps_today


@kernel
def is_vacant(world: World, rep: int) -> bool:
    """Whether nobody sits at a desk that the plan of today knows."""
    return is_desk(world, rep) and not is_active(world, rep)


@kernel
def is_pair(world: World, pair: int) -> bool:
    """Whether both of a pair are there today."""
    return is_active(world, marketer_of(world, pair)) and is_active(world, rep_of(world, pair))


@kernel
def is_active(world: World, person: int) -> bool:
    """Whether somebody works in this row today: a desk is empty until its next first day."""
    return world.people[person].first_day <= world.organization.day


@kernel
def waits_for_hearing(world: World, person: int) -> bool:
    """Whether a quarrel of this person has gone up and no manager has heard it yet."""
    return world.rules.use_hearings != 0 and world.people[person].open_hearings > 0


@kernel
def manager_of(world: World, rep: int) -> int:
    """The manager who hears a rep's disputes and fills his desk, or −1 where there is none."""
    firm, person = world.organization, world.people[rep]
    if firm.managers_today == 0:
        return -1
    first = firm.n_marketers + firm.n_reps + firm.n_liaisons + person.unit * firm.unit_managers
    return first + person.slot % firm.managers_today


@kernel
def leave_chance(world: World, rep: int) -> float:
    """Chance that a rep leaves at the end of the month: personal disputes add to it (E96)."""
    rules = world.rules
    if rules.use_leaving == 0:
        return 0.0
    return min(1.0, rules.leave_base + rules.leave_per_dispute * world.people[rep].personal_disputes)


@kernel
def is_inquiry(world: World, lead: int) -> bool:
    """Whether a lead came in through marketing; else a rep found it, or it was a customer from the first day."""
    source = world.leads[lead].source
    return source != SELF_FOUND and source != INSTALLED_CUSTOMER


@kernel
def trust_between(world: World, marketer: int, rep: int) -> float:
    """Trust of a pair, 0–1; a generalist trusts himself."""
    if is_same_person(world, marketer, rep):
        return 1.0
    if world.rules.use_trust == 0:
        return world.rules.trust_start
    return world.pairs[pair_row(world, marketer, rep)].trust


@kernel
def familiarity_between(world: World, marketer: int, rep: int) -> float:
    """How well a pair know each other, 0–1."""
    if is_same_person(world, marketer, rep):
        return 1.0
    if world.rules.use_familiarity == 0:
        return 0.0
    return world.pairs[pair_row(world, marketer, rep)].familiarity


@kernel
def mean_familiarity(world: World) -> float:
    """Mean of the pairs' familiarity as of Monday, 0–1."""
    return world.organization.mean_familiarity if world.rules.use_familiarity != 0 else 0.0


@kernel
def vocabulary_of(world: World, person: int) -> float:
    """A person's command of the common language, 0–1."""
    return world.people[person].vocabulary if world.rules.use_vocabulary != 0 else world.rules.vocabulary_start


@kernel
def overlap(world: World, marketer: int, rep: int) -> float:
    """Common language of a pair: geometric mean of both vocabularies; 1 for a generalist with himself."""
    if is_same_person(world, marketer, rep):
        return 1.0
    return math.sqrt(vocabulary_of(world, marketer) * vocabulary_of(world, rep))


@kernel
def knowledge_of(world: World, marketer: int) -> float:
    """A marketer's market knowledge, 0–1."""
    return world.people[marketer].market_knowledge if world.rules.use_knowledge != 0 else world.rules.knowledge_start


@kernel
def strain_of(world: World, person: int) -> float:
    """Strain of a person after personal disputes, 0–1."""
    return world.people[person].strain if world.rules.use_strain != 0 else 0.0


@kernel
def picture_of(world: World, rep: int) -> float:
    """What a rep thinks marketing leads are worth, logit."""
    return world.people[rep].picture if world.rules.use_picture != 0 else world.rules.picture_start


@kernel
def brand(world: World) -> float:
    """Stock of brand, 1 at the start."""
    return world.organization.brand if world.rules.use_brand != 0 else 1.0


@kernel
def campaign_effort(world: World) -> float:
    """Stock of campaign work, 1 at the start."""
    return world.organization.campaign_effort if world.rules.use_campaign_effort != 0 else 1.0


@kernel
def pool_use(world: World) -> float:
    """How far the pool of buyers is fished, 1 at the start."""
    return world.organization.pool_use if world.rules.use_pool != 0 else 1.0


@kernel
def orientation_gap(world: World) -> float:
    """How much longer marketing's horizon is than that of sales, 0–1."""
    firm, rules = world.organization, world.rules
    if rules.use_orientation == 0:
        return max(0.0, rules.orientation_marketing - rules.orientation_sales)
    return max(0.0, firm.orientation_marketing - firm.orientation_sales)


@kernel
def marketing_horizon(world: World) -> float:
    """Time horizon of marketing, 0 short to 1 long."""
    is_on = world.rules.use_orientation != 0
    return world.organization.orientation_marketing if is_on else world.rules.orientation_marketing


@kernel
def programme_cut(world: World) -> float:
    """Share of the usual programme that budget rounds have taken."""
    return world.organization.programme_cut if world.rules.use_budget_power != 0 else 0.0


@kernel
def brand_share(world: World) -> float:
    """Share of the programme that goes into the brand."""
    is_on = world.rules.use_budget_power != 0
    return world.organization.brand_share if is_on else world.rules.programme_brand_share


@kernel
def level(world: World, practice: int) -> float:
    """Level of a practice in force today, in its own unit."""
    return world.organization.level[practice]


@kernel
def clarity(world: World) -> float:
    """How clear the hand-off is, 0–1: what is agreed, and of the rest what liaisons have settled for good."""
    clarified = world.organization.clarified if world.rules.use_clarified != 0 else 0.0
    return 1.0 - (1.0 - level(world, HANDOFF_CLARITY)) * (1.0 - clarified)


@kernel
def with_acquaintance(world: World, share: float, familiarity: float) -> float:
    """Effective level of a practice where people who know each other remind and clarify without a rule.

    A generalist needs no rule with himself.
    """
    if familiarity >= 1.0:
        return 1.0
    return 1.0 - (1.0 - share) * (1.0 - world.rules.informal_substitution * familiarity)


@kernel
def effective(world: World, practice: int) -> float:
    """Effective level of a practice in an organization of average acquaintance, 0–1."""
    return with_acquaintance(world, level(world, practice), mean_familiarity(world))


@kernel
def funnel_seen(world: World) -> float:
    """Share of marketing's part in the bookings that management can see, 0.4–1."""
    return 0.4 + 0.6 * effective(world, FUNNEL_UNITY)


@kernel
def told_between(world: World, marketer: int, rep: int) -> float:
    """Share of what one side of a pair knows of a customer that reaches the other, 0–1.

    Words in common, times what words alone, hand-off rules and shared data carry over.
    """
    rules = world.rules
    familiarity = familiarity_between(world, marketer, rep)
    told = rules.context_base + rules.context_clarity * with_acquaintance(world, clarity(world), familiarity)
    told += rules.context_data * with_acquaintance(world, level(world, DATA_SHARING), familiarity)
    return overlap(world, marketer, rep) * min(1.0, told)


@kernel
def marketing_service_share(world: World) -> float:
    """Share of the service after the sale that marketing is to bear: 0 by default, 1, or a half."""
    owner = world.organization.service_owner
    if owner == SERVED_BY_MARKETING:
        return 1.0
    return 0.5 if owner == SERVED_BY_BOTH else 0.0


@kernel
def service_level_of(world: World, person: int) -> float:
    """Share of the service due that a person has given of late, 0–1."""
    return world.people[person].service_level if world.rules.use_service != 0 else world.rules.service_start


@kernel
def product_knowledge_of(world: World, rep: int) -> float:
    """What a rep knows of product B, 0–1."""
    rules = world.rules
    return world.people[rep].product_knowledge if rules.use_product_knowledge != 0 else rules.product_knowledge_start
