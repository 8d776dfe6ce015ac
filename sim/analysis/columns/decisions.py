"""Tables of a decision within a budget."""

from __future__ import annotations

from sim.analysis.columns.comparisons import COMPARED
from sim.analysis.columns.told import OF_FIRM, TableColumns
from sim.domain.tables import Field, read_fields

OPTION = (
    *read_fields("""
interventions    | text   | -                | portfolio, as --interventions takes it; empty for doing nothing
cost             | number | c.u./year        | of the dearest year, beyond what is spent anyway
cost_total       | number | c.u.             | until the horizon
hours            | number | h/year           | of marketers and reps, once it runs
gain             | number | unit of the goal | against doing nothing; above 0 is better
ci_low           | number | unit of the goal | lower end of the interval of the gain
ci_high          | number | unit of the goal | upper end
share_better     | number | share            | of replications in which it gains
adjusted_p       | number | prob.            | p of no gain, adjusted for the number of finalists (Holm)
probability_best | number | prob.            | of those compared within the budget; no guarantee
"""),
    *OF_FIRM,
    *read_fields("""
keeps_limits     | yes/no | -                | whether it keeps every limit of the goal
"""),
)
STANDING = read_fields("""
is_choice      | yes/no | - | whether it is what is chosen
is_second_best | yes/no | - | whether it is the alternative
is_affordable  | yes/no | - | whether the budget bears it
""")
START = read_fields("""
name      | text   | -                   | intervention, as the catalogue calls it
label     | text   | -                   | as people call it
dose      | number | as unit says         | how much of it
unit      | text   | -                   | unit of the dose
said      | text   | -                   | the dose in words
start_day | whole  | working day         | on which it begins; 0 is the first after the warm-up
""")
LIMIT = read_fields("""
limit   | text   | -     | as the goal states it
excess  | number | share | by which it is exceeded on average; at most 0 is kept
ci_low  | number | share | lower end of its interval
ci_high | number | share | upper end
""")
CANDIDATE = read_fields("""
name       | text  | -                   | intervention, as the catalogue calls it
label      | text  | -                   | as people call it
unit       | text  | -                   | unit of the doses
doses      | list  | as unit says        | that may be chosen
takes_days | whole | working days        | for which it takes one of the places of changes under way
""")
COURSE = read_fields("""
outcome              | text   | -                   | name of the outcome
unit                 | text   | -                   | its unit
days                 | list   | working days        | since the beginning
gain                 | list   | unit of the outcome | so far on each of these days, against doing nothing
ci_low               | list   | unit of the outcome | lower ends of its interval
ci_high              | list   | unit of the outcome | upper ends
dip                  | number | unit of the outcome | lowest gain so far; 0 where it never loses
time_to_benefit_days | whole  | working day         | of the dip: from then on it gains
break_even_day       | whole  | working day         | on which it has paid for itself; empty where it has not by the end
break_even_earliest  | whole  | working day         | lower end of the interval of that day
break_even_latest    | whole  | working day         | upper end
""")
CONTENDER = read_fields("""
interventions             | text   | -                | portfolio, as --interventions takes it; empty for doing nothing
portfolio                 | list   | -                | its interventions in the order of their beginning
gain                      | number | unit of the goal | mean over draws, against doing nothing
gain_low                  | number | unit of the goal | fifth percentile of what the values tell, luck taken out
gain_high                 | number | unit of the goal | ninety-fifth percentile
regret                    | number | unit of the goal | what it brings less than the best of its draw, mean: expected opportunity loss
regret_worst_tenth        | number | unit of the goal | the same, mean of the tenth of draws in which it is largest
share_best                | number | share            | of draws in which it is the best
share_better_than_nothing | number | share            | of draws in which it gains
is_choice                 | yes/no | -                | whether it is what is chosen
rival                     | whole  | -                | place of the best of the others on average, from 0
lead                      | number | unit of the goal | what it brings more than that one on average, luck included
lead_low                  | number | unit of the goal | lower end of its interval
lead_high                 | number | unit of the goal | upper end
""")
MEASURE = read_fields("""
path             | text   | -                | value of a scenario
meaning          | text   | -                | what it is
unit             | text   | -                | unit of value, low and high
value            | number | its own unit     | as the scenario has it
low              | number | as the value     | lower end of what it may be
high             | number | as the value     | upper end
worth            | number | unit of the goal | expected gain of knowing it before choosing (partial perfect information)
p                | number | prob.            | of a worth as high by chance
adjusted_p       | number | prob.            | the same, adjusted for the number of values
best_if_low      | whole  | -                | place of the contender that is best near its low end
best_if_high     | whole  | -                | place of the contender that is best near its high end
could_turn       | yes/no | -                | whether it could turn the choice, distinguishably from chance
moves_gain       | number | unit of the goal | change of the gain from its low to its high end
moves_adjusted_p | number | prob.            | p of no such change, adjusted for the number of values
""")
OPTION_LABEL = read_fields("label | text | - | of the outcome, as people call it")
BOUND = read_fields("""
path    | text   | -            | value of a scenario
meaning | text   | -            | what it is
low     | number | its own unit | lower end of the box; empty is open
high    | number | its own unit | upper end
""")


def _of_options(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Figures of a comparison as they are told of options: there p is adjusted for these."""
    told = {"adjusted_p": "p of no difference, adjusted for the number of finalists (Holm)"}
    return tuple(Field(f.name, f.kind, f.unit, told.get(f.name, f.meaning)) for f in fields)


def decisions() -> tuple[TableColumns, ...]:
    """Tables of a decision."""
    made = (
        (
            "decision",
            "finalist, the cheapest first",
            "python Decision.table; command decide --format csv",
            (*OPTION, *STANDING),
        ),
        (
            "options",
            "option, doing nothing first; choice, second_best, leading, nothing and frontier have the same columns",
            "json decision.options",
            OPTION,
            "cost_by_year (a number a year), limits, portfolio and outcomes (lists: the tables that follow)",
        ),
        (
            "portfolio",
            "intervention of an option, in the order of their beginning",
            "json decision.options.portfolio; json decision.doubts.contenders.portfolio",
            START,
        ),
        ("limits", "limit of the goal, of an option", "json decision.options.limits", LIMIT),
        (
            "outcomes of an option",
            "outcome of the goal, of its limits, or a headline one",
            "json decision.options.outcomes",
            (*OPTION_LABEL, *_of_options(COMPARED), *OF_FIRM),
        ),
        ("candidates", "intervention that may be chosen", "json decision.question.candidates", CANDIDATE),
        (
            "courses",
            "outcome, first in money, on the way to the choice and to the second best",
            "json decision.course",
            COURSE,
        ),
        ("contenders", "option, in other firms that it may be", "json decision.doubts.contenders", CONTENDER),
        (
            "what to measure next",
            "value that is not known, by what knowing it is worth",
            "json decision.doubts.measure_next",
            MEASURE,
        ),
        ("box", "bound of the values where another contender is better", "json decision.doubts.box.bounds", BOUND),
    )
    return tuple(TableColumns(*one) for one in made)
