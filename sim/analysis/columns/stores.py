"""Tables of stores, their exports, and what `demo` writes."""

from __future__ import annotations

from sim.analysis.columns.told import DAYS, KEY, TableColumns, picked
from sim.domain.outcomes import OUTCOMES
from sim.domain.tables import Field, read_fields

POINTS = read_fields("""
point_id | text  | - | identity of the scenario: a digest of all its values
point    | whole | - | place in the plan, from 0
label    | text  | - | as people call it
""")
RUN = read_fields("""
seed   | whole | - | seed of the replication, the same at every point
status | text  | - | done or failed
error  | text  | - | why it failed; else empty
""")
SERIES = read_fields("""
day   | whole  | working day     | last of the week; 0 is the first after the warm-up
name  | text   | -               | column of the journal
value | number | as in the journal | of that week: flows summed, levels of the last day
""")
ROW = read_fields("row | whole | - | place in its run, from 0")
DEALS = read_fields("""
days | number | calendar days | from the first contact to the end of the deal, or to the end of the run if it is open
how  | text   | -             | won, lost or open
""")
INCIDENTS = (
    *DAYS,
    *read_fields("""
kind          | text   | -           | what the dispute is about
marketer      | text   | -           | who
rep           | text   | -           | with whom
lead          | whole  | -           | row of the lead; empty where none caused it
about         | text   | -           | the matter, or personal
is_escalated  | yes/no | -           | whether it went up to a manager
is_heard      | yes/no | -           | whether a liaison hears it
hours         | number | h           | that each side spends
hours_of_both | number | h           | that both sides spend together
liaison_hours | number | h           | that the liaison spends
manager       | text   | -           | who hears it
manager_hours | number | h           | that the manager has spent so far
decided_day   | whole  | working day | heard to the end; empty where not yet
blamed_for    | text   | -           | for blame: what the other side is blamed for
"""),
)
EVENTS = (
    *read_fields("""
case     | whole | - | row of the lead
activity | text  | - | what happened
"""),
    *DAYS,
    *read_fields("""
timestamp | time | - | made up, to keep the order: the window's first week begins on Monday, 1 January 2001
resource  | text | - | marketer or rep who acts, as of the end of the run
"""),
)
DEMO_POINTS = read_fields("""
family          | text  | -    | relationships or interventions: what is varied
relationship    | text  | -    | type
n_interventions | whole | -    | interventions in use
""")
STATUS = read_fields("""
state         | text  | -            | complete, incomplete or running
points        | whole | points       | of the plan
planned       | whole | runs         | that the plan asks for
done          | whole | runs         | that were finished
failed        | whole | runs         | that failed; of a point that cannot be run at all, one
missing       | whole | runs         | still to be run
failed_points | whole | points       | that cannot be run at all
balanced      | whole | replications | complete in every point that can be run
set_aside     | whole | files        | damaged or from elsewhere, and not read
""")
PLAN_COLUMNS = "one for each factor"


def _outcomes() -> tuple[Field, ...]:
    return tuple(Field(o.name, "number", o.unit, o.meaning) for o in OUTCOMES)


def stores() -> tuple[TableColumns, ...]:
    """Tables of stores, with how far a study is."""
    return (
        TableColumns(
            "points",
            "scenario of a study",
            "store points.parquet; python Experiment.points; python Experiment.line",
            POINTS,
            PLAN_COLUMNS,
        ),
        TableColumns(
            "runs",
            "run, with the outcomes that the plan keeps",
            "store runs/; python Experiment.runs; file runs.parquet of demo",
            (*KEY, *RUN, *_outcomes()),
        ),
        TableColumns(
            "series", "week and journal column of a run", "store series/; file series.parquet of demo", (*KEY, *SERIES)
        ),
        TableColumns("deals", "deal of a run", "store deals/", (*KEY, *ROW, *DEALS)),
        TableColumns("incidents", "dispute of a run", "store incidents/", (*KEY, *ROW, *INCIDENTS)),
        TableColumns("events", "event of a lead of a run", "store events/", (*KEY, *ROW, *EVENTS)),
        TableColumns(
            "posterior",
            "draw of what is not known",
            "store posterior.parquet; file beside the scenario that calibrate or assess writes",
            (),
            "one for each path of a scenario that is not known surely, in the unit of that field (catalogue)",
        ),
        TableColumns("points of a demo", "scenario of a demo", "file points.parquet of demo", (*POINTS, *DEMO_POINTS)),
        TableColumns(
            "points of a plan",
            "point of a plan before it is run",
            "command experiment show --format csv",
            picked(POINTS, "point label"),
            PLAN_COLUMNS,
        ),
        TableColumns("state of a study", "study: a single one", "command experiment status --format csv", STATUS),
    )
