"""Part of a report: every point against the baseline of its group."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from sim.analysis.comparison_figures import draw_comparison
from sim.analysis.paired import BOTH
from sim.analysis.points import BASELINE, SHORT
from sim.analysis.rare import ENOUGH, LEAST, without_interval
from sim.domain.outcomes import BY_NAME
from sim.ensemble.fitting import grouping, kept_outcomes, main_outcomes
from sim.ensemble.pictures import Wanted, comparison_table, types_table
from sim.report.page import FURTHER_OUTCOMES, line_from
from sim.report.prose import spell
from sim.report.study_methods import HOLM, INTERVALS, PAIRED
from sim.report.study_parts import Exhibit, Part, Table
from sim.report.study_words import effects_of, kind_of, level, replications_text, tell_comparison, tell_groups
from sim.report.uncertainty import FIRM, tell_parts_of_uncertainty
from sim.spec.factors import RELATIONSHIP

if TYPE_CHECKING:
    from sim.ensemble.experiment import Experiment

COLUMNS = (
    ("Scenario", "name"),
    ("Mean", "number"),
    ("Difference from the baseline (interval)", "number"),
    ("In percent (interval)", "number"),
    ("Better in … of replications", "number"),
    ("Verdict", "verdict"),
)
#: With a posterior, the probability of better takes the place of the share of replications.
DRAWN = tuple(
    ("Probability of better, in this firm", kind) if title.startswith("Better") else (title, kind)
    for title, kind in COLUMNS
)
#: Rows that the table of further outcomes may have, so that a page stays one that can be read.
MOST_ROWS = 800
#: Outcomes that are told in words.
TOLD = 2


def comparison(study: Experiment) -> Part:
    """Every point against the baseline of its group; relationship types first, where interventions go with each."""
    wanted = Wanted(tuple(main_outcomes(study)))
    is_crossed = grouping(study) == [RELATIONSHIP]
    heading = "Interventions, under each type" if is_crossed else ""
    table = comparison_table(study, wanted)
    exhibits = [compared_exhibit("comparison", heading, table)] if (table["verdict"] != BASELINE).any() else []
    answer = tuple(sentence for exhibit in exhibits for sentence in exhibit.reading[:2])
    if is_crossed:
        exhibits.insert(0, compared_exhibit("types", "Relationship types", types_table(study, wanted)))
        answer = exhibits[0].reading[: 2 - len(answer[:1])] + answer[:1]
    is_drawn = has_draws(table)
    method = " ".join((PAIRED, FIRM if is_drawn else INTERVALS[study.method], HOLM))
    return Part("What changes, against the baseline", answer, tuple(exhibits), _further(study), method)


def compared_exhibit(name: str, heading: str, table: pd.DataFrame) -> Exhibit:
    """One picture of comparisons with its sentences, caption and table."""
    outcomes = list(dict.fromkeys(table["outcome"]))[:TOLD]
    reading = tuple(dict.fromkeys(sentence for outcome in outcomes for sentence in _told(table, outcome)))
    if uncertain := tell_parts_of_uncertainty(effects_of(table, outcomes[0]) if outcomes else ()):
        reading += (uncertain,)
    show = partial(draw_comparison, table, "group" if table["group"].any() else ())
    return Exhibit(name, heading, reading, _caption(table), show, table_of(table))


def _told(table: pd.DataFrame, outcome: str) -> list[str]:
    heads = [head for head in dict.fromkeys(table["group"]) if head]
    if heads:
        return [tell_groups([(head, effects_of(table[table["group"] == head], outcome)) for head in heads], outcome)]
    return tell_comparison(effects_of(table, outcome), _baseline(table))


def _baseline(table: pd.DataFrame) -> str:
    """What the baseline is called; one whose runs have all failed has no verdict of its own."""
    own = table.loc[table["verdict"] == BASELINE, "label"]
    return str(own.iloc[0]) if len(own) else "the baseline, which failed"


def _caption(table: pd.DataFrame) -> str:
    rows = table[table["verdict"] != BASELINE]
    many = replications_text(int(rows["replications"].min()), int(rows["replications"].max()))
    whose = "of its group" if table["group"].any() else f"({_baseline(table)})"
    methods = [method for method in dict.fromkeys(rows["ci_method"]) if not without_interval(method)]
    how = f"{100 * rows['ci_level'].iloc[0]:g} % interval ({', '.join([*methods, many])})"
    text = (
        f"Each mark is the mean difference from the baseline {whose}, each line its {how}; a line that crosses zero"
        " leaves open whether there is any difference. Shape and colour give the verdict."
    )
    n_none = sum(bool(without_interval(method)) for method in rows["ci_method"])
    if n_none:
        text += (
            f" {n_none} of {len(rows)} have no interval, as fewer than {spell(LEAST)} pairs of replications differ, or"
            f" most of fewer than {ENOUGH} are equal."
        )
    n_short = int(rows["caution"].astype(str).str.startswith(SHORT).sum())
    if not n_short:
        return text
    return f"{text} {n_short} of {len(rows)} intervals may be too short: see caution in study.compare()."


def table_of(table: pd.DataFrame) -> Table:
    """A comparison as a table in words: a head for each outcome and group, with the baseline's mean."""
    groups = []
    for (outcome, head), rows in table.groupby(["outcome", "group"], sort=False):
        own = rows[rows["verdict"] == BASELINE]
        base = f"baseline {own['label'].iloc[0]}: {level(own['mean'].iloc[0], str(outcome))}" if len(own) else ""
        title = " · ".join(part for part in (BY_NAME[str(outcome)].label, str(head), base) if part)
        lines = [line_from(effect, kind_of(str(outcome))) for effect in effects_of(rows, str(outcome))]
        if lines:
            cells = [(line.label, line.mean, line.change, line.percent, line.share, line.verdict) for line in lines]
            groups.append((title, tuple(cells)))
    return Table(DRAWN if has_draws(table) else COLUMNS, tuple(groups))


def has_draws(table: pd.DataFrame) -> bool:
    """Whether a comparison is over the draws of a posterior."""
    return bool((table["uncertainty"] == BOTH).any())


def _further(study: Experiment) -> tuple[Exhibit, ...]:
    """Other outcomes that are kept, as many as a page can hold, without a picture."""
    main = main_outcomes(study)
    others = [name for name in FURTHER_OUTCOMES if name in kept_outcomes(study) and name not in main]
    others = others[: MOST_ROWS // len(study.points)]
    if not others:
        return ()
    table = table_of(comparison_table(study, Wanted(tuple(others))))
    return (Exhibit("further", "the other outcomes, as tables", (), table=table),)
