"""Parts of a report: which point is best and how sure that is, and whether pairs of interventions add up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sim.analysis.comparison_figures import draw_interactions, draw_selection
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import main_outcomes, margin_of, other_factors
from sim.ensemble.pictures import Wanted, best_first, pairs_table
from sim.report.study_methods import INTERVALS, PAIRED, PAIRS, SELECTION
from sim.report.study_parts import Exhibit, Part, Table, columns, exhibits_of, told
from sim.report.study_words import level, replications_text, share_text, shift, tell_pairs, tell_selection

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment


def best(study: Experiment) -> Part:
    """Which point is best, by each main outcome that has a better side."""
    outcomes = [name for name in main_outcomes(study) if BY_NAME[name].better]
    exhibits = exhibits_of(study, outcomes, _best)
    method = f"{PAIRED} {SELECTION}"
    return Part("Which is best, and how sure is that", told(exhibits, 1), exhibits[:1], exhibits[1:], method)


def _best(study: Experiment, outcome: str) -> Exhibit:
    found = study.best(outcome, margin_of(study, outcome))[0]
    top = best_first(found, outcome)
    order = found.table().sort_values("mean", ascending=BY_NAME[outcome].better == "lower")
    rows = tuple(_contender(row, outcome) for row in order.to_dict("records"))
    many = replications_text(found.replications, found.replications, found.counted)
    part = f"The first {len(top.labels)} of {len(rows)} are drawn. " if len(top.labels) < len(rows) else ""
    caption = (
        f"{part}Each line is the {100 * found.level:g} % interval of a scenario’s mean less the best mean of the others"
        f" ({many}); all intervals hold together. What lies wholly on the worse side of zero is not the best."
    )
    against = "Against the best of the others (interval)"
    titles = columns("Scenario", "Mean", against, "P(best)", "May be best", words=["May be best"])
    return Exhibit(
        f"best-{outcome}",
        BY_NAME[outcome].label,
        (tell_selection(found, outcome),),
        caption,
        partial(draw_selection, top, outcome),
        Table(titles, (("", rows),)),
    )


def _contender(row: dict[Any, Any], outcome: str) -> tuple[str, ...]:
    low, high = (shift(row[f"against_best_{end}"], None, None, outcome) for end in ("low", "high"))
    share = share_text(row["probability_best"])
    may_be = "yes" if row["may_be_best"] else "no"
    return (row["label"], level(row["mean"], outcome), f"{low} to {high}" if low != "–" else low, share, may_be)


def interactions(study: Experiment) -> Part:
    """Whether pairs of interventions add up."""
    exhibits = exhibits_of(study, main_outcomes(study), _pairs)
    method = " ".join((PAIRED, INTERVALS[study.method], PAIRS))
    return Part("Do pairs add up?", told(exhibits), exhibits[:1], exhibits[1:], method)


def _pairs(study: Experiment, outcome: str) -> Exhibit:
    table, by = pairs_table(study, Wanted((outcome,))), other_factors(study)
    rows = tuple(_pair(row, by, outcome) for row in table.to_dict("records"))
    many = replications_text(int(table["replications"].min()), int(table["replications"].max()))
    how = f"{100 * table['ci_level'].iloc[0]:g} % interval ({table['ci_method'].iloc[0]}, {many})"
    caption = (
        "Each mark is what both interventions do together less what each does alone, against neither; each line its"
        f" {how}. Right of zero the outcome is higher than the sum of the two would make it, left of it lower."
    )
    whole = ("Pair", "First alone", "Second alone", "Both", "Both less the sum (interval)", "Verdict")
    return Exhibit(
        f"interactions-{outcome}",
        BY_NAME[outcome].label,
        tuple(tell_pairs(table, outcome)),
        caption,
        partial(draw_interactions, table, by),
        Table(columns(*whole, words=["Verdict"]), (("", rows),)),
    )


def _pair(row: dict[Any, Any], by: list[str], outcome: str) -> tuple[str, ...]:
    where = [str(row[name]) for name in by if row[name] != ""]
    effects = (shift(row[f"effect_{which}"], None, None, outcome) for which in ("first", "second", "both"))
    beyond = shift(row["interaction"], row["ci_low"], row["ci_high"], outcome)
    return (" · ".join([*where, f"{row['first']} + {row['second']}"]), *effects, beyond, row["verdict"])
