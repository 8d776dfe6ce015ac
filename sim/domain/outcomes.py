"""What is measured of a run: one number per outcome, over the window after the warm-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.domain.extensions import added_outcomes, check_new


@dataclass(frozen=True)
class Outcome:
    """One outcome of a run.

    Parameters
    ----------
    name : str
        As tables and files call it.
    label : str
        As people call it.
    unit : str
        Unit, or ``share``, or ``-``.
    better : {"higher", "lower", ""}
        Which direction a firm prefers; empty where it depends.
    meaning : str
        Definition.
    package : str
        Extension that adds it; empty for one of ours.
    """

    name: str
    label: str
    unit: str
    better: str
    meaning: str
    package: str = ""


_TABLE = """
bookings_new          | New bookings                  | c.u./year | higher | first-year value of wins, per year
cycle_days            | Median cycle                  | days      | lower  | first contact to win, calendar days, median over wins
conflict_per_100      | Conflicts per 100 hand-offs   | -         | lower  | disputes of all kinds per 100 leads handed off
wins                  | Deals won                     | 1/year    | higher | per year
wins_marketing        | Won from marketing leads      | 1/year    | higher | per year
cycle_days_mean       | Mean cycle                    | days      | lower  | first contact to win, calendar days, mean over wins
cycle_log_sd          | Spread of the cycle           | ln        |        | standard deviation of the log of the cycle
conflict_per_pm       | Disputes per person-month     | -         | lower  | marketers and reps
personal_per_pm       | Personal disputes per person-month | -    | lower  | disputes that turned personal
functional_share      | Disputes about the matter     | share     | higher | of all disputes
dispute_contact_share | Dispute share of joint hours  | share     | lower  | dispute hours / (dispute + coordination hours)
lead_quality_disputes | Disputes about lead quality   | 1/year    | lower  | a rejected lead
follow_up_disputes    | Disputes about follow-up      | 1/year    | lower  | an expired lead
credit_disputes       | Disputes about credit         | 1/year    | lower  | a won marketing lead
price_disputes        | Disputes about price          | 1/year    | lower  | a high discount
budget_disputes       | Disputes about the budget     | 1/year    | lower  | quarter end
territory_disputes    | Disputes about territory      | 1/year    | lower  | an accepted or self-found lead
blame_disputes        | Blame for a missed target     | 1/year    | lower  | quarter end
leads_in              | Leads in                      | 1/year    |        | inquiries and event leads
handed_off            | Leads handed off              | 1/year    |        | marketing to sales (MQL)
followup_rate         | Follow-up                     | share     | higher | contacted / (contacted + expired): of handed-off leads whose time is over
acceptance_rate       | Acceptance                    | share     | higher | accepted / (contacted + expired)
followup_novice       | Follow-up by novices          | share     | higher | reps in their first year
followup_veteran      | Follow-up by veterans         | share     | higher | reps after their third year
response_days         | Response                      | d         | lower  | hand-off to contact, working days, mean over contacts
response_hours        | Response in hours             | h         | lower  | hand-off to contact, working hours, mean over contacts
within_hour           | Answered within an hour       | share     | higher | of contacts
unread_expired        | Expired unread                | share     | lower  | never even read / (contacted + expired)
unread                | Inbox                         | leads     | lower  | unread leads per rep, mean over days
reading_hours         | Reading                       | h/week    |        | per rep
win_rate              | Win rate                      | share     | higher | won / (won + lost)
no_decision_share     | Lost without a decision       | share     |        | of lost deals
competitor_share      | Lost to competitors           | share     |        | of lost deals
said_no_share         | Lost by a no                  | share     |        | of lost deals
neglected_share       | Lost by neglect               | share     | lower  | of lost deals
mkt_sourced_share     | Marketing's share of bookings | share     |        | of new bookings
discount_mean         | Mean discount                 | share     | lower  | over wins
quarter_end_share     | Booked at quarter ends        | share     |        | of new bookings, last 15 days of quarters (even: 0.23)
quota_share           | Reps at quota                 | share     | higher | rep-quarters at or above quota
collaboration         | Collaboration                 | share     | higher | mean of follow-up and of reports given / occasions
trust                 | Trust                         | share     | higher | mean over pairs at the end
familiarity           | Familiarity                   | share     | higher | mean over pairs at the end
vocabulary            | Common language               | share     | higher | mean over people at the end
market_knowledge      | Market knowledge              | share     | higher | mean over marketers at the end
brand                 | Brand                         | index     | higher | at the end
strain                | Strain                        | share     | lower  | mean over reps and days
orientation_gap       | Gap between horizons          | share     |        | mean over days
mistakes              | Common decisions gone wrong   | share     | lower  | of targeting, price and product decisions
contact_raw           | Contact                       | 1/week    |        | of a pair, mean over days
contact_quality       | Contact of quality            | 1/week    | higher | of a pair, mean over days
contribution_gap      | Contribution gap              | share     | lower  | marketing's view of its share less what management sees of it
coordination_hours    | Coordination                  | h/week    |        | per marketer and rep
dispute_hours         | Time spent on disputes        | h/week    | lower  | per marketer and rep
utilisation           | Hours with customers          | share     | higher | contact, deals, prospecting and service / available hours of reps
prospecting_share     | Prospecting                   | share     |        | of available hours of reps
liaison_visits        | Liaison visits                | 1/year    |        | to pairs
liaison_disputes      | Disputes heard by liaisons    | 1/year    |        | per year
liaison_trust         | Trust in liaisons             | share     | higher | mean over liaisons and sides at the end
cost                  | Cost of sales and marketing   | c.u./year | lower  | pay, programme, practices and interventions
intervention_cost     | Paid for interventions        | c.u.      | lower  | one-off, within the window
cac                   | Cost of a new customer        | c.u.      | lower  | cost / wins
turnover              | Turnover of reps              | 1/year    | lower  | leavers per desk
vacancy_share         | Vacant desks                  | share     | lower  | of reps' desks, mean over days
hearing_hours         | Managers' hours on disputes   | h/year    | lower  | spent on hearing escalated disputes
hearing_wait          | Wait for a hearing            | d         | lower  | escalated dispute to the end of its hearing, working days, mean
response_median       | Median response               | d         | lower  | hand-off to contact, working days, median over contacts of buyers new to the firm
reporting             | Reports given                 | share     | higher | news that reps gave marketing / occasions for it
message               | Consistency of messages       | share     | higher | of what buyers are told, mean over deals opened
bookings_renewal      | Renewed                       | c.u./year | higher | yearly value of renewed contracts as renewed, per year
revenue_recognised    | Revenue                       | c.u./year | higher | 1/260 of the yearly value of every contract for each day it runs
profit                | Profit                        | c.u./year | higher | revenue less delivery, pay, programme, practices, interventions
retention             | Retention                     | share     | higher | contracts renewed / contracts that came up
net_retention         | Net retention                 | ratio     | higher | value renewed, as renewed / value that came up
churned               | Customers lost                | 1/year    | lower  | contracts that came up and were not renewed
customers             | Customers                     | accounts  | higher | at the end
service_level         | Service                       | share     | higher | of the service due that is given, mean over who serves and days
service_hours         | Service in hours              | h/week    |        | per marketer and rep
market_entry_hours    | Market entry                  | h         | lower  | hours on deals of product B / its wins, both in its first year
product_knowledge     | Knowledge of product B        | share     | higher | mean over reps at the end
marketing_roi         | Return on marketing           | ratio     | higher | margin of bookings from its leads / (programme and marketers' pay) − 1
concentration         | Concentration                 | share     |        | of customers' yearly value at the end, with the largest tenth of them
type_index            | Type reached                  | -         |        | 0 undefined, 1 defined, 2 aligned, 3 integrated, by the practices at the end
"""


def _read(table: str) -> tuple[Outcome, ...]:
    rows = (line.split("|", 4) for line in table.strip().splitlines())
    return tuple(Outcome(*(cell.strip() for cell in row)) for row in rows)


def _added(known: tuple[Outcome, ...]) -> Iterator[Outcome]:
    """Outcomes of extensions."""
    names = {outcome.name: outcome for outcome in known}
    for each in added_outcomes():
        check_new(each.name, each.package, names, "an outcome")
        yield Outcome(each.name, each.label, each.unit, each.better, each.meaning, each.package)


#: Outcomes that kernels measure; those of extensions come after them and are measured from Python.
OWN_OUTCOMES: tuple[Outcome, ...] = _read(_TABLE)
OUTCOMES_DTYPE = np.dtype([(outcome.name, np.float64) for outcome in OWN_OUTCOMES])
OUTCOMES: tuple[Outcome, ...] = (*OWN_OUTCOMES, *_added(OWN_OUTCOMES))
#: Of what `sim.engine.run.outcomes_of` returns.
MEASURED_DTYPE = np.dtype([(outcome.name, np.float64) for outcome in OUTCOMES])
BY_NAME = {outcome.name: outcome for outcome in OUTCOMES}

#: Raised by every change of simulated results; part of a scenario's identity (docs/architecture.md, "Identity").
RESULTS_VERSION = 10
