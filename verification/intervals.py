"""Intervals, tests, families, selection and estimators against a known truth."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.efficiency import effect_per_cost
from sim.analysis.intervals import USUAL, t_ends
from sim.analysis.multiplicity import adjusted
from sim.analysis.rare import ends_of
from sim.analysis.selection import select_best
from sim.analysis.sensitivity import sobol_indices
from sim.analysis.sequential import BLOCK
from sim.analysis.shapley import shapley
from sim.analysis.survival import time_to_win
from verification.checks import (
    ERROR,
    INTERVALS,
    Effort,
    Finding,
    check,
    equal_to,
    likely,
    near,
    reaches,
    share_near,
    stays_below,
)
from verification.experiment_code import program


def coverage() -> Any:
    """The program that docs/statistics.md is measured with."""
    return program("measure_coverage")


@cache
def pool(n: int) -> Any:
    """Outcomes of a micro firm with two interventions on common luck, by outcome."""
    return coverage().pool_of(n, 1)


def luck(number: int) -> Any:
    """Random numbers of a check."""
    return np.random.default_rng([2026, number])


def hits(population: Any, studies: int, size: int, method: str, number: int) -> tuple[int, int]:
    """Intervals that hold the truth, and intervals at all."""
    table = population.draw(luck(number), (studies, size))
    found = [coverage().covers(ends_of(row, method)[0], population.truth) for row in table]
    told = [hit for hit in found if hit is not None]
    return int(sum(told)), len(told)


def within(hit: int, n: int, low: float, high: float, text: str) -> Finding:
    """Whether a coverage lies between two shares, luck allowed for: distance outside in standard errors."""
    from scipy.stats import norm

    share = hit / n
    outside = max(low - share, share - high, 0.0) / np.sqrt(0.95 * 0.05 / n)
    told = f"{text}: {hit:,} of {n:,} ({100 * share:.2f} %), between {100 * low:g} and {100 * high:g} % asked"
    return Finding(float(outside), float(norm.isf(ERROR / 2.0)), told)


@check(
    INTERVALS,
    "student-covers",
    "Student's 95 % interval of 100 normal pairs against 95 % (exact binomial)",
    "an interval used the wrong quantile, spread or number of pairs",
)
def student(effort: Effort) -> Finding:
    """Exact for normal differences."""
    normal = coverage().synthetic()[0]
    hit, n = hits(normal, effort.n(20_000, 4000), 100, "t", 1)
    return share_near(hit, n, 0.95)


@check(
    INTERVALS,
    "rule-covers-skewed",
    "The rule's interval of 100 pairs of skewness 1.7: 94 to 96 %",
    "the widening for skewness were left out or turned round",
)
def skewed(effort: Effort) -> Finding:
    """What docs/statistics.md promises."""
    population = coverage().synthetic()[1]
    return within(*hits(population, effort.n(20_000, 4000), 100, USUAL, 2), 0.94, 0.96, "held the truth")


@check(
    INTERVALS,
    "rule-covers-bookings",
    "The rule's interval of bookings with a liaison, pairs of the model itself: 94 to 96 %",
    "outcomes of the model had a shape that its intervals cannot bear",
)
def modelled(effort: Effort) -> Finding:
    """Drawn from a pool of runs of the micro firm, whose mean is the truth."""
    population = coverage().modelled(pool(effort.n(4000, 1000)), ("bookings_new",))[0]
    return within(*hits(population, effort.n(12_000, 3000), 100, USUAL, 3), 0.94, 0.96, "held the truth")


@check(
    INTERVALS,
    "rule-covers-disputes",
    "The same for disputes over credit, of which most pairs have none: 93 to 97 % where told",
    "an interval were printed where most pairs are equal",
)
def rare(effort: Effort) -> Finding:
    """Counts."""
    population = coverage().modelled(pool(effort.n(4000, 1000)), ("credit_disputes",))[0]
    hit, n = hits(population, effort.n(12_000, 3000), 200, USUAL, 4)
    return within(hit, n, 0.93, 0.97, "held the truth")


@check(
    INTERVALS,
    "watched-covers",
    "Intervals that are looked at up to 40 times: those that hold the truth at every look, 95 % or more",
    "looking again and again were paid for by nobody",
)
def watched(effort: Effort) -> Finding:
    """Sequential boundary."""
    studies = effort.n(3000, 800)
    found = coverage().watched(coverage().synthetic()[0], studies, luck(5))[0]
    return reaches(int(found.sum()), studies, 0.95, "the truth was inside at all looks")


@check(
    INTERVALS,
    "watched-when-stopped",
    "Watched studies of skewed pairs that stop as soon as they are precise: 95 % or more hold the truth",
    "stopping at a lucky moment made intervals lie",
)
def stopped(effort: Effort) -> Finding:
    """Skewness 1.7."""
    studies = effort.n(2000, 500)
    found = coverage().watched(coverage().synthetic()[1], studies, luck(6))[1]
    return reaches(int(np.nansum(found)), int((~np.isnan(found)).sum()), 0.95, "the truth was inside when stopped")


@check(
    INTERVALS,
    "watched-finds-nothing",
    "Watched p-values where there is nothing: below 0.05 at any of 20 looks in 5 % at most",
    "a study could be watched until it finds something",
)
def false_alarm(effort: Effort) -> Finding:
    """Pairs of one world with itself."""
    code, studies = coverage(), effort.n(2000, 500)
    population = code.without_effect(code.synthetic()[1])
    source = luck(7)
    found = sum(code.is_ever_found(population.draw(source, (20 * BLOCK,))) for _ in range(studies))
    return stays_below(int(found), studies, 0.05, "something was found")


@check(
    INTERVALS,
    "p-values-even",
    "p of nothing at all against the uniform law (Kolmogorov–Smirnov)",
    "p-values were one-sided, doubled twice, or of a normal law instead of Student's",
)
def p_even(effort: Effort) -> Finding:
    """Ten pairs, where the normal law would be seen."""
    from scipy.stats import kstest

    table = luck(8).normal(size=(effort.n(20_000, 5000), 10))
    test = kstest([t_ends(row).p for row in table], "uniform")
    return likely(test.pvalue, f"greatest distance {test.statistic:.4f} of {len(table):,}")


EFFECTS = np.array([0.0] * 14 + [0.2, 0.3, 0.4, 0.5, 0.6, 0.8])


@cache
def _families(studies: int) -> Any:
    """P of 20 comparisons with one baseline, of which 14 are of nothing: float64 of shape (studies, 20)."""
    source, table = luck(9), np.empty((studies, 20))
    for study in range(studies):
        worlds = source.lognormal(0.0, 0.5, (21, 100))
        table[study] = [t_ends(row).p for row in worlds[1:] - worlds[0] + EFFECTS[:, None]]
    return table


def _found(studies: int, how: str) -> Any:
    return np.array([adjusted(row.tolist(), how) for row in _families(studies)], dtype=float) <= 0.05


@check(
    INTERVALS,
    "holm-family",
    "Families of 20 comparisons, 14 of nothing, adjusted by Holm: any false finding in 5 % at most",
    "p-values were adjusted in the wrong order or by the wrong number",
)
def holm(effort: Effort) -> Finding:
    """Family-wise error."""
    studies = effort.n(3000, 800)
    return stays_below(
        int(_found(studies, "holm")[:, :14].any(axis=1).sum()), studies, 0.05, "something false was found"
    )


@check(
    INTERVALS,
    "false-discovery-share",
    "The same by Benjamini and Hochberg: on average 5 % of what is found is false, at most",
    "false discoveries were more than what was stated",
)
def false_discovery(effort: Effort) -> Finding:
    """Mean share of false findings."""
    found = _found(effort.n(3000, 800), "fdr")
    shares = found[:, :14].sum(axis=1) / np.maximum(1, found.sum(axis=1))
    above = (shares.mean() - 0.05) / (shares.std() / np.sqrt(len(shares)))
    return Finding(float(max(0.0, above)), 3.72, f"mean share {shares.mean():.4f} of {len(shares):,} families")


@check(
    INTERVALS,
    "families-err-unadjusted",
    "The same families without adjustment: something false in 25 % of them or more",
    "the families held nothing to be found, so that the two checks above could not fail",
)
def unadjusted(effort: Effort) -> Finding:
    """Power of the two checks."""
    studies = effort.n(3000, 800)
    return reaches(int(_found(studies, "none")[:, :14].any(axis=1).sum()), studies, 0.25, "something false was found")


@cache
def _selected(place: int, studies: int, n_pool: int) -> Any:
    """By study: best selected, in the subset, all intervals hold; the best leads by exactly the indifference."""
    contest = coverage().contests(pool(n_pool))[place]
    source, table = luck(10 + place), np.zeros((studies, 3), dtype=bool)
    for study in range(studies):
        values = contest.draw(source, 200)
        found = select_best(values, "higher", contest.indifference)
        truth = np.full(len(values), -contest.indifference)
        truth[-1] = contest.indifference
        table[study, 1], table[study, 2] = found.may_be_best[-1], ((found.low <= truth) & (truth <= found.high)).all()
        while not found.is_guaranteed:
            values = np.hstack([values, contest.draw(source, found.more_replications)])
            found = select_best(values, "higher", contest.indifference)
        table[study, 0] = found.best == len(values) - 1
    return table.sum(axis=0)


@check(
    INTERVALS,
    "selection-is-right",
    "Selection among five points of unequal spread on common luck: the best in 95 % or more",
    "points were dropped too early",
)
def selection(effort: Effort) -> Finding:
    """Procedure KN at its hardest allowed case."""
    studies = effort.n(1500, 400)
    return reaches(int(_selected(1, studies, effort.n(4000, 1000))[0]), studies, 0.95, "the best was selected")


@check(
    INTERVALS,
    "selection-of-the-model",
    "Selection among three settings of the model, bookings: the best in 95 % or more",
    "outcomes of the model broke a guarantee that is proved for normal ones",
)
def selection_modelled(effort: Effort) -> Finding:
    """Runs of the micro firm."""
    studies = effort.n(1500, 400)
    return reaches(int(_selected(4, studies, effort.n(4000, 1000))[0]), studies, 0.95, "the best was selected")


@check(
    INTERVALS,
    "subset-holds-best",
    "The subset of points that may be best after 200 replications: the best in it in 95 % or more",
    "a point that may be best were said not to be",
)
def subset(effort: Effort) -> Finding:
    """Five points."""
    studies = effort.n(1500, 400)
    return reaches(int(_selected(1, studies, effort.n(4000, 1000))[1]), studies, 0.95, "the best was in the subset")


@check(
    INTERVALS,
    "against-best-together",
    "Intervals of all points against the best of the others: all hold in 95 % or more",
    "intervals that hold one by one did not hold together",
)
def against_best(effort: Effort) -> Finding:
    """Five points."""
    studies = effort.n(1500, 400)
    return reaches(int(_selected(1, studies, effort.n(4000, 1000))[2]), studies, 0.95, "all intervals held")


@check(
    INTERVALS,
    "effect-per-cost",
    "Fieller's interval of effect per cost, both skewed and related: 94 to 96 %",
    "a ratio's interval took its parts for independent",
)
def per_cost(effort: Effort) -> Finding:
    """The case of experiments/measure_coverage.py."""
    source, truth = luck(20), 3.0 * float(np.exp(0.125)) / (float(np.exp(0.125)) - 0.9)
    hit = n = 0
    for _ in range(effort.n(12_000, 3000)):
        cost = source.lognormal(0.0, 0.5, 100)
        found = effect_per_cost(2.0 * cost + source.lognormal(0.0, 0.5, 100), cost - 0.9)
        if found.low is not None and found.high is not None:
            hit, n = hit + (found.low <= truth <= found.high), n + 1
    return within(hit, n, 0.94, 0.96, "held the truth")


# --- estimators whose answer theory gives -----------------------------------------------------------------------------


@check(
    INTERVALS,
    "sobol-ishigami",
    "Sobol' indices of the Ishigami function against their closed form, all six intervals",
    "a first-order index were divided by the wrong variance",
)
def sobol(effort: Effort) -> Finding:
    """First and total, a = 7, b = 0.1 (Ishigami and Homma 1990)."""
    from SALib.sample import sobol as sampling
    from SALib.test_functions import Ishigami

    problem = {"names": ["x1", "x2", "x3"], "num_vars": 3, "bounds": [[-np.pi, np.pi]] * 3}
    rows = sampling.sample(problem, effort.n(8192, 4096), calc_second_order=False, seed=1)
    ids = [f"{index:08x}" for index in range(len(rows))]
    points = pd.DataFrame(
        {"point_id": ids, "point": range(len(rows)), **dict(zip(problem["names"], rows.T, strict=True))}
    )
    runs = pd.DataFrame(
        {"point_id": ids, "draw": 0, "replication": 0, "status": "done", "error": "", "y": Ishigami.evaluate(rows)}
    )
    table = sobol_indices(points, runs, problem, "y").indices
    truth = {"first": [0.31390, 0.44241, 0.0], "total": [0.55759, 0.44241, 0.24368]}
    off = max(float(np.abs(table[name] - true).max()) for name, true in truth.items())
    return Finding(off, 0.02, f"greatest distance {off:.4f} of six indices, {len(rows):,} points")


@check(
    INTERVALS,
    "shapley-by-definition",
    "Fair shares of random games of six against the mean over all 720 orders",
    "a share were weighed by the wrong number of orders",
    error_rate=0.0,
)
def fair_shares(effort: Effort) -> Finding:
    """Shapley (1953)."""
    source, found, expected = luck(30), [], []
    for _ in range(effort.n(4, 1)):
        values = source.normal(1e6, 1e5, 64)
        found.append(shapley(values[:, None])[:, 0])
        parts = np.zeros(6)
        for order in itertools.permutations(range(6)):
            code = 0
            for player in order:
                parts[player] += values[code | 1 << player] - values[code]
                code |= 1 << player
        expected.append(parts / 720.0)
    return equal_to(np.array(found), np.array(expected), 1e-9, "shares")


def deals_with_rates(source: Any, n: int, win: float = 0.01, loss: float = 0.02) -> Any:
    """Deals won and lost at constant rates a day, some cut off while still open."""
    ends, seen = source.exponential(1.0 / (win + loss), n), source.uniform(0.0, 300.0, n)
    code = np.where(ends <= seen, np.where(source.uniform(size=n) < win / (win + loss), 1, 2), 0)
    how = np.array(["open", "won", "lost"])[code]
    # Whole days: a deal that ends within a day is seen on its evening, one that is cut off on the evening before.
    days = np.where(code > 0, np.ceil(np.minimum(ends, seen)), np.floor(seen))
    return pd.DataFrame({"replication": np.repeat(np.arange(20), n // 20), "days": days, "how": how})


@check(
    INTERVALS,
    "wins-over-time-cover",
    "Share won within 100 days, open deals allowed for: intervals against (1 − e⁻³)/3",
    "deals that were cut off counted as lost, or losses as deals that may still be won",
)
def incidence(effort: Effort) -> Finding:
    """Aalen–Johansen with a jackknife over runs."""
    truth, source, hit, n = (1.0 - np.exp(-3.0)) / 3.0, luck(31), 0, effort.n(1200, 300)
    for _ in range(n):
        curve = time_to_win(deals_with_rates(source, 800)).curves
        row = curve[curve["calendar_days"] <= 100].iloc[-1]
        hit += bool(row["won_low"] <= truth <= row["won_high"])
    return within(hit, n, 0.93, 0.97, "held the truth")


@check(
    INTERVALS,
    "wins-over-time-unbiased",
    "The same share itself, mean of many studies, against theory",
    "the estimate of a share leant to one side",
)
def incidence_mean(effort: Effort) -> Finding:
    """Bias."""
    source, found = luck(32), []
    for _ in range(effort.n(1200, 300)):
        curve = time_to_win(deals_with_rates(source, 800)).curves
        found.append(float(curve[curve["calendar_days"] <= 100].iloc[-1]["won"]))
    return near(found, (1.0 - np.exp(-3.0)) / 3.0)
