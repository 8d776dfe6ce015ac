"""The effect in this firm: what luck and what the unknown parameters add to the uncertainty of a mean difference.

Each draw of a posterior is a firm that fits the data, with an effect of its own. Two replications or more of each draw
tell the spread between draws (parameters, which more data would narrow) from the spread within them (luck, which more
runs would remove).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.intervals import Ends
from sim.analysis.rare import ends_of
from sim.analysis.sequential import LEVEL

#: Draws of the distribution of the effect, and the seed that makes them repeatable.
SAMPLES, SEED = 20_000, 1
METHOD = "paired, random effects of draws"
#: Below this p the sample is too coarse: Student's t of the same spread has the word too.
RARE_P = 0.01


@dataclass(frozen=True)
class FirmEffect:
    """The effect in this firm, as far as it is known.

    Parameters
    ----------
    ends : Ends
        95 % interval of the effect in this firm, and twice the share of its distribution beyond 0.
    share_above : float
        Share of the distribution above 0 (0 to 1).
    parameter_share : float
        Share of its variance (0 to 1) that is due to parameters: only more data would narrow it. The rest is luck,
        and more runs would remove it.
    n_draws : int
        Draws with at least one pair.
    """

    ends: Ends
    share_above: float
    parameter_share: float
    n_draws: int


@dataclass(frozen=True)
class Layers:
    """One-way analysis of variance of differences by draw.

    Parameters
    ----------
    means : numpy.ndarray
        float64 of shape (draws,): mean of each draw.
    between : float
        Sum of squares of the draws' means, times the usual number of pairs of a draw.
    within : float
        Sum of squares within draws.
    n_within : int
        Its degrees of freedom.
    usual : float
        Harmonic mean of the pairs of a draw: all there are as a rule, fewer where pairs are missing.
    """

    means: Any
    between: float
    within: float
    n_within: int
    usual: float

    @property
    def n_between(self) -> int:
        """Degrees of freedom between draws."""
        return len(self.means) - 1

    @property
    def luck(self) -> float:
        """Variance within draws; 0 where no draw has two pairs."""
        return self.within / self.n_within if self.n_within else 0.0

    @property
    def parameters(self) -> float:
        """Variance between draws, beyond what luck alone makes of them; never negative."""
        return max(0.0, (self.between / self.n_between - self.luck) / self.usual)


def layers_of(differences: Any, draws: Any) -> Layers | None:
    """Split the spread of differences into that between draws and that within them; None with fewer than two draws.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.
    draws : numpy.ndarray
        int of shape (replications,): the draw of each.

    Notes
    -----
    Unweighted means where draws have unequal numbers of pairs (Thomas and Hultquist 1978, Ann. Statist. 6).

    Examples
    --------
    >>> found = layers_of(np.array([1.0, 3.0, 5.0, 7.0]), np.array([1, 1, 2, 2]))
    >>> found.luck, found.parameters
    (2.0, 7.0)
    """
    exists = ~np.isnan(differences)
    _, places = np.unique(draws[exists], return_inverse=True)
    many = np.bincount(places)
    if len(many) < 2:
        return None
    seen = differences[exists]
    means = np.bincount(places, seen) / many
    usual = float(len(many) / (1.0 / many).sum())
    between = usual * float(((means - means.mean()) ** 2).sum())
    within = float(((seen - means[places]) ** 2).sum())
    return Layers(means, between, within, len(seen) - len(many), usual)


def effect_in_firm(differences: Any, draws: Any) -> FirmEffect | None:
    """The effect in this firm with its uncertainty, luck and parameters together; None with fewer than two draws.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,): paired differences; NaN where there is none.
    draws : numpy.ndarray
        int of shape (replications,): the draw of each.

    Notes
    -----
    A prediction interval for the effect of one more draw. Variances and mean are not known, so they are drawn from
    their confidence distributions (Nagashima, Noma and Furukawa 2019, Stat. Methods Med. Res. 28; generalized pivots
    after Weerahandi 1993, J. Amer. Statist. Assoc. 88): τ² = (SSB/χ²_B − SSW/χ²_W)/n, not below 0, and the mean with
    error √(SSB/χ²_B/N). The shape is that of the draws' own means, so the effects are spread as far as τ says and not
    as far as luck has blown them apart (Louis 1984, J. Amer. Statist. Assoc. 79; Ghosh 1992, same 87), each smeared a
    little (Silverman and Young 1987, Biometrika 74).

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> draws = np.repeat(np.arange(50), 2)
    >>> found = effect_in_firm(luck.normal(3.0, 1.0, 50)[draws] + luck.normal(0.0, 0.1, 100), draws)
    >>> [round(end) for end in found.ends[:2]], round(found.parameter_share, 1)
    ([1, 5], 1.0)
    """
    layers = layers_of(differences, draws)
    if layers is None:
        return None
    effects = _effects(layers)
    tail = (1.0 - LEVEL) / 2.0
    low, high = (float(end) for end in np.quantile(effects, [tail, 1.0 - tail]))
    above = float((effects > 0.0).mean() + 0.5 * (effects == 0.0).mean())
    variance = layers.parameters + _error(layers) ** 2
    share = layers.parameters / variance if variance > 0.0 else 0.0
    return FirmEffect(Ends(low, high, _p(layers, above)), above, share, len(layers.means))


def _error(layers: Layers) -> float:
    """Standard error of the mean over draws."""
    return math.sqrt(layers.between / layers.n_between / (layers.usual * len(layers.means)))


def _effects(layers: Layers) -> Any:
    """Draws of the effect in this firm, float64 of shape (SAMPLES,)."""
    many = len(layers.means)
    between, within, error, place, smear = _luck(many, layers.n_within)
    mean_square = layers.between / between
    within_square = layers.within / within if layers.n_within else 0.0
    spread = np.sqrt(np.maximum(0.0, (mean_square - within_square) / layers.usual))
    shape = _shape(layers)[(place * many).astype(int)]
    width = _smear_of(many)
    smeared = (shape + width * smear) / math.sqrt(1.0 + width**2)
    return layers.means.mean() + error * np.sqrt(mean_square / (layers.usual * many)) + spread * smeared


def _shape(layers: Layers) -> Any:
    """Means of the draws, shifted and scaled to mean 0 and variance 1 (0 where they do not vary)."""
    centred = layers.means - layers.means.mean()
    scale = math.sqrt(float((centred**2).mean()))
    return centred / scale if scale > 0.0 else centred


def _smear_of(many: int) -> float:
    """Bandwidth by Silverman's (1986) rule, in standard deviations."""
    return 1.06 / math.pow(many, 0.2)


@functools.lru_cache(maxsize=32)
def _luck(many: int, n_within: int) -> tuple[Any, Any, Any, Any, Any]:
    """What is drawn for every effect: two χ², the mean's error, a place among the draws, a smear."""
    luck = np.random.default_rng(SEED)
    between = luck.chisquare(many - 1, SAMPLES)
    within = luck.chisquare(max(1, n_within), SAMPLES)
    return between, within, luck.normal(size=SAMPLES), luck.random(SAMPLES), luck.normal(size=SAMPLES)


def _p(layers: Layers, above: float) -> float:
    """Twice the share beyond 0; where that is less than the sample can tell, with Student's t of the same spread."""
    from scipy import special

    beyond = 2.0 * min(above, 1.0 - above)
    if beyond >= RARE_P:
        return beyond
    spread = math.sqrt(layers.parameters + _error(layers) ** 2)
    if spread == 0.0:
        return 1.0 if layers.means.mean() == 0.0 else 0.0
    tail = 2.0 * float(special.stdtr(layers.n_between, -abs(layers.means.mean()) / spread))
    return float(min(RARE_P, max(beyond, tail)))


def wider(one: Ends, other: Ends) -> Ends:
    """An interval that holds both, with the larger p; none where either has no interval.

    Examples
    --------
    >>> wider(Ends(-1.0, 2.0, 0.4), Ends(0.0, 3.0, 0.05))
    Ends(low=-1.0, high=3.0, p=0.4)
    """
    if None in (one.low, other.low, one.high, other.high):
        return Ends(None, None, max(one.p or 0.0, other.p or 0.0))
    low, high = min(one.low, other.low), max(one.high, other.high)  # type: ignore[type-var]
    return Ends(low, high, max(one.p or 0.0, other.p or 0.0))


def ends_over(differences: Any, method: str, draws: Any = None) -> tuple[Ends, str, FirmEffect | None]:
    """Interval, how it was found, and the effect in this firm, of differences that may be over draws.

    Parameters
    ----------
    differences : numpy.ndarray
        float64 of shape (replications,); NaN where there is none.
    method : {"t", "skewed", "bootstrap", "sequential"}
        How the interval of luck alone is found.
    draws : numpy.ndarray, optional
        int of shape (replications,): the draw of each; without it the interval is that of luck alone.

    Returns
    -------
    tuple of Ends, str and FirmEffect or None
        With draws, an interval that holds both that of the effect in this firm and that of luck alone; no effect where
        nothing differs.
    """
    ends, label = ends_of(differences, method)
    if draws is None or not (np.nan_to_num(differences) != 0.0).any():
        return ends, label, None
    firm = effect_in_firm(differences, draws)
    if firm is None or ends.low is None:
        return ends, label, firm
    return wider(ends, firm.ends), METHOD, firm
