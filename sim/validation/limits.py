"""Cases in which the right answer is known beforehand: closed formulas, fixed points, and changes that change nothing.

A limit is a claim with an answer: it holds unless the 99.9 % interval of what was measured lies outside the bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import RULES
from sim.spec.resolve import practice_levels
from sim.validation.claims import Claim
from sim.validation.quantities import Change, Gap, Mean, Quantity, Relative
from sim.validation.settings import Setting, firm

#: Chance that a limit that holds is reported as broken.
ERROR_RATE = 0.001
ROUNDING = 1e-6


@dataclass(frozen=True)
class Limit:
    """A case whose answer is known.

    Parameters
    ----------
    id : str
        Short name.
    statement : str
        What must come out, with its formula.
    claim : Claim
        Where the measured value must lie.
    """

    id: str
    statement: str
    claim: Claim


def known(quantity: Quantity, answer: float, slack: float = ROUNDING) -> Claim:
    """The quantity has a known value, give or take a slack."""
    return Claim("limit", quantity, answer - slack, answer + slack)


def rule(name: str) -> float:
    """Default of a rule."""
    return next(rule.default for rule in RULES if rule.name == name)


def logistic(odds: float) -> float:
    """Chance of log-odds."""
    return 1.0 / (1.0 + math.exp(-odds))


STILL = {"people.leave_base": 0.0, "people.leave_per_dispute": 0.0}
SLOPES = ("message", "context", "tools", "skill", "ramp", "strain", "size", "discount")
#: Deals that depend on nothing but luck, among reps who have all the time in the world.
BARE = {f"selling.decide_{name}": 0.0 for name in SLOPES} | {
    **{f"selling.yes_{name}": 0.0 for name in ("fit", "message", "skill", "brand", "discount")},
    **{"selling.quiet_loss": 0.0, "selling.overdue_loss": 0.0, "selling.neglect_days": 260.0},
    **{f"selling.{stage}_hours": 0.05 for stage in ("contact", "discovery", "proposal", "negotiation")},
    **{"selling.account_hours_power": 0.0, "selling.rep_hours": 12.0, "market.gap_days": 0.5},
    **{"mechanisms.use_mistakes": 0, "mechanisms.use_coordination_hours": 0, "mechanisms.use_dispute_hours": 0},
    **{"product.launch_day": 10_000},
    **STILL,
}
FUNNEL = firm(size="small", change=BARE, label="bare funnel")
CHANCE_OF_WINNING = math.prod(logistic(rule(f"yes_{stage}")) for stage in ("discovery", "proposal", "negotiation"))
LAST_TOUCHES = 1.0 + math.exp(-rule("decide_negotiation"))

#: Inquiries that come at random at a constant rate, of which a marketer judges one a day.
STEADY = {
    **{f"market.weekday_profile[{day}]": 1.0 for day in range(5)},
    **{"market.seasonal_swing": 0.0, "market.effort_elasticity": 0.0, "market.brand_elasticity": 0.0},
    "market.spend_elasticity": 0.0,
}
LOAD = 0.8
QUEUE = firm(
    change=STEADY
    | {"market.demand_level_sd": 0.0, "market.day_noise_shape": 1000.0, "market.raw_leads_per_rep_day": LOAD * 14 / 40}
    | {"marketing.due_days_low": 1, "marketing.due_days_spread": 1, "marketing.recycle_chance": 0.0}
    | {"marketing.score_hours": 4.0, "mechanisms.use_coordination_hours": 0, "mechanisms.use_dispute_hours": 0}
    | {"run.warmup_days": 260, "run.days": 780},
    label="one lead a day",
)
ARRIVALS = firm(change=STEADY | {"market.demand_level_sd": 0.0}, label="constant demand")
WAVES = firm(change=STEADY, label="demand in waves")


def weekly_memory(inquiries: float) -> float:
    """Autocorrelation of weekly inquiries at lag 1: lognormal level with memory, times noise within the day."""
    sd, memory, shape = (rule(name) for name in ("demand_level_sd", "demand_level_memory", "day_noise_shape"))
    of_level = math.exp(sd * sd) - 1.0
    noise = 5.0 * inquiries + 5.0 * inquiries**2 * math.exp(sd * sd) / shape
    return 25.0 * inquiries**2 * (math.exp(sd * sd * memory) - 1.0) / (25.0 * inquiries**2 * of_level + noise)


#: Nothing happens but contact: stocks run into their fixed points.
QUIET = {
    **{f"conflict.gamma_{kind}": 0.0 for kind in ("price", "budget", "territory", "blame")},
    **{"market.raw_leads_per_rep_day": 0.0, "selling.prospect_success": 0.0},
    **{"mechanisms.use_budget_power": 0, "run.warmup_days": 0, "run.days": 6000, "accounts.customers_per_rep": 0},
    **STILL,
}
REST = firm("integrated", size="small", change=QUIET, label="nothing but contact")


@dataclass(frozen=True)
class FixedPoints:
    """Where stocks come to rest under constant practices (docs/odd.md, "Contact"), worked out apart from the code."""

    trust: float
    familiarity: float
    vocabulary: float
    market_knowledge: float
    brand: float
    orientation_gap: float


def rest(gain: float, fade: float, start: float = 0.0) -> float:
    """Where X += gain (1 − X) − fade (X − start) comes to rest."""
    return (gain + fade * start) / (gain + fade)


def saturating(gain: str, contact: float) -> float:
    """Gain from contact: most of it comes with the first."""
    return rule(gain) * (1.0 - math.exp(-contact))


def fixed_points(setting: Setting) -> FixedPoints:
    """Fixed points of a setting without events."""
    scenario = setting.scenario()
    levels = dict.fromkeys(PRACTICES, 0.0) | practice_levels(scenario)
    reps, marketers = scenario.people.reps, scenario.people.marketers  # type: ignore[attr-defined]
    reach = rule("far_weight") + (1.0 - rule("far_weight")) * levels["collocation"]
    near_rep, near_marketer = reps - 1 + reach * marketers, marketers - 1 + reach * reps
    chance = 0.5 * reach * rule("free_contacts") * (1.0 / near_rep + 1.0 / near_marketer)
    hours = levels["meetings"] * levels["meeting_hours"] / 13.0
    planned = levels["agenda_discipline"] * rule("meeting_contact") * hours
    planned += rule("joint_contact") * (levels["joint_work"] + rule("event_contact") * levels["joint_events"])
    rides = rule("ride_along_quality") * rule("ride_along_contact") * levels["ride_alongs"]
    backing = rule("backing_floor") + (1.0 - rule("backing_floor")) * levels["executive_support"]
    around = rule("incidental_quality") * chance
    pair = backing * (around + planned / min(rule("circle"), marketers) + rides / reps)
    of_rep = backing * (around * marketers + planned)
    of_marketer = backing * (around * reps + planned + rides)
    return FixedPoints(
        trust=rest(saturating("trust_gain", rule("trust_scale") * pair), rule("trust_fade"), rule("trust_start")),
        familiarity=rest(saturating("familiarity_build", pair / rule("familiarity_scale")), rule("familiarity_fade")),
        vocabulary=_words(levels, (reps, of_rep), (marketers, of_marketer)),
        market_knowledge=rest(_news(levels, hours, chance * reps), rule("knowledge_drift"), rule("knowledge_start")),
        brand=rule("brand_base") + rule("brand_planning") * levels["joint_planning"],
        orientation_gap=_horizons(levels),
    )


def _words(levels: Mapping[str, float], *groups: tuple[int, float]) -> float:
    in_class = rule("training_gain") * rule("training_transfer") * levels["training"] / 4.0
    known = [
        n * rest(saturating("vocabulary_gain", rule("vocabulary_scale") * contact) + in_class, *_of_words())
        for n, contact in groups
    ]
    return sum(known) / sum(n for n, _ in groups)


def _of_words() -> tuple[float, float]:
    return rule("vocabulary_fade"), rule("vocabulary_start")


def _news(levels: Mapping[str, float], hours: float, hearsay: float) -> float:
    talk = 2.0 * hours * levels["agenda_discipline"] + 0.5 * levels["ride_alongs"] + 0.75 * levels["data_sharing"]
    return rule("knowledge_channel") * talk + rule("knowledge_hearsay") * min(1.0, hearsay)


def _horizons(levels: Mapping[str, float]) -> float:
    together = [
        min(1.0, of_pay + 0.1 * levels["joint_work"])
        for of_pay in (2.0 * levels["shared_metric_sales"], levels["shared_metric_marketing"])
    ]
    between = rule("orientation_marketing") - rule("orientation_sales")
    return max(0.0, between - rule("orientation_move") * sum(together))


RESTING = fixed_points(REST)
UNDEFINED, MICRO = firm(), firm(size="micro")
FIRST_MORNING = firm(change={"run.warmup_days": 0, "run.days": 1}, label="first morning")
LEAVING = -math.log(1.0 - rule("leave_base") - 0.1 * rule("leave_per_dispute")) / 22.0
EXPERIENCE = 1.0 - (1.0 - math.exp(-LEAVING)) / (1.0 - math.exp(-LEAVING - 1.0 / rule("experience_days")))
ALL_GAMMAS = ("lead_quality", "follow_up", "credit", "price", "budget", "territory", "blame")
CALM = firm(change={f"conflict.gamma_{kind}": 0.0 for kind in ALL_GAMMAS}, label="no disputes")
NO_INQUIRIES = firm(size="small", change={"market.raw_leads_per_rep_day": 0.0}, label="no inquiries")
NO_PROSPECTS = firm(size="small", change={"selling.prospect_success": 0.0}, label="no prospecting")
UNHEARD = {"contact.incidental_quality": 0.0, "learning.knowledge_hearsay": 0.0}
ALONE = firm(size="small", change=UNHEARD, label="chance meetings without worth")
SIDE_BY_SIDE = firm(
    size="small", change=UNHEARD | {"practices.collocation": 1.0}, label="the same, all sitting together"
)

LIMITS: tuple[Limit, ...] = (
    Limit(
        "binomial funnel",
        "Without slopes and haste a deal is won with the product of the three chances of a yes",
        known(Mean("wins_of_early_deals", FUNNEL), CHANCE_OF_WINNING, 0.0),
    ),
    Limit(
        "touches",
        "Touches of the last stage are geometric: 1 + e^−a on average",
        known(Mean("touches_of_wins", FUNNEL), LAST_TOUCHES, 0.0),
    ),
    Limit(
        "waiting",
        "One lead a day, Poisson inquiries: the wait of an M/D/1 queue, λ / (2 (1 − λ)) days",
        known(Mean("days_in_queue", QUEUE), LOAD / (2.0 * (1.0 - LOAD)), 0.005),
    ),
    Limit(
        "dispersion",
        "Inquiries of a day under constant demand: variance over mean 1 + Λ / shape",
        known(Mean("dispersion_of_days", ARRIVALS), 1.0 + 12.0 / rule("day_noise_shape"), 0.0),
    ),
    Limit(
        "memory",
        "Inquiries of one week and the next are correlated as the lognormal level and the noise of days say",
        known(Mean("memory_of_weeks", WAVES), weekly_memory(12.0), 0.0),
    ),
    *(
        Limit(f"rest of {name.replace('_', ' ')}", "Without events it comes to rest at gain over gain and loss", claim)
        for name, claim in (
            (name, known(Mean(f"last_{name}", REST), getattr(RESTING, name), 1e-4))
            for name in FixedPoints.__dataclass_fields__
        )
    ),
    Limit(
        "tenure",
        "Experience on the first morning is that of a stationary staff",
        known(Mean("experience_now", FIRST_MORNING), EXPERIENCE, 0.0),
    ),
    Limit(
        "large market",
        "What integration brings in a firm of 60 and in one of 120 differs by less than two points",
        known(
            Gap(
                Relative("bookings_new", firm("integrated"), UNDEFINED),
                Relative("bookings_new", firm("integrated", size="large"), firm(size="large")),
            ),
            0.0,
            0.02,
        ),
    ),
    Limit(
        "shape of the cycle",
        "The cycle is nearer to a lognormal than to an exponential",
        Claim("limit", Gap(Mean("exponential_distance", UNDEFINED), Mean("lognormal_distance", UNDEFINED)), low=0.0),
    ),
    Limit(
        "no dose",
        "An intervention of dose 0 changes nothing",
        known(Change("bookings_new", firm(uses="joint_assignments=0"), UNDEFINED), 0.0),
    ),
    Limit("no cause", "Where no cause opens a dispute there is none", known(Mean("conflict_per_pm", CALM), 0.0)),
    Limit("no inquiries", "Without inquiries nothing is handed off", known(Mean("handed_off", NO_INQUIRIES), 0.0)),
    Limit(
        "no prospecting",
        "Where prospecting never succeeds all bookings come from marketing",
        known(Mean("mkt_sourced_share", NO_PROSPECTS), 1.0),
    ),
    Limit(
        "empty contact",
        "Where chance meetings are worth nothing, sitting together changes no bookings",
        known(Change("bookings_new", SIDE_BY_SIDE, ALONE), 0.0),
    ),
)
