"""Words about the effect in this firm: how probable it is, and which part of the uncertainty could be removed how."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.study import Effect

#: What an interval with a posterior is of, for a page.
FIRM = (
    "The scenario is known from data only so far, as draws of its uncertain values say, and every draw is run with two"
    " replications or more. Intervals are of the effect in this firm: a prediction for one more draw, from a one-way"
    " analysis of the spread between draws and within them (Nagashima, Noma and Furukawa 2019, Stat. Methods Med. Res."
    " 28), with the shape of the draws’ effects after shrinkage (Louis 1984, J. Amer. Statist. Assoc. 79)."
)
#: Shares from which all and nothing is said.
NEARLY = 0.95


def probable(effect: Effect) -> str:
    """How probable it is that the effect in this firm is for the better; empty where that is not known.

    Examples
    --------
    >>> percent_of(0.9999), percent_of(0.62), percent_of(0.0)
    ('> 99 %', '62 %', '< 1 %')
    """
    return "" if effect.probability_better is None else percent_of(effect.probability_better)


def percent_of(share: float) -> str:
    """A probability in percent, never quite sure."""
    if share > 0.99:
        return "> 99 %"
    return "< 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def tell_parts_of_uncertainty(effects: Sequence[Effect]) -> str:
    """Which part of the uncertainty more runs would remove and which part only more data; empty without a posterior.

    Parameters
    ----------
    effects : sequence of Effect
        Of one outcome, one or more.
    """
    shares = [effect.parameter_share for effect in effects if effect.parameter_share is not None]
    if not shares:
        return ""
    least, most = min(shares), max(shares)
    if least >= NEARLY:
        return "Nearly all of the uncertainty is due to parameters: more runs would not narrow it, more data would."
    if most <= 1.0 - NEARLY:
        return "Nearly all of the uncertainty is luck: more replications would remove it."
    span = f"{100 * least:.0f} %" if f"{least:.2f}" == f"{most:.2f}" else f"{100 * least:.0f} to {100 * most:.0f} %"
    return (
        f"Of the uncertainty, {span} is due to parameters, which only more data would narrow; the rest is luck, and"
        " more replications would remove it."
    )
