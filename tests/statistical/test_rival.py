"""The product against an independent implementation of the same specification (docs/decisions/0024-rival.md).

`rival.json` holds means and standard errors of 200 runs of the other program on the same 60 people and 650 days: of
four relationship types, and, for twelve interventions on the undefined one, of the paired difference. It draws its luck
by other addresses, so agreement is statistical. With 176 comparisons at |z| < 4.1 a right product fails in fewer than
1 of 100 cases (Bonferroni); the seed is fixed.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sim.domain.outcomes import OUTCOMES
from sim.ensemble.design import comparison_points
from sim.ensemble.runner import run_points
from sim.spec.catalogue import load_scenario

RIVAL = json.loads((Path(__file__).parent / "rival.json").read_text(encoding="utf-8"))
TYPES = ("undefined", "defined", "aligned", "integrated")
REPLICATIONS = 100
WIDEST = 4.1
#: Where the two differ on purpose: the other program weighs both sides alike, the product all people; and books a
#: liaison's week on Monday, while the product's liaison has days of his own and settles hand-off questions.
ON_PURPOSE = {("vocabulary", name) for name in TYPES} | {(outcome, "liaison") for outcome in RIVAL["liaison"]}
COLUMNS = [outcome.name for outcome in OUTCOMES]


@pytest.fixture(scope="module")
def runs() -> dict[str, np.ndarray]:
    """Outcomes by point, float64 of shape (replications, outcomes)."""
    interventions = [name for name in RIVAL if name not in TYPES]
    points = comparison_points(load_scenario("mid"), list(TYPES), interventions)
    outcomes = run_points(points, REPLICATIONS, seed=1).outcomes
    return dict(zip([*TYPES, *interventions], outcomes, strict=True))


def standard_score(values: np.ndarray, rival: tuple[float, float]) -> float:
    """Distance of two means in standard errors of their difference."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float((values.mean() - rival[0]) / np.hypot(error, rival[1]))


def scores(runs: dict[str, np.ndarray]) -> dict[tuple[str, str], float]:
    """Standard score by (outcome, point); an intervention counts by its difference from the undefined type."""
    found = {}
    for name, figures in RIVAL.items():
        for outcome, rival in figures.items():
            column = COLUMNS.index(outcome)
            without = 0.0 if name in TYPES else runs["undefined"][:, column]
            found[outcome, name] = standard_score(runs[name][:, column] - without, rival)
    return found


@pytest.mark.slow
def test_types_and_interventions_agree_with_an_independent_implementation(runs):
    found = scores(runs)
    far = {where: round(z, 1) for where, z in found.items() if abs(z) >= WIDEST and where not in ON_PURPOSE}
    assert far == {}
    assert len(found) - len(ON_PURPOSE) > 170


@pytest.mark.slow
def test_a_difference_of_five_percent_in_bookings_would_be_seen(runs):
    column = COLUMNS.index("bookings_new")
    moved = 1.05 * runs["undefined"][:, column]
    assert abs(standard_score(moved, RIVAL["undefined"]["bookings_new"])) > WIDEST
