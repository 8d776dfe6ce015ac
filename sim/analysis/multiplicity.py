"""Many comparisons at once: adjusted p values, by Holm or by Benjamini and Hochberg."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sim.domain.errors import InputError, did_you_mean

PValues = Sequence[float | None]


def holm(p_values: PValues) -> list[float | None]:
    """Holm's adjustment of p values for being looked at together (Holm 1979, Scand. J. Statist. 6); None stays None.

    Where no p below 0.05 is believed but the adjusted ones, the chance of even one false "better" or "worse" in the
    family is at most 5 %, however the comparisons depend on each other.

    Examples
    --------
    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    order = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, index) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p))
        adjusted[index] = highest
    return adjusted


def false_discovery(p_values: PValues) -> list[float | None]:
    """Adjust p values so that few of the findings are false (Benjamini and Hochberg 1995, J. R. Statist. Soc. B 57).

    Of all comparisons called better or worse at 0.05, at most 5 % are false on average; None stays None. It holds for
    independent comparisons and for those on common luck, which move together (Benjamini and Yekutieli 2001).

    Examples
    --------
    >>> false_discovery([0.01, 0.04, None, 0.03])
    [0.03, 0.04, None, 0.04]
    """
    from scipy.stats import false_discovery_control

    found = [p for p in p_values if p is not None]
    adjusted = iter(false_discovery_control(found).tolist() if found else ())
    return [None if p is None else next(adjusted) for p in p_values]


def unadjusted(p_values: PValues) -> list[float | None]:
    """Leave p values as they are: for a single question that was asked beforehand."""
    return list(p_values)


ADJUSTMENTS: dict[str, Callable[[PValues], list[float | None]]] = {
    "holm": holm,
    "fdr": false_discovery,
    "none": unadjusted,
}


def adjusted(p_values: PValues, how: str = "holm") -> list[float | None]:
    """P values adjusted in the way that is named.

    Parameters
    ----------
    p_values : sequence of float or None
        Of comparisons that are looked at together, 0 to 1.
    how : {"holm", "fdr", "none"}
        Holm; Benjamini and Hochberg; not at all.

    Raises
    ------
    InputError
        If there is no such way.

    Examples
    --------
    >>> adjusted([0.02, 0.5], "holm"), adjusted([0.02, 0.5], "none")
    ([0.04, 0.5], [0.02, 0.5])
    """
    if how not in ADJUSTMENTS:
        raise InputError("adjust", "must be a way to adjust p values", how, did_you_mean(how, ADJUSTMENTS))
    return ADJUSTMENTS[how](p_values)
