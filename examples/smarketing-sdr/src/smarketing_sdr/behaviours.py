"""A sales development rep's day, as a kernel: compiled, and plain Python to the same bytes."""

from __future__ import annotations

from sim.behaviours.kernel import entry, kernel
from sim.behaviours.luck import happens
from sim.behaviours.surfaces import add_context, book_meeting, is_interested, is_waiting, take_hours
from sim.domain.declarations import purpose
from sim.domain.records import World

# Purposes of luck, with the numbers of smarketing.toml.
REACHED = purpose("smarketing-sdr", 1)
# Places of parameters, in the order of smarketing.toml.
WAIT_DAYS = 0
CALL_HOURS = 1
TALK_HOURS = 2
REACH_FIRST = 3
REACH_PRACTISED = 4
LEARNING = 5
CONTEXT = 6
# Places of counts and of state.
CALLS = 0
TALKS = 1
MEETINGS = 2
PRACTICE = 0


@entry
def sdr_day(world: World, agent: int, day: int) -> None:
    """Let a sales development rep work a day: call what has waited long enough in the inboxes of the unit.

    Those of a unit share its reps, one in turn. Changes the world in place.
    """
    firm, row = world.organization, world.agents[agent]
    colleagues = max(1, colleagues_of(world, agent))
    for rep in range(firm.n_marketers, firm.n_marketers + firm.n_reps):
        person = world.people[rep]
        if person.unit == row.unit and person.slot % colleagues == place_of(world, agent):
            call_inbox(world, agent, rep, day)


@kernel
def colleagues_of(world: World, agent: int) -> int:
    """Sales development reps of the agent's unit who are there today."""
    row, n = world.agents[agent], 0
    for other in range(world.agents.shape[0]):
        one = world.agents[other]
        if one.kind == row.kind and one.unit == row.unit and one.post > 0.0:
            n += 1
    return n


@kernel
def place_of(world: World, agent: int) -> int:
    """The agent's place among those of its unit, 0 first."""
    row, n = world.agents[agent], 0
    for other in range(agent):
        one = world.agents[other]
        if one.kind == row.kind and one.unit == row.unit and one.post > 0.0:
            n += 1
    return n


@kernel
def call_inbox(world: World, agent: int, rep: int, day: int) -> None:
    """Call the buyers of a rep's waiting leads that are old enough today, while there is time. Changes in place."""
    wait = int(world.agents[agent].parameter[WAIT_DAYS])
    lead = world.people[rep].inbox_head
    while lead >= 0:
        following = world.handed[lead].next_inbox
        row = world.leads[lead]
        if row.rep == rep and day - row.handed_day == wait and is_waiting(world, lead):
            call(world, agent, lead, day)
        lead = following if lead != world.people[rep].inbox_tail else -1


@kernel
def call(world: World, agent: int, lead: int, day: int) -> None:
    """Call a buyer; reached and interested, he gets a meeting with the rep. Changes the world in place.

    Notes
    -----
    P(reached) = first + (practised − first) · practice; practice += learning · (1 − practice). Assumption.
    """
    row = world.agents[agent]
    if not take_hours(world, agent, row.parameter[CALL_HOURS]):
        return
    world.agents[agent].count[CALLS] += 1.0
    practice = row.value[PRACTICE]
    chance = row.parameter[REACH_FIRST] + (row.parameter[REACH_PRACTISED] - row.parameter[REACH_FIRST]) * practice
    world.agents[agent].value[PRACTICE] = practice + row.parameter[LEARNING] * (1.0 - practice)
    if not happens(world, world.leads[lead].key, REACHED, 0, chance):
        return
    if not take_hours(world, agent, row.parameter[TALK_HOURS]):
        return
    world.agents[agent].count[TALKS] += 1.0
    if is_interested(world, lead) and book_meeting(world, lead, day):
        add_context(world, lead, row.parameter[CONTEXT])
        world.agents[agent].count[MEETINGS] += 1.0
