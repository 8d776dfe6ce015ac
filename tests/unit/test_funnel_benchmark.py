"""The reference workload funnel-1: our program and C run the same leads; Mesa, SimPy and AgentPy agree with both."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from benchmarks.funnel import in_c, in_mesa, ours
from benchmarks.funnel.__main__ import main
from benchmarks.funnel.agreement import agreements, same_days, samples, smallest_p
from benchmarks.funnel.measure import measure
from benchmarks.funnel.programs import OURS, PROGRAMS, TUNED_C, C, available, c_lines, code_lines, python_lines
from benchmarks.funnel.size import CLOSED, LOST, SIZES, UNQUALIFIED, WON, days_from_totals, summary
from benchmarks.funnel.state import new_funnel, with_more_room

ROOT = Path(__file__).parents[2]
TINY = SIZES["tiny"]
NAMES = [program.name for program in PROGRAMS]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="measures compiled code"),
]


@pytest.fixture(autouse=True)
def short_turns(monkeypatch):
    monkeypatch.setattr("benchmarks.funnel.measure.TURN_SECONDS", 0.001)


@pytest.fixture(scope="module")
def runs():
    return available()[0]


@pytest.fixture
def program(request, runs):
    if request.param not in runs:
        pytest.skip(f"{request.param} is not here")
    return runs[request.param]


each_program = pytest.mark.parametrize("program", NAMES, indirect=True)


@pytest.mark.parametrize("program", [C, TUNED_C], indirect=True)
@pytest.mark.parametrize("size", ["tiny", "S", "M+"])
def test_ours_and_c_run_the_same_leads(program, size):
    for seed in (1, 2):
        assert same_days(ours.run(SIZES[size], seed), program(SIZES[size], seed))


def test_another_seed_is_another_run():
    assert not same_days(ours.run(TINY, 1), ours.run(TINY, 2))


def test_a_revenue_that_differs_in_the_tenth_digit_is_another_run():
    one, other = ours.run(TINY, 1), ours.run(TINY, 1)
    assert same_days(one, other)
    other.revenue *= 1 + 1e-10
    assert not same_days(one, other)


def test_running_out_of_room_changes_nothing():
    cramped = new_funnel(TINY, 3, desk_room=4, n_returned=16)
    assert ours.run_days(cramped, 0) == 0
    assert same_days(ours.run_to_end(cramped), ours.run(TINY, 3))


def test_plain_python_gives_the_same_bytes():
    code = "from benchmarks.funnel import ours; print(ours.run(ours.SIZES['tiny'], 5).tobytes().hex())"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert bytes.fromhex(done.stdout.strip()) == ours.run(TINY, 5).tobytes()


def test_moving_into_more_room_half_way_changes_nothing():
    funnel = new_funnel(TINY, 3)
    funnel.firm.n_days = 30
    assert ours.run_days(funnel, 0) == 30
    assert funnel.firm.n_open > 0 and funnel.firm.n_returned > 0
    funnel.firm.n_days = 60
    roomy = with_more_room(funnel)
    assert ours.run_days(roomy, 30) == 60
    assert same_days(roomy.days, ours.run(TINY, 3))


@each_program
def test_leads_are_neither_lost_nor_made_up(program):
    days = program(TINY, 4)
    arrived = np.diff(days.leads.sum(axis=1), prepend=0)
    assert (arrived >= 0).all() and abs(arrived.mean() - 9.0) < 1.2
    assert (np.diff(days.leads[:, [WON, LOST, CLOSED]], axis=0) >= 0).all()
    assert (days.leads >= 0).all()
    assert (days.nurture_touches <= 3 * 20).all() and (days.sales_touches <= 4 * 3).all()
    decided = days.leads[-1, [WON, LOST, CLOSED]].sum()
    assert decided < arrived.sum() - days.leads[-1, UNQUALIFIED] + 1
    assert (days.conflicts <= days.rejections).all()
    assert ((days.revenue > 0) == (np.diff(days.leads[:, WON], prepend=0) > 0)).all()


def test_all_programs_agree_on_average(runs):
    tests = agreements(samples(runs, SIZES["S"], 20))
    assert {test.outcome for test in tests} == set(summary(ours.run(TINY, 1)))
    assert smallest_p(tests) > 0.01, tests


def test_a_program_with_another_rule_does_not_agree(monkeypatch):
    logistic = in_mesa.logistic
    monkeypatch.setattr(in_mesa, "logistic", lambda x: logistic(x + 0.2))
    assert smallest_p(agreements(samples({OURS: ours.run, "Mesa": in_mesa.run}, TINY, 60))) < 0.001


def test_totals_since_the_start_become_days():
    days = days_from_totals([[1] * 9, [2] * 9], {"conflicts": [2, 5], "revenue": [10.0, 10.0]})
    assert days.leads[1].tolist() == [2] * 9
    assert days.conflicts.tolist() == [2, 3] and days.revenue.tolist() == [10.0, 0.0]


def test_without_a_c_compiler_a_line_says_what_to_install(monkeypatch):
    in_c.program.cache_clear()
    monkeypatch.setattr(in_c.shutil, "which", lambda _name: None)
    found, missing = available(program for program in PROGRAMS if program.name == C)
    assert not found
    assert missing == [
        "C -O3 is left out: no C compiler; install one (Debian, Ubuntu: apt install gcc) or name it: CC=…"
    ]


def test_without_a_peer_a_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "simpy", None)
    monkeypatch.delitem(sys.modules, "benchmarks.funnel.in_simpy", raising=False)
    found, missing = available(program for program in PROGRAMS if program.name == "SimPy")
    assert not found
    get_it = "get it by `make .venv/peers/.ready` and set PYTHONPATH=.venv/peers"
    assert missing == [f"SimPy is left out: no module 'simpy'; {get_it}"]


def test_ratios_are_to_c_and_to_ours_in_the_same_round(runs):
    rows = {row.program: row for row in measure(["tiny"], rounds=3)}
    assert set(rows) == set(runs)
    assert rows[OURS].to_ours == 1.0
    assert rows["Mesa"].to_ours > 5
    assert all(len(row.seconds) == 3 for row in rows.values())
    if C in rows:
        assert rows[C].to_c == 1.0


def test_a_large_size_leaves_the_slow_programs_out_unless_they_are_asked_for(monkeypatch):
    monkeypatch.setitem(SIZES, "L", TINY)
    assert {row.program for row in measure(["L"], rounds=1)} <= {OURS, C, TUNED_C}
    rows = {row.program: row for row in measure(["L"], rounds=3, is_large=True)}
    assert len(set(rows["Mesa"].seconds)) == 1
    assert len(rows["Mesa"].seconds) == len(rows[OURS].seconds) == 4


def test_the_command_prints_a_table_and_writes_json(tmp_path, capsys):
    path = tmp_path / "figures.json"
    main(["--size", "tiny", "--rounds", "1", "--json", str(path)])
    printed = capsys.readouterr().out
    assert "touches/s" in printed and "Mesa" in printed
    assert {row["program"] for row in json.loads(path.read_text())} >= {OURS, "Mesa"}


def test_the_command_says_whether_the_programs_agree(capsys):
    main(["--size", "tiny", "--agreement", "5"])
    printed = capsys.readouterr().out
    assert "NOT" not in printed and "conflicts" in printed


@pytest.mark.parametrize(
    ("option", "rule"), [("--rounds", "must be at least 1, got 0"), ("--agreement", "must be at least 5, .* got 0")]
)
def test_too_few_runs_are_refused(option, rule, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--size", "tiny", option, "0"])
    assert re.search(f"{option}: {rule}", capsys.readouterr().err)


def test_lines_of_code_are_counted_without_comments_docstrings_and_imports():
    assert python_lines('import os\n\n# a\ndef f():\n    """Do.\n\n    It.\n    """\n    return 1\n') == 2
    assert c_lines("#include <math.h>\n/* a\n   b */\n\nint x; /* c */\n") == 1
    assert all(50 < code_lines(program) < 500 for program in PROGRAMS)


def test_nothing_in_the_product_knows_the_benchmarks():
    for path in (ROOT / "sim").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) benchmarks", path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_the_peers_are_pinned():
    text = (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8")
    for module in ("agentpy", "simpy"):
        assert re.search(rf"^{module}==\d", text, re.MULTILINE)
        if importlib.util.find_spec(module) is not None:
            assert f"{module}=={importlib.metadata.version(module)}" in text


@pytest.mark.parametrize("source", ["funnel.c", "tuned.c"])
def test_loading_c_leaves_the_arithmetic_of_this_process_alone(source):
    in_c.program(source)
    smallest = np.array([5e-324])
    assert (smallest * 1.0)[0] > 0.0
