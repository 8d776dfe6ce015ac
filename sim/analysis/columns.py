"""Every table that is written or returned, with all its columns: what each is, in which unit; docs/reference/tables.md.

Meanings that stand elsewhere (outcomes, records, the course of a run) are taken from there. A test holds the columns
against those of real tables, with their types.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.analysis.series import FLOWS, LEVELS, columns_table
from sim.domain.outcomes import OUTCOMES
from sim.domain.records import JOURNAL_FIELDS, LEAD_FIELDS
from sim.domain.tables import Field, read_fields
from sim.domain.vocabulary import USES


@dataclass(frozen=True)
class TableColumns:
    """A table and its columns.

    Parameters
    ----------
    name : str
        As people call it.
    row : str
        What a row stands for, and where the table is found.
    fields : tuple of Field
        Columns in their order; the kind is ``text``, ``whole``, ``number``, ``yes/no`` or ``time``.
    more : str
        Columns whose names come from a plan or a firm, or nothing.
    """

    name: str
    row: str
    fields: tuple[Field, ...]
    more: str = ""


KEY = read_fields("""
point_id    | text  | -   | point of the study (points)
draw        | whole | -   | row of posterior.parquet, from 1; 0 without a posterior
replication | whole | -   | which luck, from 0: rows of different points with the same draw and replication met the same buyers
""")
ROW = read_fields("row | whole | - | place in its run, from 0")
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
DAYS = read_fields("""
day          | whole | working day  | 0: first of the window; the warm-up is negative
calendar_day | whole | calendar day | the same with weekends
""")
DEALS = read_fields("""
days | number | calendar days | from the first contact to the end of the deal, or to the end of the run if it is open
how  | text   | -             | won, lost or open
""")
INCIDENTS = read_fields("""
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
""")
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
DECISIONS = (
    *DAYS,
    *read_fields("""
key        | whole  | -     | whose luck it is
purpose    | text   | -     | what was decided
occurrence | whole  | -     | how often it was asked before
draw       | number | -     | luck, 0 to 1
chance     | number | prob. | of a yes
is_yes     | yes/no | -     | whether the draw is below the chance
"""),
)
FUNNEL = read_fields("""
leads_in        | number | leads         | inbound leads that came in
handed_off      | number | leads         | handed to sales
contacted       | number | leads         | inbound leads that sales contacted
accepted        | number | leads         | of these, taken on as deals
rejected        | number | leads         | turned down by sales
expired         | number | leads         | lapsed without contact
deals_opened    | number | deals         | begun, those that reps found included
wins            | number | deals         | won
lost            | number | deals         | lost
bookings        | number | c.u.          | yearly value booked with wins
churned         | number | customers     | that left
customers       | number | customers     | on the last evening
contract_value  | number | c.u./year     | of their contracts
followup_rate   | number | share         | contacted / (contacted + lapsed)
acceptance_rate | number | share         | accepted / contacted
win_rate        | number | share         | won / (won + lost)
mean_value      | number | c.u.          | bookings / wins
cycle_days      | number | calendar days | median from first contact to win
""")
BY_SOURCE = read_fields("""
won_per_lead       | number | share      | wins / leads in
programme          | number | c.u.       | part of the window's programme: inquiries times relative cost
programme_per_lead | number | c.u./lead  | programme / leads in
programme_per_win  | number | c.u./win   | programme / wins
""")
PERSON = read_fields("""
person        | text   | -            | whoever holds the desk: what a predecessor did counts too
role          | text   | -            | marketer, rep, liaison or manager; a generalist has a row as each
unit          | whole  | -            | unit of the firm, from 1
is_there      | yes/no | -            | at the end: not where a desk is vacant or the firm has not grown that far
is_generalist | yes/no | -            | whether the person does both jobs
tenure_days   | whole  | working days | at the end; 0 for others than reps
""")
PERSON_END = (
    *read_fields("""
disputes          | whole  | disputes | of the window; each counts for both sides
personal_disputes | whole  | disputes | of these, personal
strain            | number | 0..1     | at the end
trust             | number | 0..1     | at the end: mean over pairs of which both are there
"""),
    *(Field(f"{use}_hours", "number", "h", f"of the window: {use.replace('_', ' ')}") for use in USES),
)
ASSESSMENT = read_fields("""
theme     | text   | -    | statement of the self-assessment
marketing | number | 1..5 | as marketing sees it
sales     | number | 1..5 | as sales sees it
heads     | number | 1..5 | as the heads see it
""")
RUN_OUTCOMES = read_fields("""
outcome | text   | -             | name of the outcome
label   | text   | -             | as people call it
value   | number | its own unit  | of this run; empty where it does not exist
unit    | text   | -             | unit of the value
""")
COMPARED = read_fields("""
outcome             | text   | -                  | name of the outcome
unit                | text   | -                  | unit of mean, difference and interval
better              | text   | -                  | higher or lower; empty where it depends
mean                | number | unit of the outcome | over the pairs of replications
baseline_mean       | number | unit of the outcome | of the baseline, over the same pairs
difference          | number | unit of the outcome | mean of paired differences
ci_low              | number | unit of the outcome | lower end of the interval of the difference; empty where too few pairs differ, or too few were run
ci_high             | number | unit of the outcome | upper end
ci_level            | number | share              | confidence of the interval
ci_method           | text   | -                  | how it was found, or that there is none, and why
adjusted_p          | number | prob.              | p of no difference, adjusted for the number of scenarios (Holm)
relative_difference | number | share              | difference / baseline's mean; empty where that is not above 0
share_better        | number | share              | of paired replications in which the scenario is better
replications        | whole  | -                  | pairs in which the outcome exists in both
uncertainty         | text   | -                  | luck, or luck+parameters with a posterior
verdict             | text   | -                  | better, worse, different, equal or not distinguishable
""")
COMPARISON = read_fields("""
scenario      | text | - | exact id, such as undefined or liaison=2@65
label         | text | - | as people call it
relationship  | text | - | type
interventions | list | - | name, dose, start and end of each
timeline      | list | - | ids of all else that happens
""")
STUDY_END = read_fields("""
more_replications | number | replications | about how many more would tell the point from its baseline, where they cannot be told apart
caution           | text   | -            | why an interval may be too short
error             | text   | -            | why the point could not be run
""")
OF_FIRM = read_fields("""
probability_better | number | prob. | with a posterior: that the effect is for the better in this firm
parameter_share    | number | share | with a posterior: of the uncertainty, due to parameters
""")


def _words(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields of records, their stored kinds in words."""
    kinds = {"float": "number", "level": "number"}
    return tuple(Field(f.name, kinds.get(f.kind, "whole"), f.unit, f.meaning) for f in fields)


def _leads() -> tuple[Field, ...]:
    return tuple(Field(f.name, "text", "-", "in words") if f.name == "state" else f for f in _words(LEAD_FIELDS))


def _course() -> tuple[Field, ...]:
    days = read_fields("days | whole | working days | in the period")
    told = {
        str(c.name): Field(str(c.name), "number", str(c.unit), f"{c.meaning} ({c.how})")
        for c in columns_table().itertuples(index=False)
    }
    order = dict.fromkeys([*(field.name for field in (*FLOWS, *LEVELS)), *told])
    return (*DAYS, *days, *(told[name] for name in order))


def _outcomes() -> tuple[Field, ...]:
    return tuple(Field(o.name, "number", o.unit, o.meaning) for o in OUTCOMES)


def all_tables() -> dict[str, TableColumns]:
    """Every table by a short name."""
    store, run = "in the store and exports of a study", "of one run, in Python"
    day = (Field("day", "whole", "working day", "0 is the first after the warm-up"),)
    of_source = read_fields(
        "source | text | - | as the market calls it; also events, reps, customers from before, not known"
    )
    of_segment = read_fields("segment | text | - | size class of the account")
    of_study = (Field("point_id", "text", "-", "point"), Field("label", "text", "-", "as people call it"))
    return {
        "points": TableColumns(
            "points", f"scenario of a study; `points.parquet` {store}", POINTS, "one for each factor"
        ),
        "runs": TableColumns(
            "runs", f"run; `runs/` {store}, with the outcomes that the plan keeps", (*KEY, *RUN, *_outcomes())
        ),
        "series": TableColumns("series", f"week and journal column of a run; `series/` {store}", (*KEY, *SERIES)),
        "deals": TableColumns("deals", f"deal of a run; `deals/` {store}", (*KEY, *ROW, *DEALS)),
        "incidents": TableColumns(
            "incidents",
            f"dispute of a run; `incidents/` {store}; `incidents` {run}, without keys",
            (*KEY, *ROW, *DAYS, *INCIDENTS),
        ),
        "events": TableColumns(
            "events",
            f"event of a lead; `events/` {store}; `event_log()` {run}, without keys; `run --events`",
            (*KEY, *ROW, *EVENTS),
        ),
        "posterior": TableColumns(
            "posterior",
            f"draw of what is not known; `posterior.parquet` {store}; beside the scenario that `calibrate` writes",
            (),
            "one for each path of a scenario that is not known surely, in the unit of that field (catalogue)",
        ),
        "comparison": TableColumns(
            "comparison",
            "scenario and outcome; `table()` of a comparison, `compare --format csv`",
            (*COMPARISON, *COMPARED, *OF_FIRM),
        ),
        "study_comparison": TableColumns(
            "comparison of a study",
            "point and outcome; `compare()` of a study",
            (*of_study, *COMPARED, *OF_FIRM, *STUDY_END),
            "one for each factor, after the label",
        ),
        "outcomes": TableColumns("outcomes of a run", f"outcome; `table()` {run}; `run --format csv`", RUN_OUTCOMES),
        "leads": TableColumns("leads", f"lead, deal and customer; `leads` {run}", _leads()),
        "journal": TableColumns("journal", f"day; `journal` {run}", (*day, *_words(JOURNAL_FIELDS))),
        "course": TableColumns("course of a run", f"period; `series(every)` {run}; `run --series`", _course()),
        "by_source": TableColumns(
            "by source", f"source; `by_source()` {run}; `run --by source`", (*of_source, *FUNNEL, *BY_SOURCE)
        ),
        "by_segment": TableColumns(
            "by segment", f"segment; `by_segment()` {run}; `run --by segment`", (*of_segment, *FUNNEL)
        ),
        "by_person": TableColumns(
            "by person", f"person; `by_person()` {run}; `run --by person`", (*PERSON, *FUNNEL, *PERSON_END)
        ),
        "decisions": TableColumns("decisions", f"recorded decision; `decisions` {run} that was traced", DECISIONS),
        "assessment": TableColumns("assessment", f"theme; `assessment()` {run}; `run --assessment`", ASSESSMENT),
    }
