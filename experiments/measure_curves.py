"""Measure how often intervals of curves, maps, indices and waiting times hold the truth.

    python experiments/measure_curves.py [--studies N] [--seed S] [--workers N]

Thousands of made-up studies whose truth is known. The table is printed and, where this is a checkout, written into
docs/sensitivity.md.
"""

from __future__ import annotations

import argparse
import os
import re
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.contingency import contingency_map
from sim.analysis.dose_response import dose_response
from sim.analysis.sensitivity import sobol_indices
from sim.analysis.survival import compare_time_to_win, time_to_win
from sim.ensemble.executors import n_cpus

DOCS = Path(__file__).resolve().parents[1] / "docs" / "sensitivity.md"
MARK = re.compile(r"<!-- measured -->\n.*?<!-- end -->", re.DOTALL)
#: Kinds that take long get this part of the studies.
SLOW = {"indices": 4, "map": 2}
Luck = np.random.Generator
#: What a study says, true or false: whether an interval holds the truth, whether something is claimed wrongly.
Answers = dict[str, bool]


def tables(factors: dict[str, Any], values: Any, outcome: str = "y") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Points and runs of a made-up study; values of shape (points, replications)."""
    n_points, n_replications = values.shape
    ids = [f"{index:08x}" for index in range(n_points)]
    runs = {
        "point_id": np.repeat(ids, n_replications),
        "draw": 0,
        "replication": np.tile(np.arange(n_replications), n_points),
        "status": "done",
        "error": "",
        outcome: values.ravel(),
    }
    return pd.DataFrame({"point_id": ids, "label": ids, **factors}), pd.DataFrame(runs)


# --- doses ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """A true curve over doses from 0 to 3 and its best dose."""

    at: Callable[[Any], Any]
    best: float


def _parabola(dose: Any) -> Any:
    return 4.0 * (dose / 3.0) * (1.0 - dose / 3.0)


def _cost(dose: Any) -> Any:
    return 2.0 * dose / (dose + 0.5) - 0.6 * dose


def _saturating(dose: Any) -> Any:
    return dose / (dose + 0.5)


def _wave(dose: Any) -> Any:
    return np.sin(1.1 * dose) + 0.1 * dose


def _kink(dose: Any) -> Any:
    return np.minimum(dose, 1.2) - 0.05 * dose


CURVES = {
    "parabola": Curve(_parabola, 1.5),
    "benefit that levels off less cost": Curve(_cost, float(np.sqrt(1.0 / 0.6) - 0.5)),
    "levels off, best at the edge": Curve(_saturating, 3.0),
    "wave": Curve(_wave, float(np.arccos(-0.1 / 1.1) / 1.1)),
    "sharp bend between doses": Curve(_kink, 1.2),
}


def doses(curve: Curve, noise: float, n: int, luck: Luck) -> Answers:
    """One study of seven doses on common luck; what is a dose's own hangs together between neighbours."""
    at = np.linspace(0.0, 3.0, 7)
    own = np.cumsum(luck.normal(size=(7, n)), axis=0) / np.sqrt(7) + luck.normal(size=(7, n))
    values = curve.at(at)[:, None] + 3.0 * luck.normal(size=(1, n)) + 0.7 * noise * own
    found = dose_response(*tables({"dose": at}, values), "dose", "y", "higher")
    best, rows = found.optimum, found.effects.iloc[1:]
    assert best is not None
    truth = curve.at(at[1:]) - curve.at(at[:1])
    step = 0.5 * 3.0 / 200.0
    return {
        "interval of the best dose": best.low - step <= curve.best <= best.high + step,
        "bracket of tested doses": best.bracket_low <= curve.best <= best.bracket_high,
        "effects of all doses at once": bool(((rows["joint_low"] <= truth) & (truth <= rows["joint_high"])).all()),
    }


def flat(n: int, luck: Luck) -> Answers:
    """One study of doses that do nothing."""
    values = 3.0 * luck.normal(size=(1, n)) + luck.normal(size=(7, n))
    found = dose_response(*tables({"dose": np.linspace(0.0, 3.0, 7)}, values), "dose", "y", "higher")
    return {"an effect is claimed": not found.is_flat}


# --- maps -------------------------------------------------------------------------------------------------------------


def situations(lead: float, n: int, luck: Luck) -> Answers:
    """A map of 12 situations and 4 levels; ``lead``: how far one level (another in each) is ahead, 0 for a tie."""
    cell, level = np.divmod(np.arange(48), 4)
    means = np.where(level == cell % 4, lead, 0.0)
    values = means[:, None] + 5.0 * luck.normal(size=(1, n)) + luck.normal(size=(48, n))
    points, runs = tables({"cell": cell, "level": level}, values, "profit")
    found = contingency_map(points, runs, "profit", "level", "cell").cells
    is_right = found["best"] == found["cell"] % 4
    if lead == 0.0:
        return {"any situation is called clear": bool(found["is_clear"].any())}
    return {
        "any clear situation is wrong": bool((found["is_clear"] & ~is_right).any()),
        "the best may be best in every situation": all(
            cell % 4 in may for cell, may in zip(found["cell"], found["may_be_best"], strict=True)
        ),
    }


# --- indices ----------------------------------------------------------------------------------------------------------

ISHIGAMI: dict[str, Any] = {"names": ["x1", "x2", "x3"], "num_vars": 3, "bounds": [[-np.pi, np.pi]] * 3}
#: a = 7, b = 0.1 (Ishigami and Homma 1990).
VARIANCE = 7.0**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7.0**2 / 8, 0.0]) / VARIANCE
TOTAL = FIRST + np.array([1.0, 0.0, 1.0]) * 8 * 0.01 * np.pi**8 / 225 / VARIANCE


def indices(samples: int, share: float, luck: Luck) -> Answers:
    """One Saltelli study of the Ishigami function; ``share``: luck in the mean of 4 replications (0 to 1), or none."""
    from SALib.sample import sobol

    rows = sobol.sample(ISHIGAMI, samples, calc_second_order=False, seed=int(luck.integers(1, 2**31)))
    truth = np.sin(rows[:, 0]) + 7.0 * np.sin(rows[:, 1]) ** 2 + 0.1 * rows[:, 2] ** 4 * np.sin(rows[:, 0])
    values = truth[:, None] + (np.zeros((1, 1)) if share == 0.0 else 3.0 * luck.normal(size=(1, 4)))
    if share > 0.0:
        noise = np.sqrt(4.0 * VARIANCE * share / (1.0 - share))
        values = values + noise * luck.normal(size=(len(rows), 4))
    columns = dict(zip(ISHIGAMI["names"], rows.T, strict=True))
    found = sobol_indices(*tables(columns, values), ISHIGAMI, "y")
    answers = _holds(found.indices, "as decomposed")
    return answers if found.expected is None else {**answers, **_holds(found.expected, "luck taken out")}


def _holds(table: pd.DataFrame, words: str) -> Answers:
    return {
        f"{kind} of {name}, {words}": bool(table[f"{kind}_low"][at] <= truth[at] <= table[f"{kind}_high"][at])
        for kind, truth in (("first", FIRST), ("total", TOTAL))
        for at, name in enumerate(table["factor"])
    }


# --- time to win ------------------------------------------------------------------------------------------------------

WIN, LOSS, SPREAD, END = 0.006, 0.018, 0.35, 100.0
QUANTITIES = ("share_won", "mean_days_to_win", "mean_days_open", "median_days_to_win", "median_days_open")


def true_values(win: float) -> dict[str, float]:
    """Quantities of deals whose rates differ by run (log-normal), by quadrature; days are whole."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    rate = (win + LOSS) * np.exp(SPREAD * nodes)
    days = np.arange(END + 1)
    still = np.exp(-np.outer(days, rate)) @ weights / weights.sum()
    won = win / (win + LOSS) * (1.0 - still)
    return {
        "share_won": float(won[-1]),
        "mean_days_to_win": END - float(won[:-1].sum()),
        "mean_days_open": float(still[:-1].sum()),
        "median_days_to_win": float(days[np.argmax(won >= 0.5 * won[-1])]),
        "median_days_open": float(days[np.argmax(still <= 0.5)]),
    }


TRUE = {win: true_values(win) for win in (WIN, 1.5 * WIN)}


def deals(win: float, luck: tuple[Any, Any, Any, Any]) -> pd.DataFrame:
    """Deals of runs that differ, seen for 0 to 300 days; equal luck makes two scenarios a pair."""
    mood, pace, kind, seen = luck
    rate = (win + LOSS) * np.exp(SPREAD * mood)[:, None]
    ends = np.ceil(pace / rate)
    code = np.where(ends <= seen, np.where(kind < win / (win + LOSS), "won", "lost"), "open")
    run = np.repeat(np.arange(len(mood)), pace.shape[1])
    return pd.DataFrame({"replication": run, "days": np.minimum(ends, seen).ravel(), "how": code.ravel()})


def waiting(n_runs: int, luck: Luck) -> Answers:
    """Two scenarios of runs of 30 deals each on common luck."""
    shape = (n_runs, 30)
    common = (
        luck.normal(size=n_runs),
        luck.exponential(size=shape),
        luck.uniform(size=shape),
        luck.integers(1, 301, shape),
    )
    slow, fast = (deals(win, common) for win in TRUE)
    alone = time_to_win(slow, END).quantities.set_index("quantity")
    pair = compare_time_to_win(fast, slow, END).quantities.set_index("quantity")
    truth, other = TRUE.values()
    answers = {}
    for name in QUANTITIES:
        answers[name] = bool(alone["low"][name] <= truth[name] <= alone["high"][name])
        gap = other[name] - truth[name]
        answers[f"difference of {name}"] = bool(pair["low"][name] <= gap <= pair["high"][name])
    apart = time_to_win(slow.assign(replication=range(len(slow))), END).quantities.set_index("quantity")
    name = "mean_days_open"
    answers[f"{name}, deals taken as independent"] = bool(apart["low"][name] <= truth[name] <= apart["high"][name])
    return answers


# --- running ----------------------------------------------------------------------------------------------------------


def settings() -> dict[str, Callable[[Luck], Answers]]:
    """Every kind of study by name."""
    found: dict[str, Callable[[Luck], Answers]] = {}
    for name, curve in CURVES.items():
        for noise, n in ((1.0, 50), (0.3, 200)):
            found[f"dose: {name}, own noise {noise:g}, {n} replications"] = partial(doses, curve, noise, n)
    found["dose: nothing happens, 20 replications"] = partial(flat, 20)
    found["map: all levels tie, 20 replications"] = partial(situations, 0.0, 20)
    found["map: one level ahead by half a noise, 50 replications"] = partial(situations, 0.5, 50)
    found["indices: N = 256, no luck"] = partial(indices, 256, 0.0)
    found["indices: N = 256, a fifth is luck"] = partial(indices, 256, 0.2)
    found["waiting: 10 runs"] = partial(waiting, 10)
    found["waiting: 50 runs"] = partial(waiting, 50)
    return found


def _some(name: str, seed: int, n: int) -> list[Answers]:
    luck = np.random.default_rng([seed, n])
    return [settings()[name](luck) for _ in range(n)]


def measure(name: str, n: int, seed: int, pool: ProcessPoolExecutor | None = None) -> pd.DataFrame:
    """Share of studies of one kind for which each answer is true: ``setting``, ``what``, ``share``, ``studies``."""
    parts = [n // 10 + (part < n % 10) for part in range(10)] if pool else [n]
    seeds = [zlib.crc32(f"{seed} {part} {name}".encode()) for part in range(len(parts))]
    results = (pool.map if pool else map)(partial(_some, name), seeds, parts)
    answers = pd.DataFrame([answer for part in results for answer in part])
    shares = answers.mean()
    return pd.DataFrame({"setting": name, "what": shares.index, "share": shares.to_numpy(), "studies": n})


def markdown(rows: pd.DataFrame) -> str:
    """The shares as a table."""
    lines = ["| study | what | share | studies |", "|---|---|---|---|"]
    for row in rows.itertuples():
        lines.append(f"| {row.setting} | {row.what} | {100 * row.share:.1f} % | {row.studies:,} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=n_cpus())
    options = parser.parse_args()
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[threads] = "1"  # processes share the work; read by the processes that the pool starts
    start, rows = time.perf_counter(), []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        for name in settings():
            many = max(1, options.studies // SLOW.get(name.split(":")[0], 1))
            rows.append(measure(name, many, options.seed, pool))
            print(markdown(rows[-1]), flush=True)
    table = pd.concat(rows, ignore_index=True)
    print(f"{len(settings())} kinds of studies in {time.perf_counter() - start:.0f} s")
    if DOCS.is_file():
        text = DOCS.read_text(encoding="utf-8")
        new = f"<!-- measured -->\n{markdown(table)}\n<!-- end -->"
        DOCS.write_text(MARK.sub(lambda _: new, text), encoding="utf-8")


if __name__ == "__main__":
    main()
