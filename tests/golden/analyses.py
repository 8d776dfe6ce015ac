"""What the analyses say of made-up studies and of a small run, as it is stored: ``python -m tests.golden.analyses``.

Only after a change that is meant to change what an analysis says; the commit says what moved and why.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from SALib.sample import morris as paths
from SALib.sample import sobol

from sim.analysis import (
    assessment,
    blocks,
    contingency,
    dose_response,
    efficiency,
    firm_effect,
    fitted_map,
    groups,
    history,
    incidents,
    information,
    interaction,
    intervals,
    luck_share,
    morris,
    multiplicity,
    paired,
    planning,
    points,
    pooling,
    prim,
    rare,
    screening,
    selection,
    sensitivity,
    sequential,
    series,
    shapley,
    simultaneous,
    slow_level,
    survival,
    waiting,
)
from sim.domain.records import World
from sim.engine.run import simulate
from tests.blueprints import build
from tests.studies import tables

STORED = Path(__file__).with_name("analyses.json")
#: Significant digits that are stored.
DIGITS = 9
COSTS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


# --- Made-up studies --------------------------------------------------------------------------------------------------


def luck(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def skewed() -> Any:
    return luck(1).lognormal(size=60) - 1.0


def few() -> Any:
    """Of a hundred pairs a dozen differ."""
    return np.where(np.arange(100) % 8 == 0, luck(2).normal(0.5, 1.0, 100), 0.0)


def grid() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sizes, markets, types and what they use: profit, cost and a rare outcome; some runs lack the profit."""
    rows = list(itertools.product(["small", "large"], ["simple", "complex"], ["", "liaison", "training"]))
    noise = luck(3)
    values = 5.0 * noise.normal(size=60) + noise.normal(size=(len(rows), 60)) + 0.3 * np.arange(len(rows))[:, None]
    names = ("size", "market", "interventions")
    points_, runs = tables(dict(zip(names, zip(*rows, strict=True), strict=True)), values, "profit")
    runs["cost"] = 100.0 + 0.5 * runs["profit"] + noise.normal(size=len(runs)) + 3.0 * (runs.index // 60 % 3)
    runs["turnover"] = np.where(noise.uniform(size=len(runs)) < 0.07, noise.lognormal(size=len(runs)), 0.0)
    runs.loc[runs.index[::97], "profit"] = np.nan
    return points_.assign(label=[f"point {row}" for row in range(len(rows))]), runs


def doses(better: str, shape: Callable[[Any], Any]) -> Any:
    at = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
    noise = luck(4)
    values = shape(at)[:, None] + 20.0 * noise.normal(size=(1, 60)) + 0.4 * noise.normal(size=(6, 60))
    return dose_response.dose_response(*tables({"dose": at}, values), "dose", "y", better)


def problem() -> dict[str, Any]:
    return {"names": ["a", "b", "c"], "num_vars": 3, "bounds": [[0, 1], [-2, 2], [10, 20]]}


def decomposed() -> Any:
    rows = sobol.sample(problem(), 64, calc_second_order=True, seed=1)
    truth = rows[:, 0] * rows[:, 1] + rows[:, 1] ** 2 + 0.1 * rows[:, 2]
    values = truth[:, None] + luck(5).normal(size=4) + 0.2 * luck(6).normal(size=(len(rows), 4))
    factors = dict(zip(problem()["names"], rows.T, strict=True))
    return sensitivity.sobol_indices(*tables(factors, values), problem(), "y")


def screened() -> Any:
    rows = paths.sample(problem(), 12, num_levels=4, seed=7)
    truth = np.sin(3.0 * rows[:, 0]) * rows[:, 1] + 0.1 * rows[:, 2] ** 2
    factors = dict(zip(problem()["names"], rows.T, strict=True))
    return morris.morris_screening(*tables(factors, truth[:, None]), problem(), "y")


def deals(win: float, seed: int, n_runs: int = 8) -> pd.DataFrame:
    noise = luck(seed)
    ends, seen = noise.exponential(1.0 / (win + 0.02), 40 * n_runs), noise.uniform(0.0, 200.0, 40 * n_runs)
    code = np.where(ends <= seen, np.where(noise.uniform(size=len(ends)) < win / (win + 0.02), 1, 2), 0)
    how = np.array(["open", "won", "lost"])[code]
    days = np.ceil(np.minimum(ends, seen))
    return pd.DataFrame({"draw": 0, "replication": np.repeat(np.arange(n_runs), 40), "days": days, "how": how})


def world() -> World:
    """A firm of two units that quarrels, loses people and serves customers; its decisions are recorded."""
    rules = {"customers_per_rep": 3.0, "gamma_lead_quality": 1.0, "gamma_follow_up": 1.0, "leave_base": 0.05}
    used = {"feedback": 0.8, "sla": 0.9, "meetings": 4.0, "liaisons": 1.0, "joint_events": 2.0}
    return simulate(build((2, 5, 1, 1, 0), 150, 20, rules, used, n_units=2), 3, n_events=60_000)


def at_random() -> tuple[Any, Any, Any]:
    noise = luck(8)
    values = noise.uniform(-1.0, 1.0, (160, 4))
    gains = np.column_stack([np.zeros(160), values[:, 1] + 0.3 * noise.normal(size=160), values[:, 2] ** 2 - 0.2])
    return values, gains, noise


def of_firms() -> Any:
    noise = luck(9)
    at = noise.uniform(size=(20, 2))
    own = np.stack([3.0 * at[:, 0] - 1.0, np.sin(4.0 * at[:, 1])], axis=1)[:, :, None]
    values = own + noise.normal(size=(1, 2, 25)) + 0.5 * noise.normal(size=(20, 2, 25))
    found = fitted_map.fit_map(("a", "b", "c"), at, values)
    places = np.array([[0.2, 0.3], [0.6, 0.9]])
    return found.shared, fitted_map.seen_differences(values), np.round(found.chances(places), 2)


def methods(differences: Any) -> dict[str, Any]:
    draws = np.arange(len(differences)) // 4
    found = {name: paired.compare_pairs(differences, 0.0 * differences, "higher", name) for name in intervals.METHODS}
    over = paired.compare_pairs(differences, 0.0 * differences, "higher", draws=draws)
    return found | {"over draws": over, "in the firm": firm_effect.effect_in_firm(differences, draws)}


def of_games() -> Any:
    values = luck(10).normal(size=(16, 7)).cumsum(axis=0)
    orders = shapley.orders_of(4, 6, 1)
    by_order = shapley.shares_by_order(values, np.arange(16), orders)
    return shapley.shapley(values), shapley.pairs_together(values), by_order, shapley.order_errors(by_order)


def of_shares() -> Any:
    won, n = np.array([3.0, 12.0, 60.0, 0.0]), np.array([40.0, 100.0, 300.0, 15.0])
    speeds = pooling.shared_speed(luck(11).normal(size=60) + np.repeat([0.0, 0.5, 2.0], 20), np.repeat([0, 1, 2], 20))
    parts = luck(12).uniform(0.2, 0.4, 12)
    ends = [blocks.block_ends(0.3, parts, link) for link in ("as it is", "log")]
    return pooling.pooled_shares(won, n), speeds, ends, blocks.share_ends(0.3, 500, parts), blocks.blocks_of_weeks(61)


def of_counts() -> Any:
    sample = [rare.ends_where_enough(few()), rare.likelihood_ends(few()), rare.sign_p(few()[few() != 0.0])]
    plans = [planning.more_to_distinguish(skewed()), planning.more_for_half_width(skewed(), 0.1)]
    levels = slow_level.level_ends(luck(13).normal(size=30).cumsum() + 50.0, 2.0)
    return sample, plans, levels, rare.most_that_differ(120), sequential.convergence(luck(14).normal(size=200))


def several() -> Any:
    differences = luck(15).normal(size=(3, 40)) + luck(16).normal(size=40) + np.array([[0.1], [0.5], [0.9]])
    t, correlation = simultaneous.t_values(differences)
    p = simultaneous.share_above(simultaneous.joint_draws(correlation, 40), np.abs(t))
    asked = [0.03, None, 0.2, 0.001, 0.03]
    adjusted = [multiplicity.adjusted(asked, how) for how in ("holm", "fdr", "none")]
    best = screening.against_best(differences), screening.probability_best(differences)
    two_way = luck_share.luck_share(differences)
    return t, correlation, p, adjusted, best, two_way, selection.select_best(differences, "higher", 0.3)


CASES: dict[str, Callable[[], Any]] = {
    "dose, higher is better": lambda: doses("higher", lambda at: -((at - 1.8) ** 2)),
    "dose, lower is better": lambda: doses("lower", lambda at: at / (at + 0.5) - 0.3 * at),
    "dose, neither is better": lambda: doses("", np.sqrt),
    "situations": lambda: contingency.contingency_map(*grid(), "profit", "interventions", ["size", "market"]),
    "points": lambda: points.compare_points(*grid(), by=["size", "market"]),
    "best point": lambda: selection.select_points(*grid(), "profit", 0.5),
    "per cost": lambda: efficiency.compare_efficiency(*grid(), "profit"),
    "Sobol": decomposed,
    "Morris": screened,
    "time to win": lambda: survival.time_to_win(deals(0.02, 21)),
    "time to win, compared": lambda: survival.compare_time_to_win(deals(0.02, 21), deals(0.03, 22)),
    "interaction": lambda: interaction.interaction(
        luck(7).normal(size=(4, 50)) + np.array([[0.0], [1.0], [2.0], [4.0]])
    ),
    "pairs": lambda: methods(skewed()),
    "pairs, most of them equal": lambda: methods(few()),
    "games": of_games,
    "shares": of_shares,
    "counts": of_counts,
    "several": several,
    "information": lambda: information.information(*at_random()[:2]),
    "influence": lambda: information.influence(at_random()[0], at_random()[1][:, 1]),
    "expected": lambda: information.expected(*at_random()[:2]),
    "box": lambda: prim.find_box(at_random()[0], at_random()[0][:, 1] > 0.4),
    "map of firms": of_firms,
    "series": lambda: [series.series(world(), every) for every in series.PERIODS],
    "by person": lambda: (groups.by_person(world()), groups.hours_per_week(world())),
    "by source and segment": lambda: (
        groups.by_source(world(), list("abcdef"), COSTS),
        groups.by_segment(world(), ["small", "middle", "large"]),
    ),
    "disputes": lambda: incidents.ledger(world()),
    "story": lambda: (history.event_log(world()), history.decisions(world())),
    "waiting": lambda: (
        waiting.time_to_win(world()),
        waiting.median_time_to_win(world()),
        waiting.response_table(world()),
    ),
    "self-assessment": lambda: (assessment.sides(world()), assessment.assessment(world())),
}


# --- How it is stored -------------------------------------------------------------------------------------------------


def told(found: Any, name: str = "") -> Iterator[tuple[str, float | str]]:
    """Numbers and words of a result by their path; of long columns what they sum to, in two ways."""
    parts = _parts_of(found)
    if parts is not None:
        for key, value in parts.items():
            yield from told(value, f"{name}.{key}")
    elif isinstance(found, np.ndarray) and found.dtype.kind in "ifb":
        yield from _of_numbers(found.ravel().astype(float), name)
    elif isinstance(found, list | tuple | np.ndarray):
        yield from _of_list(list(found), name)
    elif isinstance(found, bool | int | float | np.number):
        yield name, float(found)
    elif not callable(found):
        yield name, str(found)


def _parts_of(found: Any) -> dict[str, Any] | None:
    """What a record, a table or a mapping consists of, by name; none of anything else."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
    if isinstance(found, pd.DataFrame):
        return {str(column): found[column].tolist() for column in found.columns}
    if hasattr(found, "_asdict"):
        return dict(found._asdict())
    return dict(found) if isinstance(found, dict) else None


def _of_list(found: list[Any], name: str) -> Iterator[tuple[str, float | str]]:
    if found and all(isinstance(each, int | float | bool | None) for each in found):
        yield from _of_numbers(np.array([math.nan if each is None else float(each) for each in found]), name)
    elif any(isinstance(each, list | tuple | np.ndarray) or _parts_of(each) is not None for each in found):
        for place, each in enumerate(found):
            yield from told(each, f"{name}[{place}]")
    else:
        yield name, hashlib.sha256("\n".join(map(str, found)).encode()).hexdigest()[:16]


def _of_numbers(numbers: Any, name: str) -> Iterator[tuple[str, float]]:
    known = numbers[np.isfinite(numbers)]
    if len(numbers) <= 3:
        yield from ((f"{name}[{place}]", float(number)) for place, number in enumerate(numbers))
        return
    yield f"{name} (known)", float(len(known))
    yield f"{name} (sum)", float(known.sum())
    yield f"{name} (by place)", float(known @ np.linspace(-1.0, 2.0, len(known)) if len(known) else 0.0)


def fresh(name: str) -> dict[str, float | str]:
    """What a case says now; numbers to `DIGITS`."""
    with np.errstate(all="ignore"):
        said = dict(told(CASES[name]()))
    return {path: value if isinstance(value, str) else float(f"{value:.{DIGITS}g}") for path, value in said.items()}


def moved(name: str) -> list[str]:
    """Paths of a case that no longer say what is stored; numbers as far as other processors round alike."""
    stored, now = json.loads(STORED.read_text(encoding="utf-8"))[name], fresh(name)
    return [path for path in {**stored, **now} if not _is_same(now.get(path, "absent"), stored.get(path, "absent"))]


def _is_same(now: float | str, stored: float | str) -> bool:
    if isinstance(now, str) or isinstance(stored, str):
        return now == stored
    return bool(np.isclose(now, stored, rtol=1e-6, atol=1e-9, equal_nan=True))


if __name__ == "__main__":
    STORED.write_text(json.dumps({name: fresh(name) for name in CASES}, indent=1) + "\n", encoding="utf-8")
