"""A smooth surface over firms against the textbook: inverse matrices, likelihoods and firms left out by hand."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import optimize, stats

from sim.analysis.fitted_map import BOUNDS, FittedMap, Surface, fit_map, fit_surface, seen_differences

LUCK = np.random.default_rng(17)
AT = LUCK.uniform(size=(24, 2))
NOISE = LUCK.uniform(0.5, 3.0, 24)
SEEN = 40.0 + 9.0 * np.sin(4.0 * AT[:, 0]) + 5.0 * AT[:, 1] + LUCK.normal(size=24) * np.sqrt(NOISE)


@cache
def fitted() -> Surface:
    return fit_surface(AT, SEEN, NOISE)


def covariance(one: np.ndarray, other: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Of firms' true values: a level, a smooth part that fades with distance, a slope."""
    bell = stats.norm(scale=np.exp(logs[1:-2]))
    near = bell.pdf(one[:, None] - other[None]) / bell.pdf(0.0)
    slope = np.einsum("ka,la->kl", one - 0.5, other - 0.5)
    return 1.0 + math.exp(2.0 * logs[0]) * near.prod(axis=2) + math.exp(2.0 * logs[-2]) * slope


def covariances(surface: Surface, logs: np.ndarray | None = None) -> np.ndarray:
    """Of what was seen of all firms: with what is a firm's own and the noise, in units of their spread."""
    logs = surface.logs if logs is None else logs
    own = math.exp(2.0 * logs[-1]) + surface.noise / surface.seen.std() ** 2 + 1e-9
    return covariance(surface.at, surface.at, logs) + np.diag(own)


def likelihood(logs: np.ndarray, surface: Surface) -> float:
    values = (surface.seen - surface.seen.mean()) / surface.seen.std()
    return float(stats.multivariate_normal(np.zeros(len(values)), covariances(surface, logs)).logpdf(values))


def test_no_other_lengths_and_sizes_make_what_was_seen_more_likely():
    logs = fitted().logs
    ends = [BOUNDS["size"], BOUNDS["length"], BOUNDS["length"], BOUNDS["slope"], BOUNDS["own"]]
    best = likelihood(logs, fitted())
    assert best > likelihood(np.array([-0.5, 0.3, 0.3, -0.5, -2.0]), fitted()) + 1.0, (
        "better than where the search begins"
    )
    for place, (low, high) in enumerate(ends):
        assert low <= logs[place] <= high
        for step in (-0.1, 0.1):
            other = logs.copy()
            other[place] = np.clip(other[place] + step, low, high)
            assert likelihood(other, fitted()) <= best + 1e-4


def test_a_search_that_knows_no_slopes_finds_nothing_more_likely():
    """The fit goes by derivatives; were one of them wrong, it would stop short."""
    ends = [BOUNDS["size"], BOUNDS["length"], BOUNDS["length"], BOUNDS["slope"], BOUNDS["own"]]
    for place in range(3):
        at = np.random.default_rng(place).uniform(size=(12, 2))
        seen = 2.0 * np.sin(3.0 * at[:, 0]) + np.cos(5.0 * at[:, 1])
        found = fit_surface(at, seen, np.full(12, 0.01))

        def unlikely(logs: np.ndarray, found: Surface = found) -> float:
            return -likelihood(logs, found)

        start = np.array([-0.5, 0.3, 0.3, -0.5, -2.0])
        other = optimize.minimize(unlikely, start, method="L-BFGS-B", bounds=ends)
        assert unlikely(found.logs) <= other.fun + 0.01


def test_what_is_guessed_of_a_firm_is_the_mean_and_variance_given_all_others():
    surface, places = fitted(), np.array([[0.2, 0.7], [0.9, 0.1]])
    middle, spread = SEEN.mean(), SEEN.std()
    inverse = np.linalg.inv(covariances(surface))
    means, variances = surface.guess(places)
    for place, mean, variance in zip(places, means, variances, strict=True):
        cross = covariance(place[None], AT, surface.logs)[0]
        assert mean == pytest.approx(middle + spread * cross @ inverse @ ((SEEN - middle) / spread))
        own = math.exp(2.0 * surface.logs[-1])
        whole = covariance(place[None], place[None], surface.logs)[0, 0] + own
        assert variance == pytest.approx(spread**2 * (whole - cross @ inverse @ cross))
        assert variance >= spread**2 * own


def test_a_firm_left_out_lies_as_far_off_as_the_others_say():
    surface = fitted()
    whole, values = covariances(surface), (SEEN - SEEN.mean()) / SEEN.std()
    off = surface.left_out()
    for firm in range(len(AT)):
        rest = np.delete(np.arange(len(AT)), firm)
        weights = np.linalg.solve(whole[np.ix_(rest, rest)], whole[rest, firm])
        mean, variance = weights @ values[rest], whole[firm, firm] - weights @ whole[rest, firm]
        assert off[firm] == pytest.approx((values[firm] - mean) / math.sqrt(variance))


def test_firms_that_are_all_alike_are_guessed_to_be_so():
    surface = fit_surface(AT, np.full(24, 3.0), NOISE)
    assert surface.guess(AT)[0] == pytest.approx(np.full(24, 3.0))


VALUES = LUCK.normal(size=(24, 2, 30)) + 2.0 * LUCK.normal(size=(1, 2, 30)) + LUCK.normal(size=(24, 2, 1))


def test_means_their_covariances_and_what_all_firms_share():
    means, own, shared = seen_differences(VALUES)
    assert means == pytest.approx(VALUES.mean(axis=2))
    for firm in range(24):
        assert own[firm] == pytest.approx(np.cov(VALUES[firm]) / 30)
    between = [
        np.cov(VALUES[one], VALUES[other])[:2, 2:] / 30 for one in range(24) for other in range(24) if one != other
    ]
    assert shared == pytest.approx(np.mean(between, axis=0))


def test_what_firms_share_has_no_negative_variance():
    values = np.stack([VALUES[0], -VALUES[0]])  # what one gains by luck the other loses
    shared = seen_differences(values)[2]
    assert np.linalg.eigvalsh(shared) == pytest.approx([0.0, 0.0], abs=1e-12)


def test_differences_are_turned_into_directions_that_vary_apart_and_back():
    found = fit_map(("none", "one", "two"), AT, VALUES)
    means, own, shared = seen_differences(VALUES)
    turned = (means - means.mean(axis=0)) @ found.turn.T
    assert found.turn @ found.turn.T == pytest.approx(np.eye(2))
    assert (turned.T @ turned)[0, 1] == pytest.approx(0.0, abs=1e-9)
    for place, surface in enumerate(found.surfaces):
        assert surface.seen == pytest.approx(means @ found.turn[place])
        assert surface.noise == pytest.approx([found.turn[place] @ each @ found.turn[place] for each in own])
    off = np.concatenate([surface.left_out() for surface in found.surfaces])
    assert found.widen == pytest.approx(max(1.0, (off**2).mean()))
    assert found.shared == pytest.approx(shared) and found.levels == ("none", "one", "two")


def made(widen: float = 1.0, shared: float = 0.0) -> FittedMap:
    """A map whose two directions are turned by a sixth of a circle."""
    cos, sin = math.cos(math.pi / 6), math.sin(math.pi / 6)
    logs = fitted().logs
    surfaces = (Surface(AT, SEEN - 40.0, NOISE, logs), Surface(AT, 0.3 * (SEEN - 38.0), NOISE, logs))
    return FittedMap(("a", "b", "c"), np.array([[cos, sin], [-sin, cos]]), surfaces, widen, shared * np.eye(2))


def test_differences_have_the_means_and_covariances_of_their_directions():
    found, at = made(1.7, 0.4), AT[:3]
    (first, first_var), (second, second_var) = (surface.guess(at) for surface in found.surfaces)
    means, spread = found.differences(at)
    for place in range(3):
        assert means[place] == pytest.approx(first[place] * found.turn[0] + second[place] * found.turn[1])
        parts = np.diag([first_var[place], second_var[place]])
        assert spread[place] == pytest.approx(0.4 * np.eye(2) + 1.7 * found.turn.T @ parts @ found.turn)


@pytest.mark.parametrize("noise", [None, np.array([[[9.0, 4.0], [4.0, 5.0]]])])
def test_chances_are_those_of_random_differences(noise):
    found, at = made(1.3, 2.0), np.array([[0.85, 0.3]])
    means, spread = found.differences(at)
    drawn = np.random.default_rng(3).multivariate_normal(
        means[0], spread[0] + (0.0 if noise is None else noise[0]), 100_000
    )
    best = np.column_stack([np.zeros(len(drawn)), drawn]).argmax(axis=1)
    chances = found.chances(at, noise)
    assert chances.shape == (1, 3) and chances.sum() == pytest.approx(1.0)
    assert chances[0] == pytest.approx(np.bincount(best, minlength=3) / len(drawn), abs=0.012)
    assert (chances > 0.02).all(), "none of them is sure here, so that the test says something"
