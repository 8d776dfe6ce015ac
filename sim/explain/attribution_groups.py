"""What an effect may be split into where nobody names it: mechanisms and practices in groups that people speak of."""

from __future__ import annotations

from typing import NamedTuple

from sim.domain.rules import RULES
from sim.domain.vocabulary import PRACTICES

#: Switches of mechanisms, as a scenario names them.
SWITCHES = tuple(name for name in (rule.name for rule in RULES) if name.startswith("use_"))
MECHANISMS = "mechanisms"


class Group(NamedTuple):
    """Names that are moved together, and what people call them."""

    label: str
    names: tuple[str, ...]
    meaning: str


#: Every switch is in one of them.
MECHANISM_GROUPS: dict[str, Group] = {
    "communication": Group(
        "Communication",
        ("use_vocabulary", "use_familiarity"),
        "people learn a common language and get to know each other, so that more of what is known gets across",
    ),
    "trust": Group(
        "Trust", ("use_trust", "use_picture"), "who is trusted, and what reps think that marketing's leads are worth"
    ),
    "knowledge": Group(
        "Knowledge", ("use_knowledge", "use_product_knowledge"), "marketers learn of the market, reps of a new product"
    ),
    "clarity": Group("Clarity", ("use_clarified",), "questions about the hand-off that liaisons settle for good"),
    "time": Group(
        "Time spent",
        ("use_coordination_hours", "use_service_hours", "use_attention"),
        "hours that coordination and service take, and leads that a full inbox leaves unread",
    ),
    "disputes": Group(
        "Disputes",
        ("use_dispute_hours", "use_strain", "use_hearings"),
        "hours that quarrels take, the strain that they leave, and the wait for a manager who hears them",
    ),
    "decisions": Group(
        "Price and plans",
        ("use_mistakes", "use_orientation", "use_budget_power"),
        "common decisions on targets, product, price and budget that go wrong, and time horizons that part",
    ),
    "demand": Group(
        "Demand", ("use_brand", "use_campaign_effort", "use_pool"), "brand, campaign work and the pool of buyers"
    ),
    "retention": Group(
        "Retention",
        ("use_service", "use_ties", "use_service_loop"),
        "service that customers feel, ties to people, news that renewals bring",
    ),
    "tenure": Group("Tenure", ("use_leaving", "use_experience"), "reps who leave, and newcomers who start anew"),
}

#: Every practice is in one of them.
PRACTICE_GROUPS: dict[str, Group] = {
    "handoff_rules": Group(
        "Hand-off rules",
        ("handoff_clarity", "funnel_unity", "boundary_flexibility", "sla"),
        "definitions, one funnel, who may take over, how fast an answer is due",
    ),
    "meetings": Group("Meetings", ("meetings", "meeting_hours", "agenda_discipline"), "how many, how long, how run"),
    "joint_work": Group(
        "Working together",
        ("joint_work", "ride_alongs", "account_plans", "joint_events"),
        "common projects, calls together, plans for key accounts, events",
    ),
    "learning": Group("Learning together", ("training",), "classes for both sides"),
    "collocation": Group("Sitting together", ("collocation",), "people who sit together"),
    "information": Group("Shared information", ("feedback", "data_sharing"), "feedback that is asked for, common data"),
    "rewards": Group(
        "Shared rewards", ("shared_metric_marketing", "shared_metric_sales"), "pay by a common revenue goal"
    ),
    "planning": Group(
        "Joint planning", ("joint_planning", "price_authority"), "plans, budgets and prices made jointly"
    ),
    "support": Group("Backing from the top", ("executive_support",), "a common superior who backs both"),
    "liaisons": Group("Liaisons", ("liaisons",), "people between the two sides"),
    "money": Group(
        "Money and demand",
        ("sales_capacity", "budget", "list_price", "lead_volume"),
        "selling hours, programme budget, prices, inquiries",
    ),
}

for _groups, _all in ((MECHANISM_GROUPS, SWITCHES), (PRACTICE_GROUPS, PRACTICES)):
    if sorted(name for group in _groups.values() for name in group.names) != sorted(_all):
        raise AssertionError("every switch and every practice must be in one group")
