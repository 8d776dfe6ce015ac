"""Which simulated cases are like the one at hand, and what goes with such cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calibrate.near import nearness, ridge

Floats = npt.NDArray[np.float64]
#: Share of the simulated cases that count as near enough; the nearer, the more weight.
NEAR = 0.4
#: Directions of the summaries whose squares and products the first regression may use.
_BENT = 6
_LITTLE = 1e-4


@dataclass(frozen=True)
class Cases:
    """Simulated cases, or the one at hand as a single row without levels.

    Parameters
    ----------
    levels : ndarray
        float64 of shape (cases, quantities): what is looked for.
    summaries : ndarray
        float64 of shape (cases, numbers): what tells it.
    spreads : ndarray
        float64 of shape (cases, 0 or more): what tells how surely.
    """

    levels: Floats
    summaries: Floats
    spreads: Floats


def adjusted(cases: Cases, own: Cases, n: int, chance: np.random.Generator) -> Floats:
    """Draw levels that go with the case at hand, learnt from simulated ones.

    Parameters
    ----------
    cases : Cases
        Simulated.
    own : Cases
        The one at hand: one row, its levels are not looked at.
    n : int
        Draws.
    chance : numpy.random.Generator
        Moved on.

    Returns
    -------
    ndarray
        float64 of shape (n, quantities), in random order.

    Notes
    -----
    Semi-automatic summaries (Fearnhead and Prangle 2012): the levels that a global regression predicts, and beside
    them the spreads. Cases within the nearest `NEAR` of these, with the weights of Epanechnikov, are moved by local
    linear regression (Beaumont, Zhang and Balding 2002) and scaled by a local regression of the log squared rest (Blum
    and François 2010).
    """
    offsets = _offsets(cases, own)
    far = np.sqrt((offsets**2).sum(axis=1))
    near = np.argsort(far, kind="stable")[: max(2, round(NEAR * len(far)))]
    weights = nearness(far[near], far[near].max() + _LITTLE)
    sample = _moved(cases.levels[near], offsets[near], weights)
    return np.asarray(sample[chance.choice(len(sample), n, p=weights / weights.sum())], dtype=np.float64)


def _offsets(cases: Cases, own: Cases) -> Floats:
    """How far each case lies from the one at hand: in predicted levels, by their rest, and in spreads, by theirs."""
    predicted, predicted_own = _predicted(cases.levels, cases.summaries, own.summaries[0])
    rest = (cases.levels - predicted).std(axis=0) + _LITTLE
    spreads = (cases.spreads - own.spreads) / (cases.spreads.std(axis=0) + _LITTLE)
    return np.column_stack([(predicted - predicted_own) / rest, spreads])


def strangeness(summaries: Floats, own: Floats) -> float:
    """Share of simulated cases whose summaries are more usual than the one at hand (Mahalanobis distance)."""
    centre = summaries.mean(axis=0)
    spread = np.cov(summaries.T).reshape(len(own), len(own)) + _LITTLE * np.eye(len(own))
    inverse = np.linalg.inv(spread)
    far = ((summaries - centre) @ inverse * (summaries - centre)).sum(axis=1)
    return float((far < (own - centre) @ inverse @ (own - centre)).mean())


def _moved(levels: Floats, offsets: Floats, weights: Floats) -> Floats:
    """Levels of near cases, moved and scaled to where the offsets are 0."""
    design = np.column_stack([np.ones(len(offsets)), offsets])
    line = ridge(design, levels, weights, _little(design, weights))
    rest = levels - design @ line
    log_spread = ridge(design, np.log(rest**2 + _LITTLE), weights, _little(design, weights))
    scale = np.exp(np.clip((log_spread[0] - design @ log_spread) / 2, -1.0, 1.0))
    return np.asarray(line[0] + rest * scale, dtype=np.float64)


def _predicted(levels: Floats, summaries: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Levels as a regression on the summaries predicts them, for the cases and for the one at hand."""
    centre, scale = summaries.mean(axis=0), summaries.std(axis=0) + _LITTLE
    inputs = np.vstack([(summaries - centre) / scale, (own - centre) / scale])
    _, _, directions = np.linalg.svd(inputs[:-1], full_matrices=False)
    main = inputs @ directions[:_BENT].T
    one, other = np.triu_indices(main.shape[1])
    design = np.column_stack([np.ones(len(inputs)), inputs, main[:, one] * main[:, other]])
    alike = np.ones(len(levels))
    line = ridge(design[:-1], levels, alike, _little(design, alike))
    everything = design @ line
    return everything[:-1], everything[-1]


def _little(design: Floats, weights: Floats) -> Floats:
    """A ridge so small that it only keeps the sums solvable."""
    return np.full(design.shape[1], 1e-6 * weights.sum())
