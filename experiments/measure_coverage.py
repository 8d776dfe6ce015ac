"""Measure how often intervals cover the truth, tests find what is not there, and selection finds the best.

    python experiments/measure_coverage.py [--studies N] [--seed S] [--pool N] [--workers N]

Thousands of studies with a known truth: synthetic tables, and pairs of worlds of the model on different luck. The
model's worlds are a pool of runs of the micro firm on common luck, drawn from with replacement: each study is then a
sample from a population of which the mean is known exactly, with the shape, the gaps and the ties that outcomes really
have. The tables are printed and, where this is a checkout, written into docs/statistics.md.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.analysis.efficiency import effect_per_cost
from sim.analysis.intervals import USUAL, Ends, skewed_ends, t_ends
from sim.analysis.multiplicity import adjusted
from sim.analysis.rare import LEAST, ends_of
from sim.analysis.selection import select_best
from sim.analysis.sequential import BLOCK, is_precise, sequential_interval, sequential_p
from sim.analysis.skewness import is_skewed
from sim.domain.outcomes import OUTCOMES, RESULTS_VERSION
from sim.ensemble.design import comparison_points
from sim.ensemble.executors import n_cpus
from sim.ensemble.runner import run_points

DOCS = Path(__file__).resolve().parents[1] / "docs" / "statistics.md"
MARK = re.compile(r"<!-- measured -->\n.*?<!-- end -->", re.DOTALL)
SIZES = (50, 100, 200)
#: Studies of which the bootstrap's interval is computed too: it takes longest by far.
BOOTSTRAPPED = 1000
#: So many times the studies of other tables: intervals are told to a tenth of a percent, rare ones above all.
MORE_STUDIES = 4
#: Blocks after which a watched study ends in any case.
MOST_BLOCKS = 40
INTERVENTIONS = ("liaison", "disciplined_meetings")
#: Outcomes of the model: what users look at first, and the most skewed that are not mere rarities.
MODELLED = ("bookings_new", "profit", "cycle_days", "conflict_per_100", "wins", "budget_disputes", "credit_disputes")
#: An outcome that differs in two pairs of a thousand: too rare for any interval of a mean.
TOO_RARE = "turnover"

Luck = np.random.Generator
Draw = Callable[[Luck, tuple[int, ...]], Any]


@dataclass(frozen=True)
class Population:
    """Differences of pairs with a known mean.

    Parameters
    ----------
    name : str
        For people.
    draw : callable
        Gives float64 of the shape asked for.
    truth, spread : float
        Mean and standard deviation.
    is_model : bool
        Whether it was drawn from runs of the model.
    """

    name: str
    draw: Draw
    truth: float
    spread: float
    is_model: bool = False


def skewed(luck: Luck, shape: tuple[int, ...]) -> Any:
    return luck.lognormal(0.0, 0.5, shape)


def very_skewed(luck: Luck, shape: tuple[int, ...]) -> Any:
    return luck.lognormal(0.0, 1.0, shape)


def correlated(luck: Luck, shape: tuple[int, ...]) -> Any:
    """Two skewed worlds with common luck (correlation 0.9), the second better by 0.1."""
    common, own, other = luck.normal(size=(3, *shape))
    worlds = [np.exp(0.4 * (np.sqrt(0.9) * common + np.sqrt(0.1) * noise)) for noise in (own, other)]
    return worlds[1] - worlds[0] + 0.1


def counts(luck: Luck, shape: tuple[int, ...]) -> Any:
    """Rare events in two worlds: 0.3 and 0.2 a run."""
    return (luck.poisson(0.3, shape) - luck.poisson(0.2, shape)).astype(float)


def synthetic() -> list[Population]:
    wide = float(np.sqrt(np.exp(0.25) * (np.exp(0.25) - 1)))
    wider = float(np.sqrt(np.exp(1.0) * (np.exp(1.0) - 1)))
    pair = float(np.sqrt(2 * np.exp(0.16) * (np.exp(0.16) - np.exp(0.9 * 0.16))))
    return [
        Population("normal", lambda luck, shape: luck.normal(0.2, 1.0, shape), 0.2, 1.0),
        Population("skewed (skewness 1.7)", skewed, float(np.exp(0.125)), wide),
        Population("very skewed (skewness 6.2)", very_skewed, float(np.exp(0.5)), wider),
        Population("skewed pairs, correlated", correlated, 0.1, pair),
        Population("rare counts", counts, 0.1, float(np.sqrt(0.5))),
    ]


def pool_of(replications: int, seed: int) -> Any:
    """Outcomes of the micro firm and of it with each intervention, float64 of shape (3, replications) by outcome."""
    points = comparison_points(sim.load_scenario("micro"), [], INTERVENTIONS)
    outcomes = run_points(points, replications, seed).outcomes
    names = {*MODELLED, TOO_RARE}
    return {outcome.name: outcomes[:, :, column] for column, outcome in enumerate(OUTCOMES) if outcome.name in names}


def modelled(pool: Any, names: tuple[str, ...] = MODELLED) -> list[Population]:
    """Differences of pairs of worlds, each population a pool of pairs."""
    return [
        _resampled(f"{name}, {use}", pool[name][place] - pool[name][0])
        for name in names
        for place, use in enumerate(INTERVENTIONS, start=1)
    ]


def _resampled(name: str, pool: Any) -> Population:
    def draw(luck: Luck, shape: tuple[int, ...]) -> Any:
        return pool[luck.integers(0, len(pool), shape)]

    return Population(name, draw, float(np.nanmean(pool)), float(np.nanstd(pool)), is_model=True)


# --- fixed size ---------------------------------------------------------------------------------------------


def covers(ends: Ends, truth: float) -> bool | None:
    """Whether an interval holds the truth; None where there is no interval."""
    return None if ends.low is None or ends.high is None else ends.low <= truth <= ends.high


def covered(table: Any, truth: float, method: str) -> tuple[str, float]:
    """Share of the intervals that hold the truth, none where they are too few to tell it; share of studies without."""
    found = [covers(ends_of(row, method)[0], truth) for row in table]
    told = [hit for hit in found if hit is not None]
    is_told = MORE_STUDIES * len(told) >= len(found)
    return percent(np.mean(told)) if is_told else "–", 1.0 - len(told) / len(found)


def fixed_row(population: Population, studies: int, luck: Luck) -> list[str]:
    """Coverage of Student's interval and the rule's by size; at 100, the bootstrap's, and how often there is none."""
    students, rules = [], []
    for size in SIZES:
        table = population.draw(luck, (MORE_STUDIES * studies, size))
        students.append(covered(table, population.truth, "t")[0])
        rule, none = covered(table, population.truth, USUAL)
        rules.append(rule)
        if size == 100:
            bootstrapped, _ = covered(table[:BOOTSTRAPPED], population.truth, "bootstrap")
            marked = percent(np.mean([is_skewed(row) for row in table]), 0)
            without = percent(none)
    return [population.name, *students, *rules, bootstrapped, without, marked]


# --- stopping -----------------------------------------------------------------------------------------------


def watched_row(population: Population, studies: int, luck: Luck) -> list[str]:
    """Coverage at all looks, when stopped as precise, and when stopped as soon as there seems to be an effect."""
    parts = [watched(population, min(500, studies), luck) for _ in range(0, studies, 500)]
    always, precise, effect = (np.concatenate([part[place] for part in parts]) for place in range(3))
    looks = np.concatenate([part[3] for part in parts])
    return [
        population.name,
        percent(always.mean()),
        percent(np.nanmean(precise)),
        percent(np.isnan(precise).mean()),
        f"{BLOCK * looks.mean():.0f}",
        percent(np.nanmean(effect)),
    ]


def watched(population: Population, studies: int, luck: Luck) -> tuple[Any, Any, Any, Any]:
    """Whether each study's interval covers: always, when precise, at the first effect; and blocks until precise.

    A look without an interval says nothing wrong; a study that stops without one is NaN.
    """
    values = population.draw(luck, (MOST_BLOCKS * BLOCK, studies))
    hits, wide = np.ones((MOST_BLOCKS, studies), dtype=bool), np.ones((MOST_BLOCKS, studies), dtype=bool)
    told = np.ones((MOST_BLOCKS, studies), dtype=bool)
    for look in range(MOST_BLOCKS):
        seen = values[: (look + 1) * BLOCK]
        _, low, high = sequential_interval(seen)
        told[look] = has_interval(seen)
        hits[look] = ~told[look] | ((low <= population.truth) & (population.truth <= high))
        wide[look] = ~told[look] | ((low <= 0.0) & (high >= 0.0))
    precise = np.array([stop_when_precise(values[:, study], 0.25 * population.spread) for study in range(studies)])
    first = np.where(wide.all(axis=0), MOST_BLOCKS - 1, (~wide).argmax(axis=0))
    at_stops = (np.where(told, hits, np.nan)[stops, np.arange(studies)] for stops in (precise, first))
    return hits.all(axis=0), *at_stops, precise + 1  # type: ignore[return-value]


def has_interval(seen: Any) -> Any:
    """Which studies have an interval, as `sim.analysis.rare.ends_of` decides it; bool of shape (studies,)."""
    exists = ~np.isnan(seen)
    n_unequal = (exists & (seen != 0.0)).sum(axis=0)
    return (n_unequal >= LEAST) | (2 * n_unequal > exists.sum(axis=0))


def stop_when_precise(values: Any, half_width: float) -> int:
    """Look at which a study stops, counted from 0."""
    looks = (look for look in range(MOST_BLOCKS) if is_precise(values[: (look + 1) * BLOCK], 1.0, half_width))
    return next(looks, MOST_BLOCKS - 1)


# --- false positives ----------------------------------------------------------------------------------------


def null_row(population: Population, studies: int, luck: Luck) -> list[str]:
    """Single tests of nothing: fixed size, and watched for 20 blocks."""
    table = population.draw(luck, (studies, 100))
    fixed, skew = (np.mean([ends(row).p <= 0.05 for row in table]) for ends in (t_ends, skewed_ends))  # type: ignore[operator]
    watched_wrong = np.mean([is_ever_found(population.draw(luck, (20 * BLOCK,))) for _ in range(studies)])
    return [population.name, percent(fixed), percent(skew), percent(watched_wrong)]


def without_effect(population: Population) -> Population:
    def draw(luck: Luck, shape: tuple[int, ...]) -> Any:
        return population.draw(luck, shape) - population.truth

    return Population(population.name, draw, 0.0, population.spread)


def same_setting(pool: Any) -> list[Population]:
    """Two worlds of the same setting on different luck."""
    return [_against_itself(name, pool[name][0]) for name in MODELLED[:5]]


def _against_itself(name: str, pool: Any) -> Population:
    def draw(luck: Luck, shape: tuple[int, ...]) -> Any:
        one, other = (pool[luck.integers(0, len(pool), shape)] for _ in range(2))
        return one - other

    return Population(f"{name}, twice the same", draw, 0.0, float(np.nanstd(pool)))


def is_ever_found(differences: Any) -> bool:
    p_values = (sequential_p(differences[:seen]) for seen in range(BLOCK, len(differences) + 1, BLOCK))
    return any(p is not None and p <= 0.05 for p in p_values)


def family_row(how: tuple[str, str], studies: int, luck: Luck) -> list[str]:
    """Families of 20 comparisons with one baseline, of which 14 are of nothing: at least one false; share false."""
    effects = np.array([0.0] * 14 + [0.2, 0.3, 0.4, 0.5, 0.6, 0.8])
    name, label = how
    any_false, share_false, found = np.zeros(studies), np.zeros(studies), np.zeros(studies)
    for study in range(studies):
        worlds = luck.lognormal(0.0, 0.5, (21, 100))
        pairs = worlds[1:] - worlds[0] + effects[:, None]
        p_values = np.array(adjusted([t_ends(row).p for row in pairs], name), dtype=float)
        is_found = p_values <= 0.05
        any_false[study] = is_found[:14].any()
        share_false[study] = is_found[:14].sum() / max(1, is_found.sum())
        found[study] = is_found[14:].mean()
    return [label, percent(any_false.mean()), percent(share_false.mean()), percent(found.mean(), 0)]


# --- selection and ratios -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contest:
    """Points of which the last is better than all others by exactly the indifference: the hardest case allowed."""

    name: str
    draw: Callable[[Luck, int], Any]
    indifference: float


def contests(pool: Any) -> list[Contest]:
    """Contests of normal, skewed and modelled points on common luck."""

    def normal(k: int) -> Callable[[Luck, int], Any]:
        spread = np.linspace(0.5, 2.0, k)[:, None]
        lead = np.eye(k)[-1][:, None] * 0.5
        return lambda luck, n: luck.normal(size=n) + spread * luck.normal(size=(k, n)) + lead

    def lognormal(luck: Luck, n: int) -> Any:
        worlds = np.exp(0.5 * (np.sqrt(0.5) * luck.normal(size=n) + np.sqrt(0.5) * luck.normal(size=(5, n))))
        return worlds + np.eye(5)[-1][:, None] * 0.15

    found = [Contest(f"{k} points, normal, unequal spread", normal(k), 0.5) for k in (2, 5, 10)]
    found.append(Contest("5 points, skewed", lognormal, 0.15))
    for name in ("bookings_new", "cycle_days"):
        table = pool[name][:, ~np.isnan(pool[name]).any(axis=0)]
        found.append(_modelled_contest(name, table - table.mean(axis=1, keepdims=True)))
    return found


def _modelled_contest(name: str, centred: Any) -> Contest:
    indifference = 0.25 * float((centred[1] - centred[0]).std())
    lead = np.array([[0.0], [0.0], [indifference]])

    def draw(luck: Luck, n: int) -> Any:
        return centred[:, luck.integers(0, centred.shape[1], n)] + lead

    return Contest(f"3 points of the model, {name}", draw, indifference)


def selection_row(contest: Contest, studies: int, luck: Luck) -> list[str]:
    """How often the best is selected, is in the subset, and how often all intervals against the best hold."""
    right, contained, hold, took = (np.zeros(studies) for _ in range(4))
    for study in range(studies):
        values = contest.draw(luck, 200)
        found = select_best(values, "higher", contest.indifference)
        truth = np.full(len(values), -contest.indifference)
        truth[-1] = contest.indifference
        contained[study] = found.may_be_best[-1]
        hold[study] = ((found.low <= truth) & (truth <= found.high)).all()
        while not found.is_guaranteed:
            values = np.hstack([values, contest.draw(luck, found.more_replications)])
            found = select_best(values, "higher", contest.indifference)
        right[study] = found.best == len(values) - 1
        took[study] = values.shape[1]
    return [contest.name, percent(right.mean()), percent(contained.mean()), percent(hold.mean())]


def ratio_row(name: str, studies: int, luck: Luck) -> list[str]:
    """Coverage of effect per cost, both skewed and depending on each other; share without an interval."""
    covered, none = 0, 0
    for _ in range(studies):
        cost = luck.lognormal(0.0, 0.5, 100)
        found = effect_per_cost(2.0 * cost + luck.lognormal(0.0, 0.5, 100), cost - 0.9)
        truth = 3.0 * float(np.exp(0.125)) / (float(np.exp(0.125)) - 0.9)
        none += found.low is None
        covered += found.low is not None and found.high is not None and found.low <= truth <= found.high
    return [name, percent(covered / max(1, studies - none)), percent(none / studies)]


# --- the table ----------------------------------------------------------------------------------------------


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def table_of(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


Row = Callable[[Any, int, Luck], list[str]]


@dataclass(frozen=True)
class Table:
    """One table: title, head, how a row is measured, and of what."""

    title: str
    head: list[str]
    row: Row
    cases: Callable[[Any], list[Any]]


TABLES = (
    Table(
        f"Intervals of a fixed number of replications (95 %; {MORE_STUDIES} times as many studies; share of the"
        f" intervals that cover the truth; the bootstrap's: of {BOOTSTRAPPED:,} studies; – where so few have an"
        " interval that there are not as many as studies in the other tables)",
        [
            "differences",
            *(f"t, n = {n}" for n in SIZES),
            *(f"the rule, n = {n}" for n in SIZES),
            "bootstrap, n = 100",
            "no interval, n = 100",
            "skewed, n = 100",
        ],
        fixed_row,
        lambda pool: [*synthetic(), *modelled(pool), *modelled(pool, (TOO_RARE,))],
    ),
    Table(
        "Intervals of watched studies (95 %; looked at after each of up to 40 blocks)",
        [
            "differences",
            "covers at all looks",
            "when stopped as precise",
            "stopped without an interval",
            "mean replications",
            "when stopped at an effect",
        ],
        watched_row,
        lambda pool: [*synthetic(), *modelled(pool), *modelled(pool, (TOO_RARE,))],
    ),
    Table(
        "False positives of single tests (p ≤ 0.05 where there is nothing)",
        ["differences", "t, n = 100", "skewed, n = 100", "watched, at any of 20 looks"],
        null_row,
        lambda pool: [*map(without_effect, synthetic()), *same_setting(pool)],
    ),
    Table(
        "Families of 20 comparisons, 14 of nothing (skewed worlds, one baseline, t, n = 100)",
        ["adjustment", "any false", "false among found", "found of what is there"],
        family_row,
        lambda _: [("none", "not adjusted"), ("holm", "Holm"), ("fdr", "Benjamini and Hochberg")],
    ),
    Table(
        "Selection at 95 % (the best leads by exactly the indifference)",
        ["points", "best selected", "best in the subset, n = 200", "all intervals hold, n = 200"],
        selection_row,
        contests,
    ),
    Table(
        "Effect per cost (Fieller, n = 100)",
        ["differences", "covers", "no finite interval"],
        ratio_row,
        lambda _: ["skewed, correlated"],
    ),
)
POOL: dict[str, Any] = {}


def measured(task: tuple[int, int, int, int]) -> list[str]:
    """One row, on luck of its own: the same whatever else is measured beside it."""
    place, case, studies, seed = task
    table = TABLES[place]
    return table.row(table.cases(POOL)[case], studies, np.random.default_rng([seed, place, case]))


def measure(studies: int, seed: int, size: int, workers: int | None) -> str:
    """All tables as markdown."""
    pool = pool_of(size, seed)
    tasks = [
        (place, case, studies, seed) for place, table in enumerate(TABLES) for case in range(len(table.cases(pool)))
    ]
    with ProcessPoolExecutor(workers or n_cpus(), initializer=POOL.update, initargs=(pool,)) as executor:
        rows = list(executor.map(measured, tasks))
    error = 100 * np.sqrt(0.05 * 0.95 / studies)
    command = f"python experiments/measure_coverage.py --studies {studies} --seed {seed} --pool {size}"
    parts = [
        f"Measured by `{command}`: {studies:,} studies in each row, the model's drawn from {size:,} pairs of worlds"
        f" of the micro firm (results version {RESULTS_VERSION}). A share near 5 % or 95 % has a standard error of"
        f" {error:.1f} %."
    ]
    for place, table in enumerate(TABLES):
        own = [row for task, row in zip(tasks, rows, strict=True) if task[0] == place]
        parts += [f"**{table.title}**", table_of(table.head, own)]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--studies", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--pool", type=int, default=40_000, help="pairs of worlds of the model that studies are drawn from"
    )
    parser.add_argument("--workers", type=int, help="processes; one for each processor where left out")
    given = parser.parse_args()
    start = time.perf_counter()
    text = measure(given.studies, given.seed, given.pool, given.workers)
    print(text, f"\n{time.perf_counter() - start:.0f} seconds")
    if DOCS.exists():
        page = DOCS.read_text(encoding="utf-8")
        DOCS.write_text(MARK.sub(lambda _: f"<!-- measured -->\n{text}\n<!-- end -->", page), encoding="utf-8")


if __name__ == "__main__":
    main()
