"""What practitioners say about marketing and sales, claim by claim, and where the model holds it.

Each claim (in our own words) names the behaviours that carry it and checks. A check compares two worlds on common luck:
`change` on top of `base` must move `outcome` in the direction `sign`. With the mechanism switched off (`off`, on both
sides) it must not: the same check fails. docs/seed-coverage.md is written from this table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.domain.vocabulary import DISPUTES

Sets = dict[str, Any]


@dataclass(frozen=True)
class Check:
    """A lever, what it does, and the switch that takes it away.

    Parameters
    ----------
    name : str
        Words of the test's name.
    outcome : str
        Outcome that moves.
    sign : {+1, -1}
        Direction.
    change, off, base : dict
        Values by path: the lever, the switch (both sides), the surroundings (both sides).
    organization : str
        Preset of the size.
    """

    name: str
    outcome: str
    sign: int
    change: Sets
    off: Sets
    base: Sets = field(default_factory=dict)
    organization: str = "growing"


@dataclass(frozen=True)
class Claim:
    """A claim of a source in our words, the behaviours that hold it, and its checks by name."""

    source: str
    words: str
    behaviours: tuple[str, ...]
    checks: tuple[str, ...]


#: Channels besides the one that a check is about, switched off on both sides.
NO_TRUST: Sets = {"mechanisms.use_trust": 0, "mechanisms.use_familiarity": 0}
NO_STOCKS: Sets = {**NO_TRUST, "mechanisms.use_vocabulary": 0, "mechanisms.use_picture": 0}
NO_LIAISON: Sets = {
    "learning.liaison_trust": 0,
    "learning.liaison_familiarity": 0,
    "learning.liaison_knowledge": 0,
    "learning.liaison_vocabulary": 0,
    "learning.liaison_clarity": 0,
}
MIXED: Sets = {"handoff.acceptance_message": 2.0}
MEETING: Sets = {"practices.meetings": 6, "practices.meeting_hours": 1.5, "practices.agenda_discipline": 0.8}

CHECKS = (
    Check(
        "horizons that differ cost disputes",
        "conflict_per_100",
        -1,
        {"conflict.orientation_marketing": 0.2},
        {"conflict.orientation_disputes": 0},
        {"handoff.follow_up_horizon": 0, "conflict.mistake_chance": 0},
    ),
    Check(
        "horizons that differ and meet catch mistakes",
        "mistakes",
        +1,
        {"conflict.orientation_marketing": 0.2},
        {"conflict.mistake_chance": 0},
        {**MEETING, "conflict.mistake_chance": 0.6},
    ),
    Check(
        "shared goals bring the horizons together",
        "orientation_gap",
        -1,
        {"practices.shared_metric_marketing": 0.5, "practices.shared_metric_sales": 0.5},
        {"conflict.orientation_move": 0},
    ),
    Check(
        "rules for the hand-off settle disputes about leads",
        "lead_quality_disputes",
        -1,
        {"practices.handoff_clarity": 0.85},
        {"conflict.rule_settles": 0},
        {"marketing.habit_spread": 0, "handoff.context_clarity": 0},
    ),
    Check(
        "a defined lead ends private ideas of what is ready",
        "acceptance_rate",
        +1,
        {"practices.handoff_clarity": 1.0},
        {"marketing.habit_spread": 0},
        {"conflict.rule_settles": 0, "handoff.context_clarity": 0, "marketing.habit_spread": 2.0},
        "mid",
    ),
    Check(
        "flexible borders get more leads worked",
        "followup_rate",
        +1,
        {"practices.boundary_flexibility": 0.8},
        {"handoff.reroute_strength": 0},
    ),
    Check(
        "closeness costs selling time",
        "utilisation",
        -1,
        {"practices.meetings": 26, "practices.meeting_hours": 2},
        {"mechanisms.use_coordination_hours": 0},
    ),
    Check(
        "fixed work of coordination weighs on a small firm",
        "utilisation",
        -1,
        {"contact.organization_work": 3},
        {"mechanisms.use_coordination_hours": 0},
        {"relationship": "integrated"},
        "small",
    ),
    Check(
        "an agenda makes meetings count",
        "contact_quality",
        +1,
        {"practices.agenda_discipline": 0.9},
        {"contact.meeting_contact": 0},
        {"practices.meetings": 6},
    ),
    Check(
        "joint work is contact of full quality",
        "contact_quality",
        +1,
        {"practices.joint_work": 1.5},
        {"contact.joint_contact": 0},
    ),
    Check(
        "acquaintance from joint work stands in for rules",
        "conflict_per_100",
        -1,
        {"practices.joint_work": 1.5},
        {"mechanisms.use_familiarity": 0},
        {"mechanisms.use_trust": 0, "mechanisms.use_orientation": 0, "mechanisms.use_vocabulary": 0},
    ),
    Check(
        "a liaison keeps disputes to the matter",
        "functional_share",
        +1,
        {"practices.liaisons": 2},
        {"learning.liaison_settles": 0},
        NO_LIAISON,
    ),
    Check(
        "a liaison mends the process",
        "lead_quality_disputes",
        -1,
        {"practices.liaisons": 3},
        {"mechanisms.use_clarified": 0},
        {**NO_LIAISON, "learning.liaison_clarity": 0.002, "learning.liaison_settles": 0, "handoff.context_clarity": 0},
    ),
    Check(
        "a liaison carries trust",
        "followup_rate",
        +1,
        {"practices.liaisons": 3},
        {"mechanisms.use_trust": 0},
        {**NO_LIAISON, "learning.liaison_trust": 0.05, "learning.liaison_settles": 0},
    ),
    Check(
        "sitting together brings people into contact",
        "contact_raw",
        +1,
        {"practices.collocation": 0.8},
        {"contact.free_contacts": 0},
    ),
    Check(
        "in a small firm everybody meets",
        "contact_raw",
        +1,
        {"people.proximity_floor": 0.9},
        {"contact.free_contacts": 0},
        {},
        "small",
    ),
    Check(
        "news from the field teaches marketing",
        "market_knowledge",
        +1,
        {"practices.feedback": 0.9},
        {"learning.knowledge_report": 0},
        NO_STOCKS,
    ),
    Check(
        "what marketing learns brings better leads",
        "acceptance_rate",
        +1,
        {"practices.feedback": 1.0},
        {"mechanisms.use_knowledge": 0},
        {
            **NO_STOCKS,
            "market.fit_per_knowledge": 1.5,
            "learning.knowledge_report": 0.03,
            "selling.report_hours": 0,
            "handoff.message_feedback": 0,
            "practices.sla": 0.7,
        },
        "mid",
    ),
    Check(
        "reports take selling time",
        "prospecting_share",
        -1,
        {"selling.report_hours": 2},
        {"practices.feedback": 0},
        {"practices.feedback": 1.0, "practices.sla": 0.7, "mechanisms.use_knowledge": 0},
    ),
    Check(
        "one funnel ends blame",
        "blame_disputes",
        -1,
        {"practices.funnel_unity": 0.95},
        {"conflict.rule_settles": 0},
        {"contact.organization_work": 0},
    ),
    Check(
        "one funnel ends quarrels over credit",
        "credit_disputes",
        -1,
        {"practices.funnel_unity": 0.95},
        {"conflict.rule_settles": 0},
        {"contact.organization_work": 0, "practices.sla": 0.7},
        "mid",
    ),
    Check(
        "marketers on sales calls learn the market",
        "market_knowledge",
        +1,
        {"practices.ride_alongs": 3},
        {"learning.knowledge_channel": 0},
        {"learning.knowledge_report": 0},
    ),
    Check(
        "calls together are contact of quality",
        "contact_quality",
        +1,
        {"practices.ride_alongs": 3},
        {"contact.ride_along_contact": 0},
    ),
    Check(
        "meetings teach marketing",
        "market_knowledge",
        +1,
        MEETING,
        {"learning.knowledge_channel": 0},
        {"learning.knowledge_report": 0},
    ),
    Check(
        "marketing in a vacuum stays ignorant",
        "market_knowledge",
        +1,
        {**MEETING, "practices.feedback": 0.75},
        {
            "learning.knowledge_report": 0,
            "learning.knowledge_channel": 0,
            "learning.knowledge_hearsay": 0,
            "conflict.argued_out": 0,
        },
    ),
    Check(
        "account plans make messages consistent",
        "acceptance_rate",
        +1,
        {"practices.account_plans": 1.0},
        {"handoff.message_account_plan": 0},
        {
            **MIXED,
            "market.segments": [
                {"name": "small", "share": 0.1, "value_factor": 0.7, "pace_factor": 0.8},
                {"name": "mid", "share": 0.1, "value_factor": 1.1, "pace_factor": 1.15},
                {"name": "key account", "share": 0.8, "value_factor": 1.0, "pace_factor": 1.0},
            ],
        },
        "mid",
    ),
    Check(
        "viable leads become customers",
        "acceptance_rate",
        +1,
        {"market.fit_mean": 0.5},
        {"handoff.acceptance_fit": 0},
        {"handoff.follow_up_quality": 0, "handoff.follow_up_base": 4.0},
    ),
    Check(
        "quarrels that turn personal leave strain",
        "strain",
        +1,
        {"conflict.gamma_lead_quality": 1.0, "conflict.gamma_blame": 1.0},
        {"conflict.strain_added": 0},
    ),
    Check(
        "strained people take up fewer leads",
        "followup_rate",
        -1,
        {"conflict.gamma_lead_quality": 1.0, "conflict.gamma_blame": 1.0, "conflict.gamma_follow_up": 1.0},
        {"mechanisms.use_strain": 0},
        {
            **NO_STOCKS,
            "mechanisms.use_dispute_hours": 0,
            "mechanisms.use_knowledge": 0,
            "people.leave_per_dispute": 0,
            "practices.sla": 0.5,
        },
    ),
    Check(
        "quarrels burn trust",
        "trust",
        -1,
        {"conflict.gamma_budget": 1.0, "conflict.gamma_blame": 1.0, "conflict.gamma_lead_quality": 1.0},
        {"conflict.trust_personal": 0},
        {
            "conflict.trust_personal": 0.4,
            "conflict.gamma_budget": 0.1,
            "conflict.gamma_blame": 0.1,
            "conflict.gamma_lead_quality": 0.1,
        },
    ),
    Check(
        "quarrels take time",
        "utilisation",
        -1,
        {"conflict.gamma_lead_quality": 1.0, "conflict.gamma_follow_up": 1.0, "conflict.functional_hours": 20},
        {"mechanisms.use_dispute_hours": 0},
        {"mechanisms.use_strain": 0, "mechanisms.use_trust": 0},
    ),
    Check(
        "learning together teaches a common language",
        "vocabulary",
        +1,
        {"practices.training": 6},
        {"contact.training_transfer": 0},
    ),
    Check(
        "a common language makes messages consistent",
        "acceptance_rate",
        +1,
        {"practices.training": 20},
        {"mechanisms.use_vocabulary": 0},
        {**MIXED, "contact.training_transfer": 1.0, "contact.training_gain": 0.02, "mechanisms.use_trust": 0},
    ),
    Check(
        "veterans with a book of their own need marketing less",
        "followup_veteran",
        -1,
        {"handoff.follow_up_own_yield": 2.0},
        {"mechanisms.use_experience": 0},
        {"handoff.follow_up_own_yield": 0, "selling.skill_sd": 0, "handoff.tracking_strength": 0},
        "mid",
    ),
    Check(
        "a lead count as goal makes marketing hand off more",
        "handed_off",
        -1,
        {"practices.shared_metric_marketing": 0.9},
        {"marketing.lead_count_pull": 0},
    ),
    Check(
        "sales comments make material consistent",
        "acceptance_rate",
        +1,
        {"practices.feedback": 1.0},
        {"handoff.message_feedback": 0},
        {**NO_STOCKS, **MIXED, "mechanisms.use_knowledge": 0, "practices.sla": 0.7},
        "mid",
    ),
    Check(
        "tools that fit the market speed up the sale",
        "cycle_days",
        -1,
        {"learning.knowledge_start": 0.95},
        {"selling.decide_tools": 0},
        {"selling.decide_tools": 2, "market.fit_per_knowledge": 0, "marketing.score_noise_knowledge": 0},
    ),
    Check(
        "a plan made together keeps messages consistent",
        "acceptance_rate",
        +1,
        {"practices.joint_planning": 1.0},
        {"handoff.message_planning": 0},
        {**MIXED, "contact.organization_work": 0, "practices.sla": 0.7},
        "mid",
    ),
    Check(
        "a plan made together builds the brand",
        "brand",
        +1,
        {"practices.joint_planning": 0.9},
        {"brand.brand_planning": 0},
        {"brand.brand_discount_loss": 0, "mechanisms.use_budget_power": 0},
    ),
    Check(
        "a known brand brings inquiries",
        "leads_in",
        +1,
        {"brand.brand_base": 2.0},
        {"mechanisms.use_brand": 0},
    ),
    Check(
        "poor campaigns leave sales without leads",
        "leads_in",
        -1,
        {"selling.marketer_hours": 3.5},
        {"mechanisms.use_campaign_effort": 0},
    ),
    Check(
        "missed targets end in blame",
        "blame_disputes",
        +1,
        {"selling.quota": 300_000},
        {"conflict.gamma_blame": 0},
    ),
    Check(
        "what marketing knows speeds up discovery",
        "cycle_days",
        -1,
        {"practices.data_sharing": 1.0},
        {"selling.decide_context": 0},
        {
            "selling.decide_context": 2.0,
            "handoff.context_data": 1.0,
            "mechanisms.use_coordination_hours": 0,
            "market.event_fit_data": 0,
            "learning.knowledge_channel": 0,
        },
        "mid",
    ),
    Check(
        "joint authority over prices holds discounts back",
        "discount_mean",
        -1,
        {"practices.price_authority": 0.9},
        {"selling.discount_authority": 0},
        {"selling.quota": 300_000},
    ),
    Check(
        "shared pay holds discounts back",
        "discount_mean",
        -1,
        {"practices.shared_metric_sales": 0.6},
        {"selling.discount_shared_pay": 0},
        {"selling.quota": 300_000, "handoff.follow_up_shared_pay": 0},
    ),
    Check(
        "pay tied to closing withholds news",
        "market_knowledge",
        +1,
        {"practices.shared_metric_sales": 1.0},
        {"learning.report_shared_pay": 0},
        {
            **NO_STOCKS,
            "learning.report_shared_pay": 1.0,
            "practices.feedback": 0.7,
            "handoff.follow_up_shared_pay": 0,
            "handoff.follow_up_quarter_end": 0,
        },
    ),
    Check(
        "an organization learns only so much at once",
        "conflict_per_100",
        -1,
        {"contact.adoption_capacity": 300},
        {"interventions": []},
        {
            "contact.adoption_capacity": 0.5,
            "interventions": [
                {"name": name}
                for name in ("handoff_definition", "disciplined_meetings", "joint_assignments", "collocation")
            ],
        },
        "mid",
    ),
    Check(
        "a full inbox is read in haste",
        "followup_rate",
        -1,
        {"handoff.attention_scale": 2},
        {"mechanisms.use_attention": 0},
        {
            "handoff.attention_scale": 30,
            "handoff.haste_willingness": 2.0,
            "handoff.reading_cap": 8,
            "market.raw_leads_per_rep_day": 1.2,
            "marketing.score_hours": 0.02,
        },
    ),
    Check(
        "backing from the top settles disputes over money",
        "budget_disputes",
        -1,
        {"practices.executive_support": 0.95},
        {"conflict.authority_settles": 0},
        {"contact.backing_floor": 1.0},
        "mid",
    ),
    Check(
        "backing from the top gives contact its weight",
        "contact_quality",
        +1,
        {"practices.executive_support": 0.95},
        {"contact.backing_floor": 1.0},
    ),
    Check(
        "a budget planned together ends turf battles over it",
        "budget_disputes",
        -1,
        {"practices.joint_planning": 0.9},
        {"conflict.rule_settles": 0},
        {"contact.organization_work": 0, **NO_TRUST},
        "mid",
    ),
    Check(
        "joint events bring leads",
        "leads_in",
        +1,
        {"practices.joint_events": 6},
        {"market.event_leads_per_rep": 0},
        {"mechanisms.use_campaign_effort": 0, "mechanisms.use_budget_power": 0},
    ),
    Check(
        "counter days and workshops are work done together",
        "contact_quality",
        +1,
        {"practices.joint_events": 6},
        {"contact.event_contact": 0},
    ),
    Check(
        "news is guarded where trust is missing",
        "market_knowledge",
        +1,
        {"contact.trust_start": 0.9},
        {"learning.report_trust": 0},
        {**NO_STOCKS, "handoff.follow_up_trust": 0, "handoff.follow_up_quality": 0, "practices.feedback": 0.7},
    ),
    Check(
        "reps work the leads of marketers whom they trust",
        "followup_rate",
        +1,
        {"contact.trust_start": 0.9},
        {"handoff.follow_up_trust": 0},
        {
            **NO_STOCKS,
            "handoff.follow_up_quality": 0,
            "mechanisms.use_knowledge": 0,
            "mechanisms.use_strain": 0,
            "mechanisms.use_dispute_hours": 0,
            "selling.report_hours": 0,
        },
    ),
    Check(
        "good leads mend the picture that reps have of marketing",
        "followup_rate",
        +1,
        {"market.fit_mean": 0.5},
        {"mechanisms.use_picture": 0},
        {**NO_TRUST, "contact.trust_start": 0.0, "handoff.picture_rate": 0.5},
    ),
    Check(
        "tracking makes reps look at leads",
        "followup_rate",
        +1,
        {"practices.sla": 0.7},
        {"handoff.tracking_strength": 0, "handoff.inbox_tracked": 0, "handoff.sla_priority": 0},
        NO_TRUST,
    ),
    Check(
        "own prospects and marketing's leads come from one pool of buyers",
        "wins",
        -1,
        {"selling.pool_overlap": 1.4},
        {"mechanisms.use_pool": 0},
        {"selling.pool_overlap": 0, "selling.pool_reference": 0.15},
    ),
    Check(
        "growth brings friction",
        "conflict_per_pm",
        +1,
        {"growth": [{"day": 0, "reps": 16, "marketers": 6, "managers": 2, "proximity_floor": 0.3}]},
        {"growth": []},
        {},
        "micro",
    ),
    Check(
        "who does both does not quarrel with himself",
        "conflict_per_100",
        -1,
        {"people.generalists": 2},
        {f"conflict.gamma_{kind}": 0 for kind in DISPUTES},
        {"people.generalists": 0, "people.proximity_floor": 0},
        "micro",
    ),
    Check(
        "customers worth having stay",
        "retention",
        +1,
        {"accounts.customer_fit": 1.5},
        {"accounts.renewal_fit": 0},
    ),
    Check(
        "service keeps customers",
        "retention",
        -1,
        {"accounts.service_hours": 40.0},
        {"mechanisms.use_service": 0},
        {"accounts.renewal_service": 4.0, "accounts.service_memory": 0.1},
    ),
    Check(
        "what was promised inconsistently comes back at renewal",
        "retention",
        +1,
        {"accounts.customer_message": 1.0},
        {"accounts.renewal_message": 0},
        {"accounts.expansion_service": 0},
    ),
    Check(
        "who was won by a discount leaves sooner",
        "retention",
        -1,
        {"accounts.renewal_discount_from": 0.0},
        {"accounts.renewal_discount": 0},
        {"accounts.renewal_discount": 10.0},
    ),
    Check(
        "news of renewals closes the loop",
        "market_knowledge",
        +1,
        {"practices.funnel_unity": 1.0},
        {"mechanisms.use_service_loop": 0},
        {
            "practices.feedback": 1.0,
            "practices.sla": 0.7,
            "contact.organization_work": 0,
            "learning.knowledge_report": 0.02,
            "mechanisms.use_budget_power": 0,
            "run.days": 780,
        },
        "mid",
    ),
    Check(
        "account plans carry ties over a change of rep",
        "retention",
        +1,
        {"practices.account_plans": 1.0},
        {"mechanisms.use_ties": 0},
        {
            "handoff.message_account_plan": 0,
            "people.leave_base": 0.1,
            "accounts.tie_account_plan": 1.0,
            "accounts.tie_strength": 3.0,
        },
        "mid",
    ),
    Check(
        "a common language teaches the new product",
        "product_knowledge",
        +1,
        {"practices.training": 20},
        {"product.product_knowledge_gain": 0},
        {"contact.training_transfer": 1.0},
    ),
    Check(
        "reps who know the new product sell it in fewer hours",
        "market_entry_hours",
        -1,
        {"product.product_knowledge_start": 0.9},
        {"product.decide_new_product": 0},
        {"product.decide_new_product": 2.0, "product.product_base": 1.0},
        "mid",
    ),
    Check(
        "pay tied to closing favours the product that is sold easily",
        "bookings_new",
        +1,
        {"practices.shared_metric_sales": 0.8},
        {"product.product_shared_pay": 0},
        {
            "product.product_premium": 5.0,
            "product.decide_new_product": 0,
            "handoff.follow_up_shared_pay": 0,
            "selling.discount_shared_pay": 0,
            "selling.moral_hazard": 0,
        },
    ),
    Check(
        "allies in a launch bring the new product to market",
        "bookings_new",
        +1,
        {"practices.joint_planning": 1.0},
        {"product.product_planning": 0},
        {
            "product.product_premium": 5.0,
            "product.product_planning": 2.0,
            "product.decide_new_product": 0,
            "contact.organization_work": 0,
            "handoff.message_planning": 0,
            "brand.brand_planning": 0,
        },
        "mid",
    ),
    Check(
        "whoever is not seen loses budget",
        "leads_in",
        +1,
        {"practices.funnel_unity": 1.0},
        {"mechanisms.use_budget_power": 0},
        {"contact.organization_work": 0, "people.programme_cut": 0.4, "practices.sla": 0.7, "run.days": 520},
        "mid",
    ),
    Check(
        "what is cut from marketing buys selling hours",
        "prospecting_share",
        +1,
        {"people.programme_cut_sales": 1.0},
        {"people.programme_cut": 0},
        {"people.programme_cut": 0.45, "people.programme_cut_sales": 0, "run.days": 520},
        "mid",
    ),
    Check(
        "missed targets raid the brand",
        "brand",
        -1,
        {"selling.quota": 400_000},
        {"people.raid_miss": 0},
        {"people.raid_miss": 0.4, "brand.brand_discount_loss": 0, "run.days": 520},
    ),
    Check(
        "a budget planned together is an equitable one",
        "brand",
        +1,
        {"practices.joint_planning": 1.0},
        {"mechanisms.use_budget_power": 0},
        {"brand.brand_planning": 0, "brand.brand_discount_loss": 0, "contact.organization_work": 0, "run.days": 520},
    ),
    Check(
        "lower prices make targets easier",
        "wins",
        +1,
        {"practices.list_price": -0.2},
        {"selling.yes_price": 0},
        {},
        "mid",
    ),
    Check(
        "a superior in common settles disputes",
        "conflict_per_100",
        -1,
        {"timeline": [{"intervention": "common_supervisor"}]},
        {"conflict.authority_settles": 0, "conflict.rule_settles": 0},
        {
            **NO_TRUST,
            "contact.backing_floor": 1.0,
            "handoff.message_planning": 0,
            "selling.discount_authority": 0,
            "mechanisms.use_vocabulary": 0,
            "mechanisms.use_orientation": 0,
            "mechanisms.use_budget_power": 0,
        },
        "mid",
    ),
    Check(
        "functions mature in stages",
        "conflict_per_100",
        -1,
        {"timeline": [{"adopt": "defined"}, {"adopt": "aligned", "day": 130}]},
        {"timeline": []},
        {},
        "mid",
    ),
)

#: Sources: 000 four relationships and five bridges; 001 learning together, closing the loop; 002 five actions and the
#: hand-off; 003 economic and cultural strain, firm size; 004 distributors, top management, guarded data.
CLAIMS = (
    Claim(
        "000",
        "Both sides want the same in the end by different ways: marketing looks far ahead, sales near.",
        ("contact.change_orientation", "conflict.dispute_chance", "decisions.common_decisions"),
        (
            "horizons that differ cost disputes",
            "horizons that differ and meet catch mistakes",
            "shared goals bring the horizons together",
        ),
    ),
    Claim(
        "000",
        "Undisciplined sides act alone and talk when there is a conflict; defined ones have rules and prepared words.",
        ("conflict.rule_for", "conflict.provoke", "marketing.threshold"),
        (
            "rules for the hand-off settle disputes about leads",
            "a defined lead ends private ideas of what is ready",
        ),
    ),
    Claim(
        "000",
        "Aligned sides have borders that are clear and can be crossed.",
        ("handoff._offer_to_another", "readings.effective"),
        ("flexible borders get more leads worked",),
    ),
    Claim(
        "000",
        "Integration is an open system and one team; it is not always the aim: it has a price.",
        ("practices.set_coordination_hours", "people.begin_day"),
        ("closeness costs selling time", "fixed work of coordination weighs on a small firm"),
    ),
    Claim(
        "000",
        "Regular meetings need a strict agenda; joint assignments and rotation bring appreciation.",
        ("contact.set_contact", "contact.meet", "readings.with_acquaintance"),
        (
            "an agenda makes meetings count",
            "joint work is contact of full quality",
            "acquaintance from joint work stands in for rules",
        ),
    ),
    Claim(
        "000",
        "A liaison is a conduit who also improves the process; sitting together makes for contact.",
        ("liaison.liaison_day", "conflict.find_liaison", "readings.clarity", "contact.incidental_contact"),
        (
            "a liaison keeps disputes to the matter",
            "a liaison mends the process",
            "a liaison carries trust",
            "sitting together brings people into contact",
        ),
    ),
    Claim(
        "000",
        "Feedback from the field helps, and sales is busy; one funnel ends blame; both belong in the whole process.",
        ("feedback.report_back", "conflict.rule_for", "contact.ride_along_contact"),
        (
            "news from the field teaches marketing",
            "reports take selling time",
            "one funnel ends blame",
            "one funnel ends quarrels over credit",
            "calls together are contact of quality",
        ),
    ),
    Claim(
        "000",
        "Some of it brings more revenue; not every measure suits every firm.",
        ("practices.set_coordination_hours", "feedback.report_back", "demand.draw_inquiry"),
        ("what marketing learns brings better leads", "fixed work of coordination weighs on a small firm"),
    ),
    Claim(
        "001",
        "Both are to win customers worth having; rivalry and turf wars stand in the way.",
        (
            "handoff.acceptance_chance",
            "conflict.provoke",
            "people.fade_strain",
            "readings.strain_of",
            "accounts.renewal_chance",
        ),
        (
            "viable leads become customers",
            "quarrels that turn personal leave strain",
            "strained people take up fewer leads",
            "quarrels burn trust",
            "customers worth having stay",
        ),
    ),
    Claim(
        "001",
        "Learning together gives a common language.",
        ("contact.learn_language", "readings.overlap", "selling.message_to"),
        (
            "learning together teaches a common language",
            "a common language makes messages consistent",
        ),
    ),
    Claim(
        "001",
        "Map the chain from the first contact up to service, and hear what becomes of customers.",
        (
            "accounts.serve_customers",
            "accounts.renew",
            "feedback.report_back",
        ),
        (
            "service keeps customers",
            "news of renewals closes the loop",
        ),
    ),
    Claim(
        "001",
        "Close the loop: marketing must hear what became of its leads; marketers in the field share gain and pain.",
        ("feedback.report_back", "contact.learn_market", "marketing.score_lead"),
        (
            "what marketing learns brings better leads",
            "marketers on sales calls learn the market",
        ),
    ),
    Claim(
        "001",
        "Marketing thinks in groups, sales in people with years in the job and books of their own; joint plans help.",
        ("people.gain_experience", "handoff.willingness", "selling.message_to"),
        (
            "veterans with a book of their own need marketing less",
            "account plans make messages consistent",
        ),
    ),
    Claim(
        "002",
        "Goals do not fit together, and each side has its complaints about the other.",
        ("marketing.threshold", "conflict.close_quarter", "people.begin_day"),
        (
            "a lead count as goal makes marketing hand off more",
            "missed targets end in blame",
            "quarrels take time",
        ),
    ),
    Claim(
        "002",
        "The two should be one team, and allies when a product is launched.",
        (
            "product.choose_product",
            "product.learn_product",
            "conflict.dispute_chance",
        ),
        (
            "allies in a launch bring the new product to market",
            "a superior in common settles disputes",
        ),
    ),
    Claim(
        "002",
        "Meet every quarter or two months, go along on calls; sit near each other, or meet if that is impossible.",
        ("contact.learn_market", "contact.joint_contact", "contact.incidental_contact"),
        (
            "meetings teach marketing",
            "calls together are contact of quality",
            "sitting together brings people into contact",
        ),
    ),
    Claim(
        "002",
        "Ask sales for feedback and comments on material; say who does what and clear up what is unclear.",
        ("selling.message_to", "marketing.threshold", "conflict.rule_for"),
        (
            "sales comments make material consistent",
            "a defined lead ends private ideas of what is ready",
            "rules for the hand-off settle disputes about leads",
        ),
    ),
    Claim(
        "002",
        "Marketing owns brand and pipeline, sales the road from prospecting on; both shape how the firm is seen.",
        ("demand.grow_brand", "demand.mean_inquiries", "selling.message_to", "selling.prospect_chance"),
        (
            "a plan made together builds the brand",
            "a known brand brings inquiries",
            "a plan made together keeps messages consistent",
            "own prospects and marketing's leads come from one pool of buyers",
        ),
    ),
    Claim(
        "003",
        "A poor campaign hurts sales, and each side blames the other.",
        ("marketing.follow_campaigns", "demand.mean_inquiries", "conflict.close_quarter"),
        ("poor campaigns leave sales without leads", "missed targets end in blame"),
    ),
    Claim(
        "003",
        "Where both work as one, the cycle is shorter and it costs less to enter a market.",
        (
            "selling.enter_stage",
            "handoff.hand_off",
            "product.learn_product",
        ),
        (
            "what marketing knows speeds up discovery",
            "tools that fit the market speed up the sale",
            "reps who know the new product sell it in fewer hours",
        ),
    ),
    Claim(
        "003",
        "Whether it suits depends on size: in a small firm people do everything and know each other.",
        (
            "contact.incidental_contact",
            "practices.set_coordination_hours",
            "readings.is_same_person",
        ),
        (
            "in a small firm everybody meets",
            "fixed work of coordination weighs on a small firm",
            "who does both does not quarrel with himself",
        ),
    ),
    Claim(
        "003",
        "Sales would rather have people than price, promotion or product; who is seen to earn has the budget.",
        (
            "budget.plan_budget",
            "readings.programme_cut",
        ),
        (
            "whoever is not seen loses budget",
            "what is cut from marketing buys selling hours",
        ),
    ),
    Claim(
        "003",
        "Growth makes marketing a job of its own, and friction follows.",
        (
            "headcount.grow_headcount",
            "contact.set_contact",
        ),
        ("growth brings friction",),
    ),
    Claim(
        "003",
        "Sales has the last word on prices, and low prices make targets easier.",
        (
            "selling.quarter_end_discount",
            "selling.enter_stage",
        ),
        (
            "joint authority over prices holds discounts back",
            "lower prices make targets easier",
        ),
    ),
    Claim(
        "003",
        "Pay tied to closing favours the quick over the lasting.",
        (
            "selling.quarter_end_discount",
            "feedback.report_chance",
            "product.choose_product",
            "accounts.renewal_chance",
        ),
        (
            "shared pay holds discounts back",
            "pay tied to closing withholds news",
            "pay tied to closing favours the product that is sold easily",
            "who was won by a discount leaves sooner",
        ),
    ),
    Claim(
        "003",
        "The long-term work of marketing is hard to prove, and gives way when targets are missed.",
        (
            "readings.funnel_seen",
            "budget.plan_budget",
            "demand.grow_brand",
        ),
        (
            "whoever is not seen loses budget",
            "missed targets raid the brand",
        ),
    ),
    Claim(
        "003",
        "Good rapport between managers is not enough; functions mature in stages; shared rewards come late.",
        (
            "practices.update_practices",
            "contact.change_orientation",
            "practices.target_of",
        ),
        (
            "an organization learns only so much at once",
            "shared goals bring the horizons together",
            "functions mature in stages",
        ),
    ),
    Claim(
        "003",
        "If it works, keep it; it is bold to promise more leads.",
        ("handoff.read_inbox", "handoff.attention"),
        ("a full inbox is read in haste",),
    ),
    Claim(
        "003",
        "Planned communication makes for better service and better products.",
        (
            "accounts.renewal_chance",
            "product.learn_product",
        ),
        (
            "what was promised inconsistently comes back at renewal",
            "a common language teaches the new product",
        ),
    ),
    Claim(
        "004",
        "The two are rivals for attention and money from the top.",
        (
            "conflict.close_quarter",
            "conflict.dispute_chance",
            "budget.plan_budget",
        ),
        (
            "backing from the top settles disputes over money",
            "whoever is not seen loses budget",
        ),
    ),
    Claim(
        "004",
        "Marketing builds the brand for the long run and supports sales by events, promotions and material.",
        ("demand.n_event_leads", "demand.grow_brand", "selling.enter_stage"),
        (
            "joint events bring leads",
            "a known brand brings inquiries",
            "tools that fit the market speed up the sale",
        ),
    ),
    Claim(
        "004",
        "Roles are not understood, words differ, and there are thousands of products to know.",
        (
            "readings.overlap",
            "handoff.read_inbox",
            "readings.picture_of",
            "product.learn_product",
        ),
        (
            "a common language makes messages consistent",
            "good leads mend the picture that reps have of marketing",
            "a common language teaches the new product",
        ),
    ),
    Claim(
        "004",
        "The top, or a superior in common, must stand behind it.",
        (
            "contact.backing",
            "conflict.dispute_chance",
        ),
        (
            "backing from the top gives contact its weight",
            "backing from the top settles disputes over money",
            "a superior in common settles disputes",
        ),
    ),
    Claim(
        "004",
        "A year planned together aligns goals and messages, shares the budget fairly and spares later battles.",
        (
            "conflict.rule_for",
            "selling.message_to",
            "demand.grow_brand",
            "budget.plan_budget",
        ),
        (
            "a budget planned together ends turf battles over it",
            "a plan made together keeps messages consistent",
            "a budget planned together is an equitable one",
        ),
    ),
    Claim(
        "004",
        "In distribution: branch managers, workshops, counter days.",
        ("contact.joint_contact", "demand.n_event_leads"),
        ("counter days and workshops are work done together", "joint events bring leads"),
    ),
    Claim(
        "004",
        "Marketing extends sales, gives it tools, and helps to keep customers.",
        (
            "selling.enter_stage",
            "handoff.hand_off",
            "accounts.newness",
        ),
        (
            "tools that fit the market speed up the sale",
            "what marketing knows speeds up discovery",
            "account plans carry ties over a change of rep",
        ),
    ),
    Claim(
        "004",
        "Sales is the voice of the customer, and guards its data as property.",
        ("feedback.report_chance", "feedback.report_back"),
        (
            "news is guarded where trust is missing",
            "news from the field teaches marketing",
        ),
    ),
    Claim(
        "004",
        "Marketing is support, not overhead; reps are its customers inside the firm.",
        ("readings.trust_between", "handoff.willingness"),
        (
            "reps work the leads of marketers whom they trust",
            "good leads mend the picture that reps have of marketing",
        ),
    ),
    Claim(
        "004",
        "Marketing in a vacuum fails; use what is there.",
        ("contact.learn_market", "desk.open_inbox_chance"),
        ("marketing in a vacuum stays ignorant", "tracking makes reps look at leads"),
    ),
)
