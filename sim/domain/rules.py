"""Every parameter of the model with default, unit, range, source and meaning, by the submodel that reads it.

Sources: E.. and S.. are rows of docs/evidence.md; "A" is an assumption; "A*" an assumption tuned so that the undefined
organization shows the base rates P1–P6 of docs/odd.md. Ranges are for sweeps and are enforced.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.domain.vocabulary import LEVERS as LEVER_NAMES
from sim.domain.vocabulary import PRACTICES


@dataclass(frozen=True)
class Rule:
    """One parameter.

    Parameters
    ----------
    section : str
        Submodel, and table of a scenario file, that it belongs to.
    name : str
        As code and files call it.
    default : float
        Value unless a scenario says otherwise; switches and levers are whole numbers.
    unit : str
        Unit, or ``-``.
    low, high : float
        Range, both ends allowed.
    source : str
        Evidence id, or A / A*.
    meaning : str
        What it is.
    """

    section: str
    name: str
    default: float
    unit: str
    low: float
    high: float
    source: str
    meaning: str


_TABLE = """
[market]
raw_leads_per_rep_day   | 0.30  | 1/d   | 0 25       | A*          | inquiries per rep and working day in a typical week
demand_level_sd         | 0.25  | ln    | 0 1        | A; Olist    | spread of the slow level of demand
demand_level_memory     | 0.9   | 1/week| 0 0.99     | A; Olist    | share of the level that lasts a week
day_noise_shape         | 9     | -     | 0.5 1000   | A; Olist    | negative-binomial shape of a day's count; large = Poisson
seasonal_swing          | 0.12  | share | 0 0.9      | A           | of inquiries over a year
effort_elasticity       | 0.45  | -     | 0 1        | A           | of inquiries to campaign work
brand_elasticity        | 0.3   | -     | 0 1        | A; E100     | of inquiries to brand
fit_mean                | -0.85 | logit | -4 4       | A*          | fit of an average inquiry where marketing knows nothing
fit_per_knowledge       | 0.70  | logit | 0 1.5      | A           | better aim with full market knowledge
value_mean              | 35242 | c.u.  | 1 1e9      | A           | mean yearly value of an account at segment factor 1
value_sd                | 0.8   | ln    | 0 2.5      | A; Olist    | spread of values (concentration)
tempo_sd                | 0.7   | ln    | 0 2.5      | A; Olist    | spread of buyers' tempo
gap_days                | 9     | d     | 0.05 60    | A*          | working days between two touches of a deal
event_leads_per_rep     | 0.10  | leads | 0 5        | A           | brought by a joint event
event_fit_shift         | 0.7   | logit | -2 3       | A           | of leads from joint events
event_fit_data          | 0.3   | logit | 0 1        | A; S30      | more with shared customer data
spend_elasticity        | 0.5   | -     | 0 1        | A; E100     | of inquiries to demand spend
[brand]
brand_decay             | 0.0053| 1/d   | 0 0.1      | A           | of the stock; half-life six months, slower than E105–E106
brand_base              | 0.9   | -     | 0 2        | A           | effect of spend without joint planning
brand_planning          | 0.2   | -     | 0 1        | A           | more with joint planning
brand_response          | 0.7   | -     | 0 1        | A; E108     | elasticity of the brand that spend leads to
brand_discount_loss     | 0.001 | -     | 0 0.1      | A; E115     | brand lost per win and unit of discount above the norm, 40 reps
[marketing]
score_noise             | 1.25  | logit | 0 4        | A           | error of the lead score where marketing knows nothing
score_noise_knowledge   | 0.6   | share | 0 1        | A           | of that error which market knowledge takes away
ready_threshold         | -0.15 | logit | -4 4       | A*          | score from which a lead is called ready (MQL)
lead_count_pull         | 0.55  | logit | 0 2        | A; E41      | threshold lowered to reach the lead count
lead_count_goal         | 0.40  | share | 0 1        | A           | of raw leads that marketing is to hand off
lead_count_ease         | 0.4   | -     | 0 1        | A           | pull that remains when the goal is met
habit_spread            | 0.6   | logit | 0 2        | A           | private ideas of what is ready
recycle_chance          | 0.6   | prob. | 0 1        | A; E21      | that a lead which is not ready is kept warm
recycle_gain            | 0.20  | logit | 0 1        | A           | fit gained each time round
recycle_wait_days       | 25    | d     | 1 260      | A           | until it comes back
recycle_times           | 2     | -     | 0 2        | A           | at most
due_days_low            | 3     | d     | 1 60       | A           | soonest a raw lead reaches the marketer's queue
due_days_spread         | 8     | d     | 1 60       | A           | number of equally likely days from there
score_hours             | 0.5   | h     | 0.02 8     | A           | to judge a lead
queue_share             | 0.7   | share | 0 1        | A           | of a marketer's hours that leads may take
campaign_memory         | 0.05  | 1/d   | 0 1        | A           | how fast campaign work shows
campaign_reference      | 5.2   | h/d   | 0.1 24     | A           | spare hours per marketer that make index 1
[handoff]
assign_rule             | 0     | -     | 0 3        | lever       | 0 territory, 1 round robin, 2 least loaded, 3 novices first
handoff_point           | 1     | -     | 0 3        | lever       | 0 every inquiry straight to sales, 1 when ready, 2 when qualified with the buyer, 3 at opportunity
qualified_error         | 0.5   | share | 0 1        | A           | of the errors of scoring and of reading that a talk with the buyer leaves
qualified_context       | 0.3   | share | 0 1        | A           | more context after a talk with the buyer
keep_own_chance         | 0.8   | prob. | 0 1        | A           | that a generalist keeps a lead
prior_fit               | -0.6  | logit | -4 4       | A           | what a score is shrunk towards
message_feedback        | 0.3   | share | 0 1        | A; S29      | of inconsistency that collateral feedback removes
message_planning        | 0.2   | share | 0 1        | A           | of inconsistency that joint planning removes
message_account_plan    | 0.4   | share | 0 1        | A           | of inconsistency that account plans remove (key accounts)
context_base            | 0.4   | share | 0 1        | A           | context that words alone carry over
context_clarity         | 0.3   | share | 0 1        | A           | more with hand-off rules
context_data            | 0.3   | share | 0 1        | A           | more with shared data
context_strain          | 0.3   | share | 0 1        | A           | lost when the marketer is strained
inbox_min               | 0     | 1/d   | 0 1        | A           | chance that the least keen rep opens the inbox on a day; at most inbox_max
inbox_max               | 0.9   | 1/d   | 0 1        | A; E66, E71 | chance that the keenest rep opens the inbox on a day
inbox_tracked           | 0.7   | prob. | 0 1        | A; E71      | that tracking makes a rep open it
reading_hours           | 0.25  | h     | 0.01 1     | A           | to read a lead with full attention
reading_cap             | 1.0   | h/d   | 0 8        | A           | at most for reading
attention_scale         | 8     | leads | 2 100      | A           | waiting leads that halve attention
reading_noise           | 1.2   | logit | 0 3        | A           | error of reading without a common language
haste_reading           | 0.6   | logit | 0 3        | A           | error of reading in haste
haste_willingness       | 0.8   | logit | 0 2        | A           | less will in haste
picture_start           | -0.30 | logit | -4 4       | A           | what reps think of marketing leads at first
picture_rate            | 0.05  | share | 0 1        | A           | learnt from each lead worked
follow_up_base          | -0.35 | logit | -4 6       | A*; E50     | will to work a typical lead
follow_up_quality       | 1.5   | logit | 0 4        | A; E51      | more for a better lead
follow_up_reference     | -0.15 | logit | -4 4       | A           | lead that counts as typical
follow_up_load          | 0.8   | logit | 0 2        | A; E51      | less per load_reference open deals
load_reference          | 25    | deals | 1 200      | A           | open deals that a rep is used to
follow_up_quarter_end   | 0.8   | logit | 0 3        | A           | less at the end of a quarter
follow_up_shared_pay    | 0.9   | logit | 0 3        | A; E41      | more with shared pay
follow_up_trust         | 1.0   | logit | 0 3        | A; E51      | more with trust
follow_up_own_yield     | 1.0   | logit | 0 2        | A; E51      | less where own prospects are better
follow_up_strain        | 0.8   | logit | 0 2        | A; E31      | less when strained
follow_up_horizon       | 0.4   | logit | 0 2        | A           | less across different time horizons
follow_up_own           | 3.0   | logit | 0 6        | A           | more for a lead that one has qualified oneself
second_look_days        | 5     | d     | 1 20       | A           | until somebody asks about a lead not taken
expiry_days             | 22    | d     | 6 260      | A           | until an unworked lead lapses
tracking_strength       | 0.42  | prob. | 0 1        | A; E51      | that full tracking makes a typical rep take a lead
tracking_base           | 0.4   | share | 0 1        | A           | of tracking that works without backing
reroute_strength        | 0.5   | prob. | 0 1        | A           | that full flexibility offers it to somebody else
sla_priority            | 0.4   | ln    | 0 2        | A           | a tracked lead moves up the list
response_per_doubling   | 0.05  | logit | 0 0.18     | E67, E73    | acceptance lost per doubling of the response time
acceptance_base         | 0.35  | logit | -4 4       | A*; E80–E83 | chance of turning a contact into a deal
acceptance_fit          | 0.9   | logit | 0 2        | A           | more with fit
acceptance_message      | 0.6   | logit | 0 2        | A           | less with mixed messages
[selling]
rep_hours               | 4.9   | h/d   | 0.5 12     | E92, E93    | of a rep's day for customers (8 less 3.1 internal)
moral_hazard            | 0.04  | share | 0 0.2      | A; E39, E40 | effort lost where pay is fully shared
marketer_hours          | 6.5   | h/d   | 0.5 12     | A           | of a marketer's day for leads and campaigns
contact_hours           | 0.6   | h     | 0.05 8     | A; E90      | first contact
introduction_hours      | 0.2   | h     | 0.05 8     | A           | first contact of a rep with a buyer whom marketing has qualified
discovery_hours         | 1.5   | h     | 0.05 40    | A; E90      | a touch in discovery, for a reference account
proposal_hours          | 2.0   | h     | 0.05 40    | A; E90      | a touch in proposal
negotiation_hours       | 1.6   | h     | 0.05 40    | A; E90      | a touch in negotiation
report_hours            | 0.12  | h     | 0 2        | A; E48      | news to marketing
account_reference       | 25600 | c.u.  | 1 1e9      | A           | account that takes the hours above
account_hours_power     | 0.4   | -     | 0 1        | A; S41      | growth of hours with the account
account_hours_low       | 0.4   | factor| 0.05 1     | A           | least hours factor
account_hours_high      | 4     | factor| 1 20       | A           | most
decide_discovery        | -0.30 | logit | -4 4       | A*          | chance that a touch decides
decide_proposal         | -0.35 | logit | -4 4       | A*          | likewise
decide_negotiation      | -0.25 | logit | -4 4       | A*          | likewise
decide_message          | 0.58  | logit | 0 2        | A*          | more with a consistent message
decide_context          | 0.5   | logit | 0 2        | A*          | more in discovery when context came along
decide_tools            | 0.4   | logit | 0 2        | A*          | more in proposal with tools that fit the market
decide_skill            | 0.5   | logit | 0 2        | A           | per unit of log skill
decide_ramp             | 0.6   | logit | 0 2        | A           | less while new
decide_strain           | 0.35  | logit | 0 2        | A; E31      | less when strained
decide_size             | 0.15  | logit | 0 1        | A; S41      | less per unit of log value
decide_discount         | 4     | logit | 0 10       | A           | more per unit of extra discount
yes_discovery           | 0.64  | logit | -4 6       | A*          | chance that a decision is yes
yes_proposal            | 0.74  | logit | -4 6       | A*          | likewise
yes_negotiation         | 0.89  | logit | -4 6       | A*          | likewise
yes_fit                 | 0.12  | logit | 0 2        | A*          | more with fit
yes_message             | 0.05  | logit | 0 1        | A*          | more with a consistent message
yes_brand               | 0.08  | logit | 0 1        | A*; E100    | per unit of log brand
yes_skill               | 0.35  | logit | 0 2        | A           | per unit of log skill
yes_discount            | 3     | logit | 0 10       | A; E104     | more per unit of extra discount
yes_price               | 1.4   | logit | 0 6        | A; E104     | less per unit of list price; below the studies
quiet_loss              | 0.05  | prob. | 0 0.5      | A*; S43     | that the buyer has fallen silent at a touch
overdue_loss            | 0.006 | 1/d   | 0 0.1      | A*          | more per day that the touch is late
loss_fit                | 0.2   | ln    | 0 1        | A           | less with fit
loss_brand              | 0.15  | ln    | 0 1        | A           | less with brand
neglect_days            | 45    | d     | 5 260      | A           | late touches that lose the deal
discount_norm           | 0.05  | share | 0 0.5      | A           | usual discount
discount_quarter_end    | 0.28  | share | 0 0.9      | A           | more at the end of a quarter, below quota
discount_shared_pay     | 0.6   | share | 0 1        | A           | of that which shared pay holds back
discount_authority      | 0.7   | share | 0 1        | A           | of that which joint price authority holds back
lead_worth              | 0.85  | share | 0.01 10    | A           | what reps think an account is worth, as a share of value_mean
lead_prospects          | 0.04  | prob. | 0 1        | A           | that they think an unworked lead becomes a customer
quota                   | 107000| c.u.  | 1 1e9      | A; S44      | per rep and quarter
prospect_block_hours    | 2.5   | h     | 0.5 8      | A           | a block of prospecting
prospect_blocks         | 6     | 1/d   | 0 7        | A           | at most
prospect_success        | 0.32  | prob. | 0 1        | A*          | that a block of a typical rep opens a deal
prospect_brand          | 0.15  | -     | 0 1        | A           | elasticity to brand
prospect_data           | 0.2   | share | 0 1        | A           | more with shared data
prospect_fit            | -0.10 | logit | -4 4       | A           | fit of a self-found deal
prospect_fit_sd         | 0.8   | logit | 0 3        | A           | its spread
prospect_fit_language   | 0.2   | logit | 0 1        | A           | more with the common language
prospect_context        | 0.35  | share | 0 1        | A           | what a rep knows of his own prospect
pool_overlap            | 0.7   | -     | 0 1.5      | A; E103     | how much everybody fishes in the same water
pool_reference          | 0.30  | 1/d   | 0.01 20    | A           | deals opened per rep and day that make index 1
pool_memory             | 0.01  | 1/d   | 0 1        | A           | how fast the pool follows
skill_sd                | 0.25  | ln    | 0 1        | A; BPI 2012 | spread between reps in closing
marketer_skill          | 0.7   | factor| 0.1 2      | A           | skill of a marketer who works a deal, 1 = typical rep
pace_sd                 | 0.30  | ln    | 0 1        | A; Olist    | spread between reps in speed
book_base               | 0.55  | factor| 0 2        | A           | own yield of a newcomer
book_gain               | 0.64  | factor| 0 2        | A; E51      | more for a veteran
experience_days         | 520   | d     | 100 1500   | A           | time constant of experience
ramp_days               | 90    | d     | 1 520      | E97         | until a newcomer is productive
ramp_start              | 0.3   | share | 0 1        | A; E97      | of productivity on the first day
[contact]
free_contacts           | 5     | 1/week| 0 15       | A; E43      | chance meetings of a person
far_weight              | 0.05  | share | 0 1        | E43, E44    | of meetings that distance leaves
incidental_quality      | 0.10  | share | 0 1        | A; E23      | of chance meetings
ride_along_quality      | 0.6   | share | 0 1        | A; E34      | of a call together
ride_along_contact      | 0.46  | 1/week| 0 2        | A           | per call a month
meeting_contact         | 0.9   | 1/h   | 0 3        | A           | per hour of meeting
joint_contact           | 1.2   | 1/h   | 0 3        | A           | per hour of joint work
event_contact           | 0.1   | h     | 0 3        | A           | weekly joint work that one joint event a quarter amounts to
circle                  | 6     | people| 1 60       | A           | counterparts whom planned contact is spread over
backing_floor           | 0.5   | share | 0 1        | E34         | quality of contact without backing
familiarity_scale       | 0.25  | 1/week| 0.05 1     | A           | contact that gives most of the gain
familiarity_build       | 0.06  | 1/week| 0 0.3      | A           | gain
familiarity_fade        | 0.025 | 1/week| 0 0.3      | A           | loss; half gone in half a year
familiarity_news        | 0.10  | share | 0 1        | A           | by a report
informal_substitution   | 0.75  | share | 0 1        | A           | of a rule that acquaintance can stand in for
vocabulary_start        | 0.36  | share | 0 1        | A*          | common language at first
vocabulary_gain         | 0.012 | 1/week| 0 0.1      | A           | from contact
vocabulary_scale        | 1.5   | week  | 0.1 10     | A           | how soon contact saturates
vocabulary_fade         | 0.02  | 1/week| 0 0.2      | A           | back to the start
training_gain           | 0.006 | 1/week| 0 0.1      | A; E37      | from four hours a quarter in class
training_transfer       | 0.3   | share | 0 1        | E23, E26    | of what is learnt in class that reaches work
trust_start             | 0.32  | share | 0 1        | A*          | trust at first
trust_gain              | 0.015 | 1/week| 0 0.1      | A; E36      | from contact
trust_scale             | 3     | week  | 0.1 10     | A           | how soon contact saturates
trust_fade              | 0.008 | 1/week| 0 0.1      | A; E36      | back to the start
trust_accepted          | 0.01  | share | 0 1        | A           | from an accepted lead
trust_reported          | 0.04  | share | 0 1        | A           | instead, if the rep reported on it
trust_win               | 0.06  | share | 0 1        | A           | from a won marketing lead
trust_rejected          | 0.05  | share | 0 1        | A           | lost by a rejected lead
trust_expired           | 0.04  | share | 0 1        | A           | lost by an expired lead
trust_forgiveness       | 0.6   | share | 0 1        | A           | of these losses that acquaintance forgives
adherence_floor         | 0.6   | share | 0 1        | A; E49      | of a practice that people follow without backing
adoption_capacity       | 3     | practices | 0.5 300| A           | full steps of change that can be learnt side by side
organization_work       | 1     | factor| 0 3        | A           | on the fixed hours of plans, data, funnel and meetings
[learning]
knowledge_start         | 0.20  | share | 0 1        | A           | market knowledge at first
knowledge_drift         | 0.0155| 1/week| 0 0.2      | A           | back to the start: the market moves on
knowledge_channel       | 0.004 | 1/week| 0 0.1      | A           | from meetings, calls together and shared data
knowledge_hearsay       | 0.001 | 1/week| 0 0.1      | A           | from chance meetings
knowledge_report        | 0.006 | share | 0 0.1      | A           | from a report; twice at closing
vocabulary_report_rep   | 0.004 | share | 0 0.1      | A           | from a report
vocabulary_report_marketer| 0.002| share | 0 0.1     | A           | from a report
report_base             | 0.3   | share | 0 1        | A; E48      | willingness to report without trust
report_trust            | 0.7   | share | 0 1        | A; S30      | more with trust
report_pay_base         | 0.5   | share | 0 1        | A; S30      | willingness to report without reward
report_shared_pay       | 0.3   | share | 0 1        | A; S30      | more with shared pay
report_data             | 0.3   | share | 0 1        | A; S30      | more with shared data
report_strain           | 0.5   | share | 0 1        | A           | withheld when strained
liaison_hours           | 26    | h/week| 1 40       | A           | of a full post for visits and disputes
liaison_visit_hours     | 1     | h     | 0.25 8     | A           | a visit
liaison_visit_cost      | 0.3   | h     | 0 4        | A           | of the visited rep and marketer each
liaison_hearing_share   | 0.3   | share | 0 1        | A           | of his hours that disputes may take
liaison_hearing_hours   | 1     | h     | 0.25 8     | A           | to hear a dispute
liaison_trust           | 0.05  | share | 0 1        | A           | trust that a visit brings to the pair
liaison_familiarity     | 0.15  | share | 0 1        | A           | acquaintance that a visit brings
liaison_knowledge       | 0.002 | share | 0 0.1      | A; E48      | market knowledge that a visit carries
liaison_vocabulary      | 0.002 | share | 0 0.1      | A           | common language that a visit carries
liaison_growth          | 0.03  | 1/week| 0 0.3      | A           | growth of trust in him
liaison_fade            | 0.01  | 1/week| 0 0.3      | A           | and its loss
liaison_bypass          | 0.12  | share | 0 1        | A; E48      | trust below which he is passed by
liaison_origin          | 0.5   | -     | 0 1        | A; E48      | 0 from marketing, 1 from sales, 0.5 neutral
liaison_settles         | 0.5   | share | 0 1        | A           | of personal disputes that he keeps to the matter
liaison_clarity         | 0.0005| 1/d   | 0 0.05     | A           | hand-off questions that a full post settles for good
[conflict]
gamma_lead_quality      | 0.40  | prob. | 0 1        | A           | that a rejected lead starts a dispute
gamma_follow_up         | 0.20  | prob. | 0 1        | A           | that an expired lead does
gamma_credit            | 0.35  | prob. | 0 1        | A           | that a win of a marketing lead does
gamma_price             | 0.22  | prob. | 0 1        | A           | that a discount of 0.1 does
gamma_budget            | 0.90  | prob. | 0 1        | A           | that a budget round does, per pair asked
gamma_territory         | 0.10  | prob. | 0 1        | A           | that an accepted lead does
gamma_blame             | 0.60  | prob. | 0 1        | A           | that a missed quota does, per pair asked
rule_settles            | 0.85  | share | 0 1        | A; S28      | of disputes that a full rule prevents
authority_settles       | 0.6   | share | 0 0.9      | E24, E25    | of disputes that full backing prevents
reward_calms            | 0     | share | 0 0.6      | E24, E25    | of disputes that shared pay prevents
price_dispute_discount  | 0.08  | share | 0 1        | A           | discount from which marketing complains
territory_self_found    | 0.3   | factor| 0 1        | A           | of the territory chance at a self-found deal
functional_base         | 0.3   | share | 0 0.9      | A; E27      | of disputes that stay about the matter among strangers
functional_hours        | 1.5   | h     | 0 40       | A           | of each side
personal_hours          | 2.5   | h     | 0 40       | A           | of each side
escalation_chance       | 0.4   | prob. | 0 1        | A           | of a personal dispute
escalation_clarity      | 0.6   | share | 0 1        | A           | of escalations that hand-off rules prevent
escalated_hours         | 1     | h     | 0 40       | A           | more of each side
manager_hours           | 3     | h     | 0 40       | A           | of a manager to hear an escalated dispute
trust_functional        | 0.01  | share | 0 1        | A; E32      | gained when the matter is argued out
trust_personal          | 0.10  | share | 0 1        | A; E31      | lost by a personal dispute
argued_out              | 0.002 | share | 0 0.1      | A           | learnt from a dispute about the matter
strain_added            | 0.5   | share | 0 1        | A; E31–E33  | by a personal dispute
strain_fade             | 0.16  | 1/week| 0 1        | A           | half gone in a month
marketer_dispute_share  | 0.5   | share | 0 1        | A           | of a marketer's hours that disputes may take
rep_dispute_share       | 0.6   | share | 0 1        | A           | of a rep's hours that disputes may take
orientation_sales       | 0.2   | share | 0 1        | A; E16      | time horizon of sales
orientation_marketing   | 0.8   | share | 0 1        | A; E16      | time horizon of marketing
orientation_move        | 0.3   | share | 0 0.4      | A           | how far pay and joint work bring them together
orientation_rate        | 0.03  | 1/week| 0 1        | A           | how fast
orientation_disputes    | 0.5   | share | 0 1        | A           | of disputes that a full difference of horizons accounts for
mistake_chance          | 0.2   | 1/month| 0 0.6     | A           | that a common decision goes wrong unless somebody objects
mistake_fit             | 0.3   | logit | 0 1        | A           | lost by wrong targeting
mistake_yes             | 0.12  | logit | 0 1        | A           | lost by a wrong price
mistake_decide          | 0.12  | logit | 0 1        | A           | lost by a wrong product decision
[people]
pay_rep                 | 150000| c.u./year | 0 1e7  | A           | all-in
pay_marketer            | 115000| c.u./year | 0 1e7  | A           | also of a liaison
pay_manager             | 190000| c.u./year | 0 1e7  | A           | all-in
programme_per_rep       | 55000 | c.u./year | 0 1e7  | A; E110     | brand and demand spend
programme_brand_share   | 0.40  | share | 0.05 0.95  | A; E108     | of it for the brand, before anybody raids it
programme_cut           | 0.15  | share | 0 0.45     | A; E111     | of it that a budget round takes from a marketing nobody sees
programme_cut_sales     | 0.7   | share | 0 1        | A           | of the cut that buys selling hours; the rest is saved
visible_share_norm      | 0.40  | share | 0.01 1     | A; E110     | marketing's visible part of bookings that protects its budget
raid_base               | 0.10  | share | 0 0.3      | A; S34      | of brand spend moved to demand in any budget round
raid_miss               | 0.30  | share | 0 0.4      | A; S34      | more where the bookings target was missed
raid_orientation        | 0.83  | share | 0 1        | A; S34      | more where marketing has lost its long view
ride_along_cost         | 150   | c.u.  | 0 1e5      | A           | per call together
event_cost              | 8000  | c.u.  | 0 1e6      | A           | per joint event
training_cost           | 12.5  | c.u./h| 0 1e4      | A           | per hour in class
data_cost               | 600   | c.u./year | 0 1e5  | A           | per person with shared data
collocation_cost        | 500   | c.u./year | 0 1e5  | A           | per person sitting together
leave_base              | 0.016 | 1/month| 0 0.2     | E96         | that a rep leaves who had no personal dispute that month
leave_per_dispute       | 0.004 | prob. | 0 0.1      | A           | more per personal dispute of the month: quarrels drive people out
vacancy_days            | 40    | d     | 1 520      | E97         | that the search for a successor takes if the manager has the time
hiring_hours            | 20    | h     | 0 400      | A           | of a manager to fill a desk, spread evenly over the search
manager_day_hours       | 8     | h/d   | 0.5 12     | A           | of a manager's day
hearing_share           | 0.5   | share | 0 1        | A           | of a manager's day that hearings may take; the rest waits
planning_hours          | 24    | h     | 0 400      | A           | of a manager for the plan of a quarter, owed from its last three weeks on
planning_share          | 0.5   | share | 0 1        | A           | of what hearings and hiring leave of a manager's day that planning may take
handover_keep           | 0.85  | share | 0 1        | A           | of the chance to decide, once a deal has changed hands: the buyer must get used to a new face
[accounts]
customers_per_rep       | 12    | accounts | 0 200   | A           | customers that each rep has on the first day
customer_fit            | 0.3   | logit | -4 4       | A           | fit of such a customer
customer_fit_sd         | 0.8   | logit | 0 3        | A           | its spread
customer_message        | 0.4   | share | 0 1        | A           | consistency of what such a customer was told
customer_age_days       | 1040  | d     | 1 10000    | A           | longest time for which he has been a customer; all shorter ones equally likely
service_owner           | 0     | -     | 0 2        | lever       | 0 the rep looks after customers, 1 the marketer, 2 both by halves
service_hours           | 0.6   | h/quarter | 0 40   | A           | service due to a reference account
service_start           | 0.7   | share | 0 1        | A           | of the service due that was given before the first day
service_memory          | 0.02  | 1/d   | 0 1        | A           | how fast customers notice better or worse service
service_promise         | 0.5   | share | 0 1        | A           | of service that is lost on a marketer who knows nothing of what sales promised: half is routine
renewal_base            | 2.3   | logit | -4 8       | A*          | chance that a contract is renewed
renewal_fit             | 0.25  | logit | 0 2        | A; E115     | more with fit
renewal_message         | 1.3   | logit | 0 4        | A; E115     | less where the buyer was told mixed messages
renewal_service         | 0.9   | logit | 0 4        | A           | more with service
renewal_discount        | 4     | logit | 0 10       | A; E115     | less per unit of discount above the next
renewal_discount_from   | 0.08  | share | 0 1        | A           | discount from which a renewal suffers
renewal_brand           | 0.3   | logit | 0 2        | A; E100     | per unit of log brand
renewal_new_product     | 0.4   | logit | 0 2        | A           | more for product B, whose life is longer
tie_strength            | 1.0   | logit | 0 3        | A           | what a long tie to a reference account adds and a new one takes
tie_neutral             | 0.4   | share | 0 1        | A           | newness of a tie that neither adds nor takes
tie_days                | 260   | d     | 1 2600     | A           | time constant of a tie
tie_account_plan        | 0.5   | share | 0 1        | A           | of newness that a common account plan carries across
expansion_base          | 0.02  | share | -0.5 1     | A           | growth of an account at renewal
expansion_service       | 0.12  | share | 0 1        | A           | more with full service and a consistent message
delivery_share          | 0.28  | share | 0 1        | A           | of list value recognised that delivery costs
[product]
launch_day              | 0     | d     | -10000 10000 | A         | product B is there from this day of the window; beyond the run: never
product_base            | -1.3  | logit | -4 4       | A           | chance that a new deal is for product B
product_shared_pay      | 2.2   | logit | 0 6        | A           | more with shared pay: short-term pay favours what sells fast
product_planning        | 0.8   | logit | 0 4        | A           | more with joint planning
product_knowledge_start | 0.10  | share | 0 1        | A           | what a rep knows of product B at first
product_knowledge_gain  | 0.04  | 1/week| 0 1        | A           | learnt a week by a rep with full command of the common language
product_premium         | 0.05  | share | -0.5 5     | A           | by which product B is dearer
decide_new_product      | 0.5   | logit | 0 2        | A*          | slower decision where the rep knows nothing of product B
[mechanisms]
use_trust               | 1     | 0/1   | 0 1        | switch      | 0: everybody is trusted as at the start
use_familiarity         | 1     | 0/1   | 0 1        | switch      | 0: nobody has got to know anybody
use_vocabulary          | 1     | 0/1   | 0 1        | switch      | 0: the common language is that of the start
use_knowledge           | 1     | 0/1   | 0 1        | switch      | 0: market knowledge is that of the start
use_strain              | 1     | 0/1   | 0 1        | switch      | 0: personal disputes leave no strain
use_orientation         | 1     | 0/1   | 0 1        | switch      | 0: horizons are those of the start
use_mistakes            | 1     | 0/1   | 0 1        | switch      | 0: common decisions do not go wrong
use_coordination_hours  | 1     | 0/1   | 0 1        | switch      | 0: coordination takes no time
use_dispute_hours       | 1     | 0/1   | 0 1        | switch      | 0: disputes take no time
use_attention           | 1     | 0/1   | 0 1        | switch      | 0: a full inbox is read as carefully as an empty one
use_picture             | 1     | 0/1   | 0 1        | switch      | 0: reps' picture of marketing leads stays that of the start
use_experience          | 1     | 0/1   | 0 1        | switch      | 0: veterans and newcomers prospect alike
use_brand               | 1     | 0/1   | 0 1        | switch      | 0: brand is that of the start
use_campaign_effort     | 1     | 0/1   | 0 1        | switch      | 0: campaign work is that of the start
use_pool                | 1     | 0/1   | 0 1        | switch      | 0: the pool of buyers is as at the start
use_clarified           | 1     | 0/1   | 0 1        | switch      | 0: liaisons settle no hand-off questions
use_leaving             | 1     | 0/1   | 0 1        | switch      | 0: nobody leaves but by a shock
use_hearings            | 1     | 0/1   | 0 1        | switch      | 0: strain fades although no manager has heard the dispute
use_service             | 1     | 0/1   | 0 1        | switch      | 0: customers see the service of the start
use_service_hours       | 1     | 0/1   | 0 1        | switch      | 0: service takes no time and is given in full
use_service_loop        | 1     | 0/1   | 0 1        | switch      | 0: renewals bring no news to marketing
use_ties                | 1     | 0/1   | 0 1        | switch      | 0: it makes no difference for how long a customer was served by one person
use_product_knowledge   | 1     | 0/1   | 0 1        | switch      | 0: what reps know of product B is that of the start
use_budget_power        | 1     | 0/1   | 0 1        | switch      | 0: budget rounds move no money
"""

#: Rules that are whole numbers.
WHOLE = frozenset(LEVER_NAMES) | {
    "recycle_wait_days",
    "recycle_times",
    "due_days_low",
    "due_days_spread",
    "second_look_days",
    "expiry_days",
    "prospect_blocks",
    "vacancy_days",
    "customers_per_rep",
    "customer_age_days",
    "launch_day",
}


def _read(table: str) -> tuple[Rule, ...]:
    section, rules = "", []
    for line in table.strip().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
            continue
        name, default, unit, span, source, meaning = (cell.strip() for cell in line.split("|", 5))
        low, high = span.split()
        rules.append(Rule(section, name, float(default), unit, float(low), float(high), source, meaning))
    return tuple(rules)


RULES: tuple[Rule, ...] = _read(_TABLE)


def is_whole(rule: Rule) -> bool:
    """Whether the rule is a whole number: a switch, a lever or a number of days."""
    return rule.name in WHOLE or rule.section == "mechanisms"


#: Levers by name: whole numbers that a timeline may change on a day.
LEVERS: dict[str, Rule] = {name: next(rule for rule in RULES if rule.name == name) for name in LEVER_NAMES}

#: Most rows of the tables inside the rules; more is refused where a scenario is read.
MOST_SOURCES = 16
MOST_SEGMENTS = 8
MOST_STEPS = 256
MOST_GROWTH = 32
N_PRACTICES = len(PRACTICES)

#: One record of all that a run is given and never changes. `source_up_to` and `segment_up_to` are cumulative shares;
#: `fit_shift` is centred; a step is one practice that is raised, lowered or adopted, or one lever that is set
#: (`step_kind`, `step_what`; `step_target`, in its own unit), from a day (`step_start`) until before another
#: (`step_end`), with the time constants of its ramp and of falling back (days) and what is paid on the first day
#: (`step_one_off`, c.u.). `growth_…` is the headcount of a unit from `growth_day` on, with the floor of the practices
#: that are `practice_is_floored`; without any (`n_growth` 0) everybody is there from the start. `practice_scale` is a full step of change; what is not `is_paced` needs only money.
RULES_DTYPE = np.dtype(
    [(rule.name, np.int64 if is_whole(rule) else np.float64) for rule in RULES]
    + [(name, np.int64) for name in ("warmup_days", "n_days", "n_sources", "n_segments", "n_steps")]
    + [("weekday", np.float64, (5,))]
    + [(name, np.float64, (MOST_SOURCES,)) for name in ("source_up_to", "source_fit_shift")]
    + [(name, np.float64, (MOST_SEGMENTS,)) for name in ("segment_up_to", "segment_value", "segment_pace")]
    + [(name, np.float64, (N_PRACTICES,)) for name in ("practice_base", "practice_scale")]
    + [("practice_is_paced", np.int64, (N_PRACTICES,))]
    + [("practice_is_floored", np.int64, (N_PRACTICES,)), ("n_growth", np.int64)]
    + [(f"growth_{name}", np.int64, (MOST_GROWTH,)) for name in ("day", "marketers", "reps", "managers", "generalists")]
    + [("growth_floor", np.float64, (MOST_GROWTH,))]
    + [(name, np.int64, (MOST_STEPS,)) for name in ("step_kind", "step_what", "step_start", "step_end")]
    + [
        (name, np.float64, (MOST_STEPS,))
        for name in ("step_target", "step_time_constant", "step_decay", "step_one_off")
    ],
    align=True,
)
