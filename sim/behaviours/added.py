"""What agents of extensions have in common: posts, hours and pay. What they do is the extension's own."""

from __future__ import annotations

from sim.behaviours.calendar import DAYS_PER_YEAR
from sim.behaviours.kernel import kernel
from sim.domain.declarations import MOST_PLACES
from sim.domain.records import World
from sim.domain.vocabulary import HIRE


@kernel
def posts_of(world: World, kind: int, day: int) -> float:
    """Posts of a class that the timeline asks for on a day: the most of any step in force."""
    rules, posts = world.rules, 0.0
    for step in range(rules.n_steps):
        if rules.step_kind[step] == HIRE and rules.step_what[step] == kind:
            if rules.step_start[step] <= day < rules.step_end[step]:
                posts = max(posts, rules.step_target[step])
    return posts


@kernel
def open_added(world: World, day: int) -> None:
    """Open the day of agents of extensions: who is there, with what hours, and their pay. Changes the world in place.

    A post of 2.5 is two full ones and a half one; hours and pay go by it.
    """
    book = world.journal[day]
    for row in range(world.agents.shape[0]):
        agent = world.agents[row]
        agent.post = min(1.0, max(0.0, posts_of(world, agent.kind, day) - agent.number))
        agent.hours_left = agent.post * agent.day_hours
        agent.hours_available += agent.hours_left
        pay = agent.post * agent.pay / DAYS_PER_YEAR
        book.pay += pay
        book.pay_marketing += pay if agent.is_marketing != 0 else 0.0


@kernel
def clear_added(world: World) -> None:
    """Begin to count anew. Changes agents of extensions in place."""
    for row in range(world.agents.shape[0]):
        agent = world.agents[row]
        agent.hours_available = agent.hours_used = 0.0
        for place in range(MOST_PLACES):
            world.agents[row].count[place] = 0.0


@kernel
def found_added(world: World) -> None:
    """Put agents of extensions into their state before the first day, in place."""
    clear_added(world)
    for row in range(world.agents.shape[0]):
        world.agents[row].post = world.agents[row].hours_left = 0.0
        for place in range(MOST_PLACES):
            world.agents[row].value[place] = 0.0
