"""How people answer: what a simulated organization would say of itself, with the noise of persons on top."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.assessment import GROUPS
from sim.calibrate.answers import ITEMS
from sim.calibrate.form import SIDES

Floats = npt.NDArray[np.float64]
Span = tuple[float, float]
#: Answers simulated at a time, so that memory does not grow with the number of people.
_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Noise:
    """Standard deviations on the scale of 1 to 5; each is drawn between two ends for every simulated survey.

    Parameters
    ----------
    person : tuple of float
        How much milder or stricter one person is than another, in all answers alike.
    answer : tuple of float
        What an answer has that the same person's others have not.
    reading : tuple of float
        What all people of a side share in how they take a statement, and the model does not know. More people do not
        average it away.

    Notes
    -----
    All assumptions: nobody has had the people of measured organizations answer. With the middle of `person` and
    `answer` two people of a side are one point apart in an item, on average. How far the people of a firm are apart
    decides which sizes count.
    """

    person: Span = (0.1, 0.7)
    answer: Span = (0.3, 1.3)
    reading: Span = (0.2, 0.6)

    def drawn(self, n: int, chance: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Sizes for n surveys: person, answer, reading; float64 of shape (n,) each."""
        person, answer, reading = (chance.uniform(*span, n) for span in (self.person, self.answer, self.reading))
        return person, answer, reading


@dataclass(frozen=True)
class Panel:
    """Who answers what: nothing of the answers themselves.

    Parameters
    ----------
    side : ndarray
        int of shape (people,): 0 marketing, 1 sales.
    group : ndarray
        int of shape (people,): 0 staff of marketing, 1 staff of sales, 2 heads of either.
    is_given : ndarray
        bool of shape (people, 20).
    """

    side: npt.NDArray[np.intp]
    group: npt.NDArray[np.intp]
    is_given: npt.NDArray[np.bool_]


def panel_of(respondents: pd.DataFrame) -> Panel:
    """Who of a form answered what."""
    side = respondents["side"].map(list(SIDES).index).to_numpy(np.intp)
    group = np.where(respondents["role"] == "head", list(GROUPS).index("heads"), side).astype(np.intp)
    return Panel(side, group, respondents[list(ITEMS)].notna().to_numpy())


def answers_of(readouts: Floats, panel: Panel, noise: Noise, chance: np.random.Generator) -> Floats:
    """Let people answer for simulated organizations.

    Parameters
    ----------
    readouts : ndarray
        float64 of shape (surveys, 3, 20): what staff of marketing, staff of sales and heads would say.
    panel : Panel
        Who answers.
    noise : Noise
        Assumed spread.
    chance : numpy.random.Generator
        Moved on.

    Returns
    -------
    ndarray
        float64 of shape (surveys, people, 20): whole numbers of 1 to 5, NaN where the panel gives none.

    Notes
    -----
    answer = readout + reading of the side + mildness of the person + rest, rounded and held inside 1 to 5.
    """
    n, people, items = len(readouts), len(panel.side), readouts.shape[2]
    person, answer, reading = noise.drawn(n, chance)
    shared = reading[:, None, None] * chance.standard_normal((n, len(SIDES), items))
    mild = person[:, None, None] * chance.standard_normal((n, people, 1))
    rest = answer[:, None, None] * chance.standard_normal((n, people, items))
    given = np.clip(np.rint(readouts[:, panel.group] + shared[:, panel.side] + mild + rest), 1.0, 5.0)
    return np.where(panel.is_given, given, np.nan)


def in_parts(n: int, people: int) -> Iterator[slice]:
    """Slices of surveys that fit into memory."""
    step = max(1, _AT_ONCE // (20 * max(people, 1)))
    return (slice(first, min(first + step, n)) for first in range(0, n, step))


def means_of(answers: Floats, panel: Panel) -> Floats:
    """Mean answer by group and item, of those that the panel gives.

    Parameters
    ----------
    answers : ndarray
        float64 of shape (surveys, people, 20).

    Returns
    -------
    ndarray
        float64 of shape (surveys, groups × items that somebody answers).
    """
    means = []
    for group in range(len(GROUPS)):
        members = panel.group == group
        asked = panel.is_given[members].any(axis=0)
        if asked.any():
            means.append(np.nanmean(answers[:, members][:, :, asked], axis=1))
    return np.concatenate(means, axis=1) if means else np.zeros((len(answers), 0))


def disagreement_of(answers: Floats, panel: Panel) -> Floats:
    """How far people are apart: inside the staff of each side, and side from side; log of a standard deviation.

    Returns
    -------
    ndarray
        float64 of shape (surveys, 0 to 3): only what the panel can tell.
    """
    parts = []
    staff = [panel.group == group for group in (0, 1)]
    for members in staff:
        several = panel.is_given[members].sum(axis=0) > 1
        if several.any():
            own = answers[:, members][:, :, several]
            apart = own - np.nanmean(own, axis=1, keepdims=True)
            parts.append(np.sqrt(np.nanmean(apart**2, axis=(1, 2))))
    both = panel.is_given[staff[0]].any(axis=0) & panel.is_given[staff[1]].any(axis=0)
    if both.any():
        one, other = (np.nanmean(answers[:, members][:, :, both], axis=1) for members in staff)
        parts.append(np.abs(one - other).mean(axis=1))
    return np.log(np.column_stack(parts) + 0.1) if parts else np.zeros((len(answers), 0))
