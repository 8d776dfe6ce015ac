"""Differences of which most are exactly none: when an interval of their mean may be given, and which."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.analysis.intervals import USUAL, Ends, method_named
from sim.analysis.sequential import LEVEL

#: Pairs that must differ for an interval, where most do not: the five of Cochran (1954, Biometrics 10), below which
#: counts are too few to be taken for normal.
LEAST = 5
#: Pairs for an interval of a fixed number of them, where most are equal. Of 50, intervals of rare events hold what they
#: say for a quarter to half of all shares that differ, of 100 for two thirds and more (docs/statistics.md). A number
#: that is fixed beforehand does not pick studies by what they show, as a larger `LEAST` would.
ENOUGH = 100
#: Equal replications from which it is said how many may differ all the same.
FEW = 30
#: Begins what is said instead of a method where there is no interval.
NO_INTERVAL = "none: "
LIKELIHOOD = "paired empirical likelihood"


def ends_of(differences: Any, method: str = USUAL) -> tuple[Ends, str]:
    """Interval and p of a mean difference, and how they were found; no interval where too few pairs differ.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found where enough pairs differ.

    Returns
    -------
    tuple of Ends and str
        Where most pairs are exactly equal and fewer than five differ: no ends, and the p of the sign test, which is
        then at least 0.125. Where most of fewer than 100 pairs are equal, and the method is none for watched studies:
        no ends, and the method's p.

    Raises
    ------
    InputError
        If there is no such method.

    Notes
    -----
    Pairs that are all equal tell nothing of the size of the mean difference, only that most pairs do not differ
    (`most_that_differ`).

    Examples
    --------
    >>> ends_of(np.array([0.0] * 98 + [0.5, -1.0]))
    (Ends(low=None, high=None, p=1.0), 'none: 2 of 100 pairs differ')
    >>> ends_of(np.array([0.0] * 44 + [0.5] * 6))
    (Ends(low=None, high=None, p=0.03125), 'none: 6 of 50 pairs differ, and 100 pairs are needed')
    """
    how = method_named(method)
    seen = differences[~np.isnan(differences)]
    n, n_unequal = len(seen), int((seen != 0.0).sum())
    if is_rare(seen) and n_unequal < LEAST:
        return Ends(None, None, sign_p(seen[seen != 0.0])), NO_INTERVAL + differing_words(n_unequal, n)
    ends, label = ends_where_enough(differences, method)
    if is_rare(seen) and n < ENOUGH and how.block == 1:
        few = f"{differing_words(n_unequal, n)}, and {ENOUGH} pairs are needed"
        return Ends(None, None, ends.p), NO_INTERVAL + few
    return ends, label


def ends_where_enough(differences: Any, method: str = USUAL) -> tuple[Ends, str]:
    """Interval and p of a mean difference, and how they were found, however few pairs differ.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval is found. Where most pairs are equal, those that differ do so in one direction and by much the
        same, and the method is the usual one, the interval is that of `likelihood_ends`.

    Examples
    --------
    >>> ends_where_enough(np.array([0.0] * 44 + [0.5] * 6))[1]
    'paired empirical likelihood'
    """
    how = method_named(method)
    seen = differences[~np.isnan(differences)]
    if method == USUAL and is_rare(seen) and is_counting(seen[seen != 0.0]):
        return likelihood_ends(seen), LIKELIHOOD
    return how.ends(differences), how.label


def is_rare(seen: Any) -> bool:
    """Whether at least half of the pairs, two or more of them, are exactly equal; without NaN."""
    return len(seen) >= 2 and 2 * int((seen != 0.0).sum()) <= len(seen)


def is_counting(unequal: Any) -> bool:
    """Whether differences are events of one direction that vary by how often they happen and hardly by how much.

    Notes
    -----
    All in one direction, so many that this is no luck (sign test, so at least six), and at most a third of the spread
    is due to their size: of rare events of size x, the variance is proportional to E[x²] = E[x]² (1 + c²), c being the
    coefficient of variation of the size, so c² ≤ 1/2.

    Examples
    --------
    >>> six = np.array([0.5, 0.5, 1.0, 0.5, 0.5, 0.5])
    >>> is_counting(six), is_counting(six[:5]), is_counting(np.array([*six, -0.5]))
    (True, False, False)
    """
    is_one_way = bool((unequal > 0.0).all() or (unequal < 0.0).all())
    is_even = float(unequal.var(ddof=1)) <= 0.5 * float(unequal.mean()) ** 2
    return is_one_way and sign_p(unequal) <= 1.0 - LEVEL and is_even


def sign_p(unequal: Any) -> float:
    """Two-sided p of the sign test on the pairs that differ (Dixon and Mood 1946, J. Amer. Statist. Assoc. 41).

    Examples
    --------
    >>> sign_p(np.array([0.5] * 6)), sign_p(np.array([]))
    (0.03125, 1.0)
    """
    from scipy import special

    n = len(unequal)
    fewer = min(int((unequal > 0.0).sum()), int((unequal < 0.0).sum()))
    return min(1.0, 2.0 * float(special.bdtr(fewer, n, 0.5))) if n else 1.0


def likelihood_ends(seen: Any) -> Ends:
    """Empirical likelihood interval of a mean (Owen 1988, Biometrika 75), and the p of the sign test.

    Parameters
    ----------
    seen : numpy.ndarray
        float64 of shape (replications,) without NaN; some are 0, all others have the same sign.

    Notes
    -----
    The means at which the likelihood of the values, as a multinomial, is at most exp(−F/2) times less than at the
    sample's; F is that of Fisher with 1 and n − 1 degrees of freedom (Owen 2001, Empirical Likelihood, ch. 2). Of
    differences of one size it is the likelihood interval of a binomial share. Weights 1/(1 + θx), scaled to a sum of 1,
    give every such mean, so each end is the root of one equation in θ.

    Examples
    --------
    >>> low, high, p = likelihood_ends(np.array([0.0] * 90 + [1.0] * 10))
    >>> round(low, 3), round(high, 3), round(p, 4)
    (0.051, 0.17, 0.002)
    """
    from scipy import special
    from scipy.optimize import brentq

    sign, sizes = math.copysign(1.0, float(seen.sum())), np.abs(seen)
    allowed = float(special.stdtrit(len(seen) - 1, 0.5 + LEVEL / 2)) ** 2
    largest = float(sizes.max())

    def weights(share: float) -> Any:
        """Weights 1/(1 + θx) with a sum of 1, for a θ below infinity that a share below 1 stands for."""
        theta = share / (1.0 - share) if share > 0.0 else share
        raw = 1.0 / (1.0 + theta * sizes / largest)
        return raw / raw.sum()

    def beyond(share: float) -> float:
        """How far the likelihood ratio of these weights lies beyond what the level allows."""
        return -2.0 * float(np.log(len(sizes) * weights(share)).sum()) - allowed

    near = 1e-12
    low, high = (float(sizes @ weights(brentq(beyond, *ends))) for ends in ((0.0, 1.0 - near), (near - 1.0, 0.0)))
    low, high = sorted((sign * low, sign * high))
    return Ends(low, high, sign_p(seen[seen != 0.0]))


def most_that_differ(n: int) -> float:
    """Largest share of pairs that may differ where n of n are equal, with 95 % confidence.

    Notes
    -----
    1 − 0.05^(1/n), a little under 3/n: the rule of three (Hanley and Lippman-Hand 1983, JAMA 249).

    Examples
    --------
    >>> round(most_that_differ(100), 4)
    0.0295
    """
    return float(1.0 - (1.0 - LEVEL) ** (1.0 / n))


def equal_words(n: int) -> str:
    """That n replications are equal, and what room that leaves.

    Examples
    --------
    >>> equal_words(100)
    'in all 100 replications (so, with 95 % confidence, in more than 97 % of all)'
    >>> equal_words(3)
    'in all 3 replications'
    """
    told = f"in all {n:,} replications" if n > 1 else "in the one replication"
    if n < FEW:
        return told
    least = math.floor(1000.0 * (1.0 - most_that_differ(n))) / 10.0
    return f"{told} (so, with 95 % confidence, in more than {least:g} % of all)"


def differing_words(n_unequal: int, n: int) -> str:
    """How many pairs differ, in words.

    Examples
    --------
    >>> differing_words(0, 100), differing_words(1, 100)
    ('all 100 pairs are equal', '1 of 100 pairs differs')
    """
    if n_unequal == 0:
        return f"all {n} pairs are equal"
    return f"{n_unequal} of {n} pairs {'differs' if n_unequal == 1 else 'differ'}"


def without_interval(method: str) -> str:
    """What is said instead of an interval; empty where there is one.

    Examples
    --------
    >>> without_interval("none: 2 of 100 pairs differ"), without_interval("paired t")
    ('2 of 100 pairs differ', '')
    """
    return method.removeprefix(NO_INTERVAL) if method.startswith(NO_INTERVAL) else ""
