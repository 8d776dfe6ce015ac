"""The benchmark of the product: what it runs is what it says, and its verdicts follow from its figures."""

from __future__ import annotations

import json
import re

import numba
import pytest

from benchmarks import results
from benchmarks.goals import GOALS, verdicts
from benchmarks.growth import PEOPLE
from benchmarks.memory import bytes_of
from benchmarks.parts import Column, Effort, Part
from benchmarks.picture import draw
from benchmarks.show import GOALS as GOALS_PART
from benchmarks.show import PARTS, markdown
from benchmarks.speed import firm_years
from benchmarks.start import COLD
from benchmarks.threads import speed_ups, spin, spinners
from benchmarks.timing import in_turn, interleaved, ratio, seconds_of
from benchmarks.workloads import firm, firm_of, n_people, n_touches, run
from sim.domain.vocabulary import MOST_UNITS

SHORT = {"run__warmup_days": 5, "run__days": 60}


def test_tasks_run_in_turn_and_the_first_round_does_not_count() -> None:
    called: list[str] = []
    tasks = {name: (lambda name=name: called.append(name) or len(called)) for name in "AB"}
    assert in_turn(tasks, 2) == {"A": [3, 5], "B": [4, 6]}
    assert "".join(called) == "ABABAB"
    assert {name: len(seconds) for name, seconds in interleaved(tasks, 3).items()} == {"A": 3, "B": 3}


def test_a_ratio_is_taken_inside_each_round_so_that_a_slow_minute_does_not_count() -> None:
    assert ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == 2.0


def test_firms_have_the_size_that_is_asked_for() -> None:
    sizes = [people for people in PEOPLE if people <= 120 * MOST_UNITS]
    assert [n_people(plan) for people in sizes if (plan := firm_of(people))] == sizes
    assert firm_of(120 * MOST_UNITS + 120) is None
    assert firm_years(firm()) == 2.0


def test_every_touch_of_a_deal_is_counted_once() -> None:
    undecided = firm("small", **SHORT)
    undecided.rules.decide_discovery = -60.0
    touched = int(run(undecided, 1).leads.touches.sum())
    assert 0 < n_touches(undecided, 1) == touched, "no deal leaves its first stage, so each still knows its touches"


def test_threads_are_held_against_what_processes_get_in_the_same_round() -> None:
    slow_minute = {"one process": [1.0, 3.0], "processes": [1.0, 4.0], "one thread": [2.0, 8.0], "threads": [1.0, 6.0]}
    spun, ran, share = (row["value"] for row in speed_ups(slow_minute))
    assert (spun, ran) == ((2.0 + 1.5) / 2, (2.0 + 8 / 6) / 2)
    assert share == pytest.approx((2.0 / 2.0 + (8 / 6) / 1.5) / 2)


def test_processes_that_spin_take_longer_for_more() -> None:
    with spinners(1) as processes:
        spin(processes, 1)
        few, many = (seconds_of(lambda turns=turns: spin(processes, turns)) for turns in (1_000, 10_000_000))
    assert many > 2 * few


def test_memory_counts_tables_whether_in_use_or_not() -> None:
    world = run(firm("small", **SHORT), 1)
    assert bytes_of(world) > world.leads.nbytes + world.journal.nbytes
    assert len(world.leads) > world.organization.n_leads


def figures(**changes: float) -> dict[str, list[dict[str, object]]]:
    """Rows that meet every goal, but for the changes."""
    good = {"ms": 4.9, "years": 2.5e6, "share": 0.95, "growth": 1.2, "held": 250.0, "first": 1.4}
    now = good | changes
    seconds = {"smarketing --help": 0.3, "import numba": 0.5, "first result, compiled before": now["first"], COLD: 19.0}
    return {
        "speed": [{"scenario": "micro", "ms": 99.0}, {"scenario": "mid", "ms": now["ms"]}],
        "threads": [{"value": now["years"], "key": "years"}, {"value": now["share"], "key": "share"}],
        "people": [{"people": people, "growth": growth} for people, growth in ((6, 9), (60, 1), (9960, now["growth"]))],
        "leads": [{"leads": 1000, "growth": 1.0}, {"leads": 10_000_000, "growth": now["growth"]}],
        "memory": [{"held": 200.0}, {"held": now["held"]}],
        "drivers": [{"driver": "Mesa", "ms": 280.0}],
        "start": [{"what": what, "seconds": value} for what, value in seconds.items()],
        "funnel": [
            {"size": "M", "program": "smarketing", "to_c": 1.2, "to_ours": 1.0},
            {"size": "M", "program": "Mesa", "to_c": 100.0, "to_ours": 90.0},
            {"size": "L", "program": "Mesa", "to_c": 300.0, "to_ours": 250.0},
        ],
    }


def test_every_goal_is_met_by_figures_that_are_good_enough() -> None:
    assert {row["verdict"] for row in verdicts(figures())} == {"met"}


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({"ms": 5.1}, 1),
        ({"years": 2.3e6}, 1),
        ({"share": 0.89}, 1),
        ({"growth": 1.31}, 2),
        ({"held": 257.0}, 1),
        ({"first": 1.6}, 1),
    ],
)
def test_a_goal_is_missed_by_the_worst_figure(change: dict[str, float], missed: int) -> None:
    assert [row["verdict"] for row in verdicts(figures(**change))].count("not met") == missed


def test_growth_that_was_not_measured_to_its_end_is_no_verdict() -> None:
    found = figures()
    found["people"].pop()
    by_goal = {row["goal"]: row["verdict"] for row in verdicts(found)}
    assert [goal for goal, verdict in by_goal.items() if verdict == "not measured"] == [
        "a person-day from 60 to 9,960 people: growth"
    ]
    assert {row["verdict"] for row in verdicts({})} == {"not measured"}


def test_tables_show_what_was_measured_with_the_kind_of_machine(tmp_path) -> None:
    part = Part("speed", "speed", (Column("scenario", "scenario"), Column("ms", "ms", ",.2f")), lambda _: [])
    kept = {"speed": results.noted([{"scenario": "mid", "ms": 1234.5678}])}
    results.write(tmp_path / "bench.json", kept)
    assert results.read(tmp_path / "bench.json") == kept
    assert part.cells(kept["speed"]["rows"]) == [["mid", "1,234.60"]]
    text = markdown("speed", kept)
    assert "| mid |" in text and kept["speed"]["machine"]["processor"] in text
    assert re.search(r"\*\d{4}-\d\d-\d\d, ", text)
    assert len(markdown("goals", kept).splitlines()) == len(GOALS) + 2


def test_every_column_has_a_form_that_fits_its_figures() -> None:
    shown = results.read(results.SHOWN)
    assert set(shown) == set(PARTS), "docs/performance.json lacks a part: make bench ARGS=--docs"
    for part in PARTS.values():
        assert len(part.cells(shown[part.name]["rows"])) == len(shown[part.name]["rows"])
        names = {column.name for column in part.columns}
        assert all(names <= set(row) | {"best"} for row in shown[part.name]["rows"]), part.name
    assert len(GOALS_PART.columns) == 4


def test_the_picture_is_drawn_from_whatever_was_measured(tmp_path) -> None:
    draw({}, tmp_path / "empty.png")
    draw(results.rows_of(results.read(results.SHOWN)), tmp_path / "images" / "full.png")
    assert (tmp_path / "images" / "full.png").stat().st_size > (tmp_path / "empty.png").stat().st_size


@pytest.mark.slow
@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="measures compiled code")
@pytest.mark.parametrize("name", ["memory", "drivers"])
def test_a_part_gives_figures_for_all_its_columns(name: str) -> None:
    rows = json.loads(json.dumps(PARTS[name].measure(Effort(rounds=1))))
    assert len(rows) > 1
    assert all(row.get(column.name) for row in rows for column in PARTS[name].columns)
