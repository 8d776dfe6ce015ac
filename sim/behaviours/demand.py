"""The market: brand, the slow level of demand, and the inquiries that come in overnight (docs/odd.md, "Demand")."""

from __future__ import annotations

from sim.behaviours.arithmetic import clamp, exp, log, power, sine
from sim.behaviours.budget import brand_spend, demand_spend
from sim.behaviours.calendar import DAYS_PER_QUARTER, DAYS_PER_WEEK, DAYS_PER_YEAR, put_raw
from sim.behaviours.kernel import kernel
from sim.behaviours.keys import arrivals_key, calendar_key, event_key, inbound_key
from sim.behaviours.luck import count, normal, one_of, pick
from sim.behaviours.readings import brand, campaign_effort, effective, knowledge_of, level, pool_use
from sim.domain.records import World
from sim.domain.vocabulary import (
    DATA_SHARING,
    DRAW_ARRIVALS,
    DRAW_DUE,
    DRAW_FIT,
    DRAW_LEVEL,
    DRAW_MARKETER,
    DRAW_SEGMENT,
    DRAW_SOURCE,
    DRAW_TEMPO,
    DRAW_VALUE,
    JOINT_EVENT,
    JOINT_EVENTS,
    JOINT_PLANNING,
    LEAD_VOLUME,
    RAW,
    UNKNOWN,
    UNREAD,
)


@kernel
def grow_brand(world: World) -> None:
    """Brand follows brand spend and a common plan over months. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    goal = rules.brand_base + rules.brand_planning * level(world, JOINT_PLANNING)
    goal *= power(brand_spend(world), rules.brand_response)
    set_brand(world, max(0.01, firm.brand + rules.brand_decay * (goal - firm.brand)))


@kernel
def set_brand(world: World, stock: float) -> None:
    """Set the brand and what hangs on it, so that no touch takes a logarithm. Changes the organization in place."""
    firm, rules = world.organization, world.rules
    firm.brand = stock
    firm.log_brand = log(brand(world))
    firm.brand_holds = exp(-rules.loss_brand * firm.log_brand)
    shared = 1.0 + rules.prospect_data * effective(world, DATA_SHARING)
    firm.prospect_reach = exp(rules.prospect_brand * firm.log_brand) * shared


@kernel
def set_pool_use(world: World, use: float) -> None:
    """Set how far the pool of buyers is fished and what hangs on it. Changes the organization in place."""
    firm = world.organization
    firm.pool_use = use
    firm.crowding = power(max(0.1, pool_use(world)), -world.rules.pool_overlap)


@kernel
def draw_demand_level(world: World, week: int) -> None:
    """Slow level of demand for a week (autoregressive, standard normal). Changes the organization in place."""
    firm, memory = world.organization, world.rules.demand_level_memory
    news = normal(world, calendar_key(week), DRAW_LEVEL, 0)
    if week == 0:
        firm.demand_state = news
    else:
        firm.demand_state = memory * firm.demand_state + power(1.0 - memory * memory, 0.5) * news


@kernel
def mean_inquiries(world: World, day: int) -> float:
    """Expected inquiries of a unit on a day."""
    firm, rules = world.organization, world.rules
    season = 1.0 + rules.seasonal_swing * sine((day % DAYS_PER_YEAR) / DAYS_PER_YEAR)
    sd = rules.demand_level_sd
    slow = exp(sd * firm.demand_state - 0.5 * sd * sd)
    pull = power(campaign_effort(world), rules.effort_elasticity) * exp(rules.brand_elasticity * firm.log_brand)
    pull *= power(demand_spend(world), rules.spend_elasticity) * (1.0 + level(world, LEAD_VOLUME))
    return rules.raw_leads_per_rep_day * firm.reps_today * season * rules.weekday[day % DAYS_PER_WEEK] * slow * pull


@kernel
def draw_inquiries(world: World, day: int) -> None:
    """Inquiries that come in to each unit overnight; a better brand only adds (one draw, inverse distribution).

    Changes the organization in place.
    """
    firm, shape, mean = world.organization, world.rules.day_noise_shape, mean_inquiries(world, day)
    for unit in range(firm.n_units):
        firm.inquiries[unit] = count(world, arrivals_key(unit), DRAW_ARRIVALS, day, mean, shape)


@kernel
def n_event_leads(world: World) -> int:
    """Leads that a unit has from the joint event that today's progress completes, or 0."""
    if world.organization.event_progress + level(world, JOINT_EVENTS) / DAYS_PER_QUARTER < 1.0:
        return 0
    return int(world.rules.event_leads_per_rep * world.organization.reps_today + 0.5)


@kernel
def bring_leads(world: World, day: int) -> None:
    """Let the inquiries of the night and of a joint event come in. Changes leads, calendar and journal in place."""
    firm = world.organization
    n_events = n_event_leads(world)
    for unit in range(firm.n_units):
        for index in range(firm.inquiries[unit]):
            _new_inquiry(world, inbound_key(day, unit, index), UNKNOWN, unit, day)
    firm.event_progress += level(world, JOINT_EVENTS) / DAYS_PER_QUARTER
    if firm.event_progress >= 1.0:
        firm.event_progress -= 1.0
    for unit in range(firm.n_units):
        for index in range(n_events):
            _new_inquiry(world, event_key(day, unit, index), JOINT_EVENT, unit, day)


@kernel
def _new_inquiry(world: World, key: int, source: int, unit: int, day: int) -> None:
    """Let one inquiry come in to a unit and reach a marketer some days later. Changes the world in place."""
    row = new_lead(world, key, source, day)
    lead, rules, firm = world.leads[row], world.rules, world.organization
    lead.marketer = unit * firm.unit_marketers + pick(world, key, DRAW_MARKETER, 0, firm.marketers_today)
    wait = rules.due_days_low + pick(world, key, DRAW_DUE, 0, rules.due_days_spread)
    put_raw(world, row, day + wait)
    world.journal[day].leads_in += 1.0
    world.organization.leads_this_quarter += 1.0


@kernel
def new_lead(world: World, key: int, source: int, day: int) -> int:
    """Open a row for a lead and return it; the caller makes sure that there is room. Changes leads in place."""
    firm = world.organization
    row = firm.n_leads
    firm.n_leads += 1
    firm.n_current += 1
    lead = world.leads[row]
    world.links[row].next_due = world.handed[row].next_review = world.handed[row].next_inbox = -1
    lead.key = key
    lead.state = RAW
    lead.source = source
    lead.born_day = day
    lead.rep = lead.marketer = lead.due_day = lead.last_day = lead.handed_day = -1
    lead.first_day = lead.closed_day = lead.churned_day = -1
    lead.segment = UNKNOWN
    lead.touches = lead.is_qualified = lead.recycles = lead.reason = lead.handed_tenure = 0
    lead.product = lead.renewals = lead.customer_since = 0
    lead.booked = lead.list_value = 0.0
    lead.is_willing = UNREAD
    lead.hours_factor = lead.tempo = 1.0
    lead.p_decide = lead.p_yes = lead.loss_factor = lead.value = lead.log_size = 0.0
    lead.fit = lead.message = lead.context = lead.estimate = lead.priority = lead.hand_hour = lead.discount = 0.0
    return row


@kernel
def draw_segment(world: World, lead: int) -> None:
    """Size class of the account. Changes the lead in place."""
    row, rules = world.leads[lead], world.rules
    row.segment = one_of(world, row.key, DRAW_SEGMENT, rules.segment_up_to, rules.n_segments)


@kernel
def draw_source(world: World, lead: int) -> None:
    """Where an inquiry came from. Changes the lead in place."""
    row, rules = world.leads[lead], world.rules
    row.source = one_of(world, row.key, DRAW_SOURCE, rules.source_up_to, rules.n_sources)


@kernel
def draw_inquiry(world: World, lead: int) -> None:
    """What an inquiry is, found out when it is first judged: segment, source and hidden fit. Changes it in place.

    Notes
    -----
    fit = mean + gain of market knowledge + shift of the source − wrong targeting + N(0, 1), in logits: marketing that
    knows the market reaches better buyers.
    """
    row, rules = world.leads[lead], world.rules
    draw_segment(world, lead)
    if row.source == JOINT_EVENT:
        shift = rules.event_fit_shift + rules.event_fit_data * level(world, DATA_SHARING)
    else:
        draw_source(world, lead)
        shift = rules.source_fit_shift[row.source]
    aim = rules.fit_mean + rules.fit_per_knowledge * knowledge_of(world, row.marketer)
    mistake = rules.mistake_fit * world.organization.targeting_mistake * rules.use_mistakes
    row.fit = aim + shift - mistake + normal(world, row.key, DRAW_FIT, 0)


@kernel
def draw_buyer(world: World, lead: int) -> None:
    """Value and tempo of the buyer, found out when a deal is opened; the segment is known. Changes the lead in place.

    Notes
    -----
    tempo = e^(σ N), times the segment's factor.
    """
    row, rules = world.leads[lead], world.rules
    draw_size(world, lead, world.organization.segment_log_size[row.segment])
    row.tempo = exp(rules.tempo_sd * normal(world, row.key, DRAW_TEMPO, 0)) * rules.segment_pace[row.segment]


@kernel
def draw_size(world: World, lead: int, mean: float) -> None:
    """Size of an account: its yearly value and the factor on the hours that it takes. Changes the lead in place.

    Parameters
    ----------
    mean : float
        Logarithm of the mean value of such accounts over that of the reference account.

    Notes
    -----
    ln (value / reference) = mean − σ²/2 + σ N, so σ spreads accounts at a constant mean value. Hours grow with the
    account: (value / reference)^0.4 within bounds.
    """
    row, rules = world.leads[lead], world.rules
    sd = rules.value_sd
    row.log_size = mean + sd * normal(world, row.key, DRAW_VALUE, 0) - 0.5 * sd * sd
    row.value = rules.account_reference * exp(row.log_size)
    hours = exp(rules.account_hours_power * row.log_size)
    row.hours_factor = clamp(hours, rules.account_hours_low, rules.account_hours_high)
