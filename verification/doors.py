"""The doors that make values of draws: normal numbers, counts, decisions and picks against their laws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numba
import numpy as np
from scipy import special, stats

from sim.behaviours.arithmetic import exp, log, negative_binomial_quantile, normal_quantile
from sim.domain.vocabulary import PURPOSES
from verification.checks import LUCK, Effort, Finding, Picture, all_of, check, equal_to, fits, likely, none_of
from verification.firms import runs, shipped, still
from verification.luck import bits, draws, size
from verification.streams import PATTERNS, bits_of


@numba.njit
def _normals(u: Any, z: Any) -> None:
    for i in range(u.shape[0]):
        z[i] = normal_quantile(u[i])


@numba.njit
def _counts(u: Any, mean: float, shape: float, n: Any) -> None:
    for i in range(u.shape[0]):
        n[i] = negative_binomial_quantile(u[i], mean, shape)


@numba.njit
def _powers(x: Any, y: Any) -> None:
    for i in range(x.shape[0]):
        y[i, 0] = exp(x[i])
        y[i, 1] = log(abs(x[i]) + 1e-300)


def normals(u: Any) -> Any:
    """Inverse normal of draws, by the product's own kernel."""
    z = np.empty(len(u))
    _normals(u, z)
    return z


@check(
    LUCK,
    "inverse-normal",
    "The product's inverse normal against SciPy's, draws from 2⁻⁵³ to 1 − 2⁻⁵³",
    "a number of its table had a wrong digit among the first twelve",
    error_rate=0.0,
)
def inverse_normal(effort: Effort) -> Finding:
    """Relative error, absolute below 1; SciPy is asked of the lower tail, where no digits are lost."""
    tails = (np.floor(np.logspace(-15.9, -1, 20_000) * 2.0**52) + 0.5) * 2.0**-52
    u = np.concatenate([tails, 1.0 - tails, np.linspace(0.001, 0.999, 20_000)])
    expected = np.where(u < 0.5, special.ndtri(u), -special.ndtri(1.0 - u))
    return equal_to(normals(u), expected, 2e-13, "quantiles")


@check(
    LUCK,
    "exp-and-log",
    "The product's own exponential and logarithm against NumPy's",
    "a constant of the polynomials had a wrong digit",
    error_rate=0.0,
)
def powers(effort: Effort) -> Finding:
    """Relative error within a few units of the last place."""
    x = np.linspace(-700.0, 700.0, 200_001)
    y = np.empty((len(x), 2))
    _powers(x, y)
    off = max(
        float(np.abs(y[:, 0] / np.exp(x) - 1.0).max()), float(np.abs(y[:, 1] - np.log(np.abs(x) + 1e-300)).max() / 7.0)
    )
    return Finding(off, 4.5e-16, f"greatest relative error {off:.2g} of {2 * len(x):,}")


@check(
    LUCK,
    "normal-door",
    "Normal numbers of all patterns against the normal law: centre, spread, tails",
    "normal numbers had the wrong spread or tails that are cut off",
)
def normal_law(effort: Effort) -> Finding:
    """Anderson–Darling is dominated by its tails; here moments and tails, each with its own law."""
    found = []
    for pattern in PATTERNS:
        z = normals(draws(bits(pattern, size(effort))))
        n = len(z)
        moments = ((z.mean() * np.sqrt(n), "mean"), ((z.var() - 1.0) * np.sqrt(n / 2.0), "variance"))
        found += [likely(2.0 * stats.norm.sf(abs(score)), f"{pattern}, {name}") for score, name in moments]
        for limit in (3.0, 4.0):
            beyond = int((np.abs(z) > limit).sum())
            p = stats.binomtest(beyond, n, 2.0 * stats.norm.sf(limit)).pvalue
            found.append(likely(p, f"{pattern}: {beyond} beyond {limit:g}"))
    return all_of(found, "16 figures")


@check(
    LUCK,
    "inverse-count",
    "The product's counts against SciPy's negative-binomial quantiles, 24 means and shapes",
    "a count were one too high or too low for any draw",
    error_rate=0.0,
)
def inverse_count(effort: Effort) -> Finding:
    """Equal but where a draw lies on a step to within rounding."""
    u = draws(bits("key", 1 << 16))[: effort.n(40_000, 10_000)]
    wrong = total = 0
    for mean in (0.1, 1.0, 5.0, 13.0, 60.0, 250.0):
        for shape in (0.5, 3.0, 9.0, 1000.0):
            mine = np.empty(len(u), dtype=np.int64)
            _counts(u, mean, shape, mine)
            chance = shape / (shape + mean)
            inside = (stats.nbinom.cdf(mine, shape, chance) >= u - 1e-12) & (
                (mine == 0) | (stats.nbinom.cdf(mine - 1, shape, chance) < u + 1e-12)
            )
            wrong += int((~inside).sum())
            total += len(u)
    return none_of(wrong, total, "counts are not the quantile")


@check(
    LUCK,
    "doors-only-add",
    "Normal numbers and counts never fall as draw or mean rise",
    "a better brand could take a lead away on the same luck",
    error_rate=0.0,
)
def monotone(effort: Effort) -> Finding:
    """What keeps two worlds coupled."""
    u = np.sort(draws(bits("purpose", 1 << 16)))[: effort.n(60_000, 20_000)]
    wrong = int((np.diff(normals(u)) < 0.0).sum())
    before = np.zeros(len(u), dtype=np.int64)
    for mean in np.linspace(0.2, 40.0, 60):
        n = np.empty(len(u), dtype=np.int64)
        _counts(u, float(mean), 9.0, n)
        wrong += int((np.diff(n) < 0).sum() + (n < before).sum())
        before = n
    return none_of(wrong, 122 * len(u), "steps went down")


@check(
    LUCK,
    "purposes-unrelated",
    "Draws of all purposes for the same leads: correlations of every two purposes",
    "a lead with a good fit also drew a high value, a quick tempo or a soft rep",
)
def purposes(effort: Effort) -> Finding:
    """All pairs of purposes; the greatest correlation, counted for all pairs."""
    n_purposes, n = len(PURPOSES), effort.n(60_000, 20_000)
    table = draws(bits_of("purpose", 43 * n)).reshape(n, 43)
    related = np.corrcoef(table.T)[np.triu_indices(43, 1)]
    p = min(1.0, 2.0 * stats.norm.sf(np.abs(related).max() * np.sqrt(n)) * len(related))
    return likely(
        p, f"greatest of {len(related)} correlations {np.abs(related).max():.4f} (of {n_purposes} purposes, 43)"
    )


@check(
    LUCK,
    "chance-is-kept",
    "Decisions of recorded runs against their own stated chances, in ten classes of chance",
    "the door of decisions said yes more or less often than its chance",
)
def chances(effort: Effort) -> Finding:
    """Each decision is yes with its chance: standardized sums by class."""
    found = []
    shares = np.zeros((10, 3))
    for key, purpose, drawn, chance in decisions(effort.n(20, 5)):
        del key, purpose
        place = np.minimum(9, (chance * 10).astype(int))
        for column, values in enumerate((drawn < chance, chance, chance * (1.0 - chance))):
            shares[:, column] += np.bincount(place, weights=values, minlength=10)
    for row, (yes, expected, variance) in enumerate(shares):
        if variance > 25.0:
            p = 2.0 * stats.norm.sf(abs(yes - expected) / np.sqrt(variance))
            found.append(likely(p, f"chance {row / 10:.1f}–{row / 10 + 0.1:.1f}: {yes:,.0f} against {expected:,.0f}"))
    return all_of(found, f"{len(found)} classes")


def decisions(n: int) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Key, purpose, draw and chance of the decisions of n recorded runs that are asked once at their address."""
    from sim.domain.blueprint import empty_world
    from sim.domain.vocabulary import DRAW_SEGMENT, DRAW_SOURCE, DRAW_TOUCH, READY
    from sim.engine.entries import found_world
    from sim.engine.run import run_on

    world = empty_world(shipped("small"), n_events=400_000)
    for seed in range(1, n + 1):
        found_world(world, seed)
        world = run_on(world, 0)
        rows = np.asarray(world.events[: min(len(world.events), world.organization.n_events)])
        rows = rows[~np.isin(rows["purpose"], (DRAW_TOUCH, DRAW_SEGMENT, DRAW_SOURCE)) & (rows["purpose"] < READY)]
        rows = rows[(rows["draw"] > 0.0) & (rows["draw"] < 1.0) & (rows["chance"] >= 0.0) & (rows["chance"] <= 1.0)]
        yield rows["key"], rows["purpose"], rows["draw"], rows["chance"]


@check(
    LUCK,
    "picks-equal",
    "Marketers that inquiries are given to, seven of them: equally often",
    "choosing one of several preferred the first or the last",
)
def picks(effort: Effort) -> Finding:
    """Multinomial; 7 does not divide 2⁵²."""
    counts = np.zeros(7)
    for world in runs(still(300, marketers=7, raw_leads_per_rep_day=20.0), effort.n(10, 4)):
        rows = world.leads[: world.organization.n_leads]
        counts += np.bincount(np.asarray(rows["marketer"]), minlength=7)
    return fits(counts, np.ones(7), picture=Picture(range(7), counts, [counts.sum() / 7] * 7, "marketer", "inquiries"))
