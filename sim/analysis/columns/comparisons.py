"""Tables that compare: scenarios, points of a study, and a firm's place on the map of types."""

from __future__ import annotations

from sim.analysis.columns.told import INTERVAL, OF_FIRM, OF_OUTCOME, OF_POINT, TableColumns, picked
from sim.domain.tables import Field, read_fields

SCENARIO = read_fields("""
scenario      | text | - | exact id, such as undefined or liaison=2@65
label         | text | - | as people call it
relationship  | text | - | type
interventions | list | - | name, dose, start and end of each: interventions of a scenario
timeline      | list | - | ids of all else that happens
""")
INTERVENTION = read_fields("""
name      | text   | -              | of the catalogue
dose      | number | of its leading practice | how much of it
start_day | whole  | working day    | on which it begins; 0 is the first after the warm-up
end_day   | whole  | working day    | on which it ends; empty where it does not
""")
COMPARED = (
    *OF_OUTCOME,
    *read_fields("""
mean                | number | unit of the outcome | over the pairs of replications
baseline_mean       | number | unit of the outcome | of the baseline, over the same pairs
difference          | number | unit of the outcome | mean of paired differences
"""),
    *INTERVAL,
    *read_fields("""
adjusted_p          | number | prob.               | p of no difference, adjusted for the number of scenarios (Holm)
relative_difference | number | share               | difference / baseline's mean; empty where that is not above 0
share_better        | number | share               | of paired replications in which the scenario is better
replications        | whole  | -                   | pairs in which the outcome exists in both
uncertainty         | text   | -                   | luck, or luck+parameters with a posterior
verdict             | text   | -                   | better, worse, different, equal or not distinguishable
"""),
)
#: A row of a comparison.
COMPARISON = (*SCENARIO, *COMPARED, *OF_FIRM)
#: A row of a comparison of a study, which tells of baselines and failures too.
OF_STUDY = tuple(
    Field(f.name, f.kind, f.unit, f"{f.meaning}; baseline; failed") if f.name == "verdict" else f for f in COMPARED
)
STUDY_END = read_fields("""
more_replications | number | replications | about how many more would tell the point from its baseline, where they cannot be told apart
caution           | text   | -            | why an interval may be too short
error             | text   | -            | why the point could not be run
""")
PAIR = read_fields("""
first  | text | - | intervention, as the plan names it
second | text | - | the other
""")
ADDING_UP = (
    *read_fields("""
effect_first  | number | unit of the outcome | of the first alone, against neither
effect_second | number | unit of the outcome | of the second alone
effect_both   | number | unit of the outcome | of both
interaction   | number | unit of the outcome | effect of both less the two effects
"""),
    *picked(INTERVAL, "ci_low ci_high ci_level"),
    *read_fields("""
adjusted_p    | number | prob.               | p of no interaction, adjusted for the number of pairs (Holm)
margin        | number | unit of the outcome | largest departure from the sum that does not matter; empty where any does
replications  | whole  | -                   | in which the outcome exists in all four worlds
verdict       | text   | -                   | add up, super-additive, sub-additive or not distinguishable
"""),
    *picked(INTERVAL, "ci_method"),
)
PER_COST = (
    *read_fields("""
difference | number | unit of the outcome | mean of paired differences from the baseline
cost       | text   | -                   | outcome that is the cost
extra_cost | number | unit of the cost    | mean of paired differences
per_cost   | number | unit of the outcome / unit of the cost | difference / extra cost; empty where the cost does not differ
"""),
    *read_fields("""
ci_low     | number | as per_cost         | lower end of its interval
ci_high    | number | as per_cost         | upper end
"""),
    *picked(INTERVAL, "ci_level ci_method"),
    *read_fields("""
replications | whole | -                  | pairs in which both exist
note         | text  | -                  | why there is no ratio, or that the point costs less; mostly empty
"""),
)
SELECTION = read_fields("""
label             | text   | -                   | point, as people call it
mean              | number | unit of the outcome | over the replications that all points have
against_best_low  | number | unit of the outcome | lower end of the interval of its mean less the best of the others; for all points together
against_best_high | number | unit of the outcome | upper end
may_be_best       | yes/no | -                   | whether it may be best: the best is among these with the probability of the level
is_left           | yes/no | -                   | whether the procedure of selection has not dropped it yet
probability_best  | number | prob.               | of being the best, by the distribution of the means; no guarantee
is_best           | yes/no | -                   | whether it is selected, or the best so far
""")
TYPE = read_fields("""
type             | text   | -     | relationship type
probability_best | number | prob. | of being the best for the goal; adds up to 1 over the types
gain             | number | share | against the first type, of its new bookings
error            | number | share | standard error of the gain: fit and luck
""")


def comparisons() -> tuple[TableColumns, ...]:
    """Tables that compare."""
    by, factors = "the factors of `by`, first", "one for each factor, after the label"
    made = (
        (
            "comparison",
            "scenario and outcome",
            "python Comparison.table; command compare --format csv; json comparison.rows",
            COMPARISON,
        ),
        (
            "interventions of a scenario",
            "intervention that a compared scenario uses",
            "json comparison.rows.interventions",
            INTERVENTION,
        ),
        (
            "comparison of a study",
            "point and outcome",
            "python Experiment.compare",
            (*OF_POINT, *OF_STUDY, *OF_FIRM, *STUDY_END),
            factors,
        ),
        (
            "differences",
            "replication (the index)",
            "python Experiment.differences",
            (),
            "one for each other point, by its label: difference from the baseline on the same luck, in the unit of the outcome",
        ),
        (
            "pairs of interventions",
            "pair and outcome",
            "python Experiment.interactions",
            (*PAIR, *OF_OUTCOME, *ADDING_UP),
            by,
        ),
        (
            "effect per cost",
            "point other than the baseline, and outcome",
            "python Experiment.per_cost",
            (*OF_POINT, *OF_OUTCOME, *PER_COST),
            factors,
        ),
        ("best", "point", "python Selection.table", SELECTION),
        ("a firm on the map of types", "relationship type", "command map --format csv; json map.types", TYPE),
    )
    return tuple(TableColumns(*one) for one in made)
