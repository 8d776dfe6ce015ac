"""From a scenario to the records that a run needs."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any

import numpy as np

from sim.domain.blueprint import Blueprint, rows
from sim.domain.declarations import ALWAYS, MOMENTS, AddedAgent
from sim.domain.errors import InputError
from sim.domain.extensions import added_agents
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import EVENTS, MOVABLE, POSTS
from sim.domain.records import AGENTS
from sim.domain.rules import MOST_STEPS, RULES, RULES_DTYPE
from sim.domain.vocabulary import ADOPT, HIRE, LEAVE, LEVERS, LOWER, RAISE, SET
from sim.spec.catalogue import action_of, relationships_of
from sim.spec.growth import FLOORED, is_floored, most_of, n_persons, write_growth
from sim.spec.scenario import Scenario
from sim.spec.timeline import Entry

NEVER = 1_000_000
#: Time constant of turning to another relationship type, working days (assumption: several quarters in all).
ADOPTION_DAYS = 90.0
_VALUES = attrgetter(*(f"{rule.section}.{rule.name}" for rule in RULES))
_FIELDS: Any = RULES_DTYPE.fields
#: The parameters alone, in the places that they have in the record of all rules.
_PARAMETERS = np.dtype(
    {
        "names": [rule.name for rule in RULES],
        "formats": [_FIELDS[rule.name][0] for rule in RULES],
        "offsets": [_FIELDS[rule.name][1] for rule in RULES],
        "itemsize": RULES_DTYPE.itemsize,
    }
)


def levels_of(scenario: Scenario, relationship: str) -> dict[str, float]:
    """Level of every practice under a relationship type: its bundle, a small firm's floor, own values."""
    levels = relationships_of(scenario)[relationship].levels
    for name in FLOORED:
        levels[name] = max(levels[name], scenario.people.proximity_floor)  # type: ignore[attr-defined]
    return levels | scenario.practices


def bundle_of(scenario: Scenario, relationship: str) -> dict[str, float]:
    """Levels as a run is given them: in a firm that grows, the floor comes on the day, not here."""
    bundle, levels = relationships_of(scenario)[relationship].levels, levels_of(scenario, relationship)
    return {name: bundle[name] if is_floored(scenario, name) else level for name, level in levels.items()}


def practice_levels(scenario: Scenario) -> dict[str, float]:
    """Level of every practice before anything happens."""
    return levels_of(scenario, scenario.relationship)


def dose_of(scenario: Scenario, entry: Entry) -> float:
    """Dose of an intervention or shock; the usual one where none is given."""
    return action_of(scenario, entry).default_dose if entry.dose is None else entry.dose


def is_lowering(practice: str, target: float) -> bool:
    """Whether a level is asked for as a cut: only changes of money and volume can be cuts."""
    return MOVABLE[practice].is_relative and target < 0.0


def levels_before(scenario: Scenario, index: int) -> dict[str, float]:
    """Level of every practice without an entry: the type's, or what earlier entries ask for all the while."""
    *others, entry = scenario.entries[: index + 1]
    levels, end = practice_levels(scenario), entry.end_day or NEVER
    earlier = [other for other in others if other.day <= entry.day and (other.end_day or NEVER) >= end]
    for other in earlier:
        levels = levels_of(scenario, other.adopt) if other.adopt else levels
    for other in earlier:
        if other.action:
            for name, target in action_of(scenario, other).targets(dose_of(scenario, other)).items():
                if name in PRACTICES:
                    levels[name] = (min if is_lowering(name, target) else max)(levels[name], target)
    return levels


def asks_for_more(scenario: Scenario, index: int) -> bool:
    """Whether an intervention or shock asks for anything that is not there already."""
    entry, before = scenario.entries[index], levels_before(scenario, index)
    targets = action_of(scenario, entry).targets(dose_of(scenario, entry))
    return any(
        target < before[name] if is_lowering(name, target) else target > before.get(name, 0.0)
        for name, target in targets.items()
    )


def one_off_of(scenario: Scenario, index: int) -> float:
    """What an intervention costs on its first day, c.u.; nothing if it asks for nothing new."""
    entry = scenario.entries[index]
    cost = action_of(scenario, entry).cost(
        dose_of(scenario, entry), n_persons(scenario, scenario.run.warmup_days + entry.day)
    )
    return cost if asks_for_more(scenario, index) else 0.0


def steps(scenario: Scenario) -> list[dict[str, float]]:
    """Everything that the timeline moves, in the order of its entries."""
    return [step for index in range(len(scenario.entries)) for step in steps_of(scenario, index)]


def steps_of(scenario: Scenario, index: int) -> list[dict[str, float]]:
    """What an entry moves: a step for each practice or lever; its cost falls on the first."""
    entry = scenario.entries[index]
    end = NEVER if entry.end_day is None else scenario.run.warmup_days + entry.end_day
    step = {"start": scenario.run.warmup_days + entry.day, "end": end, "one_off": 0.0}
    if entry.set:
        moved = [{"kind": SET, "what": LEVERS.index(name), "target": value} for name, value in entry.set.items()]
        return [step | {"time_constant": 1.0, "decay": 1.0} | move for move in moved]
    if entry.adopt:
        ramp, targets = entry.ramp_days or ADOPTION_DAYS, bundle_of(scenario, entry.adopt)
    else:
        ramp, dose = entry.ramp_days or action_of(scenario, entry).ramp_days, dose_of(scenario, entry)
        targets = action_of(scenario, entry).targets(dose) if dose != 0.0 else {}
    step |= {"time_constant": ramp, "decay": entry.decay_days or ramp}
    moves = []
    for name, target in targets.items():
        if name in EVENTS:
            moves.append(step | {"kind": LEAVE, "what": list(EVENTS).index(name), "target": target})
            continue
        if name in POSTS:
            moves.append(step | {"kind": HIRE, "what": added_agents()[name].kind, "target": target})
            continue
        kind = ADOPT if entry.adopt else LOWER if is_lowering(name, target) else RAISE
        moves.append(step | {"kind": kind, "what": list(PRACTICES).index(name), "target": target})
    if moves and not entry.adopt:
        moves[0]["one_off"] = one_off_of(scenario, index)
    return moves


def blueprint_of(scenario: Scenario) -> Blueprint:
    """Resolve a scenario into records.

    Raises
    ------
    InputError
        If it holds more than a run can take.
    """
    rules = _rules_of(scenario)
    rules.warmup_days = scenario.run.warmup_days
    rules.n_days = scenario.run.warmup_days + scenario.run.days
    _write_market(rules, scenario)
    write_growth(rules, scenario)
    bundle = bundle_of(scenario, scenario.relationship)
    rules.practice_is_floored[:] = [is_floored(scenario, name) for name in PRACTICES]
    rules.practice_base[:] = [bundle[name] for name in PRACTICES]
    rules.practice_scale[:] = [practice.scale for practice in PRACTICES.values()]
    rules.practice_is_paced[:] = [practice.is_paced for practice in PRACTICES.values()]
    moves = steps(scenario)
    _write_steps(rules, moves)
    liaisons = list(PRACTICES).index("liaisons")
    begun = [step for step in moves if step["start"] < rules.n_days]
    posts = [bundle["liaisons"]]
    posts += [step["target"] for step in begun if step["kind"] not in (SET, LEAVE, HIRE) and step["what"] == liaisons]
    return Blueprint(
        rules=rules,
        n_liaisons=math.ceil(max(posts)),
        **{f"n_{name}": number for name, number in most_of(scenario).items()},
        n_units=scenario.people.units,  # type: ignore[attr-defined]
        agents=_agents(begun, scenario.people.units),  # type: ignore[attr-defined]
    )


def agents_used(moves: list[dict[str, float]]) -> list[tuple[AddedAgent, float]]:
    """Agent classes of extensions that a timeline gives posts to, by name, and the most posts of each."""
    asked = [(agent, [step["target"] for step in moves if _asks_for(step, agent)]) for agent in added_agents().values()]
    return sorted(((agent, max(targets)) for agent, targets in asked if targets), key=lambda pair: pair[0].name)


def _asks_for(step: dict[str, float], agent: AddedAgent) -> bool:
    return step["kind"] == HIRE and step["what"] == agent.kind


def _agents(moves: list[dict[str, float]], n_units: int) -> Any:
    """Agents of extensions that a firm will ever have, class by class; units in turn."""
    used = agents_used(moves)
    table, row = rows(AGENTS, sum(math.ceil(posts) for _, posts in used)), 0
    for agent, posts in used:
        own = [each.default for each in agent.parameters if each.name not in ALWAYS]
        for number in range(math.ceil(posts)):
            one = table[row]
            one.kind, one.number, one.unit, one.moment = (
                agent.kind,
                number,
                number % n_units,
                MOMENTS.index(agent.moment),
            )
            one.is_marketing = agent.side == "marketing"
            one.day_hours, one.pay = agent.value_of("hours"), agent.value_of("pay")
            one.parameter[: len(own)] = own
            row += 1
    return table


def _rules_of(scenario: Scenario) -> Any:
    """A new record with all parameters of a scenario; written at once, since one by one takes half of the time."""
    row = rows(RULES_DTYPE, 1)
    row.view(_PARAMETERS)[0] = _VALUES(scenario)
    return row[0]


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


def _write_steps(rules: Any, moves: list[dict[str, float]]) -> None:
    if len(moves) > MOST_STEPS:
        raise InputError(
            "timeline",
            f"must not move more than {MOST_STEPS} practices and levers in all",
            len(moves),
            "Leave some entries of the timeline out.",
        )
    n = rules.n_steps = len(moves)
    for name in moves[0] if moves else ():
        rules[f"step_{name}"][:n] = [step[name] for step in moves]
