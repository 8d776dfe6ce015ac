"""Tables of what a study answers: sensitivity, screening, doses, what is best where, time to win."""

from __future__ import annotations

from sim.analysis.columns.told import TableColumns
from sim.domain.tables import Field, read_fields

SCREENING = read_fields("""
factor         | text   | -                   | what is varied, the largest mu_star first
mu             | number | unit of the outcome | mean effect of moving the factor over its whole range
mu_star        | number | unit of the outcome | mean size of that effect, whatever its sign
mu_star_low    | number | unit of the outcome | lower end of its 95 % interval
mu_star_high   | number | unit of the outcome | upper end
sigma          | number | unit of the outcome | spread of the effect over the design: large where it hangs on other factors
sigma_low      | number | unit of the outcome | lower end of its 95 % interval
sigma_high     | number | unit of the outcome | upper end
rank           | whole  | -                   | by mu_star, from 1
rank_low       | whole  | -                   | lowest rank in 95 % of the resamples
rank_high      | whole  | -                   | highest
is_negligible  | yes/no | -                   | whether mu_star, interval included, is less than 5 % of the largest
""")
INDICES = read_fields("""
factor     | text   | -     | what is varied, in the order of the design
first      | number | share | of the variance that the factor brings about alone
first_low  | number | share | lower end of its 95 % interval
first_high | number | share | upper end
total      | number | share | of the variance that it brings about with all its interactions
total_low  | number | share | lower end of its 95 % interval
total_high | number | share | upper end
""")
INDEX_PAIRS = read_fields("""
factor      | text   | -     | one
other       | text   | -     | the other
second      | number | share | of the variance that both bring about together only
second_low  | number | share | lower end of its 95 % interval
second_high | number | share | upper end
""")
CONVERGENCE = read_fields("""
samples          | whole  | blocks | of the design that were used (Saltelli's N): a quarter, half, all
factor           | text   | -      | what is varied
first            | number | share  | of the variance that the factor brings about alone
first_half_width | number | share  | of its 95 % interval
total            | number | share  | of the variance that it brings about with all its interactions
total_half_width | number | share  | of its 95 % interval
""")
DOSES = read_fields("""
dose        | number | unit of the factor  | value of the factor
mean        | number | unit of the outcome | over the replications that every dose has
difference  | number | unit of the outcome | mean of paired differences from the lowest dose
low         | number | unit of the outcome | lower end of its 95 % interval, for this dose alone; empty at the lowest dose
high        | number | unit of the outcome | upper end
joint_low   | number | unit of the outcome | lower end of the 95 % interval that holds for all doses at once
joint_high  | number | unit of the outcome | upper end
joint_p     | number | prob.               | p of no difference, for all doses at once
may_be_best | yes/no | -                   | whether no other dose is clearly better
""")
CURVE = read_fields("""
dose   | number | unit of the factor  | in fine steps
effect | number | unit of the outcome | of the curve, against the lowest dose
low    | number | unit of the outcome | lower end of its 95 % interval, from refits
high   | number | unit of the outcome | upper end
""")
SHAPES = read_fields("""
shape        | text   | -                              | of the curve through the doses
risk         | number | unit of the outcome, squared   | estimated squared error; the shape with the least is taken
share_chosen | number | share                          | of resamples in which this shape has the least
""")
CELLS = read_fields("""
best             | any    | -                   | level of the decision that does best here
next             | any    | -                   | level that comes next
ahead            | number | unit of the outcome | mean of the best less that of the next; positive is better
ahead_low        | number | unit of the outcome | lower end of the interval of the best level less the best of the others; for the whole map at 95 %
ahead_high       | number | unit of the outcome | upper end
probability_best | number | prob.               | of the best level being the best, by the distribution of the means; no guarantee
may_be_best      | list   | -                   | levels that cannot be ruled out
is_clear         | yes/no | -                   | whether only one is left
replications     | whole  | -                   | in which the outcome exists at all levels; with a posterior draws
note             | text   | -                   | why the situation has no best level; mostly empty
""")
LEVELS = read_fields("""
level            | any    | -                   | of the decision
mean             | number | unit of the outcome | over the replications that all levels have
probability_best | number | prob.               | of being the best here
may_be_best      | yes/no | -                   | whether it cannot be ruled out
""")
AT_RISK = read_fields("""
calendar_days | number | calendar days | since the first contact; 0, and days on which a deal was closed
at_risk       | whole  | deals         | still seen open
""")
#: What becomes of deals: name of the curve and its meaning.
FATES = {
    "won": "of deals, won by then",
    "lost": "of deals, lost by then",
    "open": "of deals, not closed by then",
    "won_if_none_lost": "of deals, won by then if lost ones had been won at the pace of the others",
}
QUANTITIES = read_fields("""
quantity | text   | -             | share won, lost or open at the horizon, mean or median of days
unit     | text   | -             | of the value
value    | number | its own unit  | estimate; empty where it does not exist
low      | number | as the value  | lower end of its 95 % interval; empty where there is none
high     | number | as the value  | upper end
""")
WON_DIFFERENCE = read_fields("""
calendar_days | number | calendar days | since the first contact
difference | number | share         | won by then, less that of the baseline
low        | number | share         | lower end of its 95 % interval
high       | number | share         | upper end
""")
QUANTITY_DIFFERENCES = read_fields("""
quantity       | text   | -            | as in time to win, quantities
unit           | text   | -            | of the values
value          | number | its own unit | of the point
baseline_value | number | as the value | of the baseline
difference     | number | as the value | value less that of the baseline
low            | number | as the value | lower end of its 95 % interval
high           | number | as the value | upper end
method         | text   | -            | how the interval came about
""")


def _curves() -> tuple[Field, ...]:
    ends = {"": "", "_low": ": lower end of the 95 % interval", "_high": ": upper end"}
    told = [
        Field(f"{name}{end}", "number", "share", f"{what}{more}")
        for name, what in FATES.items()
        for end, more in ends.items()
    ]
    return (*AT_RISK, *told)


def studies() -> tuple[TableColumns, ...]:
    """Tables of what a study answers."""
    situation = "one for each factor of the situation, first"
    made = (
        ("screening", "factor of a `morris` design", "python MorrisScreening.effects", SCREENING),
        ("sensitivity", "factor of a `saltelli` design", "python SobolIndices.indices", INDICES),
        (
            "sensitivity of the expected outcome",
            "factor: what luck adds is taken out",
            "python SobolIndices.expected",
            INDICES,
        ),
        ("sensitivity, pairs", "pair of factors", "python SobolIndices.pairs", INDEX_PAIRS),
        ("sensitivity, convergence", "part of the design and factor", "python SobolIndices.convergence", CONVERGENCE),
        ("doses", "dose of a factor", "python DoseResponse.effects", DOSES),
        ("doses, curve", "step of the curve", "python DoseResponse.curve", CURVE),
        ("doses, shapes", "shape that the curve may have", "python DoseResponse.shapes", SHAPES),
        ("best by situation", "situation", "python ContingencyMap.cells", CELLS, situation),
        ("levels by situation", "situation and level", "python ContingencyMap.by_level", LEVELS, situation),
        ("time to win", "day on which a deal was closed", "python TimeToWin.curves", _curves()),
        (
            "time to win, quantities",
            "quantity",
            "python TimeToWin.quantities; json data_report.waits",
            QUANTITIES,
        ),
        ("time to win against a baseline", "day", "python TimeToWinDifference.curves", WON_DIFFERENCE),
        (
            "time to win against a baseline, quantities",
            "quantity",
            "python TimeToWinDifference.quantities",
            QUANTITY_DIFFERENCES,
        ),
    )
    return tuple(TableColumns(*one) for one in made)
