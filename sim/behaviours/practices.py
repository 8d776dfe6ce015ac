"""How practices change, and the hours that working together takes (docs/odd.md, "Practices")."""

from __future__ import annotations

from sim.behaviours.arithmetic import exp
from sim.behaviours.calendar import DAYS_PER_WEEK
from sim.behaviours.kernel import kernel
from sim.behaviours.readings import level
from sim.domain.records import World
from sim.domain.rules import N_PRACTICES
from sim.domain.vocabulary import (
    ACCOUNT_PLANS,
    ADOPT,
    ASSIGN_RULE,
    DATA_SHARING,
    EXECUTIVE_SUPPORT,
    FEEDBACK,
    FUNNEL_UNITY,
    HANDOFF_POINT,
    JOINT_EVENTS,
    JOINT_PLANNING,
    JOINT_WORK,
    LOWER,
    MEETING_HOURS,
    MEETINGS,
    RAISE,
    RIDE_ALONGS,
    SERVICE_OWNER,
    SET,
    SLA,
    TRAINING,
)

WEEKS_PER_QUARTER = 13.0
WEEKS_PER_MONTH = 4.33


@kernel
def n_persons(world: World) -> int:
    """Marketers, reps and managers of a unit by plan; a generalist counts once, liaisons are extra."""
    firm = world.organization
    return firm.marketers_today + firm.reps_today + firm.managers_today - firm.generalists_today


@kernel
def base_of(world: World, practice: int) -> float:
    """Level of a practice before any intervention: the relationship's, in a small firm at least its floor."""
    return floored(world, practice, world.rules.practice_base[practice])


@kernel
def floored(world: World, practice: int, bundled: float) -> float:
    """Level of a bundle, in a small firm at least its floor."""
    return (
        bundled if world.rules.practice_is_floored[practice] == 0 else max(bundled, world.organization.proximity_floor)
    )


@kernel
def target_of(world: World, practice: int, day: int) -> float:
    """Level that is asked of a practice: of the type in force, raised to the highest or lowered to the lowest asked.

    Who raises and who lowers at once both count. What is asked sets how fast the practice moves, and how fast it will
    fall back; both are kept in the organization, changed in place.
    """
    rules, firm = world.rules, world.organization
    base = adopted = base_of(world, practice)
    for step in range(rules.n_steps):
        if rules.step_kind[step] == ADOPT and asks_for(world, step, practice, day):
            adopted = floored(world, practice, rules.step_target[step])
    highest = lowest = adopted
    by = -1
    for step in range(rules.n_steps):
        if asks_for(world, step, practice, day):
            kind, target = rules.step_kind[step], rules.step_target[step]
            if kind == RAISE and target > highest:
                highest, by = target, step
            elif kind == LOWER and target < lowest:
                lowest, by = target, step
            elif kind == ADOPT and by < 0 and adopted != base:
                by = step
    if by >= 0:
        firm.time_constant[practice], firm.decay[practice] = rules.step_time_constant[by], rules.step_decay[by]
    else:
        firm.time_constant[practice] = firm.decay[practice]
    return lowest if highest == adopted else highest + (lowest - adopted)


@kernel
def asks_for(world: World, step: int, practice: int, day: int) -> bool:
    """Whether a step of the timeline is in force on a day and moves this practice."""
    rules = world.rules
    if rules.step_what[step] != practice or rules.step_kind[step] >= SET:
        return False
    return rules.step_start[step] <= day < rules.step_end[step]


@kernel
def set_levers(world: World, day: int) -> None:
    """Set the levers as they stand today: as the scenario says, unless the timeline has moved them. In place."""
    firm, rules = world.organization, world.rules
    firm.assign_rule, firm.service_owner = rules.assign_rule, rules.service_owner
    firm.handoff_point = rules.handoff_point
    for step in range(rules.n_steps):
        if rules.step_kind[step] == SET and rules.step_start[step] <= day < rules.step_end[step]:
            value = int(rules.step_target[step])
            if rules.step_what[step] == ASSIGN_RULE:
                firm.assign_rule = value
            elif rules.step_what[step] == SERVICE_OWNER:
                firm.service_owner = value
            elif rules.step_what[step] == HANDOFF_POINT:
                firm.handoff_point = value


@kernel
def goal_of(world: World, practice: int, day: int) -> float:
    """Level that people work towards: without backing from the top they follow a part of the way."""
    rules = world.rules
    base = base_of(world, practice)
    adherence = rules.adherence_floor + (1.0 - rules.adherence_floor) * level(world, EXECUTIVE_SUPPORT)
    if practice == EXECUTIVE_SUPPORT or rules.practice_is_paced[practice] == 0:
        adherence = 1.0
    return base + adherence * (target_of(world, practice, day) - base)


@kernel
def update_practices(world: World, day: int) -> None:
    """Move every practice a week towards its goal; much change at once slows all of it. Changes levels in place.

    Notes
    -----
    X += (1 − e^(−5/τ)) · min(1, capacity / load) · (goal − X), load = Σ |goal − X| / scale over what must be learnt.
    What needs only money is neither slowed nor a load.
    """
    rules = world.rules
    load = 0.0
    for practice in range(N_PRACTICES):
        if rules.practice_is_paced[practice] != 0:
            missing = abs(goal_of(world, practice, day) - level(world, practice))
            load += missing / rules.practice_scale[practice]
    slowed = min(1.0, rules.adoption_capacity / max(load, 1e-9))
    for practice in range(N_PRACTICES):
        if practice != EXECUTIVE_SUPPORT:
            _move(world, practice, day, slowed)
    _move(world, EXECUTIVE_SUPPORT, day, slowed)


@kernel
def _move(world: World, practice: int, day: int, slowed: float) -> None:
    """Move one practice a week towards its goal. Changes its level in place."""
    now, goal = level(world, practice), goal_of(world, practice, day)
    if goal != now:
        pace = 1.0 - exp(-DAYS_PER_WEEK / world.organization.time_constant[practice])
        if world.rules.practice_is_paced[practice] != 0:
            pace *= slowed
        world.organization.level[practice] = now + pace * (goal - now)


@kernel
def meeting_hours_per_week(world: World) -> float:
    """Hours a week that a person sits in cross-functional meetings."""
    return level(world, MEETINGS) * level(world, MEETING_HOURS) / WEEKS_PER_QUARTER


@kernel
def set_coordination_hours(world: World) -> None:
    """Hours a week that the practices ask of a rep and of a marketer. Changes the organization in place.

    Notes
    -----
    Plans, shared data, one funnel and meetings also cost a fixed amount of work for the whole organization, so they
    are dear in small firms. Coefficients: hours per week at full level; assumptions (E47, E48 for the sign).
    """
    firm = world.organization
    planning, data, feedback = level(world, JOINT_PLANNING), level(world, DATA_SHARING), level(world, FEEDBACK)
    rides, events, plans = level(world, RIDE_ALONGS), level(world, JOINT_EVENTS), level(world, ACCOUNT_PLANS)
    fixed = 3.0 * planning + 4.0 * data + 2.0 * level(world, FUNNEL_UNITY)
    fixed += 4.0 * level(world, MEETINGS) / WEEKS_PER_QUARTER
    common = meeting_hours_per_week(world) + world.rules.organization_work * fixed / n_persons(world)
    common += level(world, JOINT_WORK) + level(world, TRAINING) / WEEKS_PER_QUARTER
    common += 0.5 * data + 0.15 * level(world, SLA)
    calls_per_rep = rides * firm.marketers_today / (WEEKS_PER_MONTH * firm.reps_today)
    firm.coordination_rep = common + 0.3 * planning + 0.35 * feedback + 0.4 * plans + 0.5 * calls_per_rep
    firm.coordination_rep += 3.0 * events / WEEKS_PER_QUARTER
    firm.coordination_marketer = common + 0.8 * planning + 0.7 * feedback + plans + 5.0 * rides / WEEKS_PER_MONTH
    firm.coordination_marketer += 10.0 * events / WEEKS_PER_QUARTER
