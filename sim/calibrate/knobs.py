"""What the fit turns: a few knobs, each moving the parameters that one moment of the data can tell, within ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.domain.rules import RULES, Rule, is_whole
from sim.spec.edit import with_values
from sim.spec.scenario import MOST_INQUIRIES_PER_DAY, Scenario

Values = dict[str, Any]

_RULES: dict[str, Rule] = {f"{rule.section}.{rule.name}": rule for rule in RULES}
_STAGES = ("discovery", "proposal", "negotiation")
# Assumption: answers rise to a logit of 2 (three of them: about half of all deals won) before an inquiry's earlier
# gates move, and a deal's answers to 4 before silent losses shrink.
_MOST_YES = {"lead": 2.0, "opportunity": 4.0}
# Assumption: no touch decides with more than about 95 %.
_MOST_DECIDE = 3.0


@dataclass(frozen=True)
class Knobs:
    """Settings of one round of the fit.

    Parameters
    ----------
    demand : float
        Factor on inquiries, and on the success of prospecting where rows are deals.
    yes : float
        Logit shift of the answers in every stage; what they cannot take moves the gates before or silent losses.
    pace : float
        Ln of the factor on days between touches; what they cannot take makes touches decide more often.
    fewer_touches : float
        Logit shift of the chance that a touch decides: with fewer touches buyers' tempo spreads the cycle more.
    tempo_sd, value_mean, value_sd, quota : float
        As in the scenario.
    source_shifts : tuple of float
        Fit of each source, logit.
    selling_hours, scoring_hours, reading_hours : float
        Factors on the hours that a touch, a judgement and a reading take.
    load_reference, attention_scale, pool_reference, campaign_reference : float
        As in the scenario: what counts as a usual number of deals, waiting leads, deals a day and spare hours.
    """

    demand: float
    yes: float
    pace: float
    fewer_touches: float
    tempo_sd: float
    value_mean: float
    value_sd: float
    quota: float
    source_shifts: tuple[float, ...]
    selling_hours: float
    scoring_hours: float
    reading_hours: float
    load_reference: float
    attention_scale: float
    pool_reference: float
    campaign_reference: float


def neutral_knobs(base: Scenario) -> Knobs:
    """Knobs that leave a scenario as it is."""
    given: Any = base
    return Knobs(
        demand=1.0,
        yes=0.0,
        pace=0.0,
        fewer_touches=0.0,
        tempo_sd=given.market.tempo_sd,
        value_mean=given.market.value_mean,
        value_sd=given.market.value_sd,
        quota=given.selling.quota,
        source_shifts=tuple(source.fit_shift for source in given.market.sources),
        selling_hours=1.0,
        scoring_hours=1.0,
        reading_hours=1.0,
        load_reference=given.handoff.load_reference,
        attention_scale=given.handoff.attention_scale,
        pool_reference=given.selling.pool_reference,
        campaign_reference=given.marketing.campaign_reference,
    )


def turned(base: Scenario, knobs: Knobs, unit: str) -> Scenario:
    """The scenario with the knobs set; values outside their range stop at its end.

    Parameters
    ----------
    base : Scenario
        With everything that the facts set directly.
    unit : {"lead", "opportunity"}
        Whether the rows of the export are inquiries or deals: which parameters a knob moves.
    """
    given: Any = base
    values: Values = {
        "market.raw_leads_per_rep_day": given.market.raw_leads_per_rep_day * knobs.demand,
        "market.tempo_sd": knobs.tempo_sd,
        "market.value_mean": knobs.value_mean,
        "market.value_sd": knobs.value_sd,
        "selling.account_reference": given.selling.account_reference * knobs.value_mean / given.market.value_mean,
        "selling.quota": knobs.quota,
        "selling.pool_reference": knobs.pool_reference,
        "selling.prospect_block_hours": given.selling.prospect_block_hours * knobs.selling_hours,
        "selling.contact_hours": given.selling.contact_hours * knobs.selling_hours,
        "accounts.service_hours": given.accounts.service_hours * knobs.selling_hours,
        "marketing.score_hours": given.marketing.score_hours * knobs.scoring_hours,
        "marketing.campaign_reference": knobs.campaign_reference,
        "handoff.reading_hours": given.handoff.reading_hours * knobs.reading_hours,
        "handoff.load_reference": knobs.load_reference,
        "handoff.attention_scale": knobs.attention_scale,
    }
    for stage in _STAGES:
        values[f"selling.{stage}_hours"] = getattr(given.selling, f"{stage}_hours") * knobs.selling_hours
    if unit == "opportunity":
        values["selling.prospect_success"] = given.selling.prospect_success * knobs.demand
    values |= _answers(given, knobs.yes, unit) | _waits(given, knobs)
    pairs = zip(given.market.sources, knobs.source_shifts, strict=True)
    sources = [source.model_dump() | {"fit_shift": shift} for source, shift in pairs]
    return with_values(base, _within_ranges(values, given.people.reps) | {"market.sources": sources})


def _answers(given: Any, shift: float, unit: str) -> Values:
    """Answers of buyers; what they cannot take moves the gates before the deal, or how often buyers fall silent."""
    highest = max(getattr(given.selling, f"yes_{stage}") for stage in _STAGES)
    direct = min(shift, max(0.0, _MOST_YES[unit] - highest))
    rest = shift - direct
    values = {f"selling.yes_{stage}": getattr(given.selling, f"yes_{stage}") + direct for stage in _STAGES}
    if unit == "opportunity":
        return values | {
            "selling.quiet_loss": given.selling.quiet_loss * math.exp(-rest),
            "selling.overdue_loss": given.selling.overdue_loss * math.exp(-rest),
        }
    return values | {
        "handoff.acceptance_base": given.handoff.acceptance_base + rest,
        "handoff.follow_up_base": given.handoff.follow_up_base + rest,
        "marketing.ready_threshold": given.marketing.ready_threshold - rest,
    }


def _waits(given: Any, knobs: Knobs) -> Values:
    """Days between touches; below the shortest, touches decide more often instead."""
    gap = max(knobs.pace, math.log(_RULES["market.gap_days"].low / given.market.gap_days))
    shift = knobs.fewer_touches + gap - knobs.pace
    values: Values = {"market.gap_days": given.market.gap_days * math.exp(gap)}
    for stage in _STAGES:
        level = getattr(given.selling, f"decide_{stage}")
        values[f"selling.decide_{stage}"] = min(level + shift, max(level, _MOST_DECIDE))
    return values


def most_inquiries(n_reps: int) -> float:
    """Most inquiries per rep and day that a firm of so many reps can be given, a rounding error below the limit."""
    return min(_RULES["market.raw_leads_per_rep_day"].high, (1 - 1e-9) * MOST_INQUIRIES_PER_DAY / n_reps)


def _within_ranges(values: Values, n_reps: int) -> Values:
    most = {"market.raw_leads_per_rep_day": most_inquiries(n_reps)}
    inside = {}
    for path, value in values.items():
        rule = _RULES[path]
        kept = min(max(value, rule.low), rule.high, most.get(path, math.inf))
        inside[path] = max(int(rule.low), round(kept)) if is_whole(rule) else kept
    return inside


def at_the_end(scenario: Scenario, base: Scenario) -> Iterator[str]:
    """Paths and values of the rules that the fit moved to an end of their range, such as ``market.tempo_sd (2)``."""
    given: Any = scenario
    for path, rule in _RULES.items():
        value = value_of(given, path)
        if value in (rule.low, rule.high) and value != value_of(base, path):
            yield f"{path} ({value:g})"


def changed(scenario: Scenario, base: Scenario) -> list[str]:
    """Paths of the rules in which two scenarios differ."""
    return [path for path in _RULES if value_of(scenario, path) != value_of(base, path)]


def value_of(scenario: Any, path: str) -> Any:
    """Value of a rule by its path, such as ``market.gap_days``."""
    section, name = path.split(".")
    return getattr(getattr(scenario, section), name)
