"""Tables of what is there: catalogue, evidence, plans, what the model does of what is known, and a class."""

from __future__ import annotations

from sim.analysis.columns.told import TableColumns
from sim.domain.outcomes import BY_NAME
from sim.domain.tables import Field, read_fields

NAMES = read_fields("""
kind        | text | - | scenario, organization, market, relationship, intervention, shock, lever, or what an extension adds
name        | text | - | as files call it
description | text | - | in a sentence
""")
VALUES = read_fields("""
path    | text   | -            | value of a scenario
value   | any    | its own unit | in force
unit    | text   | -            | unit, or -
low     | number | as the value | least that it may be; empty where there is no range
high    | number | as the value | most
origin  | text   | -            | default, preset, type, file, calibration or flag that it comes from
source  | text   | -            | evidence ids that it rests on, or A for an assumption
meaning | text   | -            | what it is
""")
NUMBERS = read_fields("""
number  | text   | -            | as the file calls it
value   | any    | its own unit | as the file gives it
unit    | text   | -            | unit, or -
low     | number | as the value | least that it may be; empty where there is no range
high    | number | as the value | most
source  | text   | -            | what it rests on
meaning | text   | -            | what it is
""")
FOUNDED = read_fields("""
number | text | -            | where it stands, such as market.gap_days or liaison.liaisons
value  | any  | its own unit | as it is shipped
unit   | text | -            | unit, or -
basis  | text | -            | evidence, computed, tuned, assumption or choice
rows   | text | -            | rows of docs/evidence.md and data sets that it cites
reason | text | -            | why, where that is not all evidence
""")
RESTING = read_fields("""
row     | text | - | of docs/evidence.md, or a data set
numbers | text | - | that rest on it
""")
PLANS = read_fields("""
plan         | text  | -      | name
points       | whole | points | of the design
replications | any   | -      | of each point, or the least and the most in words
description  | text  | -      | what it answers
""")
DOCTOR = read_fields("""
what   | text | - | that was looked at
state  | text | - | `ok`, missing, note or differs
detail | text | - | what was found
""")
SCORECARD = read_fields("""
part      | text   | -            | fact, invariant or limit
id        | text   | -            | its id
statement | text   | -            | what is known, or must hold
source    | text   | -            | evidence that a fact rests on
status    | text   | -            | of a fact: whether it is reproduced; else holds or broken
quantity  | text   | -            | what is measured for it
expected  | text   | -            | what it should be
value     | number | its own unit | what the model does
ci_low    | number | as the value | lower end of its interval; empty where it has none
ci_high   | number | as the value | upper end
unit      | text   | -            | unit of the value
""")
COURSE_COLUMNS = read_fields("""
name    | text | - | column of the course of a run
unit    | text | - | its unit
how     | text | - | how a period is summed up: sum, last day, or a quotient of sums
meaning | text | - | what it is
""")
CLASS = read_fields("""
room         | text   | -    | code of the room
nickname     | text   | -    | who
quarter      | whole  | -    | from 1
decided      | text   | -    | interventions with their doses, from the first day of the quarter on; 0 ends one
cost         | number | c.u. | of what was begun, once
predicted    | number | unit of the outcome that is predicted | at the end of the quarter
came         | number | unit of the outcome that is predicted | at the end of the quarter
why          | text   | -    | in words
organization | text   | -    | as it is since then, as a link has it
""")
#: Outcomes that a class is told.
SCORED = ("profit", "bookings_new", "conflict_per_100", "cycle_days", "trust")


def lists() -> tuple[TableColumns, ...]:
    """Tables of what the product knows."""
    made = (
        ("names of the catalogue", "name", "command scenario list --format csv", NAMES),
        ("values of a scenario", "value", "command scenario show --format csv (of a scenario)", VALUES),
        (
            "numbers of an entry",
            "number of a preset, relationship type or intervention",
            "command scenario show --format csv (of any other name)",
            NUMBERS,
        ),
        ("plans", "shipped plan", "command experiment list --format csv", PLANS),
        ("columns of a course", "column", "python sim.analysis.series.columns_table", COURSE_COLUMNS),
        ("evidence", "number of the model", "command evidence --format csv", FOUNDED),
        ("evidence by row", "row of the evidence", "command evidence --by row --format csv", RESTING),
        (
            "scorecard",
            "claim of a fact, invariant or limit",
            "python Scorecard.table; command validate --format csv",
            SCORECARD,
        ),
        ("this computer", "thing that was looked at", "command doctor --format csv", DOCTOR),
    )
    return tuple(TableColumns(*one) for one in made)


def classes() -> tuple[TableColumns, ...]:
    """What a class may take away."""
    scored = tuple(Field(name, "number", BY_NAME[name].unit, f"{BY_NAME[name].meaning}, so far") for name in SCORED)
    return (TableColumns("a class", "person and quarter", "app download of a class", (*CLASS, *scored)),)
