"""The Mesa face: what it refuses, what it shows, and how it is subclassed."""

from __future__ import annotations

import inspect
import runpy
from pathlib import Path
from typing import ClassVar

import mesa
import numpy as np
import pytest

from sim.contract.left_behind import parts
from sim.domain.errors import InputError
from sim.domain.outcomes import OUTCOMES
from sim.engine.run import simulate
from sim.model.agents import Liaison, Manager, Marketer, Person, Rep
from sim.model.organization import Organization
from tests.blueprints import build

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PLAN = build((2, 4, 1, 1, 0), 30, 10)


class Idle(Rep):
    """Somebody who does not come to work."""

    def step(self) -> None:
        pass


def test_people_stand_in_the_order_of_their_rows():
    firm = Organization(blueprint=PLAN)
    assert [type(person) for person in firm.people] == [Marketer] * 2 + [Rep] * 4 + [Liaison, Manager]
    assert [person.row for person in firm.people] == list(range(8))
    assert list(firm.agents) == firm.people


def test_a_step_is_a_day_and_the_last_one_ends_the_run():
    firm = Organization(blueprint=PLAN)
    firm.step()
    assert (firm.day, firm.running, firm.steps) == (1, True, 1)
    assert set(firm.run()) == {outcome.name for outcome in OUTCOMES}
    assert (firm.day, firm.running) == (30, False)
    with pytest.raises(RuntimeError, match="The run ended with day 29"):
        firm.step()


def test_outcomes_before_the_last_day_are_refused():
    with pytest.raises(RuntimeError, match="after the last of 30 days; day 0 comes next"):
        _ = Organization(blueprint=PLAN).outcomes


def test_an_outcome_that_does_not_exist_is_none():
    assert Organization(blueprint=build(n_days=2, warmup_days=1)).run()["cycle_days"] is None


def test_a_record_is_a_view_of_the_state():
    firm = Organization(blueprint=PLAN)
    firm.people[3].record.strain = 0.25
    assert firm.world.people["strain"][3] == firm.people[3].strain == 0.25


def test_hours_of_a_person_balance():
    firm = Organization(blueprint=PLAN)
    firm.run()
    for person in firm.people:
        used = sum(hours for use, hours in person.uses.items() if use != "available")
        assert used == pytest.approx(person.hours)


def test_classes_may_be_replaced_by_argument_or_attribute():
    class Firm(Organization):
        agent_classes: ClassVar[dict] = {Rep: Idle}

    for firm in (Firm(blueprint=PLAN), Organization(blueprint=PLAN, agent_classes={Rep: Idle})):
        assert [type(person) for person in firm.people].count(Idle) == 4
        firm.run()
        assert firm.world.journal["contacted"].sum() == 0
        assert firm.world.journal["handed_off"].sum() > 0


def test_a_subclass_that_changes_nothing_gives_the_same_bytes():
    class Same(Rep):
        def step(self) -> None:
            super().step()

    firm = Organization(blueprint=PLAN, seed=9, agent_classes={Rep: Same})
    firm.run()
    assert parts(firm.world) == parts(simulate(PLAN, 9))


def test_who_is_removed_works_no_more():
    firm = Organization(blueprint=PLAN)
    firm.people[2].remove()
    firm.run()
    assert len(firm.people) == len(firm.agents) == 7
    assert firm.world.people["hours"][2].sum() == 0


def test_a_class_that_is_none_of_the_three_is_refused():
    with pytest.raises(InputError, match="agent_classes: must replace Marketer, Rep, Liaison or Manager, got 'Person'"):
        Organization(blueprint=PLAN, agent_classes={Person: Idle})


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, True, "1"])
def test_a_seed_that_is_no_seed_is_refused(seed):
    with pytest.raises(InputError, match="seed: must be a whole number between 0 and"):
        Organization(blueprint=PLAN, seed=seed)


def test_no_seed_draws_one_that_can_be_used_again():
    firm = Organization(blueprint=PLAN, seed=None)
    firm.run()
    assert firm.seed != Organization(blueprint=PLAN, seed=None).seed
    assert parts(firm.world) == parts(simulate(PLAN, firm.seed))


def test_the_data_collector_has_a_row_per_day_and_person():
    firm = Organization(blueprint=PLAN, seed=np.int64(2))
    firm.run()
    days = firm.datacollector.get_model_vars_dataframe()
    assert days["day"].tolist() == list(range(1, 31))
    assert days["bookings"].iloc[-1] == firm.world.journal["bookings"][:30].sum()
    assert days["disputes"].iloc[-1] == firm.world.organization.n_incidents
    assert days["conflict_per_100"].iloc[-1] == firm.outcomes["conflict_per_100"]
    assert days["conflict_per_100"].iloc[:-1].isna().all()
    people = firm.datacollector.get_agent_vars_dataframe()
    assert len(people) == 30 * 8
    assert set(people["role"]) == {"marketer", "rep", "liaison", "manager"}


def test_scenarios_relationships_and_interventions_go_by_name():
    plain = Organization("micro", seed=3)
    changed = Organization("micro", seed=3, relationship="aligned", interventions="liaison=1@0")
    assert len(changed.people) == len(plain.people) + 1
    with pytest.raises(InputError, match="there is no scenario of that name"):
        Organization("macro")


def test_batch_run_takes_simple_values_and_tells_the_seed():
    parameters, options = {"blueprint": PLAN, "capacity": [1, 50]}, {"display_progress": False}
    if "rng" in inspect.signature(mesa.batch_run).parameters:  # Mesa 3.5
        rows = mesa.batch_run(Organization, parameters, rng=[4, 5], **options)
    else:
        rows = mesa.batch_run(Organization, parameters | {"seed": [4, 5]}, **options)
    for seed in (4, 5):
        of_seed = [row for row in rows if row["seed"] == seed]
        assert {row["capacity"] for row in of_seed} == {1, 50}
        assert {row["bookings_new"] for row in of_seed} == {
            Organization(blueprint=PLAN, seed=seed).run()["bookings_new"]
        }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["subclassed_agent", "batch_run"])
def test_the_examples_run(name, capsys):
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert len(capsys.readouterr().out.splitlines()) > 5
