"""Closing the loop: what reps tell marketing (docs/odd.md, "Feedback")."""

from __future__ import annotations

from sim.behaviours.contact import hear_news
from sim.behaviours.kernel import kernel
from sim.behaviours.luck import happens
from sim.behaviours.people import spend
from sim.behaviours.readings import effective, is_inquiry, is_marketers, level, strain_of, trust_between
from sim.domain.records import World
from sim.domain.vocabulary import (
    DATA_SHARING,
    DRAW_REPORT,
    FEEDBACK,
    FUNNEL_UNITY,
    REPORTING,
    SHARED_METRIC_SALES,
)

AT_CLOSING = 1
AT_FIRST_RENEWAL = 2


@kernel
def report_chance(world: World, marketer: int, rep: int) -> float:
    """Chance that a rep reports: asked for, trusted, rewarded, and not just quarrelling (S30: data as property)."""
    calm = 1.0 - world.rules.report_strain * strain_of(world, rep)
    return openness(world, marketer, rep) * calm


@kernel
def openness(world: World, marketer: int, rep: int) -> float:
    """Chance that a rep who is calm tells a marketer what he knows, 0–1."""
    rules = world.rules
    willing = rules.report_base + rules.report_trust * trust_between(world, marketer, rep)
    rewarded = rules.report_pay_base + rules.report_shared_pay * level(world, SHARED_METRIC_SALES)
    rewarded += rules.report_data * level(world, DATA_SHARING)
    return effective(world, FEEDBACK) * willing * rewarded


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
    if not is_inquiry(world, lead):
        return False
    if is_marketers(world, lead):
        learn_oneself(world, row.marketer, 2.0 * rules.knowledge_report)
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


@kernel
def learn_oneself(world: World, marketer: int, gain: float) -> None:
    """A marketer who talks with buyers learns about the market what a report would tell him. Changes him in place."""
    person = world.people[marketer]
    person.market_knowledge += gain * (1.0 - person.market_knowledge)


@kernel
def tell_of_service(world: World, lead: int, day: int) -> None:
    """The service loop: at renewal marketing may hear how a customer from its leads has fared. Changes in place.

    Notes
    -----
    Chance as of any report without strain, times how far one funnel reaches past the sale. It takes no time, and is
    news of the market only.
    """
    row, rules, book = world.leads[lead], world.rules, world.journal[day]
    if rules.use_service_loop == 0 or not is_inquiry(world, lead):
        return
    book.reportable += 1.0
    chance = openness(world, row.marketer, row.rep) * effective(world, FUNNEL_UNITY)
    if happens(world, row.key, DRAW_REPORT, AT_FIRST_RENEWAL + row.renewals, chance):
        marketer = world.people[row.marketer]
        marketer.market_knowledge += rules.knowledge_report * (1.0 - marketer.market_knowledge)
        book.reports += 1.0
