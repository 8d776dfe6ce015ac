"""The practices: what relationship types bundle and interventions move, each with unit, range and meaning.

An event is what an entry of the catalogue may bring besides: it happens on one day and has no level.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.domain.extensions import added_agents, check_new
from sim.domain.vocabulary import PRACTICES


@dataclass(frozen=True)
class Practice:
    """One practice.

    Parameters
    ----------
    name : str
        As code and files call it.
    unit : str
        Unit of its level.
    low, high : float
        Range of its level.
    scale : float
        A full step of change, for the capacity to learn several at once.
    is_paced : bool
        Whether it must be learnt; otherwise it needs only money.
    meaning : str
        What it is.
    """

    name: str
    unit: str
    low: float
    high: float
    scale: float
    is_paced: bool
    meaning: str

    @property
    def is_relative(self) -> bool:
        """Whether its level is a change from how things are, which may also be a cut; 0 is no change."""
        return self.low < 0.0


_TABLE = """
handoff_clarity         | share                | 0 1    | 1   | agreed definitions, hand-off point, who does what
funnel_unity            | share                | 0 1    | 1   | one funnel map, visible attribution
boundary_flexibility    | share                | 0 1    | 1   | others may take over a lead that nobody works
meetings                | per quarter          | 0 65   | 6   | cross-functional meetings (1 quarterly, 13 weekly)
meeting_hours           | h                    | 0 4    | 1.5 | length of a meeting
agenda_discipline       | share                | 0 1    | 1   | fixed agenda, two-way talk (0: one-way briefing)
joint_work              | h/week/person        | 0 8    | 1.5 | joint assignments, rotation, shared projects
training                | h/quarter/person     | 0 40   | 6   | learning together in class
collocation             | share                | 0 1    | 1   | of people who sit together
feedback                | share                | 0 1    | 1   | outcomes, reasons and collateral comments that are asked for
data_sharing            | share                | 0 1    | 1   | customer data in a common base
shared_metric_marketing | share of pay         | 0 1    | 1   | weight of a common revenue goal in marketing
shared_metric_sales     | share of pay         | 0 1    | 1   | weight of a common revenue goal in sales
joint_planning          | share                | 0 1    | 1   | year and budget planned together
executive_support       | share                | 0 1    | 1   | backing from the top, a common superior
sla                     | share                | 0 1    | 1   | response rule, tracked
liaisons                | persons              | 0 10   | 0   | extra people between the two sides
ride_alongs             | calls/marketer/month | 0 8    | 2   | marketers on sales calls
price_authority         | share                | 0 1    | 1   | 0: sales alone decides on low prices, 1: jointly
account_plans           | share                | 0 1    | 1   | key accounts with a joint plan
joint_events            | per quarter          | 0 13   | 2   | counter days, workshops, off-sites
sales_capacity          | relative change      | -0.5 1 | 0   | selling hours that are paid for, against the reps there are
budget                  | relative change      | -0.5 1 | 0   | brand and demand spend, against the usual programme
list_price              | relative change      | -0.5 1 | 0   | prices, against today's
lead_volume             | relative change      | -1 3   | 0   | inquiries, against what the market brings (a shock, nobody's choice)
"""


def _read(table: str) -> dict[str, Practice]:
    practices = {}
    for line in table.strip().splitlines():
        name, unit, span, scale, meaning = (cell.strip() for cell in line.split("|", 4))
        low, high = map(float, span.split())
        step = float(scale)
        practices[name] = Practice(name, unit, low, high, step or 1.0, step > 0.0, meaning)
    return practices


BY_NAME: dict[str, Practice] = _read(_TABLE)
if tuple(BY_NAME) != PRACTICES:
    raise AssertionError("practices.py and vocabulary.py name other practices")

#: Events by name. Reps of the whole firm; who they are is luck.
EVENTS: dict[str, Practice] = {
    "leavers": Practice(
        "leavers", "reps", 0.0, 1000.0, 1.0, False, "reps who leave on the day; successors are searched"
    )
}


def _posts() -> dict[str, Practice]:
    """Agent classes of extensions: an intervention asks for so many posts."""
    posts = {}
    for agent in added_agents().values():
        check_new(agent.name, agent.package, BY_NAME | EVENTS, "a practice")
        posts[agent.name] = Practice(agent.name, "posts", 0.0, agent.most, 1.0, False, agent.meaning)
    return posts


#: Posts of agents that extensions add, by class.
POSTS: dict[str, Practice] = _posts()
#: All that an intervention or shock may name.
MOVABLE: dict[str, Practice] = BY_NAME | EVENTS | POSTS
