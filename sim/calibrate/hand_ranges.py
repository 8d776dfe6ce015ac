"""What a firm knows of itself only roughly, as draws: values of its scenario, and a market that fits each draw."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from sim.calibrate.answers import Answers
from sim.calibrate.knobs import neutral_knobs, turned, value_of
from sim.calibrate.known import QUANTITIES
from sim.calibrate.moments import moments_of
from sim.calibrate.own_type import own_path
from sim.calibrate.starting import section_of
from sim.domain.rules import RULES
from sim.ensemble.executors import n_cpus
from sim.spec.factors import setting_of, variant
from sim.spec.scenario import MOST_INQUIRIES_PER_DAY, Scenario

Floats = npt.NDArray[np.float64]
#: Values that stand for money and grow with the value of an order.
_MONEY = ("market.value_mean", "selling.quota", "selling.account_reference")
_INQUIRIES = "market.raw_leads_per_rep_day"
#: A range holds the value nine times in ten: its half is so many standard deviations.
_NINE_IN_TEN = 1.645
#: What the two knobs of a market move, in their order: win rate (logit) and median time to win (ln).
_SHOWN = ("win_rate", "time_to_win")
#: Turns at which the knobs are tried, and runs for each.
_TURNS, _RUNS = (-2.0, -1.0, -0.4, 0.0, 0.4, 1.0, 2.0), 24
#: Assumption: how much less a touch takes (log) for a logit of answers more; about as many more deals stay alive.
_RELIEF = 0.8
#: How often both knobs are set in turn, each allowing for the other.
_ROUNDS = 3
#: Draws that are simulated to see what practices do to win rate and time.
_TRIED = 240
_RIDGE = 1.0


def said_of(answers: Answers) -> dict[str, float]:
    """Value by quantity of what a firm knows of itself."""
    return dict(zip(answers.known["quantity"], answers.known["value"], strict=True))


def ranged(answers: Answers, scenario: Scenario, n: int, seed: int) -> pd.DataFrame:
    """Draws of what the firm knows roughly and a scenario holds.

    Parameters
    ----------
    answers : Answers
        With what the firm knows.
    scenario : Scenario
        At the values said.
    n, seed : int
        Draws, and their seed.

    Returns
    -------
    pandas.DataFrame
        A row per draw, a column per path; none where all is exact or unknown.
    """
    drawn = _drawn(answers, n, seed)
    return pd.DataFrame(dict(_paths(drawn, said_of(answers), scenario, n)), index=range(n))


def _drawn(answers: Answers, n: int, seed: int) -> dict[str, Floats]:
    """Draws by quantity of all that has a range; each quantity has its own luck."""
    rows = [row for row in answers.known.to_dict("records") if row["low"] < row["high"]]
    places = list(QUANTITIES)
    return {
        str(row["quantity"]): _two_piece(row, n, np.random.default_rng([seed, 118, places.index(row["quantity"])]))
        for row in rows
    }


def _paths(
    drawn: dict[str, Floats], said: dict[str, float], scenario: Scenario, n: int
) -> Iterator[tuple[str, Floats]]:
    for name, values in drawn.items():
        if QUANTITIES[name].path:
            yield own_path(QUANTITIES[name].path), values
    if "inquiries_per_day" in said and ("reps" in drawn or "inquiries_per_day" in drawn):
        usual, reps = said["inquiries_per_day"], float(section_of(scenario, "people")["reps"])
        many = drawn.get("reps", np.full(n, reps))
        wanted = drawn.get("inquiries_per_day", np.full(n, usual)) / usual * reps / many
        yield _INQUIRIES, np.minimum(wanted * float(setting_of(scenario, _INQUIRIES)), MOST_INQUIRIES_PER_DAY / many)
    if "deal_value" in drawn:
        for path in _MONEY:
            yield path, drawn["deal_value"] / said["deal_value"] * float(setting_of(scenario, path))


def _two_piece(row: dict[Any, Any], n: int, chance: np.random.Generator) -> Floats:
    """Draws of a value that lies nine times in ten inside its range, as often below as above it."""
    quantity, z = QUANTITIES[row["quantity"]], chance.standard_normal(n)
    half = np.where(z > 0, row["high"] - row["value"], row["value"] - row["low"])
    values = np.clip(row["value"] + z * half / _NINE_IN_TEN, quantity.least, quantity.most)
    return np.asarray(np.rint(values) if quantity.is_whole else values, dtype=np.float64)


def matched(answers: Answers, scenario: Scenario, practices: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A market for each draw of practices that shows the win rate and the time to win that the firm knows.

    Parameters
    ----------
    answers : Answers
        With what the firm knows.
    scenario : Scenario
        Fitted at the mean practices.
    practices : pandas.DataFrame
        Draws, by path of the firm's own type.
    seed : int
        Of the runs and of the draws inside ranges.

    Returns
    -------
    pandas.DataFrame
        A row per draw, a column per path that moves; none where neither win rate nor time was said.

    Notes
    -----
    Practices move win rate and time: a ridge regression on some simulated draws says how much. The two knobs of the
    fit (`sim.calibrate.knobs`: answers of buyers, days between touches) make up for it, by their effects at the mean.
    """
    said = said_of(answers)
    if not set(said) & set(_SHOWN):
        return pd.DataFrame(index=practices.index)
    n, drawn = len(practices), _drawn(answers, len(practices), seed)
    expected = _expected(scenario, practices, seed)
    wanted = [drawn.get(name, np.full(n, said.get(name, np.nan))) for name in _SHOWN]
    missing = np.column_stack([logit(wanted[0]), np.log(wanted[1])]) - expected
    return _moved(scenario, _turns(np.nan_to_num(missing), scenario, seed), practices.index)


def _turns(missing: Floats, scenario: Scenario, seed: int) -> Floats:
    """Turns of both knobs that make up for what is missing of win rate and time; shape (draws, 2 knobs)."""
    by_yes, by_pace = (_curve(scenario, knob, seed) for knob in ("yes", "pace"))
    turns = np.zeros_like(missing)
    for _ in range(_ROUNDS):
        turns[:, 0] = _inverse(missing[:, 0] - np.interp(turns[:, 1], _TURNS, by_pace[:, 0]), by_yes[:, 0])
        turns[:, 1] = _inverse(missing[:, 1] - np.interp(turns[:, 0], _TURNS, by_yes[:, 1]), by_pace[:, 1])
    return turns


def _inverse(wanted: Floats, curve: Floats) -> Floats:
    """Turns at which a rising curve over `_TURNS` shows what is wanted; at its ends what is nearest."""
    rising = np.maximum.accumulate(curve)
    return np.asarray(np.interp(wanted, rising, _TURNS), dtype=np.float64)


def _curve(scenario: Scenario, knob: str, seed: int) -> Floats:
    """What turns of a knob do to win rate and time, on common luck; shape (turns, 2 shown), 0 where nothing is turned.

    A time that cannot be measured for want of wins counts as unmoved.
    """
    seeds = range(seed * 1000 + 700, seed * 1000 + 700 + _RUNS)
    shown = np.array([_shown(_turned(scenario, knob, turn), seeds) for turn in _TURNS])
    return np.asarray(np.nan_to_num(shown - shown[_TURNS.index(0.0)]), dtype=np.float64)


def _expected(scenario: Scenario, practices: pd.DataFrame, seed: int) -> Floats:
    """Win rate (logit) and time to win (ln) that go with each draw of practices, before the market is moved."""
    tried = practices.iloc[:_TRIED].to_dict("records")

    def run(number: int) -> tuple[float, float]:
        named = {str(path): level for path, level in tried[number].items()}
        return _shown(variant(scenario, named), range(seed * 10_000 + number, seed * 10_000 + number + 1))

    with ThreadPoolExecutor(n_cpus()) as pool:
        shown = np.array(list(pool.map(run, range(len(tried)))))
    levels = practices.to_numpy(np.float64)
    inputs = (levels - levels.mean(axis=0)) / (levels.std(axis=0) + 1e-9)
    is_seen = np.isfinite(shown).all(axis=1)
    known, centre = inputs[: len(tried)][is_seen], shown[is_seen].mean(axis=0)
    slopes = np.linalg.solve(
        known.T @ known + _RIDGE * len(known) ** 0.5 * np.eye(known.shape[1]), known.T @ (shown[is_seen] - centre)
    )
    return np.asarray(centre + inputs @ slopes, dtype=np.float64)


def _shown(scenario: Scenario, seeds: range) -> tuple[float, float]:
    moments = moments_of(scenario, "lead", seeds)
    rate = min(max(moments.win_rate, 1e-3), 1 - 1e-3)
    return float(logit(rate)), float(np.log(moments.cycle_median)) if moments.cycle_median > 0 else np.nan


def _turned(scenario: Scenario, knob: str, turn: float) -> Scenario:
    """The scenario with a knob turned; where more is won, touches take less time, so that reps do not drown in them."""
    knobs: Any = {knob: turn}
    if knob == "yes":
        knobs["selling_hours"] = float(np.exp(-_RELIEF * max(turn, 0.0)))
    return turned(scenario, dataclasses.replace(neutral_knobs(scenario), **knobs), "lead")


def _moved(scenario: Scenario, turns: Floats, index: pd.Index[Any]) -> pd.DataFrame:
    """Values of the rules that the knobs move, by path, for each draw."""
    paths = [f"{rule.section}.{rule.name}" for rule in RULES]
    made = [_turned(_turned(scenario, "yes", float(yes)), "pace", float(pace)) for yes, pace in turns]
    values = {path: np.array([value_of(one, path) for one in made], dtype=np.float64) for path in paths}
    moving = {path: column for path, column in values.items() if np.ptp(column) > 0}
    return pd.DataFrame(moving, index=index)
