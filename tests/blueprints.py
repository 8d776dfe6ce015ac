"""Random organizations for tests: any rule within its range, any practices, any steps, any size.

`blueprints` is the hypothesis strategy: few deviations from the defaults, so that a failure shrinks to what matters,
and now and then everything at once from one seed. `random_blueprint` is that "everything at once" alone, and
`features` says which mechanisms a blueprint makes use of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sim.domain.blueprint import Blueprint, record
from sim.domain.practices import BY_NAME as PRACTICES
from sim.domain.practices import EVENTS
from sim.domain.rules import LEVERS, RULES, RULES_DTYPE, Rule, is_whole
from sim.domain.vocabulary import ADOPT, LEAVE, LOWER, RAISE, SET

NAMES = list(PRACTICES)
RULES_BY_NAME = {rule.name: rule for rule in RULES}

# What an undefined relationship looks like; where the strategy starts from and shrinks to.
UNDEFINED = {"handoff_clarity": 0.15, "funnel_unity": 0.1, "boundary_flexibility": 0.05, "meeting_hours": 1.0} | {
    "agenda_discipline": 0.2,
    "collocation": 0.05,
    "feedback": 0.1,
    "data_sharing": 0.15,
    "joint_planning": 0.05,
    "executive_support": 0.25,
    "price_authority": 0.05,
}
SHARES = np.array([0.36, 0.08, 0.26, 0.12, 0.10, 0.08])
SHIFTS = np.array([0.45, 1.40, -0.20, 0.15, -0.80, -1.20])


class Move(NamedTuple):
    """A row of the timeline: a practice, lever or event, its target, first day and day after the last.

    `decay` is as the ramp unless given; `is_adopted` tells the target of another type from one that is asked for.
    """

    what: str
    target: float
    start: int
    end: int
    ramp: float
    one_off: float
    decay: float = 0.0
    is_adopted: bool = False

    @property
    def kind(self) -> int:
        """Kind of step, as the model knows it."""
        if self.what in LEVERS:
            return SET
        if self.what in EVENTS:
            return LEAVE
        return ADOPT if self.is_adopted else LOWER if self.target < 0.0 else RAISE


#: Working days until the first budget round.
QUARTER = 65
#: Everything that a row of the timeline may move.
MOVABLE = [*NAMES, *LEVERS, *EVENTS]


def deterministic(n: int) -> Any:
    """Settings under which every machine tries the same n examples."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=n, derandomize=True, deadline=None, database=None, suppress_health_check=checks)


def build(
    sizes: tuple[int, int, int, int, int] = (3, 8, 0, 1, 0),
    n_days: int = 100,
    warmup_days: int = 20,
    rules: dict[str, float] | None = None,
    practices: dict[str, float] | None = None,
    steps: list[tuple[Any, ...]] | None = None,
    growth: list[tuple[int, tuple[int, int, int, int], float]] | None = None,
    n_units: int = 1,
) -> Blueprint:
    """A blueprint by hand.

    `sizes` are marketers, reps, liaisons, managers and generalists; a step is a `Move`. A headcount of `growth` is a
    day, marketers, reps, managers and generalists from then on, and the floor of collocation and executive support;
    with `n_units`, all but liaisons are those of a unit.
    """
    written = record(RULES_DTYPE)
    for rule in RULES:
        written[rule.name] = (rules or {}).get(rule.name, rule.default)
    written.n_days, written.warmup_days = n_days, warmup_days
    for index, name in enumerate(NAMES):
        written.practice_base[index] = (UNDEFINED | (practices or {})).get(name, 0.0)
        written.practice_scale[index] = PRACTICES[name].scale
        written.practice_is_paced[index] = PRACTICES[name].is_paced
    _write_market(written)
    steps = steps or []
    written.n_steps = len(steps)
    for index, step in enumerate(steps):
        move = Move(*step)
        known = next(list(names) for names in (NAMES, LEVERS, EVENTS) if move.what in names)
        written.step_what[index], written.step_kind[index] = known.index(move.what), move.kind
        written.step_target[index], written.step_one_off[index] = move.target, move.one_off
        written.step_start[index], written.step_end[index] = move.start, move.end
        written.step_time_constant[index], written.step_decay[index] = move.ramp, move.decay or move.ramp
    marketers, reps, liaisons, managers, generalists = sizes
    headcounts = [(0, (marketers, reps, managers, generalists), 0.0), *(growth or [])]
    if growth:
        written.n_growth = len(headcounts)
        for name in ("collocation", "executive_support"):
            written.practice_is_floored[NAMES.index(name)] = 1
    for index, (day, people, floor) in enumerate(headcounts):
        written.growth_day[index], written.growth_floor[index] = day, floor
        for name, number in zip(("marketers", "reps", "managers", "generalists"), people, strict=True):
            written[f"growth_{name}"][index] = number
    most = [n_units * number for number in (*headcounts[-1][1][:3], generalists)]
    return Blueprint(written, most[0], most[1], liaisons, most[2], most[3], n_units)


def _write_market(written: Any) -> None:
    written.n_sources, written.n_segments = len(SHARES), 3
    written.source_up_to[: len(SHARES)] = SHARES.cumsum()
    written.source_fit_shift[: len(SHARES)] = SHIFTS - (SHARES * SHIFTS).sum()
    written.segment_up_to[:3], written.segment_value[:3] = (0.6, 0.9, 1.0), (0.7, 1.1, 2.2)
    written.segment_pace[:3] = (0.8, 1.15, 1.7)
    written.weekday[:] = (1.6, 0.9, 0.9, 0.85, 0.75)


def value_within(rule: Rule, share: float) -> float:
    """The value that far (0–1) into a rule's range; long ranges are walked in equal factors."""
    low, high = rule.low, rule.high
    if low > 0 and high / low > 1000:
        value = min(high, max(low, low * (high / low) ** share))
    else:
        value = low + share * (high - low)
    return float(round(value)) if is_whole(rule) else value


def _share(luck: np.random.Generator) -> float:
    """Anywhere between 0 and 1, and often at an end."""
    return float(luck.choice([0.0, 1.0, luck.random()], p=[0.15, 0.15, 0.7]))


def random_blueprint(luck: np.random.Generator, most_people: int = 12, most_days: int = 60) -> Blueprint:
    """A blueprint in which everything may be anywhere within its range."""
    n_marketers = int(luck.integers(1, max(2, most_people // 3)))
    n_reps = int(luck.integers(1, max(2, most_people - n_marketers - 1)))
    n_liaisons = int(luck.integers(0, max(1, min(3, most_people - n_marketers - n_reps + 1))))
    n_generalists = int(luck.integers(0, min(n_marketers, n_reps) + 1))
    n_days = int(luck.integers(2, most_days + 1))
    share_of_defaults = luck.choice([0.0, 0.5, 0.95])
    rules = {rule.name: value_within(rule, _share(luck)) for rule in RULES if luck.random() >= share_of_defaults}
    if luck.random() < 0.5:
        rules["launch_day"] = float(luck.integers(-n_days, n_days))
    practices = {name: _level(name, _share(luck), n_liaisons) for name in NAMES if luck.random() < 0.7}
    practices.setdefault("liaisons", float(n_liaisons))
    sizes = (n_marketers, n_reps, n_liaisons, int(luck.integers(0, 4)), n_generalists)
    return build(
        sizes,
        n_days,
        int(luck.integers(0, n_days)),
        rules,
        practices,
        _random_moves(luck, n_days, n_liaisons),
        _random_growth(luck, sizes, n_days),
        int(luck.choice([1, 1, 2, 3])),
    )


def _random_growth(
    luck: np.random.Generator, sizes: tuple[int, int, int, int, int], n_days: int
) -> list[tuple[int, tuple[int, int, int, int], float]]:
    marketers, reps, _, managers, generalists = sizes
    growth = []
    for day in sorted(set(luck.integers(1, n_days + 1, size=luck.choice([0, 0, 1, 3])).tolist())):
        marketers, reps, managers = (number + int(luck.integers(0, 3)) for number in (marketers, reps, managers))
        generalists = int(luck.integers(0, generalists + 1))
        growth.append((day, (marketers, reps, managers, generalists), _share(luck)))
    return growth


def _random_moves(luck: np.random.Generator, n_days: int, n_liaisons: int) -> list[Move]:
    """Practices that are asked for or cut, levers that are set, reps who leave, another type or two."""
    names = [
        *luck.choice(NAMES, size=luck.integers(0, 5)),
        *luck.choice(MOVABLE[len(NAMES) :], size=luck.integers(0, 5)),
    ]
    moves = [_random_move(luck, str(name), n_days, n_liaisons) for name in names]
    for _ in range(int(luck.choice([0, 0, 1, 2]))):
        when = _random_move(luck, NAMES[0], n_days, n_liaisons)
        for name in NAMES:
            moves.append(when._replace(what=name, target=_level(name, _share(luck), n_liaisons), is_adopted=True))
    return moves


def _random_move(luck: np.random.Generator, name: str, n_days: int, n_liaisons: int) -> Move:
    start = int(luck.integers(0, n_days))
    end = int(luck.choice([start + int(luck.integers(0, n_days)), 1_000_000]))
    ramp, decay = (1.0 + 200.0 * luck.random() for _ in range(2))
    return Move(name, _target(name, _share(luck), n_liaisons), start, end, ramp, 1e5 * luck.random(), decay)


def _target(name: str, share: float, n_liaisons: int) -> float:
    """What a row of the timeline asks of a practice, lever or event, that far into its range."""
    if name in LEVERS:
        return value_within(LEVERS[name], share)
    return float(round(4.0 * share)) if name in EVENTS else _level(name, share, n_liaisons)


def _level(name: str, share: float, n_liaisons: int) -> float:
    """The level that far into a practice's range, which for changes of money may be a cut."""
    low = PRACTICES[name].low
    return low + share * (_highest(name, n_liaisons) - low)


def _highest(name: str, n_liaisons: int) -> float:
    return float(n_liaisons) if name == "liaisons" else PRACTICES[name].high


def features(plan: Blueprint) -> set[str]:
    """Mechanisms that a blueprint makes use of, by a word each."""
    rules = plan.rules
    first, rows = rules.warmup_days + rules.launch_day, range(rules.n_steps)
    used = {f"served by {rules.service_owner}", f"handoff point {rules.handoff_point}", f"units {plan.n_units}"}
    used |= {f"assign rule {rules.assign_rule}", f"managers {plan.n_managers // plan.n_units}"}
    used |= {f"{name} below 0" for index, name in enumerate(NAMES) if rules.practice_base[index] < 0.0}
    used |= {f"{name} above 0" for index, name in enumerate(NAMES) if rules.practice_base[index] > 0.0}
    used |= {"generalists"} if plan.n_generalists else set()
    used |= {"liaisons"} if plan.n_liaisons else set()
    used |= {"growth"} if rules.n_growth > 0 else set()
    used |= {"installed customers"} if rules.customers_per_rep > 0 else set()
    used |= {"product B from the start"} if first <= 0 else {"launch"} if first < rules.n_days else {"no product B"}
    used |= {"a quarter ends"} if rules.n_days > QUARTER else set()
    used |= {f"{rule.name} off" for rule in RULES if rule.section == "mechanisms" and rules[rule.name] == 0}
    return used.union(*(_features_of_step(rules, row) for row in rows))


def _features_of_step(rules: Any, row: int) -> set[str]:
    kind, target, starts = int(rules.step_kind[row]), float(rules.step_target[row]), int(rules.step_start[row])
    names: tuple[str, ...] = tuple(LEVERS) if kind == SET else tuple(EVENTS) if kind == LEAVE else tuple(NAMES)
    name, ends = names[rules.step_what[row]], rules.step_end[row] < rules.n_days
    if kind == LEAVE:
        return {"reps leave"} if target > 0.0 else set()
    if kind == SET:
        return {f"{name} set to {int(target)}", f"{name} set back"} if ends else {f"{name} set to {int(target)}"}
    moved = target != rules.practice_base[rules.step_what[row]]
    used = {"adopt"} if kind == ADOPT and moved and starts > 0 else set()
    used |= {f"{name} lowered"} if kind == LOWER else {f"{name} raised"} if kind == RAISE else set()
    return used | (
        {"end with a decay of its own"} if ends and rules.step_decay[row] != rules.step_time_constant[row] else set()
    )


@st.composite
def blueprints(draw: st.DrawFn, most_people: int = 24, most_days: int = 120) -> Blueprint:
    """Organizations of all kinds; every third or so has everything at random."""
    if draw(st.integers(0, 2)) == 2:
        seed = draw(st.integers(0, 2**32 - 1))
        return random_blueprint(np.random.default_rng(seed), most_people, most_days)
    n_marketers = draw(st.integers(1, max(1, most_people // 3)))
    n_reps = draw(st.integers(1, max(1, most_people - n_marketers)))
    n_liaisons = draw(st.integers(0, 3))
    n_days = draw(st.integers(1, most_days))
    shares = st.floats(0.0, 1.0)
    rules = draw(st.dictionaries(st.sampled_from(sorted(RULES_BY_NAME)), shares, max_size=10))
    practices = draw(st.dictionaries(st.sampled_from(NAMES), shares, max_size=8))
    days = st.integers(0, n_days - 1)
    steps = draw(
        st.lists(
            st.tuples(st.sampled_from(MOVABLE), shares, days, st.integers(0, 2 * n_days), st.floats(1.0, 300.0)),
            max_size=4,
        )
    )
    return build(
        (n_marketers, n_reps, n_liaisons, draw(st.integers(0, 3)), draw(st.integers(0, min(n_marketers, n_reps)))),
        n_days,
        draw(days),
        {name: value_within(RULES_BY_NAME[name], share) for name, share in rules.items()},
        {"liaisons": float(n_liaisons)} | {name: _level(name, share, n_liaisons) for name, share in practices.items()},
        [(name, _target(name, share, n_liaisons), start, end, ramp, 100.0) for name, share, start, end, ramp in steps],
    )
