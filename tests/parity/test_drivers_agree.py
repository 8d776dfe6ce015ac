"""One behaviour, two drivers, and the same kernels as plain Python: the same bytes, whatever the way."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.contract.left_behind import differing, digests
from sim.domain.blueprint import Blueprint, empty_world, expected_leads, grow, refitted
from sim.domain.records import World
from sim.engine.entries import found_world
from sim.engine.run import run_on, simulate, simulate_here
from sim.model.organization import Organization
from tests.blueprints import blueprints, build, deterministic, random_blueprint

ROOT = Path(__file__).parents[2]
SEEDS = st.integers(0, 2**63 - 1)
#: Scenarios that Mesa and the compiled loop are compared on; as plain Python, which is slow, at most `MOST_PLAIN`.
EXAMPLES = int(os.environ.get("SMARKETING_EXAMPLES", "50"))
MOST_PLAIN = 200
MOST_LEADS = 1000
YEAR_OF_60_SECONDS = 0.5


def of_mesa(plan: Blueprint, seed: int, capacity: int | None = None) -> World:
    firm = Organization(blueprint=plan, seed=seed, capacity=capacity)
    firm.run()
    return firm.world


def small_blueprint(luck: np.random.Generator) -> Blueprint:
    """A random organization with so few leads that plain Python takes about a second."""
    while expected_leads(plan := random_blueprint(luck, most_people=8, most_days=90)) > MOST_LEADS:
        pass
    return plan


@deterministic(EXAMPLES)
@given(plan=blueprints(most_people=24, most_days=90), seed=SEEDS)
def test_mesa_and_the_compiled_loop_leave_the_same_bytes(plan, seed):
    assert differing(of_mesa(plan, seed), simulate(plan, seed)) == []


@pytest.mark.slow
@deterministic(12)
@given(plan=blueprints(most_people=120, most_days=40), seed=SEEDS)
def test_mesa_and_the_compiled_loop_leave_the_same_bytes_in_large_firms(plan, seed):
    assert differing(of_mesa(plan, seed), simulate(plan, seed)) == []


@deterministic(25)
@given(plan=blueprints(most_days=90), seed=SEEDS)
def test_no_result_depends_on_the_first_capacity(plan, seed):
    world = empty_world(plan, capacity=1)
    found_world(world, seed)
    assert differing(run_on(world, 0), simulate(plan, seed)) == []


@deterministic(5)
@given(plan=blueprints(most_days=40), seed=SEEDS)
def test_mesa_too_grows_without_a_trace(plan, seed):
    assert differing(of_mesa(plan, seed, capacity=1), simulate(plan, seed)) == []


@deterministic(25)
@given(plan=blueprints(), first=SEEDS, second=SEEDS)
def test_a_world_whose_memory_is_used_again_remembers_nothing(plan, first, second):
    assert differing(simulate(plan, second, simulate(plan, first)), simulate(plan, second)) == []


#: Organizations of one size in which little else is alike, and some of other sizes.
OF_ONE_SIZE = (
    build((3, 8, 0, 1, 0), 90, 30),
    build((3, 8, 0, 1, 2), 90, 10, rules={"customers_per_rep": 2, "handoff_point": 3}),
    build((3, 8, 0, 1, 0), 90, 40, practices={"sla": 0.6, "meetings": 6.0}, rules={"raw_leads_per_rep_day": 1.5}),
)
OF_OTHER_SIZES = (
    build((3, 8, 1, 1, 0), 90, 30),
    build((3, 8, 0, 1, 0), 91, 30),
    build((4, 5, 0, 2, 0), 90, 30),
    build((3, 8, 0, 1, 0), 90, 30, rules={"customers_per_rep": 200}),
)


def test_a_thread_that_runs_many_organizations_remembers_nothing_of_the_last():
    for plan in (*OF_ONE_SIZE, *OF_OTHER_SIZES, *OF_ONE_SIZE):
        for seed in (1, 2):
            assert differing(simulate_here(plan, seed), simulate(plan, seed)) == []


def test_memory_is_used_again_for_organizations_of_one_size():
    one, another, third = OF_ONE_SIZE
    people = simulate_here(one, 1).people
    assert all(np.shares_memory(simulate_here(plan, 1).people, people) for plan in (another, one, third))
    assert simulate_here(one, 2).organization is simulate_here(one, 1).organization
    for other in OF_OTHER_SIZES:
        assert refitted(simulate(one, 1), other) is None
    assert refitted(simulate(one, 1, n_events=5), one) is None


def test_what_failed_in_a_thread_leaves_nothing_behind(monkeypatch):
    simulate_here(OF_ONE_SIZE[0], 1)
    with monkeypatch.context() as broken:
        broken.setattr("sim.engine.run.run_on", lambda world, day: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            simulate_here(OF_ONE_SIZE[1], 1)
    assert differing(simulate_here(OF_ONE_SIZE[0], 3), simulate(OF_ONE_SIZE[0], 3)) == []


def test_only_the_table_that_is_short_grows():
    world = empty_world(build())
    names = ("leads", "desk", "incidents")
    for short in names:
        for name in names:
            world.organization[f"{name}_needed"] = len(getattr(world, name)) + (name == short)
        longer = grow(world)
        assert {name: len(getattr(longer, name)) > len(getattr(world, name)) for name in names} == {
            name: name == short for name in names
        }
        assert len(longer.leads) == len(longer.links) == len(longer.handed)


def test_a_table_that_grows_late_has_little_room_left_over():
    """At the pace of the run so far; early, when that tells little, half as much again at most."""
    world = empty_world(build(n_days=400))
    firm = world.organization
    firm.n_leads, firm.leads_needed, firm.day = 10_000, 10_050, 359
    assert 11_111 < len(grow(world).leads) < 11_250
    firm.day = 0
    assert len(grow(world).leads) == 10_050 * 3 // 2


@deterministic(10)
@given(plan=blueprints(most_days=90), seed=SEEDS)
def test_threads_change_nothing(plan, seed):
    alone = [digests(simulate(plan, seed ^ shift)) for shift in range(4)]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda shift: digests(simulate(plan, seed ^ shift)), range(4)))
    assert together == alone


@pytest.mark.slow
def test_the_kernels_as_plain_python_leave_the_same_bytes(tmp_path):
    luck = np.random.default_rng(20240501)
    plans = [(small_blueprint(luck), int(luck.integers(2**62))) for _ in range(min(EXAMPLES, MOST_PLAIN))]
    plans += [(build((2, 6, 1, 1, 1), 60, 10, practices={"liaisons": 1.0}), 7), (build(n_days=60), 8)]
    (tmp_path / "plans.pickle").write_bytes(pickle.dumps(plans))
    plain = subprocess.run(
        [sys.executable, "-m", "tests.parity.plain_python", str(tmp_path / "plans.pickle")],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 0, plain.stderr
    for (plan, seed), left_behind in zip(plans, json.loads(plain.stdout), strict=True):
        assert left_behind == digests(simulate(plan, seed))


def test_the_comparison_sees_a_single_different_lead():
    plan = build()
    one, other = simulate(plan, 1), simulate(plan, 1)
    other.leads[0].fit = np.nextafter(one.leads[0].fit, np.float32(9.0))
    assert differing(one, other) == ["leads"]


@pytest.mark.slow
def test_a_mesa_year_of_sixty_people_takes_at_most_half_a_second():
    plan = build((14, 40, 0, 6, 0), 260, 130)
    Organization(blueprint=plan).run()
    seconds = []
    for seed in range(3):
        firm = Organization(blueprint=plan, seed=seed)
        start = time.process_time()
        firm.run()
        seconds.append(time.process_time() - start)
    print(f"a Mesa year of 60 people: {min(seconds):.3f} s")
    assert min(seconds) <= YEAR_OF_60_SECONDS, f"took {min(seconds):.3f} s"
