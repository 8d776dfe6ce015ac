"""The state of an organization: one kind of row each for people, pairs, leads, days and disputes.

The tables below are the data dictionary. What a touch of a lead reads first stands first in its row.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.domain.declarations import MOST_PLACES
from sim.domain.outcomes import OUTCOMES_DTYPE
from sim.domain.rules import MOST_SEGMENTS, RULES_DTYPE
from sim.domain.tables import dtype_of, read_fields
from sim.domain.vocabulary import MOST_UNITS, N_STAGES, N_USES

PEOPLE_FIELDS = read_fields(f"""
    role | int32 | - | 0 marketer, 1 rep, 2 liaison, 3 manager
    unit | int32 | - | of the firm, that this row belongs to
    slot | int32 | - | number within role and unit
    is_generalist | int32 | 0/1 | holds both roles (a marketer's and a rep's row are the same person)
    first_day | int32 | day | first working day in this slot; negative before the run, ahead while the desk is vacant
    open_deals | int32 | deals | deals this rep has open
    inbox_head | int32 | lead row | oldest unread marketing lead, -1 = none
    inbox_tail | int32 | lead row | newest unread marketing lead
    unread | int32 | leads | unread leads in the inbox
    desk_head | int32 | lead row | first of the leads and deals that wait on the rep's desk, -1 = none
    queue_head | int32 | lead row | oldest raw lead in the marketer's queue, -1 = none
    queue_tail | int32 | lead row | newest raw lead in the marketer's queue
    is_inbox_open | int32 | 0/1 | whether the rep opens the inbox today
    blocks | int32 | - | of prospecting since the start
    customers | int32 | accounts | whom this rep or marketer looks after
    open_hearings | int32 | - | escalated disputes of this person that no manager has heard yet
    hours_left | float | h | of today
    carried_hours | float | h | left over from yesterday
    dispute_hours_owed | float | h | to be spent on disputes
    visit_hours_owed | float | h | to be spent with a liaison
    service_hours_owed | float | h | of service that is due to them
    service_weight | float | - | of these customers, each weighed by its hours factor
    service_level | float | share | of the service due that was given of late
    bookings_this_quarter | float | c.u. | of this rep
    strain | float | share | left by personal disputes
    vocabulary | float | share | command of the common language
    log_skill | float | ln | logarithm of skill
    pace | float | factor | on the days between two touches, 1 = typical
    productivity | float | share | after hiring, 1 = ramped up
    own_yield | float | factor | of own prospecting: skill, practice and a book of customers
    inbox_habit | float | chance/day | of opening the inbox unasked
    product_knowledge | float | share | how well a rep knows the second product
    hours | float[{N_USES}] | h | spent on each of USES since the start of the window (before it: of the run)
    market_knowledge | float | share | how well a marketer knows the market
    threshold_habit | float | sd | a marketer's private idea of what is ready
    picture | float | logit | what a rep thinks marketing leads are worth
    skill | float | factor | chance and speed of closing, 1 = typical
    experience | float | share | 0 on the first day, 1 after years
    personal_disputes | int32 | - | of this payroll month, that may drive a rep away
    hearing_head | int32 | incident row | oldest dispute that this manager is to hear, -1 = none
    hearing_tail | int32 | incident row | newest dispute that this manager is to hear
    search_days | float | d | of the search for a successor at a vacant desk that are done
    planning_hours_owed | float | h | of a manager, for the plan of the quarter
    trust_of_marketing | float | share | marketers' trust in this liaison
    trust_of_sales | float | share | reps' trust in this liaison
    hearing_hours | float | h | a liaison may still spend on disputes this week
    post | float | share | of a full post a liaison fills
    visit_carry | float | visits | part of a visit left from yesterday
""")

PAIR_FIELDS = read_fields("""
    trust | float | share | between a marketer and a rep
    familiarity | float | share | how well the two know each other
""")

#: A row fills two lines of the processor's cache: the first is all that a rep reads when he lays out his desk, and most
#: of what he needs to work on a deal. Numbers are rounded to 32 bits when they are written, and reckoned with in 64.
LEAD_FIELDS = read_fields("""
    key | int | - | who this is, for luck: class, day, index
    state | int8 | - | see STATES
    product | int8 | - | 0 product A, 1 product B
    is_willing | int8 | - | 0 unread, 1 taken, 2 read and left
    is_qualified | int8 | 0/1 | marketing has talked with the buyer, who is interested
    source | int8 | row of sources | where it came from, -1 = not yet known
    segment | int8 | row of segments | size class of the account, -1 = not yet known
    recycles | int8 | - | times marketing has sent it round again
    reason | int8 | - | why lost: 1 no decision, 2 competitor, 3 said no, 4 neglected
    rep | int32 | people row | owner in sales, -1 = none yet
    marketer | int32 | people row | owner in marketing (supports the account of a self-found deal)
    due_day | int32 | day | of the next touch
    last_day | int32 | day | of the last touch
    touches | int32 | - | times the deal was touched in this stage
    value | float32 | c.u./year | of the account; of a customer what the contract in force pays
    hours_factor | float32 | factor | effort grows with the account
    p_decide | float32 | chance | that a touch of this stage decides
    p_yes | float32 | chance | that a decision of this stage is yes
    loss_factor | float32 | factor | on the chance of losing the deal silently
    priority | float32 | factor | the rep's wish to work it
    tempo | float32 | factor | buyer's days between touches
    handed_day | int32 | day | of the hand-off, -1 = none
    fit | float32 | logit | how well the buyer fits, hidden from both sides
    message | float32 | share | consistency of what the buyer was told
    context | float32 | share | of what marketing knows that reached the rep
    estimate | float32 | logit | fit as marketing's score tells it
    hand_hour | float32 | h | hour of the marketer's day at hand-off
    discount | float32 | share | given at the win
    booked | float32 | c.u./year | first-year value at the win
    list_value | float32 | c.u./year | of the account before discount
    first_day | int32 | day | of the first contact, -1 = none
    born_day | int32 | day | the lead came in
    closed_day | int32 | day | won, lost, rejected, expired or archived, -1 = open, or a customer from before the run
    customer_since | int32 | day | the account became a customer; negative before the run
    churned_day | int32 | day | the customer left, -1 = not
    log_size | float32 | ln | of the account: value over that of the reference account when it was drawn
    handed_tenure | int16 | d | tenure of the rep who got it
    renewals | int16 | - | times the contract came up for renewal
""")

#: Apart from the leads, so that a walk along a list stays among few bytes and need not wait for the rows of leads.
LINK_FIELDS = read_fields("""
    next_due | int32 | lead row | next in the due list, queue or desk, -1 = none
""")

HANDED_FIELDS = read_fields("""
    next_review | int32 | lead row | next in the review list
    next_inbox | int32 | lead row | next in the inbox
""")

INCIDENT_FIELDS = read_fields("""
    day | int32 | day | of the dispute
    kind | int8 | - | see DISPUTES
    is_personal | int8 | 0/1 | turned personal instead of staying about the matter
    is_escalated | int8 | 0/1 | went up to managers
    is_heard | int8 | 0/1 | a liaison heard it first
    marketer | int32 | people row | one side
    rep | int32 | people row | other side
    lead | int32 | lead row | that caused it, -1 = none
    manager | int32 | people row | who is to hear it, -1 = nobody
    next_hearing | int32 | incident row | that its manager is to hear after it, -1 = none
    heard_day | int32 | day | he had heard it to the end, -1 = not yet
    hours | float | h | it costs each side
    manager_hours | float | h | he has spent on it
""")

EVENT_FIELDS = read_fields("""
    key | int | - | whose luck
    day | int | day | of the decision
    purpose | int | - | see QUESTIONS
    occurrence | int | - | touch, day or month number
    draw | float | 0-1 | luck; of a judgement (ready) the limit, in logits
    chance | float | 0-1 | yes if the draw is below it; of a judgement the score, in logits
""")

CALENDAR_FIELDS = read_fields("""
    raw | int32 | lead row | first raw lead due on this day, -1 = none
    due | int32 | lead row | first deal due on this day, -1 = none
    review | int32 | lead row | first handed-off lead to be looked at on this day, -1 = none
    renewal | int32 | lead row | first contract that ends on this day, -1 = none
    reviews | int32 | leads | to be looked at on this day
    counted | int32 | - | cases that took so many days, while outcomes are measured
""")

DESK_FIELDS = read_fields("""
    lead | int | lead row | on the desk of the rep whose day it is
    value | float | c.u./h | of working on it
""")

AGENT_FIELDS = read_fields(f"""
    kind | int | - | number of the agent class that an extension adds
    number | int | - | of this agent in its class, 0 first
    unit | int | - | of the firm, that it works for
    moment | int | - | when it works: 0 morning, 1 noon, 2 evening
    is_marketing | int | 0/1 | paid by marketing, otherwise by sales
    post | float | share | of a full post that it fills today, 0 = not there
    day_hours | float | h/d | of a full post
    pay | float | c.u./year | of a full post
    hours_left | float | h | of today
    hours_available | float | h | since the start of the window (before it: of the run)
    hours_used | float | h | since the start of the window (before it: of the run)
    parameter | float[{MOST_PLACES}] | own unit | of the class, in the order of its declaration
    count | float[{MOST_PLACES}] | - | what it has done since the start of the window (before it: of the run)
    value | float[{MOST_PLACES}] | own unit | what it knows
""")

#: Columns of kind ``float`` are flows of the day, which a series sums; of kind ``level`` states in the evening.
JOURNAL_FIELDS = read_fields("""
    leads_in | float | leads | that came in
    handed_off | float | leads | marketing to sales
    archived | float | leads | put away by marketing
    qualified | float | leads | talks of marketing with a buyer who was interested
    not_qualified | float | leads | talks of marketing with a buyer who was not
    opened_by_marketing | float | deals | that marketing has opened and works itself
    taken_over | float | deals | of them taken over by a rep
    contacted | float | leads | first contact by a rep
    accepted | float | leads | became a deal
    rejected | float | leads | turned down after contact
    expired | float | leads | never worked
    expired_unread | float | leads | never even read
    second_looks | float | leads | taken because tracking asked
    rerouted | float | leads | taken over by another rep
    response_days | float | day | hand-off to contact, summed over contacts
    response_hours | float | h | hand-off to contact in hours, summed over contacts
    within_hour | float | leads | contacted within an hour
    contacted_novices | float | leads | contacted, of those handed to reps in their first year
    contacted_veterans | float | leads | contacted, of those handed to reps after their third year
    expired_novices | float | leads | never worked, of those handed to reps in their first year
    expired_veterans | float | leads | never worked, of those handed to reps after their third year
    deals_opened | float | deals | accepted and self-found
    self_found | float | deals | from prospecting
    wins | float | deals | won
    wins_marketing | float | deals | won from marketing's leads
    bookings | float | c.u. | first-year value of wins
    bookings_marketing | float | c.u. | of wins from marketing's leads
    bookings_quarter_end | float | c.u. | in the last 15 days of a quarter
    discounts | float | share | summed over wins
    lost_no_decision | float | deals | buyer fell silent
    lost_competitor | float | deals | went elsewhere while waiting
    lost_said_no | float | deals | need or price
    lost_neglected | float | deals | nobody touched them
    reports | float | - | news that reps gave back
    reportable | float | - | occasions for it
    lead_quality_disputes | float | - | kind 1
    follow_up_disputes | float | - | kind 2
    credit_disputes | float | - | kind 3
    price_disputes | float | - | kind 4
    budget_disputes | float | - | kind 5
    territory_disputes | float | - | kind 6
    blame_disputes | float | - | kind 7
    personal_disputes | float | - | that turned personal
    escalated_disputes | float | - | that went up
    manager_hours | float | h | of managers on escalated disputes
    hearings | float | - | escalated disputes heard to the end
    hearing_days | float | day | dispute to end of the hearing, summed over hearings
    liaison_visits | float | - | to pairs
    liaison_disputes | float | - | heard by a liaison
    mistakes | float | - | common decisions gone wrong
    decisions | float | - | common decisions taken
    quotas_met | float | rep-quarters | at or above quota
    quotas | float | rep-quarters | judged
    pay | float | c.u. | of all persons
    programme | float | c.u. | brand and demand spend
    capacity_pay | float | c.u. | of pay: selling hours bought with what the budget round took from the programme
    programme_saved | float | c.u. | taken from the programme and not spent
    practice_cost | float | c.u. | running cost of practices
    intervention_cost | float | c.u. | one-off cost of interventions
    pay_marketing | float | c.u. | part of pay: marketers and liaisons
    revenue | float | c.u. | recognised
    delivery | float | c.u. | cost of delivering what is recognised
    profit | float | c.u. | revenue less delivery, pay, programme, practices and interventions
    margin_marketing | float | c.u. | bookings from marketing's leads less their delivery in the first year
    renewals_due | float | contracts | that came up for renewal
    renewals_won | float | contracts | renewed
    value_due | float | c.u. | yearly value of the contracts that came up
    bookings_renewal | float | c.u. | yearly value of the contracts renewed, as renewed
    entry_hours | float | h | on deals of product B in its first year
    entry_wins | float | deals | of product B won in its first year
    customers | level | accounts | in the evening
    service_level | level | share | mean over those who serve
    product_knowledge | level | share | mean over reps
    trust | level | share | mean over pairs, as of Monday
    familiarity | level | share | mean over pairs, as of Monday
    vocabulary | level | share | mean of both sides
    market_knowledge | level | share | mean over marketers
    contact | level | 1/week | raw contact of a pair
    contact_quality | level | 1/week | contact of a pair weighed by its quality
    strain | level | share | mean over reps
    unread | level | leads | mean inbox of a rep
    open_deals | level | deals | of all reps
    brand | level | index | 1 at the start
    campaign_effort | level | index | 1 at the start
    orientation_gap | level | share | long view of marketing minus short view of sales
    liaison_trust | level | share | mean over liaisons and sides
    funnel_seen | level | share | of marketing's part that management can see
    leavers | float | people | reps who left
    vacant | level | desks | of reps with nobody there
    desks | level | desks | of reps
    persons | level | people | marketers and reps by plan
    programme_cut | level | share | of the programme, by the budget round
    brand_share | level | share | of the programme that goes into the brand
""")

ORGANIZATION_FIELDS = read_fields(f"""
    seed | int | - | of this run
    day | int | day | today
    n_marketers | int | people | rows 0 … n_marketers − 1 of people: all that the firm will ever have, unit by unit
    n_reps | int | people | rows behind the marketers, likewise
    n_liaisons | int | people | rows behind the reps
    n_managers | int | people | rows behind the liaisons, like marketers
    n_generalists | int | people | at the start: first marketers of a unit who are also its first reps
    n_units | int | units | of the firm; pairs exist inside a unit only
    unit_marketers | int | people | rows of a unit
    unit_reps | int | people | rows of a unit
    unit_managers | int | people | rows of a unit
    marketers_today | int | people | of a unit, by plan
    reps_today | int | people | desks of a unit, vacant ones included
    managers_today | int | people | of a unit
    generalists_today | int | people | of a unit
    proximity_floor | float | share | of collocation and executive support in a firm of this size
    n_leads | int | leads | rows of leads in use
    n_current | int | leads | of them raw, handed off, deals and customers: what is not over
    n_incidents | int | - | rows of incidents in use
    leads_needed | int | leads | rows that today is sure to find enough
    desk_needed | int | leads | rows of the desk that today is sure to find enough
    incidents_needed | int | - | rows that today is sure to find enough
    n_events | int | - | decisions written or, beyond the table, counted
    n_held | int | - | last rows of events: decisions that are held to a chance of another world, day -1 until used
    liaison_pointer | int | pair row | where liaisons go on
    brand | float | index | stock of brand
    log_brand | float | ln | of the brand, or 0 where it has no effect
    brand_holds | float | factor | of the brand on the chance of losing a deal silently
    prospect_reach | float | factor | of brand and shared data on the success of prospecting
    crowding | float | factor | of the pool of buyers on the success of prospecting
    rep_hours | float | h | a rep's hours for customers today; a generalist has half of them
    mean_log_size | float | ln | of the mean account's value over that of the reference account
    segment_log_size | float[{MOST_SEGMENTS}] | ln | the same of each segment
    touch_hours | float[{N_STAGES}] | h | of a rep that a touch of a deal takes, for a reference account, by stage
    quarter_pressure | float | share | pressure to close today: 0, in the last 15 days of a quarter rising to 1
    untracked | float | share | of the days on which a rep would leave the inbox closed that tracking leaves so today
    campaign_effort | float | index | stock of campaign work
    demand_state | float | sd | slow level of demand, standard normal
    event_progress | float | events | towards the next joint event
    pool_use | float | index | how far the pool of buyers is fished
    deals_opened_today | float | deals | by anyone
    spare_hours_today | float | h | marketers' hours left for campaigns
    orientation_sales | float | share | time horizon of sales
    orientation_marketing | float | share | time horizon of marketing
    targeting_mistake | float | 0/1 | this month
    price_mistake | float | 0/1 | this month
    product_mistake | float | 0/1 | this month
    handed_this_quarter | float | leads | for the lead-count goal
    leads_this_quarter | float | leads | for the lead-count goal
    bookings_this_quarter | float | c.u. | for the quota of all
    mean_trust | float | share | over pairs, as of Monday
    mean_familiarity | float | share | over pairs, as of Monday
    contact | float | 1/week | raw contact of a pair
    contact_quality | float | 1/week | contact of a pair weighed by its quality
    coordination_rep | float | h/week | asked of a rep
    coordination_marketer | float | h/week | asked of a marketer
    contract_value | float | c.u./year | of all customers
    contract_list_value | float | c.u./year | of all customers, before discount
    service_share | float | share | of service after the sale that marketing bears
    marketing_serves_since | int | day | from which marketing has borne a share
    sales_serves_since | int | day | from which sales has borne a share
    clarified | float | share | of hand-off questions that liaisons have settled for good
    level | float[25] | own unit | of each of PRACTICES, in force today
    time_constant | float[25] | day | of the change of each practice under way
    decay | float[25] | day | of falling back, of what was last asked of each practice
    service_owner | int | - | in force today: 0 the rep, 1 the marketer, 2 both by halves
    handoff_point | int | - | in force today: 0 at inquiry, 1 when ready, 2 when qualified, 3 at opportunity
    assign_rule | int | - | in force today: 0 territory, 1 round robin, 2 least loaded, 3 novices first
    bookings_marketing_this_quarter | float | c.u. | of them from marketing's leads
    programme_cut | float | share | of the programme, by the budget round
    brand_share | float | share | of the programme that goes into the brand
    round_robin | int[{MOST_UNITS}] | slot | who got the last lead, by unit
    inquiries | int[{MOST_UNITS}] | leads | that come in overnight, by unit
""")

PEOPLE = dtype_of(PEOPLE_FIELDS)
PAIRS = dtype_of(PAIR_FIELDS)
LEADS = dtype_of(LEAD_FIELDS)
LINKS = dtype_of(LINK_FIELDS)
HANDED_LINKS = dtype_of(HANDED_FIELDS)
INCIDENTS = dtype_of(INCIDENT_FIELDS)
EVENTS = dtype_of(EVENT_FIELDS)
CALENDAR_DAYS = dtype_of(CALENDAR_FIELDS)
DESK = dtype_of(DESK_FIELDS)
AGENTS = dtype_of(AGENT_FIELDS)
JOURNAL = dtype_of(JOURNAL_FIELDS)
ORGANIZATION = dtype_of(ORGANIZATION_FIELDS)


#: What a world consists of, in the order of `World`: single records (their fields are attributes), then tables.
RECORDS = {"rules": RULES_DTYPE, "organization": ORGANIZATION, "outcomes": OUTCOMES_DTYPE}
TABLES = {
    "people": PEOPLE,
    "pairs": PAIRS,
    "leads": LEADS,
    "links": LINKS,
    "handed": HANDED_LINKS,
    "calendar": CALENDAR_DAYS,
    "desk": DESK,
    "journal": JOURNAL,
    "incidents": INCIDENTS,
    "events": EVENTS,
    "agents": AGENTS,
}


class World(NamedTuple):
    """Everything that a kernel may read or change; made by `world_of`.

    `rules` never changes; `organization` is the state of the whole, `outcomes` what was measured at the end; `people`
    are marketers, reps and liaisons, `pairs` marketer × rep; `leads`, `incidents` and `events` grow; `links` and
    `handed` have a row for each lead; `calendar` has a row per day and `journal` one more for sums; `desk` is the space
    in which a rep sorts his work. `agents` are those of extensions, and `doors` where compiled code finds their
    person-days, filled by `sim.engine.run` before days are run. `ledger` is the memory of the journal as float64 of shape (days + 1, columns).
    `address` is where compiled code finds all of this: in `directory`, which lists the tables' places in memory.
    """

    rules: Any
    organization: Any
    outcomes: Any
    people: Any
    pairs: Any
    leads: Any
    links: Any
    handed: Any
    calendar: Any
    desk: Any
    journal: Any
    incidents: Any
    events: Any
    agents: Any
    ledger: Any
    doors: Any
    directory: Any
    address: int

    def __reduce__(self) -> Any:
        """Copies and pickles have memory of their own, so their directory is made anew."""
        return _remade, tuple(getattr(self, name) for name in (*RECORDS, *TABLES))


def world_of(**parts: Any) -> World:
    """A world of these records and tables (names of RECORDS and TABLES), with its directory."""
    journal = parts["journal"]
    parts["ledger"] = journal.view(np.float64).view(np.ndarray).reshape(len(journal), -1)
    parts["doors"] = np.zeros(len(parts["agents"]), dtype=np.uint64)
    words = [word for name in World._fields[:-2] for word in _place(parts[name])]
    directory = np.array(words, dtype=np.uint64)
    return World(**parts, directory=directory, address=directory.ctypes.data)


def _remade(*parts: Any) -> World:
    return world_of(**dict(zip((*RECORDS, *TABLES), parts, strict=True)))


def _place(part: Any) -> list[int]:
    """Where a record or table lies, in the words in which compiled code describes an array."""
    if isinstance(part, np.void):
        return [np.frombuffer(part, np.uint8).ctypes.data]
    return [0, 0, part.size, part.itemsize, part.ctypes.data, *part.shape, *part.strides]
