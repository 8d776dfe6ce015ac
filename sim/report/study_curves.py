"""Parts of a report: how much of it (doses), what fits where (maps), how long a deal takes (waiting)."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.curve_figures import draw_dose_response, draw_time_to_win
from sim.analysis.map_figures import draw_contingency_map
from sim.analysis.panels import between
from sim.domain.errors import InputError
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import dose_factors, main_outcomes, situation
from sim.ensemble.pictures import dosed, waiting_labels
from sim.report.prose import enumerate_words
from sim.report.study_methods import DOSES, MAPS, WAITING
from sim.report.study_parts import Exhibit, Part, Table, columns, exhibits_of, refused
from sim.report.study_words import level, replications_text, shift, tell_dose, tell_map, tell_waiting

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment


def doses(study: Experiment) -> Part:
    """A curve for each factor that is dosed, by the first main outcome; the other outcomes are folded."""
    factors, (first, *others) = dose_factors(study), main_outcomes(study)
    shown = tuple(_dosed(study, factor, first) for factor in factors)
    folded = tuple(_dosed(study, factor, outcome) for outcome in others for factor in factors)
    answer = tuple(exhibit.reading[0] for exhibit in shown if exhibit.draw is not None)
    return Part("How much of it?", answer, shown, folded, DOSES)


def _dosed(study: Experiment, factor: str, outcome: str) -> Exhibit:
    name = f"dose-{factor.replace('.', '-')}-{outcome}"
    try:
        found = dosed(study, outcome, factor)
    except InputError as error:
        return refused(name, error)
    many = replications_text(found.n_replications, found.n_replications, found.counted)
    caption = (
        f"Dots are mean differences from the lowest dose ({many}), thick lines their 95 % intervals one by one, thin"
        " lines those that hold for all doses together; the band is that of the curve. Below: the best dose of the"
        " curve with its 95 % interval, and, thin, the tested doses between which the best lies whatever the shape."
    )
    against = [f"Against the lowest ({how})" for how in ("each dose", "all doses together")]
    titles = columns("Dose", "Mean", *against, "May be best", words=["May be best"])
    rows = tuple(_dose(row, outcome, found.effects["mean"].iloc[0]) for row in found.effects.to_dict("records"))
    return Exhibit(
        name,
        f"{found.factor}: {BY_NAME[outcome].label.lower()}",
        (tell_dose(found),),
        caption,
        partial(draw_dose_response, found),
        Table(titles, (("", rows),)),
    )


def _dose(row: dict[Any, Any], outcome: str, base: float) -> tuple[str, ...]:
    effects = (
        shift(row["difference"], row[f"{how}low"], row[f"{how}high"], outcome, base) if row["difference"] else "–"
        for how in ("", "joint_")
    )
    return (f"{row['dose']:g}", level(row["mean"], outcome), *effects, "yes" if row["may_be_best"] else "no")


def contingency(study: Experiment) -> Part:
    """Which relationship type is best in which situation."""
    outcomes = [name for name in main_outcomes(study) if BY_NAME[name].better]
    exhibits = exhibits_of(study, outcomes, _mapped)
    answer = tuple(exhibit.reading[0] for exhibit in exhibits[:3] if exhibit.draw is not None)
    return Part("What fits where?", answer, exhibits[:1], exhibits[1:], MAPS)


def _mapped(study: Experiment, outcome: str) -> Exhibit:
    found = study.contingency(outcome, factors=situation(study))
    words = ["Best", "Next", "May be best"]
    titles = columns("Situation", "Best", "Next", "Ahead of the next (interval)", "P(best)", "May be best", words=words)
    rows = tuple(_cell(row, found.factors, outcome) for row in found.cells.to_dict("records"))
    caption = (
        "Full colour: one type is clearly the best, at 95 % for the whole map; hatched: several may be. The share is"
        " the probability of being the best, without allowance for many situations."
    )
    return Exhibit(
        f"map-{outcome}",
        BY_NAME[outcome].label,
        tuple(tell_map(found)),
        caption,
        partial(draw_contingency_map, found),
        Table(titles, (("", rows),)),
    )


def _cell(row: dict[Any, Any], factors: tuple[str, ...], outcome: str) -> tuple[str, ...]:
    where = ", ".join(str(row[name]) or f"no {name.rpartition('.')[2]} preset" for name in factors)
    if not isinstance(row["best"], str):
        return (where, "–", "–", "–", "–", str(row["note"]) or "no figure")
    ahead = shift(row["ahead"], row["ahead_low"], row["ahead_high"], outcome)
    share = f"{100 * row['probability_best']:.0f} %"
    return (where, row["best"], str(row["next"]), ahead, share, enumerate_words([*map(str, row["may_be_best"])]))


def waiting(study: Experiment) -> Part:
    """What becomes of deals over time."""
    found = {label: study.time_to_win(label) for label in waiting_labels(study)}
    groups = tuple(
        (label, tuple(_quantity(row) for row in one.quantities.to_dict("records"))) for label, one in found.items()
    )
    caption = "Lines are shares of all deals by calendar days since the first contact, bands their 95 % intervals."
    reading = tuple(tell_waiting(label, one) for label, one in found.items())
    titles = columns("Quantity", "Value (95 % interval)", "Unit", words=["Unit"])
    show = partial(draw_time_to_win, found)
    exhibit = Exhibit("time-to-win", "", reading, caption, show, Table(titles, groups))
    return Part("How long does a deal take?", reading[:1], (exhibit,), (), WAITING)


def _quantity(row: dict[Any, Any]) -> tuple[str, str, str]:
    name, digits = str(row["quantity"]).replace("_", " ").capitalize(), 1 if "day" in str(row["unit"]) else 3
    value, low, high = (float(row[which]) for which in ("value", "low", "high"))
    ends = between(low, high, digits)
    return (name, f"{value:.{digits}f}{ends}" if math.isfinite(value) else "–", str(row["unit"]))
