"""Why the assumed numbers are what they are: a reason per block of rules whose source is ``A`` alone.

A rule whose source names evidence (``A; E51``) takes its sign or order from there and its size by assumption; ``A*``
was tuned, together with the other base rates, to the patterns P1–P6 of docs/odd.md. Everything else that is assumed
stands here. A test refuses a rule without a source, an assumption without a reason, and a reason without a rule.
"""

from __future__ import annotations

from sim.domain.rules import Rule

_TABLE = """
market.seasonal_swing: quarters of business-to-business demand differ by about a tenth
market.effort_elasticity: more work brings more inquiries, at falling returns: half a per cent for each per cent
market.fit_per_knowledge: full knowledge of the market is worth less than the spread between buyers
market.value_mean: sets the scale of money; with the quota it makes half of the reps reach it
market.event_leads_per_rep market.event_fit_shift: an event brings few leads, of buyers who came on purpose
brand.brand_decay: slower than advertising studies say, since here it holds reputation with firms
people.programme_cut_sales: sales asks for people with most of what is cut, the controller keeps the rest
brand.brand_base brand.brand_planning: a plan made together makes the same spend work a fifth better
marketing.score_noise marketing.score_noise_knowledge: scores err as much as buyers differ; knowledge halves that
marketing.lead_count_goal marketing.lead_count_ease: goals are set a little above what comes out unhurried
marketing.habit_spread: without a definition marketers differ by half as much as buyers do
marketing.recycle_gain marketing.recycle_wait_days marketing.recycle_times: nurturing is monthly and helps a little
marketing.due_days_low marketing.due_days_spread: forms are collected and enriched within two weeks
marketing.score_hours marketing.queue_share: half an hour a lead; campaigns keep a third of the day
marketing.campaign_memory marketing.campaign_reference: campaigns show within a month; 1 is an ordinary day
handoff.qualified_error handoff.qualified_context: a talk tells half of what a form leaves open, and gives rules' worth of context
handoff.keep_own_chance: who has qualified a lead himself mostly keeps it
handoff.prior_fit: the average lead, as marketing has learnt to know it
handoff.message_planning handoff.message_account_plan: plans agree on words, for key accounts more than elsewhere
handoff.context_base handoff.context_clarity handoff.context_data: words carry most, rules and data a third each
handoff.context_strain: who is strained writes a thinner note
handoff.inbox_min: where reps find buyers themselves, some hardly ever look for what marketing sends
handoff.reading_hours handoff.reading_cap: a quarter of an hour a lead, an hour a day
handoff.attention_scale handoff.haste_reading handoff.haste_willingness: attention is halved by a full page of leads
handoff.reading_noise: without words in common a lead is read about as badly as it is scored
handoff.picture_start handoff.picture_rate: prejudice is mild, and changes with some twenty leads worked
handoff.follow_up_reference handoff.load_reference: typical values of an undefined firm, so that the base stands alone
handoff.follow_up_quarter_end: a missed quota comes first; as strong as a full load of deals
handoff.follow_up_horizon: a small effect of another time horizon, so that it can be swept
handoff.follow_up_own: one's own qualified lead is almost always worked
handoff.second_look_days handoff.expiry_days: a working week, a payroll month
handoff.tracking_base: rules work at two fifths without backing from above
handoff.reroute_strength handoff.sla_priority: half of what nobody took finds somebody; a rule moves a lead up
handoff.acceptance_fit handoff.acceptance_message: fit counts most when buyers decide to talk
selling.marketer_hours: eight hours less the same meetings and administration as others, without travel
selling.introduction_hours: a short call, since the buyer knows the firm already
selling.marketer_skill: whoever sells now and then is about one and a half spreads of skill behind
selling.account_reference: the mean account of the middle segment
selling.account_hours_low selling.account_hours_high: bounds that keep a single account from filling a week
selling.decide_skill selling.yes_skill: with the spread of skill they give the small spread of win rates in the data
selling.decide_ramp: a newcomer needs about a third more touches
selling.decide_discount: a tenth off moves a hesitant buyer from a third to two fifths at a touch
selling.loss_fit selling.loss_brand: those whom it fits, and who know the firm, leave less quietly
selling.neglect_days: two months of silence end a deal
selling.discount_norm selling.discount_quarter_end: quarter-end discounts up to a third are known from software sales
selling.discount_shared_pay selling.discount_authority: each holds back most of it, neither all
selling.lead_worth selling.lead_prospects: what a rep would answer if asked; only the order of his work depends on it
selling.prospect_block_hours selling.prospect_blocks: a morning or an afternoon without interruption
selling.prospect_brand selling.prospect_data: knowing the name or having the data helps a little
selling.prospect_fit selling.prospect_fit_sd: reps look for those whom it fits, and find them more alike
selling.prospect_fit_language selling.prospect_context: a rep knows his own prospects well, marketing's words help
selling.pool_reference selling.pool_memory: 1 is what an undefined firm opens; the pool refills within half a year
selling.book_base selling.experience_days: with the gain, a rep of mean tenure has yield 1; most is learnt in two years
contact.ride_along_contact: two joint calls a month are a contact a week
contact.meeting_contact contact.joint_contact contact.event_contact: about one exchange an hour, more when working
contact.circle: nobody gets to know more than a handful of people at once
contact.familiarity_scale contact.familiarity_build: a contact a week makes people acquainted within months
contact.familiarity_fade contact.familiarity_news: half forgotten in half a year; news from the field refreshes it
contact.informal_substitution: acquaintance does three quarters of what a rule does
contact.vocabulary_gain contact.vocabulary_scale contact.vocabulary_fade: words are learnt and lost within a year
contact.trust_scale: the first contacts count most
contact.trust_accepted contact.trust_reported contact.trust_win: kept promises build trust slowly, news more than deeds
contact.trust_rejected contact.trust_expired contact.trust_forgiveness: losing trust is quicker than gaining it
contact.adoption_capacity: a firm can take up about three new practices at once
contact.organization_work: hours of plans, data and funnel as they stand in the formula; a factor to sweep
learning.knowledge_start learning.knowledge_drift: in a vacuum marketing knows a fifth, and forgets within a year
learning.knowledge_channel learning.knowledge_hearsay learning.knowledge_report: field news teach most, gossip least
learning.vocabulary_report_rep learning.vocabulary_report_marketer: telling teaches words, hearing half as many
learning.report_strain: after a quarrel half of the news is kept back
learning.liaison_hours learning.liaison_visit_hours learning.liaison_visit_cost: a post less travel and administration
learning.liaison_hearing_share learning.liaison_hearing_hours: disputes must not fill the post
learning.liaison_trust learning.liaison_familiarity learning.liaison_vocabulary: a visit does about what a report does
learning.liaison_growth learning.liaison_fade: a go-between is trusted within a year and forgotten within two
learning.liaison_settles learning.liaison_clarity: half of the quarrels; one question in six a year and post
conflict.gamma_lead_quality conflict.gamma_follow_up conflict.gamma_credit conflict.gamma_price: no data; level moderate
conflict.gamma_budget conflict.gamma_territory conflict.gamma_blame: no data; level moderate
conflict.price_dispute_discount conflict.territory_self_found: small discounts and own deals seldom offend
conflict.functional_hours conflict.personal_hours: no data; a talk or two, more if it hurts
conflict.escalated_hours conflict.manager_hours: no data; a hearing takes an hour of each side and three of a manager
conflict.escalation_chance conflict.escalation_clarity: fewer than half go up, rules say to whom
conflict.argued_out: as much as is learnt from a report
conflict.strain_fade: a quarrel is half forgotten in a month
conflict.marketer_dispute_share conflict.rep_dispute_share: customers and campaigns cannot wait for ever
conflict.orientation_move conflict.orientation_rate conflict.orientation_disputes: sizes for the sweep, signs from E16
conflict.mistake_chance conflict.mistake_fit conflict.mistake_yes conflict.mistake_decide: one in five, a tenth of odds
people.pay_rep people.pay_marketer people.pay_manager: all-in pay of a US firm
people.ride_along_cost people.event_cost people.training_cost people.data_cost people.collocation_cost: usual prices
people.leave_per_dispute: a quarrel a month makes leaving a quarter more likely
people.handover_keep: a buyer must get used to a new face once
people.hiring_hours people.manager_day_hours people.hearing_share: half a working week a hire; half a day of hearings
people.planning_hours people.planning_share: three days a quarter, which never fill a week
accounts.customers_per_rep accounts.customer_age_days: a book of a dozen accounts, won over the last four years
accounts.customer_fit accounts.customer_fit_sd accounts.customer_message: who stayed fits better than an inquiry does
accounts.service_hours: some two and a half hours a year: a call now and then
accounts.service_start accounts.service_memory: customers notice within a quarter
accounts.service_promise: half of service is routine, the other half is keeping promises
accounts.renewal_service: without any service twice as many leave
accounts.renewal_discount_from: discounts that sales gives anyhow attract nobody who leaves for the next one
accounts.renewal_new_product: a newer product stays longer in use
accounts.tie_strength accounts.tie_neutral accounts.tie_days: an old tie cuts churn by a third, a new one adds two thirds
accounts.tie_account_plan: who shares a plan with marketing hands over half of the acquaintance
accounts.expansion_base accounts.expansion_service: prices rise a little; content customers buy some more each year
accounts.delivery_share: a gross margin of about seven tenths, as usual in software and services
product.launch_day: the launch lies within the window, so that entering the market can be measured
product.product_base product.product_shared_pay product.product_planning: a fifth of deals under pay for closing, most where pay is shared
product.product_knowledge_start product.product_knowledge_gain: learnt within a year by who speaks the language
product.product_premium: a new product sells a little dearer
"""


def _read(table: str) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for line in table.strip().splitlines():
        names, reason = line.split(": ", 1)
        reasons |= dict.fromkeys(names.split(), reason)
    return reasons


#: Reason by rule, such as ``market.seasonal_swing``.
REASONS: dict[str, str] = _read(_TABLE)


def needs_reason(rule: Rule) -> bool:
    """Whether a rule is assumed without any evidence for its sign or order."""
    return rule.source == "A"


def reason_of(rule: Rule) -> str:
    """Why a rule has its default, as far as that is no evidence; empty for evidence, levers and switches."""
    if rule.source.startswith("A*"):
        return "tuned with the other base rates to the patterns P1–P6"
    if rule.source in ("A; Olist", "A; BPI 2012"):
        return "within what the data show, rounded"
    if rule.source.startswith("A; "):
        return f"sign or order after {rule.source.removeprefix('A; ')}, size assumed"
    return REASONS.get(f"{rule.section}.{rule.name}", "")
