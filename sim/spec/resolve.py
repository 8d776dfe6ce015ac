"""From a scenario to the records that a run needs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint, record
from sim.domain.errors import InputError
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.rules import MOST_STEPS, RULES, RULES_DTYPE
from sim.spec.catalogue import interventions, relationships
from sim.spec.growth import FLOORED, is_floored, most_of, n_persons, write_growth
from sim.spec.scenario import InterventionUse, Scenario

NEVER = 1_000_000


def practice_levels(scenario: Scenario) -> dict[str, float]:
    """Level of every practice before any intervention: the type's bundle, a small firm's floor, own values."""
    levels = dict(relationships()[scenario.relationship].practices)
    for name in FLOORED:
        levels[name] = max(levels[name], scenario.people.proximity_floor)  # type: ignore[attr-defined]
    return levels | scenario.practices


def targets_of(use: InterventionUse) -> dict[str, float]:
    """Level that an intervention asks of each practice: the dose itself of the leading one, its share of the others."""
    intervention = interventions()[use.name]
    dose = intervention.default_dose if use.dose is None else use.dose
    share = dose / intervention.default_dose
    targets = {name: min(PRACTICES[name].high, level * share) for name, level in intervention.practices.items()}
    return targets | {intervention.leading: dose}


def levels_before(scenario: Scenario, use: InterventionUse) -> dict[str, float]:
    """Level of every practice without an intervention: the type's, or what earlier entries ask for all the while."""
    levels = practice_levels(scenario)
    for other in scenario.interventions:
        if other is use:
            break
        if other.start_day <= use.start_day and (other.end_day or NEVER) >= (use.end_day or NEVER):
            levels |= {name: max(levels[name], target) for name, target in targets_of(other).items()}
    return levels


def steps_of(scenario: Scenario, use: InterventionUse) -> list[dict[str, float]]:
    """What an intervention moves: a step for each practice; cost falls on the first, if it moves anything at all."""
    intervention = interventions()[use.name]
    share = (intervention.default_dose if use.dose is None else use.dose) / intervention.default_dose
    targets, before = targets_of(use), levels_before(scenario, use)
    is_new = any(target > before[name] for name, target in targets.items())
    start = scenario.run.warmup_days + use.start_day
    per_person = intervention.one_off_per_person * n_persons(scenario, start)
    one_off = share * (intervention.one_off + per_person) if is_new else 0.0
    end = NEVER if use.end_day is None else scenario.run.warmup_days + use.end_day
    steps: list[dict[str, float]] = []
    for name, target in targets.items():
        step = {"practice": list(PRACTICES).index(name), "target": target, "time_constant": intervention.ramp_days}
        steps.append({**step, "start": start, "end": end, "one_off": 0.0 if steps else one_off})
    return steps


def blueprint_of(scenario: Scenario) -> Blueprint:
    """Resolve a scenario into records.

    Raises
    ------
    InputError
        If it holds more interventions than a run can take.
    """
    rules = record(RULES_DTYPE)
    for rule in RULES:
        rules[rule.name] = getattr(getattr(scenario, rule.section), rule.name)
    rules.warmup_days = scenario.run.warmup_days
    rules.n_days = scenario.run.warmup_days + scenario.run.days
    _write_market(rules, scenario)
    write_growth(rules, scenario)
    levels, bundle = practice_levels(scenario), relationships()[scenario.relationship].practices
    for index, (name, practice) in enumerate(PRACTICES.items()):
        rules.practice_is_floored[index] = is_floored(scenario, name)
        rules.practice_base[index] = bundle[name] if is_floored(scenario, name) else levels[name]
        rules.practice_scale[index] = practice.scale
        rules.practice_is_paced[index] = practice.is_paced
    steps = [step for use in scenario.interventions for step in steps_of(scenario, use)]
    _write_steps(rules, steps)
    liaisons = list(PRACTICES).index("liaisons")
    begun = [step for step in steps if step["start"] < rules.n_days]
    posts = [levels["liaisons"], *(step["target"] for step in begun if step["practice"] == liaisons)]
    return Blueprint(
        rules=rules,
        n_liaisons=math.ceil(max(posts)),
        **{f"n_{name}": number for name, number in most_of(scenario).items()},
        n_units=scenario.people.units,  # type: ignore[attr-defined]
    )


def _write_market(rules: Any, scenario: Scenario) -> None:
    market: Any = scenario.market
    profile = np.array(market.weekday_profile)
    rules.weekday[:] = profile / profile.mean()
    shares = np.array([source.share for source in market.sources])
    shifts = np.array([source.fit_shift for source in market.sources])
    shares = shares / shares.sum()
    rules.n_sources = len(shares)
    rules.source_up_to[: len(shares)] = shares.cumsum()
    rules.source_fit_shift[: len(shares)] = shifts - (shares * shifts).sum()
    segments = np.array([(row.share, row.value_factor, row.pace_factor) for row in market.segments])
    n = rules.n_segments = len(segments)
    rules.segment_up_to[:n] = (segments[:, 0] / segments[:, 0].sum()).cumsum()
    rules.segment_value[:n], rules.segment_pace[:n] = segments[:, 1], segments[:, 2]


def _write_steps(rules: Any, steps: list[dict[str, float]]) -> None:
    if len(steps) > MOST_STEPS:
        raise InputError("interventions", f"must not move more than {MOST_STEPS} practices in all", len(steps))
    rules.n_steps = len(steps)
    for index, step in enumerate(steps):
        for name, value in step.items():
            rules[f"step_{name}"][index] = value
