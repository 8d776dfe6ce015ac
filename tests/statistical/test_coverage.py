"""Whether the 95 % interval of a paired difference covers the truth in 95 % of samples.

False-alarm rate of the bound: 1 in 10,000 (two-sided binomial, 2000 samples); the seed is fixed, so a failure means
that the code has changed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.paired import compare_pairs

SAMPLES = 2000


@pytest.mark.parametrize("n", [5, 20, 100])
def test_the_interval_covers_the_truth_as_often_as_it_says(n: int) -> None:
    luck = np.random.default_rng(20 + n)
    common, truth = luck.normal(0, 50, (SAMPLES, n)), 1.5
    values = common + truth + luck.normal(0, 4, (SAMPLES, n))
    covered = 0
    for row, baseline in zip(values, common, strict=True):
        found = compare_pairs(row, baseline, "higher")
        covered += found.ci_low is not None and found.ci_high is not None and found.ci_low <= truth <= found.ci_high
    least, most = stats.binom.ppf([0.5e-4, 1 - 0.5e-4], SAMPLES, 0.95)
    assert least <= covered <= most
