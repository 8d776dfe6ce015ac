"""A liaison's day: hear disputes, visit pairs, carry knowledge both ways, settle hand-off questions for good.

A liaison is carried only as far as both sides trust him (E48). See docs/odd.md, "Liaisons".
"""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.behaviours.contact import backing
from sim.behaviours.kernel import kernel
from sim.behaviours.people import begin_day, end_day, spend
from sim.behaviours.readings import is_pair, level, marketer_of, rep_of
from sim.domain.records import World
from sim.domain.vocabulary import EXECUTIVE_SUPPORT, LIAISONS, UNUSED, VISITING

PAIRS_COMPARED = 3


@kernel
def open_liaison_week(world: World) -> None:
    """Fill posts, renew the hours for disputes, and let trust in liaisons grow or fade. Changes people in place.

    Notes
    -----
    L += 0.03 · backing · post · (1 − L) − 0.01 L on each side; while he is passed by, only support from the top can
    open that door (the gain is multiplied by it).
    """
    firm, rules = world.organization, world.rules
    first = firm.n_marketers + firm.n_reps
    for index in range(firm.n_liaisons):
        liaison = world.people[first + index]
        liaison.post = min(1.0, max(0.0, level(world, LIAISONS) - index))
        liaison.hearing_hours = rules.liaison_hearing_share * rules.liaison_hours * liaison.post
        gain = rules.liaison_growth * backing(world) * liaison.post
        if acceptance_of(world, first + index) == 0.0:
            gain *= level(world, EXECUTIVE_SUPPORT)
        if liaison.post > 0.0:
            fade = rules.liaison_fade
            liaison.trust_of_marketing += gain * (1.0 - liaison.trust_of_marketing) - fade * liaison.trust_of_marketing
            liaison.trust_of_sales += gain * (1.0 - liaison.trust_of_sales) - fade * liaison.trust_of_sales


@kernel
def acceptance_of(world: World, liaison: int) -> float:
    """How far both sides accept a liaison: the lower of their trusts, or 0 while he is passed by."""
    person = world.people[liaison]
    accepted = min(person.trust_of_marketing, person.trust_of_sales)
    return accepted if accepted >= world.rules.liaison_bypass else 0.0


@kernel
def liaison_day(world: World, liaison: int, day: int) -> None:
    """Let a liaison work a day. Changes the world in place.

    Parameters
    ----------
    liaison : int
        Row of ``world.people``; without a post he has no hours.
    """
    rules, person = world.rules, world.people[liaison]
    begin_day(world, liaison, rules.liaison_hours * person.post / DAYS_PER_WEEK, 0.0, 1.0)
    person.visit_carry += person.hours_left / rules.liaison_visit_hours
    accepted = acceptance_of(world, liaison)
    while person.visit_carry >= 1.0:
        person.visit_carry -= 1.0
        _visit(world, accepted, day)
    spend(world, liaison, VISITING, person.hours_left)
    end_day(world, liaison, 0.0, UNUSED)
    if person.post > 0.0:
        clarified = rules.liaison_clarity * accepted * backing(world) * person.post
        world.organization.clarified += clarified * (1.0 - world.organization.clarified)


@kernel
def _visit(world: World, accepted: float, day: int) -> None:
    """Visit the pair of lowest trust among the next three of those who are there. Changes the world in place."""
    firm = world.organization
    n_pairs = world.pairs.shape[0]
    best = -1
    for step in range(PAIRS_COMPARED):
        row = (firm.liaison_pointer + step) % n_pairs
        if is_pair(world, row) and (best < 0 or world.pairs[row].trust < world.pairs[best].trust):
            best = row
    firm.liaison_pointer = (firm.liaison_pointer + PAIRS_COMPARED) % n_pairs
    if best >= 0:
        _carry(world, best, accepted, day)


@kernel
def _carry(world: World, row: int, accepted: float, day: int) -> None:
    """Carry trust, acquaintance, words and news to a pair. Changes people, pairs and journal in place."""
    rules, pair = world.rules, world.pairs[row]
    marketer, rep = world.people[marketer_of(world, row)], world.people[rep_of(world, row)]
    helped = accepted * backing(world)
    pair.trust += rules.liaison_trust * helped * (1.0 - pair.trust)
    pair.familiarity += rules.liaison_familiarity * helped * (1.0 - pair.familiarity)
    marketer.market_knowledge += rules.liaison_knowledge * accepted * (1.0 - marketer.market_knowledge)
    marketer.vocabulary += rules.liaison_vocabulary * accepted * (1.0 - marketer.vocabulary)
    rep.vocabulary += rules.liaison_vocabulary * accepted * (1.0 - rep.vocabulary)
    marketer.visit_hours_owed += rules.liaison_visit_cost
    rep.visit_hours_owed += rules.liaison_visit_cost
    world.journal[day].liaison_visits += 1.0
