"""Peeling, step by step in plain Python, and a box judged on the other half of the draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.prim import LEAST, MOST_BOUNDS, PEEL, Box, find_box

Bounds = dict[int, tuple[float, float]]


def inside(row: np.ndarray, bounds: Bounds) -> bool:
    return all(low <= row[column] <= high for column, (low, high) in bounds.items())


def standing(rows: list[np.ndarray], happens: list[bool], bounds: Bounds) -> float:
    """Frequency in a box less that of all, in standard errors."""
    usual = sum(happens) / len(happens)
    own = [each for row, each in zip(rows, happens, strict=True) if inside(row, bounds)]
    return (sum(own) / len(own) - usual) / math.sqrt(usual * (1.0 - usual) / len(own))


def peeled(rows: list[np.ndarray], happens: list[bool]) -> Bounds:
    """Cut a tenth where it is most frequent afterwards while a tenth of all is left; the best box on that path."""
    bounds: Bounds = {}
    best, best_bounds = 0.0, bounds
    while (left := sum(inside(row, bounds) for row in rows)) * (1.0 - PEEL) >= LEAST * len(rows):
        cuts = []
        for column in sorted(bounds) if len(bounds) >= MOST_BOUNDS else range(len(rows[0])):
            own = [row[column] for row in rows if inside(row, bounds)]
            low, high = bounds.get(column, (-math.inf, math.inf))
            for is_high, cut in ((False, np.quantile(own, PEEL)), (True, np.quantile(own, 1.0 - PEEL))):
                new = bounds | {column: (low, float(cut)) if is_high else (float(cut), high)}
                kept = [each for row, each in zip(rows, happens, strict=True) if inside(row, new)]
                if 0 < len(kept) < left:
                    cuts.append((sum(kept) / len(kept), column, is_high, cut, new))
        if not cuts:
            break
        bounds = max(cuts, key=lambda each: each[:4])[4]
        if (now := standing(rows, happens, bounds)) > best:
            best, best_bounds = now, bounds
    return best_bounds


def without_idle(rows: list[np.ndarray], happens: list[bool], bounds: Bounds) -> Bounds:
    """Leave out bounds without which the box stands out by less than a standard error less."""
    for column in sorted(bounds):
        rest = {other: ends for other, ends in bounds.items() if other != column}
        if rest and standing(rows, happens, rest) > standing(rows, happens, bounds) - 1.0:
            bounds = rest
    return bounds


def expected_box(values: np.ndarray, happens: np.ndarray) -> Box | None:
    first, second = slice(0, None, 2), slice(1, None, 2)
    bounds = peeled(list(values[first]), happens[first].tolist())
    bounds = without_idle(list(values[first]), happens[first].tolist(), bounds)
    within = np.array([inside(row, bounds) for row in values[second]])
    seen = happens[second]
    p = stats.hypergeom.sf(seen[within].sum() - 1, len(seen), seen.sum(), within.sum())
    listed = tuple((column, low, high) for column, (low, high) in sorted(bounds.items()))
    return Box(listed, within.mean(), seen[within].mean(), seen[~within].mean(), p) if p <= 0.05 else None


def cases() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    luck = np.random.default_rng(31)
    values = luck.uniform(size=(240, 5))
    sure = luck.uniform(size=240) < 0.85
    odd = luck.uniform(size=240) < 0.05
    return {
        "above": (values, (values[:, 2] > 0.7) & sure),
        "below": (values, (values[:, 0] < 0.35) & sure | odd),
        "between": (values, (abs(values[:, 1] - 0.5) < 0.2) & sure),
        "corner": (values, (values[:, 1] > 0.5) & (values[:, 4] < 0.5) & sure | odd),
        "four values": (values, ((values[:, :4] > 0.35).all(axis=1) & sure) | odd),
        "few steps of a value": (np.round(values * 3.0), (np.round(values[:, 3] * 3.0) == 3.0) & sure | odd),
        "chance": (values, odd),
    }


@pytest.mark.parametrize("name", cases())
def test_the_box_is_the_one_that_peeling_finds_and_the_other_half_judges(name):
    values, happens = cases()[name]
    found, by_hand = find_box(values, happens), expected_box(values, happens)
    if by_hand is None:
        assert found is None and name in {"few steps of a value", "chance"}
        return
    assert found is not None and found.bounds == by_hand.bounds
    assert (found.share, found.inside, found.outside) == pytest.approx((by_hand.share, by_hand.inside, by_hand.outside))
    assert found.p == pytest.approx(by_hand.p)


def test_what_always_or_never_happens_happens_nowhere_more():
    values = np.random.default_rng(2).uniform(size=(100, 2))
    assert find_box(values, np.ones(100, dtype=bool)) is None
    assert find_box(values, np.zeros(100, dtype=bool)) is None
    assert find_box(np.zeros((100, 2)), values[:, 0] > 0.5) is None, "nothing can be cut"


@pytest.mark.parametrize(("seen_inside", "is_found"), [(4, False), (5, True)])
def test_a_box_is_told_only_where_chance_makes_one_in_at_most_five_of_a_hundred_cases(seen_inside, is_found):
    at = np.repeat((np.arange(20) + 0.5) / 20, 2)  # each place in both halves
    happens = np.zeros(40, dtype=bool)
    happens[0::2] = at[0::2] > 0.75  # the half that is looked at: five of the twenty, all inside
    inside = np.flatnonzero(at[1::2] > 0.75)
    judged = np.zeros(20, dtype=bool)
    judged[inside[:seen_inside]] = True
    judged[: 8 - seen_inside] = True  # the other half: eight of twenty
    happens[1::2] = judged
    p = stats.hypergeom.sf(seen_inside - 1, 20, 8, 5)
    assert (p <= 0.05) == is_found and p < 0.075
    box = find_box(at[:, None], happens)
    assert (box is not None) is is_found
    assert box is None or box.p == pytest.approx(p)
