"""What may be shown of a self-assessment: scores of each side, never of a person, none of fewer than five people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.analysis.assessment import THEMES, band_of
from sim.analysis.multiplicity import holm
from sim.calibrate.answers import ITEMS, Answers
from sim.calibrate.form import SIDES
from sim.calibrate.privacy import FEWEST_PEOPLE, at_least_five

Floats = npt.NDArray[np.float64]
BOTH = "both sides"
_CLEAR = 0.05


@dataclass(frozen=True)
class Scores:
    """What people answered, as far as it may be shown.

    Parameters
    ----------
    themes : pandas.DataFrame
        A row per group and theme: ``group`` (marketing and sales, or both sides together), ``item``, ``theme``,
        ``mean`` (1 to 5), ``spread`` (standard deviation), ``people``; NaN where fewer than five answered.
    sums : pandas.DataFrame
        A row per group: ``group``, ``people``, ``sum`` (20 to 100), ``band``, ``themes`` (of which it is made).
    gaps : pandas.DataFrame
        A row per theme, where both sides may be shown: ``item``, ``theme``, ``gap`` (marketing less sales), ``low`` and
        ``high`` (95 % interval), ``is_clear``.
    people : dict of str to int
        Who answered, by side; only the total (``both sides``) where a side may not be shown.
    """

    themes: pd.DataFrame
    sums: pd.DataFrame
    gaps: pd.DataFrame
    people: dict[str, int]

    @property
    def is_shown(self) -> bool:
        """Whether anything may be shown at all."""
        return len(self.sums) > 0


def scores(answers: Answers) -> Scores:
    """Score a self-assessment by side and theme.

    Parameters
    ----------
    answers : Answers
        What `read_answers` read.

    Returns
    -------
    Scores
        By side if at least five people of each answered; else of both together, if they are five; else nothing. One
        side alone is never shown beside the total, which would give away the other.

    Notes
    -----
    A sum is twenty times the mean of the themes that may be shown; its band follows Kotler, Rackham and Krishnaswamy
    (2006), E116. Gaps: Welch's interval; clear where Holm's adjusted p over all themes is below 0.05.
    """
    people, counts = answers.respondents, [answers.number_of(side) for side in SIDES]
    groups: dict[str, pd.DataFrame] = {}
    if all(map(at_least_five, counts)):
        groups = {side: people[people["side"] == side] for side in SIDES}
    elif at_least_five(sum(counts)):
        groups = {BOTH: people}
    themes = [row for group, rows in groups.items() for row in _theme_rows(group, rows)]
    shown = pd.DataFrame(themes, columns=["group", "item", "theme", "mean", "spread", "people"])
    sums = [_sum_row(group, shown[shown["group"] == group]) for group in groups]
    told = dict(zip(SIDES, counts, strict=True)) if len(groups) == 2 else {BOTH: sum(counts)}
    return Scores(shown, pd.DataFrame(sums, columns=["group", "people", "sum", "band", "themes"]), _gaps(shown), told)


def _theme_rows(group: str, rows: pd.DataFrame) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for item, theme in zip(ITEMS, THEMES, strict=True):
        given = rows[item].dropna()
        is_shown = at_least_five(len(given))
        mean, spread = (float(given.mean()), float(given.std())) if is_shown else (math.nan, math.nan)
        found.append((group, item, theme.text, mean, spread, len(given) if is_shown else math.nan))
    return found


def _sum_row(group: str, rows: pd.DataFrame) -> tuple[str, float, float, str | None, int]:
    means = rows["mean"].dropna()
    people = rows["people"].max()
    if means.empty:
        return group, people, math.nan, None, 0
    total = round(len(THEMES) * float(means.mean()))
    return group, people, total, band_of(total), len(means)


def _gaps(shown: pd.DataFrame) -> pd.DataFrame:
    columns = ["item", "theme", "gap", "low", "high", "is_clear"]
    one, other = (shown[shown["group"] == side].reset_index(drop=True) for side in SIDES)
    if one.empty or other.empty:
        return pd.DataFrame(columns=columns)
    gap = one["mean"] - other["mean"]
    half, p = _welch(one, other)
    adjusted = [value is not None and value < _CLEAR for value in holm([None if math.isnan(x) else x for x in p])]
    return pd.DataFrame(
        {"item": one["item"], "theme": one["theme"], "gap": gap, "low": gap - half, "high": gap + half}
    ).assign(is_clear=adjusted)[columns]


def _welch(one: pd.DataFrame, other: pd.DataFrame) -> tuple[Floats, Floats]:
    """Half width of Welch's 95 % interval of each gap, and its p value; where nobody differs, the gap is exact."""
    from scipy.stats import t, ttest_ind_from_stats

    parts = [(rows["spread"] ** 2 / rows["people"]).to_numpy(np.float64) for rows in (one, other)]
    counts = [rows["people"].to_numpy(np.float64) for rows in (one, other)]
    error = parts[0] + parts[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = error**2 / sum(part**2 / (n - 1) for part, n in zip(parts, counts, strict=True))
        half = np.where(error > 0, t.ppf(0.975, freedom) * np.sqrt(error), np.where(np.isnan(error), np.nan, 0.0))
        sides = [rows[name].to_numpy(np.float64) for rows in (one, other) for name in ("mean", "spread", "people")]
        p = np.asarray(ttest_ind_from_stats(*sides, equal_var=False).pvalue, dtype=np.float64)
    is_exact = error == 0
    p[is_exact] = np.where((one["mean"] == other["mean"]).to_numpy()[is_exact], 1.0, 0.0)
    return half, p


def told_privacy(shown: Scores) -> str:
    """Why something is not shown, as a sentence; empty if all is."""
    if not shown.is_shown:
        return f"Fewer than {FEWEST_PEOPLE} people answered, so no score and no practice of the firm is shown."
    if BOTH in shown.people:
        return f"A side has fewer than {FEWEST_PEOPLE} people who answered, so only both sides together are shown."
    if shown.themes["mean"].isna().any():
        return f"Themes that fewer than {FEWEST_PEOPLE} people of a side answered are not shown."
    return ""
