"""The quick guess at portfolios is what least squares give with a prior on every part."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.analysis.surrogate import BEND, LATE, PAIR, features, fit_surface

LUCK = np.random.default_rng(8)
DOSES, STARTS = LUCK.uniform(-1.0, 2.0, (12, 3)), LUCK.uniform(0.0, 1.0, (12, 3))
SCORES, NOISE = LUCK.normal(0.0, 5.0, (12, 2)), LUCK.uniform(0.1, 2.0, 12)


def weights_by_least_squares(doses, starts, scores, noise) -> np.ndarray:
    """Portfolios and priors are rows alike, each divided by its standard error."""
    made = features(doses, starts)
    spread = np.abs(scores[:, 0]).max() or 1.0
    prior = spread * np.array([1.0] * 3 + [BEND] * 3 + [LATE] * 3 + [PAIR] * 3)
    rows = np.vstack([made / np.sqrt(noise)[:, None], np.diag(1.0 / prior)])
    seen = np.vstack([scores / np.sqrt(noise)[:, None], np.zeros((len(prior), scores.shape[1]))])
    return np.linalg.lstsq(rows, seen, rcond=None)[0]


def test_parts_are_doses_bends_late_starts_and_doses_two_by_two():
    doses, starts = np.array([[0.5, 2.0, -1.5]]), np.array([[0.1, 0.2, 0.3]])
    by_hand = [0.5, 2.0, -1.5, 0.5 * -0.5, 2.0 * 1.0, -1.5 * 0.5, 0.05, 0.4, -0.45, 1.0, -0.75, -3.0]
    assert features(doses, starts)[0].tolist() == pytest.approx(by_hand)
    assert features(DOSES, STARTS).shape == (12, 3 * 3 + len(list(itertools.combinations(range(3), 2))))
    assert features(DOSES[:, :1], STARTS[:, :1]).shape == (12, 3), "one candidate has no pairs"


def test_weights_are_those_of_least_squares_with_a_prior():
    found = fit_surface(DOSES, STARTS, SCORES, NOISE)
    assert found.weights == pytest.approx(weights_by_least_squares(DOSES, STARTS, SCORES, NOISE))
    assert found.guess(DOSES[:2], STARTS[:2]) == pytest.approx(features(DOSES[:2], STARTS[:2]) @ found.weights)
    assert found.guess(np.zeros((1, 3)), STARTS[:1]).tolist() == [[0.0, 0.0]], "nothing done brings nothing"


def test_portfolios_without_a_score_are_left_out():
    scores, noise = SCORES.copy(), NOISE.copy()
    scores[3, 1], noise[5] = np.nan, np.nan
    scores[3, 0] = 1000.0  # it still says how large scores may be
    rest = np.delete(np.arange(12), [3, 5])
    found = fit_surface(DOSES, STARTS, scores, noise)
    prior = np.vstack([scores[rest], scores[[3]]])  # the same, seen with hopeless noise
    prior[-1, 1] = 0.0
    doses, starts = np.vstack([DOSES[rest], DOSES[[3]]]), np.vstack([STARTS[rest], STARTS[[3]]])
    expected = weights_by_least_squares(doses, starts, prior, np.append(NOISE[rest], 1e18))
    assert found.weights == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_scores_of_nothing_and_without_noise_are_no_trouble():
    none = fit_surface(DOSES, STARTS, np.zeros((12, 1)), NOISE)
    assert none.weights.tolist() == [[0.0]] * 12
    exact = fit_surface(DOSES, STARTS, SCORES[:, :1], np.zeros(12))
    spread = np.abs(SCORES[:, 0]).max()
    expected = weights_by_least_squares(DOSES, STARTS, SCORES[:, :1], np.full(12, 1e-12 * spread**2))
    assert exact.weights == pytest.approx(expected, rel=1e-3)
