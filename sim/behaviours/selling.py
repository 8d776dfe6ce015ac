"""Deals: opening them, the buyer's progress, winning and losing, prospecting (docs/odd.md, "Selling")."""

from __future__ import annotations

import numpy as np

from sim.behaviours.arithmetic import exp, logistic
from sim.behaviours.assignment import assign_lead, message_to, tell
from sim.behaviours.calendar import DAYS_PER_YEAR, is_quarter_end, put_due
from sim.behaviours.conflict import provoke
from sim.behaviours.contact import gain_trust
from sim.behaviours.contracts import become_customer
from sim.behaviours.demand import draw_buyer, draw_segment, new_lead, set_brand, set_pool_use
from sim.behaviours.feedback import report_back
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import number_of, self_found_key
from sim.behaviours.luck import draw_at, falls_below, happens, normal, pick
from sim.behaviours.people import spend
from sim.behaviours.product import choose_product, is_entering, premium_of
from sim.behaviours.readings import (
    effective,
    is_marketers,
    knowledge_of,
    level,
    n_reps_today,
    product_knowledge_of,
    strain_of,
    trust_between,
    vocabulary_of,
)
from sim.domain.records import World
from sim.domain.vocabulary import (
    COMPETITOR,
    CREDIT,
    DATA_SHARING,
    DISCOVERY,
    DRAW_FIT,
    DRAW_PROSPECT,
    DRAW_SAYS_YES,
    DRAW_SUPPORTING_MARKETER,
    DRAW_TOUCH,
    LIST_PRICE,
    LOST,
    NEGLECTED,
    NEGOTIATION,
    NO_DECISION,
    PRICE,
    PRICE_AUTHORITY,
    PRODUCT_B,
    PROPOSAL,
    PROSPECTING,
    SAID_NO,
    SELF_FOUND,
    SELLING,
    SHARED_METRIC_SALES,
    TERRITORY,
)

TOUCHES_PER_STAGE = 1 << 20
#: What a rep thinks a deal is worth, by stage: a share of its value.
WORTH = np.array([0.15, 0.30, 0.55])


@kernel
def open_deal(world: World, lead: int, day: int) -> None:
    """Open a deal on a lead and enter discovery. Changes leads, people, organization and journal in place."""
    row, rules = world.leads[lead], world.rules
    draw_buyer(world, lead)
    choose_product(world, lead, day)
    row.loss_factor = exp(-rules.loss_fit * row.fit) * world.organization.brand_holds
    world.people[row.rep].open_deals += 1
    world.organization.deals_opened_today += 1.0
    world.journal[day].deals_opened += 1.0
    enter_stage(world, lead, DISCOVERY, day)


@kernel
def stage_hours(world: World, lead: int) -> float:
    """Hours of a rep that a touch takes: by stage, growing with the account."""
    row = world.leads[lead]
    return world.organization.touch_hours[row.state - DISCOVERY] * row.hours_factor


@kernel
def value_per_hour(world: World, lead: int) -> float:
    """What a rep expects of an hour on a due deal, c.u. per hour."""
    row = world.leads[lead]
    return 0.35 * WORTH[row.state - DISCOVERY] * row.value / stage_hours(world, lead)


@kernel
def enter_stage(world: World, lead: int, stage: int, day: int) -> None:
    """Enter a stage: what the rep and the firm bring along fixes its chances. Changes the lead in place.

    Notes
    -----
    Message, context, tools and skill act on the speed of the decision; fit, brand, price and skill on the answer.
    """
    row, rules = world.leads[lead], world.rules
    rep = world.people[row.rep]
    row.state = stage
    row.touches = 0
    decide = rules.decide_message * (row.message - 0.5) + rules.decide_skill * rep.log_skill
    decide -= rules.decide_ramp * (1.0 - rep.productivity) + rules.decide_strain * strain_of(world, row.rep)
    decide -= rules.decide_size * row.log_size
    if row.product == PRODUCT_B:
        decide -= rules.decide_new_product * (1.0 - product_knowledge_of(world, row.rep))
    decide -= rules.mistake_decide * world.organization.product_mistake * rules.use_mistakes
    yes = rules.yes_fit * row.fit + rules.yes_message * (row.message - 0.5) + rules.yes_skill * rep.log_skill
    yes += rules.yes_brand * world.organization.log_brand
    yes -= rules.yes_price * level(world, LIST_PRICE)
    yes -= rules.mistake_yes * world.organization.price_mistake * rules.use_mistakes
    if stage == DISCOVERY:
        decide += rules.decide_discovery + rules.decide_context * (row.context - 0.5)
        yes += rules.yes_discovery
    elif stage == PROPOSAL:
        decide += rules.decide_proposal + rules.decide_tools * (knowledge_of(world, row.marketer) - 0.5)
        yes += rules.yes_proposal
    else:
        decide += rules.decide_negotiation
        yes += rules.yes_negotiation
    row.p_decide = logistic(decide)
    row.p_yes = logistic(yes)
    plan_touch(world, lead, day)


@kernel
def plan_touch(world: World, lead: int, day: int) -> None:
    """Set the day of the next touch by the buyer's tempo and the rep's pace. Changes the lead in place.

    Due today, the deal is put into no list: who works on it goes on with it, or it is left for tomorrow.
    """
    row = world.leads[lead]
    wait = int(world.rules.gap_days * row.tempo * world.people[row.rep].pace + 0.5)
    row.due_day = day + min(100000, wait)
    if wait > 0:
        put_due(world, lead, row.due_day)


@kernel
def is_due_today(world: World, lead: int, day: int) -> bool:
    """Whether a row is a deal whose buyer is in such a hurry that he is to be touched again the same day."""
    row = world.leads[lead]
    return DISCOVERY <= row.state <= NEGOTIATION and row.due_day == day


@kernel
def leave_for_tomorrow(world: World, lead: int, day: int) -> None:
    """Nobody goes on today with a deal just opened, or just handed over: what is due today sleeps a night. In place."""
    if is_due_today(world, lead, day):
        world.leads[lead].due_day = day + 1
        put_due(world, lead, day + 1)


@kernel
def quarter_end_discount(world: World, lead: int) -> float:
    """Discount that a rep below quota gives at the quarter's end; shared pay and price authority hold it back."""
    row, rules = world.leads[lead], world.rules
    pressure = world.organization.quarter_pressure
    if pressure == 0.0 or row.state != NEGOTIATION or world.people[row.rep].bookings_this_quarter >= rules.quota:
        return rules.discount_norm
    extra = rules.discount_quarter_end * pressure
    extra *= 1.0 - rules.discount_shared_pay * level(world, SHARED_METRIC_SALES)
    extra *= 1.0 - rules.discount_authority * effective(world, PRICE_AUTHORITY)
    return min(1.0, rules.discount_norm + extra)


@kernel
def raise_odds(chance: float, log_odds: float) -> float:
    """A chance whose odds are multiplied by e^log_odds."""
    if log_odds == 0.0:
        return chance
    factor = exp(log_odds)
    return chance * factor / (1.0 - chance + chance * factor)


@kernel
def touch_deal(world: World, lead: int, day: int) -> None:
    """One touch of a deal: lost in silence, decided yes or no, or nothing yet. Changes the world in place.

    Notes
    -----
    One draw decides, asked with rising chances: u < q, no decision; u < L = min(0.5, q + overdue), competitor;
    u < L + (1 − L) · p_decide, decided. A second draw says yes or no. The address of the first is the n-th touch of
    the stage, that of the second the stage: a buyer who would say yes says so in every world, sooner or later. A deal
    that has changed hands is decided less readily for the rest of its stage.
    """
    row, rules = world.leads[lead], world.rules
    spend(world, row.rep, SELLING, stage_hours(world, lead))
    if is_entering(world, lead, day):
        world.journal[day].entry_hours += stage_hours(world, lead)
    row.touches += 1
    if row.last_day < world.people[row.rep].first_day:
        row.p_decide *= rules.handover_keep
    row.last_day = day
    quiet = min(0.5, rules.quiet_loss * row.loss_factor)
    lost = min(0.5, quiet + rules.overdue_loss * (day - row.due_day) * row.loss_factor)
    discount = quarter_end_discount(world, lead)
    extra = discount - rules.discount_norm
    decided = lost + (1.0 - lost) * raise_odds(row.p_decide, rules.decide_discount * extra)
    touch = int(row.state) * TOUCHES_PER_STAGE + row.touches
    draw = draw_at(world, row.key, DRAW_TOUCH, touch)
    if falls_below(world, draw, row.key, DRAW_TOUCH, touch, quiet):
        lose(world, lead, NO_DECISION, day)
    elif falls_below(world, draw, row.key, DRAW_TOUCH, touch, lost):
        lose(world, lead, COMPETITOR, day)
    elif falls_below(world, draw, row.key, DRAW_TOUCH, touch, decided):
        yes = raise_odds(row.p_yes, rules.yes_discount * extra)
        if not happens(world, row.key, DRAW_SAYS_YES, row.state, yes):
            lose(world, lead, SAID_NO, day)
        elif row.state < NEGOTIATION:
            if row.state == DISCOVERY and is_marketers(world, lead):
                take_over(world, lead, day)
            enter_stage(world, lead, row.state + 1, day)
        else:
            win(world, lead, discount, day)
    else:
        plan_touch(world, lead, day)


@kernel
def take_over(world: World, lead: int, day: int) -> None:
    """A rep takes over an opportunity that marketing has opened: handed off and accepted at once. Changes in place."""
    row, rules, firm, book = world.leads[lead], world.rules, world.organization, world.journal[day]
    world.people[row.rep].open_deals -= 1
    row.rep = assign_lead(world, lead)
    world.people[row.rep].open_deals += 1
    row.handed_day = day
    row.handed_tenure = max(0, day - world.people[row.rep].first_day)
    tell(world, lead)
    firm.handed_this_quarter += 1.0
    book.handed_off += 1.0
    book.taken_over += 1.0
    book.contacted += 1.0
    book.accepted += 1.0
    book.within_hour += 1.0
    book.contacted_novices += 1.0 if row.handed_tenure < DAYS_PER_YEAR else 0.0
    book.contacted_veterans += 1.0 if row.handed_tenure >= 3 * DAYS_PER_YEAR else 0.0
    gain_trust(world, row.marketer, row.rep, rules.trust_accepted)
    stake = 1.0 - trust_between(world, row.marketer, row.rep)
    provoke(world, day, TERRITORY, row.marketer, row.rep, lead, row.key, stake)


@kernel
def lose(world: World, lead: int, reason: int, day: int) -> None:
    """Close a deal as lost; the rep may tell marketing why. Changes the world in place."""
    row, book = world.leads[lead], world.journal[day]
    row.state = LOST
    world.organization.n_current -= 1
    row.reason = reason
    row.closed_day = day
    world.people[row.rep].open_deals -= 1
    if reason == NO_DECISION:
        book.lost_no_decision += 1.0
    elif reason == COMPETITOR:
        book.lost_competitor += 1.0
    elif reason == SAID_NO:
        book.lost_said_no += 1.0
    else:
        book.lost_neglected += 1.0
    if reason != NEGLECTED:
        report_back(world, lead, 1, day)


@kernel
def win(world: World, lead: int, discount: float, day: int) -> None:
    """Close a deal as won: bookings, trust, and disputes over credit and price. Changes the world in place."""
    row, rules, firm = world.leads[lead], world.rules, world.organization
    row.closed_day = day
    row.discount = discount
    row.list_value = row.value * premium_of(world, lead)
    row.value = row.booked = row.list_value * (1.0 - discount) * (1.0 + level(world, LIST_PRICE))
    become_customer(world, lead, day, day + DAYS_PER_YEAR)
    _book_win(world, lead, day)
    world.people[row.rep].bookings_this_quarter += row.value
    world.people[row.rep].open_deals -= 1
    firm.bookings_this_quarter += row.value
    given = max(0.0, discount - rules.discount_norm)
    if given > 0.0:
        set_brand(world, max(0.01, firm.brand - rules.brand_discount_loss * 40.0 / n_reps_today(world) * given))
    if row.source != SELF_FOUND:
        firm.bookings_marketing_this_quarter += row.value
        gain_trust(world, row.marketer, row.rep, rules.trust_win)
        stake = 1.0 - trust_between(world, row.marketer, row.rep)
        provoke(world, day, CREDIT, row.marketer, row.rep, lead, row.key, stake)
    if discount > rules.price_dispute_discount:
        stake = discount / 0.1 * (1.0 - trust_between(world, row.marketer, row.rep))
        provoke(world, day, PRICE, row.marketer, row.rep, lead, row.key, stake)
    report_back(world, lead, 1, day)


@kernel
def _book_win(world: World, lead: int, day: int) -> None:
    """Count a win in the journal, in place."""
    row, book = world.leads[lead], world.journal[day]
    book.wins += 1.0
    book.bookings += row.booked
    book.discounts += row.discount
    if is_quarter_end(day):
        book.bookings_quarter_end += row.booked
    if row.source != SELF_FOUND:
        book.wins_marketing += 1.0
        book.bookings_marketing += row.booked
        book.margin_marketing += row.booked - world.rules.delivery_share * row.list_value
    if is_entering(world, lead, day):
        book.entry_wins += 1.0


@kernel
def prospect_chance(world: World, rep: int) -> float:
    """Chance that a block of prospecting opens a deal; everybody fishes in one pool of buyers."""
    firm = world.organization
    chance = world.rules.prospect_success * world.people[rep].own_yield
    return min(1.0, chance * firm.prospect_reach * firm.crowding)


@kernel
def prospect(world: World, rep: int, day: int) -> None:
    """Spend what is left of the day on prospecting, block by block. Changes the world in place."""
    rules = world.rules
    number = number_of(world.people[rep].unit, world.people[rep].slot)
    chance = prospect_chance(world, rep)
    blocks = 0
    while blocks < rules.prospect_blocks and world.people[rep].hours_left >= rules.prospect_block_hours:
        spend(world, rep, PROSPECTING, rules.prospect_block_hours)
        key = self_found_key(number, world.people[rep].blocks)
        if happens(world, key, DRAW_PROSPECT, 0, chance):
            _find_prospect(world, rep, key, day)
        world.people[rep].blocks += 1
        blocks += 1


@kernel
def _find_prospect(world: World, rep: int, key: int, day: int) -> None:
    """Prospecting has found a buyer: open a deal on it. Changes the world in place."""
    rules = world.rules
    lead = new_lead(world, key, SELF_FOUND, day)
    row = world.leads[lead]
    row.rep = rep
    row.marketer = world.people[rep].unit * world.organization.unit_marketers
    row.marketer += pick(world, key, DRAW_SUPPORTING_MARKETER, 0, world.organization.marketers_today)
    row.first_day = row.last_day = day
    language = vocabulary_of(world, rep)
    row.fit = rules.prospect_fit + rules.prospect_fit_sd * normal(world, key, DRAW_FIT, 0)
    row.fit += rules.prospect_fit_language * (language - 0.3)
    draw_segment(world, lead)
    row.message = message_to(world, language, row.segment)
    row.context = min(1.0, rules.prospect_context + rules.context_data * effective(world, DATA_SHARING))
    world.journal[day].self_found += 1.0
    open_deal(world, lead, day)
    leave_for_tomorrow(world, lead, day)
    stake = rules.territory_self_found * (1.0 - trust_between(world, row.marketer, rep))
    provoke(world, day, TERRITORY, row.marketer, rep, lead, key, stake)


@kernel
def follow_pool(world: World) -> None:
    """All deals opened today fish in one pool of buyers, whoever opened them. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    rate = firm.deals_opened_today / (rules.pool_reference * n_reps_today(world))
    set_pool_use(world, max(0.1, firm.pool_use + rules.pool_memory * (rate - firm.pool_use)))
    firm.deals_opened_today = 0.0
