"""Practices as far as nobody has looked: between the four types, each practice with a spread of its own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.assessment import BANDS
from sim.domain.errors import InputError
from sim.domain.practices import BY_NAME as PRACTICES

if TYPE_CHECKING:
    from sim.calibrate.answers import Answers

Floats = npt.NDArray[np.float64]

#: Assumption: how far beyond the outermost types an organization as a whole may lie, in steps from type to type.
BEYOND = 0.25
#: Assumption: standard deviation of the steps by which single practices leave the organization's place; drawn for each
#: organization between these two, so that some are nearly pure types and others mixtures.
STRAYING = (0.15, 0.9)
#: Assumption: what is added to every practice besides, as a share of its span over the types.
LOOSENESS = 0.15
#: Draws that an answer of people is turned into.
USUAL_DRAWS = 1000


@functools.cache
def bundles() -> pd.DataFrame:
    """Levels of the practices in which the four types differ: a row per type, from undefined to integrated.

    The number of liaisons and of joint events is none of them: a firm can count these.
    """
    from sim.spec.catalogue import relationships_of
    from sim.spec.scenario import Scenario

    known = relationships_of(Scenario())
    table = pd.DataFrame({name: known[name].levels for name in BANDS}).T
    return table.loc[:, table.nunique() > 1].astype(float)


def ladder_levels(places: Floats) -> Floats:
    """Levels of practices at places on the way from type to type; beyond its ends the way goes straight on.

    Parameters
    ----------
    places : ndarray
        float64 of shape (draws, practices): 0 undefined, 1 defined, 2 aligned, 3 integrated.

    Returns
    -------
    ndarray
        float64 of the same shape, each practice in its own unit; it may lie outside the practice's range.
    """
    rungs = bundles().to_numpy()
    lower = np.clip(np.floor(places), 0, len(rungs) - 2).astype(int)
    column = np.arange(rungs.shape[1])
    start, end = rungs[lower, column], rungs[lower + 1, column]
    return np.asarray(start + (places - lower) * (end - start), dtype=np.float64)


def loose_levels(n: int, seed: int) -> Floats:
    """Draw organizations from the prior, before levels are held inside their ranges.

    Parameters
    ----------
    n : int
        Organizations, at least 1.
    seed : int
        Same number and seed, same draws.

    Returns
    -------
    ndarray
        float64 of shape (n, practices), columns as in `bundles`.

    Notes
    -----
    An organization has a place on the way through the types (uniform), each practice a place around it (normal, with
    a spread of the organization's own: types and mixtures of types), and each level some looseness. All assumptions.
    """
    chance = np.random.default_rng([seed, 116])
    count = bundles().shape[1]
    place = chance.uniform(-BEYOND, len(BANDS) - 1 + BEYOND, (n, 1))
    straying = chance.uniform(*STRAYING, (n, 1))
    places = place + straying * chance.standard_normal((n, count))
    levels: Floats = ladder_levels(places) + LOOSENESS * spans() * chance.standard_normal((n, count))
    return levels


def held(levels: Floats) -> pd.DataFrame:
    """Levels held inside the ranges of their practices, by scenario path such as ``practices.meetings``."""
    names = list(map(str, bundles()))
    low, high = ([getattr(PRACTICES[name], side) for name in names] for side in ("low", "high"))
    return pd.DataFrame(np.clip(levels, low, high), columns=[f"practices.{name}" for name in names])


def practice_draws(n: int, seed: int, answers: Answers | None = None) -> pd.DataFrame:
    """Draw the practices of a firm: from the prior over the types, or given what people answered.

    Parameters
    ----------
    n : int
        Draws, at least 1.
    seed : int
        From 0; same number, seed and answers, same draws.
    answers : Answers, optional
        What people in marketing and sales answered (`sim.calibrate.assessment.read_answers`).

    Returns
    -------
    pandas.DataFrame
        A row per draw in random order, a column per practice in which the types differ, named by its scenario path.

    Raises
    ------
    InputError
        If a number of draws or seed is none.

    Examples
    --------
    >>> draws = practice_draws(500, seed=1)
    >>> draws.shape, float(draws["practices.meetings"].min()) >= 0.0
    ((500, 19), True)
    """
    if n < 1 or seed < 0:
        field, value, least = ("n", n, 1) if n < 1 else ("seed", seed, 0)
        raise InputError(field, f"must be at least {least}", value, "Give a larger number.")
    if answers is None:
        return held(loose_levels(n, seed))
    from sim.calibrate.assessment import infer

    return infer(answers, seed=seed, n=n)


def nearest_types(draws: pd.DataFrame) -> pd.Series[str]:
    """Relationship type that the practices of each draw are nearest to.

    Parameters
    ----------
    draws : pandas.DataFrame
        With the columns of `practice_draws`; others do not matter.

    Returns
    -------
    pandas.Series of str
        Type with the smallest mean squared distance, each practice measured by its span over the types.
    """
    levels = draws[[f"practices.{name}" for name in bundles()]].to_numpy(np.float64)
    gaps = (levels[:, None, :] - bundles().to_numpy()) / spans()
    return pd.Series(np.array(bundles().index)[(gaps**2).mean(axis=2).argmin(axis=1)], index=draws.index)


def type_shares(draws: pd.DataFrame) -> pd.Series[float]:
    """Share of draws nearest to each type, from undefined to integrated.

    Examples
    --------
    >>> bool(type_shares(practice_draws(4000, seed=1)).between(0.15, 0.35).all())
    True
    """
    return nearest_types(draws).value_counts(normalize=True).reindex(list(bundles().index), fill_value=0.0)


def spans() -> Floats:
    """How far each practice moves over the four types, in its unit; shape (practices,)."""
    rungs = bundles().to_numpy()
    return np.asarray(rungs.max(axis=0) - rungs.min(axis=0), dtype=np.float64)
