"""Closing the loop: what reps tell marketing (docs/odd.md, "Feedback")."""

from __future__ import annotations

from sim.behaviours.contact import hear_news
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens
from sim.behaviours.people import spend
from sim.behaviours.readings import effective, level, strain_of, trust_between
from sim.domain.records import World
from sim.domain.vocabulary import (
    DATA_SHARING,
    DRAW_REPORT,
    FEEDBACK,
    REPORTING,
    SELF_FOUND,
    SHARED_METRIC_SALES,
)

AT_CLOSING = 1


@kernel
def report_chance(world: World, marketer: int, rep: int) -> float:
    """Chance that a rep reports: asked for, trusted, rewarded, and not just quarrelling (S30: data as property)."""
    rules = world.rules
    willing = rules.report_base + rules.report_trust * trust_between(world, marketer, rep)
    rewarded = rules.report_pay_base + rules.report_shared_pay * level(world, SHARED_METRIC_SALES)
    rewarded += rules.report_data * level(world, DATA_SHARING)
    calm = 1.0 - rules.report_strain * strain_of(world, rep)
    return effective(world, FEEDBACK) * willing * rewarded * calm


@kernel
def report_back(world: World, lead: int, occasion: int, day: int) -> bool:
    """Let a rep tell marketing how its lead went, if there is time; returns whether he did. Changes the world in place.

    Parameters
    ----------
    lead : int
        Row of ``world.leads``; a self-found deal is nothing to report on.
    occasion : int
        0 after the first contact, 1 after closing, when there is twice as much to learn.
    """
    row, rules = world.leads[lead], world.rules
    if row.source == SELF_FOUND:
        return False
    world.journal[day].reportable += 1.0
    if world.people[row.rep].hours_left < rules.report_hours:
        return False
    if not happens(world, row.key, DRAW_REPORT, occasion, report_chance(world, row.marketer, row.rep)):
        return False
    spend(world, row.rep, REPORTING, rules.report_hours)
    gain = rules.knowledge_report * (2.0 if occasion == AT_CLOSING else 1.0)
    hear_news(world, row.marketer, row.rep, gain)
    world.journal[day].reports += 1.0
    return True
