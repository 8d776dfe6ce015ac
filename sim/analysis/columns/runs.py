"""Tables of one run."""

from __future__ import annotations

import numpy as np

from sim.analysis.columns.stores import EVENTS, INCIDENTS
from sim.analysis.columns.told import DAYS, TableColumns
from sim.analysis.series import FLOWS, LEVELS, columns_table
from sim.domain.records import JOURNAL_FIELDS, LEAD_FIELDS
from sim.domain.tables import KINDS, Field, read_fields
from sim.domain.vocabulary import USES

OUTCOME_ROWS = read_fields("""
outcome | text   | -             | name of the outcome
label   | text   | -             | as people call it
value   | number | its own unit  | of this run; empty where it does not exist
unit    | text   | -             | unit of the value
""")
TRACED = (
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
STORY = read_fields("""
day      | whole  | working day | 0 is the first after the warm-up
question | text   | -           | what was decided
chance   | number | prob.       | of a yes; of ready: the score
luck     | number | -           | the draw, 0 to 1; of ready: the limit
answer   | text   | -           | yes or no
""")
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
BY_ROLE = (
    *read_fields("""
role   | text  | -      | marketer, rep, liaison or manager
people | whole | people | with any hours within the window
"""),
    *(Field(f"{use}_hours", "number", "h/week", f"per person: {use.replace('_', ' ')}") for use in USES),
)
SOURCE = read_fields("source | text | - | as the market calls it; also events, reps, customers from before, not known")
SEGMENT = read_fields("segment | text | - | size class of the account")
WAITING = read_fields("""
calendar_days | number | calendar days | since the first contact; 0, and days on which a deal was closed
won           | number | share         | of deals, won by then
lost          | number | share         | of deals, lost by then
open          | number | share         | of deals, not closed by then
""")
RESPONSE = read_fields("""
working_days | whole  | working days | since the hand-off, from 0
contacted    | number | share        | of leads whose time is over, contacted by then; in the last row: ever
""")
ASSESSMENT = read_fields("""
theme     | text   | -    | statement of the self-assessment
marketing | number | 1..5 | as marketing sees it
sales     | number | 1..5 | as sales sees it
heads     | number | 1..5 | as the heads see it
""")
SUMS = read_fields("""
group | text  | -       | marketing, sales or heads
sum   | whole | 20..100 | of the answers to all themes, whole as on paper
band  | text  | -       | relationship type that the sum stands for
""")


def _words(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Fields of records, their stored kinds in words."""
    words = {kind: "number" if np.issubdtype(stored, np.floating) else "whole" for kind, stored in KINDS.items()}
    return tuple(Field(f.name, words[f.kind], f.unit, f.meaning) for f in fields)


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


def runs() -> tuple[TableColumns, ...]:
    """Tables of one run."""
    day = (Field("day", "whole", "working day", "0 is the first after the warm-up"),)
    made = (
        ("outcomes of a run", "outcome", "python SingleRun.table; command run --format csv", OUTCOME_ROWS),
        ("leads", "lead, deal and customer", "python SingleRun.leads", _leads()),
        ("journal", "day", "python SingleRun.journal", (*day, *_words(JOURNAL_FIELDS))),
        ("course of a run", "period", "python SingleRun.series; command run --series", _course()),
        (
            "by source",
            "source",
            "python SingleRun.by_source; command run --by source --format csv",
            (*SOURCE, *FUNNEL, *BY_SOURCE),
        ),
        (
            "by segment",
            "segment",
            "python SingleRun.by_segment; command run --by segment --format csv",
            (*SEGMENT, *FUNNEL),
        ),
        (
            "by person",
            "person",
            "python SingleRun.by_person; command run --by person --format csv",
            (*PERSON, *FUNNEL, *PERSON_END),
        ),
        ("by role", "role", "python SingleRun.by_role", BY_ROLE),
        ("time to win of a run", "day on which a deal was closed", "python SingleRun.time_to_win", WAITING),
        ("response", "number of days after the hand-off", "python SingleRun.response", RESPONSE),
        ("incidents of a run", "dispute", "python SingleRun.incidents; command run --incidents", INCIDENTS),
        (
            "events of a run",
            "event of a lead",
            "python SingleRun.event_log; python Pair.logs; command run --events",
            EVENTS,
        ),
        ("traced decisions", "recorded decision of a run that was traced", "python SingleRun.decisions", TRACED),
        ("story of a lead", "decision on one lead", "command run --trace --format csv", STORY),
        (
            "self-assessment of a run",
            "theme",
            "python SingleRun.assessment; command run --assessment --format csv",
            ASSESSMENT,
        ),
        ("sums of a self-assessment", "group", "python SingleRun.assessment_sums", SUMS),
    )
    return tuple(TableColumns(*one) for one in made)
