"""Where a fit starts: what the facts set directly, and a first guess of what only simulation can tell."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from sim.calibrate.facts import FunnelFacts
from sim.calibrate.knobs import Knobs, most_inquiries, neutral_knobs
from sim.spec.edit import with_values
from sim.spec.scenario import Scenario

# Deals opened per rep and day, and calendar days from inquiry to win, in the undefined mid-size firm, rounded.
USUAL_DEALS, _USUAL_TIME = 0.32, 104.0


def starting_point(facts: FunnelFacts, base: Scenario) -> Scenario:
    """The base with everything that facts set directly: people, pattern of demand, sources, currency."""
    people: dict[str, int] = _people(facts, base)
    values: dict[str, object] = {f"people.{name}": n for name, n in people.items()}
    values |= {
        "name": facts.source_name[:80] or "fitted",
        "description": f"Fitted to the computed facts of {facts.source_name}.",
        "interventions": (),
        "market.raw_leads_per_rep_day": _inquiries_per_rep_day(facts, base, people["reps"]),
        "market.weekday_profile": facts.weekday_profile,
        "market.day_noise_shape": facts.day_noise_shape,
        "market.demand_level_sd": min(1.0, facts.level_sd),
        "market.demand_level_memory": facts.level_memory,
    }
    if facts.sources:
        values["market.sources"] = [
            {
                "name": fact.name[:60] or "(none)",
                "share": fact.share,
                "fit_shift": min(4.0, max(-4.0, fact.logit_shift)),
            }
            for fact in facts.sources
        ]
    if facts.value_mean is not None:
        values["currency"] = (facts.currency or "c.u.")[:12]
    if facts.unit == "lead":
        values |= {
            "selling.prospect_success": 0.0,
            "handoff.assign_rule": ROUND_ROBIN,
            "handoff.inbox_min": EVERY_OTHER,
        }
        values |= _waits_before_deals(facts, base)
    return with_values(base, values)


#: Inquiries go to reps who are there (`handoff.assign_rule`): an export holds no desks that stand empty.
ROUND_ROBIN = 1
#: Assumption: who lives on inquiries alone opens the inbox every other day at least (`handoff.inbox_min`).
EVERY_OTHER = 0.5


def _waits_before_deals(facts: FunnelFacts, base: Scenario) -> dict[str, object]:
    """Days until an inquiry is judged, shortened like the time to win; never lengthened."""
    share = min(1.0, facts.cycle_median_days / _USUAL_TIME)
    given = section_of(base, "marketing")
    names = ("due_days_low", "due_days_spread")
    return {f"marketing.{name}": max(1, round(given[name] * share)) for name in names}


def _people(facts: FunnelFacts, base: Scenario) -> dict[str, int]:
    given = section_of(base, "people")
    reps = min(120, max(1, facts.n_reps or given["reps"]))
    marketers = facts.n_marketers or round(reps * given["marketers"] / given["reps"])
    marketers = min(60, max(1, marketers))
    return {
        "reps": reps,
        "marketers": marketers,
        "managers": round(given["managers"] * reps / given["reps"]),
        "generalists": min(given["generalists"], reps, marketers),
    }


def _inquiries_per_rep_day(facts: FunnelFacts, base: Scenario, reps: int) -> float:
    """First guess: the arrivals themselves, or as many more than in the base as there are more deals."""
    per_rep = facts.arrivals_per_working_day / reps
    if facts.unit == "lead":
        return min(most_inquiries(reps), per_rep)
    scaled = float(section_of(base, "market")["raw_leads_per_rep_day"]) * per_rep / USUAL_DEALS
    return min(most_inquiries(reps), scaled)


def first_knobs(facts: FunnelFacts, start: Scenario) -> Knobs:
    """Guess the knobs from the moments that they are to meet; rounds of simulation take it from there."""
    knobs = dataclasses.replace(neutral_knobs(start), tempo_sd=min(2.0, max(0.0, facts.cycle_log_sd - 0.1)))
    if facts.value_mean is not None and facts.value_log_sd is not None:
        mean = max(1.0, 1.1 * facts.value_mean)
        quota = knobs.quota * mean / knobs.value_mean
        knobs = dataclasses.replace(knobs, value_mean=mean, value_sd=min(2.5, facts.value_log_sd), quota=quota)
    per_rep = facts.arrivals_per_working_day / int(section_of(start, "people")["reps"])
    if facts.unit == "opportunity":
        return dataclasses.replace(knobs, selling_hours=min(1.0, USUAL_DEALS / per_rep), pool_reference=per_rep)
    opened = 2 * facts.win_rate * per_rep
    pace = max(-1.5, min(0.0, math.log(facts.cycle_median_days / _USUAL_TIME)))
    return dataclasses.replace(
        knobs, yes=1.0, pace=pace, selling_hours=min(1.0, USUAL_DEALS / opened), pool_reference=opened
    )


def section_of(scenario: Scenario, name: str) -> dict[str, Any]:
    """Read a table of a scenario by its name, such as ``people``."""
    values: dict[str, Any] = getattr(scenario, name).model_dump()
    return values
