"""Tables of what caused an effect, and of why leads fared differently."""

from __future__ import annotations

from sim.analysis.columns.told import INTERVAL, OF_OUTCOME, TableColumns
from sim.domain.tables import read_fields

PART = read_fields("""
part  | text | - | exact id of the player, such as liaison=2@65 or trust; total; other for what is nobody's, direct:… for a part of that
label | text | - | as people call it
kind  | text | - | total, part, other or direct
""")
CONTRIBUTION = read_fields("""
contribution | number | unit of the outcome | mean Shapley value; parts and other add up to the total
""")
PLAYERS_OF_PAIR = read_fields("""
first        | text | - | exact id of a player
first_label  | text | - | as people call it
second       | text | - | exact id of the other
second_label | text | - | as people call it
""")
TOGETHER = read_fields("""
together | number | unit of the outcome | what both add by being together (Shapley–Taylor index of order 2)
""")
FIGURES = (
    *INTERVAL,
    *read_fields("""
adjusted_p   | number | prob. | p of no part, adjusted for the number of parts, or of pairs (Holm)
share_better | number | share | of replications in which it is for the better
replications | whole  | -     | in which the outcome exists in every coalition
uncertainty  | text   | -     | luck, or luck+parameters with a posterior
verdict      | text   | -     | better, worse, different, equal or not distinguishable
"""),
)
PART_END = read_fields("""
share       | number | share               | of the total; empty where that is not distinguishable from 0
alone       | number | unit of the outcome | added where no other player takes part
last        | number | unit of the outcome | lost where it alone does not take part
order_error | number | unit of the outcome | standard error of having sampled orders; empty where all coalitions were run
mean_before | number | unit of the outcome | mean before, over the replications that were split
mean_after  | number | unit of the outcome | mean after
""")
BY_REPLICATION = read_fields("""
total | number | unit of the outcome | whole effect, to which the other columns add up
""")
REASON = read_fields("""
label    | text   | -     | question on which the paths part; several together for joint causes
fates    | text   | -     | what became of the leads in the first world → in the second; in JSON a list of both
leads    | whole  | leads | how many
bookings | number | c.u.  | first-year value won in the second world less in the first
because  | text   | -     | quantity that it hung on most often; empty where none was found
example  | whole  | -     | row of such a lead in the first world
""")
WORLDS = read_fields("""
first  | text | - | name of the first world
second | text | - | name of the second
""")
SETTING = read_fields("""
name     | text  | -     | a practice, an entry of the timeline, or the path of a value
first    | any   | its own | value in the first world; of an entry its id where it is there
second   | any   | its own | value in the second
restored | whole | leads | that get the fate of the first world when only this is taken back
of       | whole | leads | that were looked at
""")
PROCESS = read_fields("""
case:concept:name    | text   | -           | case: world/row of the lead
concept:name         | text   | -           | activity: what happened
time:timestamp       | time   | -           | made up, to keep the order: the window's first week begins on Monday, 1 January 2001
org:resource         | text   | -           | marketer or rep who acts, as of the end of the run
org:role             | text   | -           | marketer, rep or liaison
lifecycle:transition | text   | -           | complete, as every event is
case:world           | text   | -           | name of the world
case:lead            | whole  | -           | whose luck it is: the same for a lead in all worlds
case:outcome         | text   | -           | state of the lead at the end
case:value           | number | c.u.        | first-year value at which it was won, else 0
day                  | whole  | working day | 0: first of the window; the warm-up is negative
case:seed            | whole  | -           | seed of the run
case:version         | text   | -           | version of the software
""")


def causes() -> tuple[TableColumns, ...]:
    """Tables of causes."""
    made = (
        (
            "attribution",
            "outcome and part of the effect",
            "python Attribution.table; command attribute --format csv; json attribution.rows",
            (*PART, *OF_OUTCOME, *CONTRIBUTION, *FIGURES, *PART_END),
        ),
        (
            "attribution, pairs",
            "outcome and pair of players; none where orders were sampled",
            "python Attribution.pair_table; json attribution.pairs",
            (*PLAYERS_OF_PAIR, *OF_OUTCOME, *FIGURES, *TOGETHER),
        ),
        (
            "attribution by replication",
            "replication (the index)",
            "python Attribution.by_replication",
            BY_REPLICATION,
            "one for each part, by its id, and other, first",
        ),
        (
            "reasons",
            "typical reason why leads fared differently",
            "python Explanation.table; json explanation.pairs.reasons",
            REASON,
        ),
        (
            "reasons in all worlds",
            "world after the first, and reason",
            "command explain --format csv",
            (*REASON, *WORLDS),
        ),
        ("settings that differ", "setting in which two worlds differ", "json explanation.pairs.settings", SETTING),
        ("events for process mining", "event of a lead in a world", "command explain --events", PROCESS),
    )
    return tuple(TableColumns(*one) for one in made)
