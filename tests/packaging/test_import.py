"""Importing ``sim`` and asking for help must be quick, quiet and without side effects."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
HEAVY = {"matplotlib", "mesa", "numba", "pandas"}
LIBRARIES = HEAVY | {"jinja2", "numpy", "pyarrow", "pydantic", "rich", "scipy", "typer"}

# Listens to the interpreter's own audit events while `sim` is imported; -B below keeps it from writing byte code.
WATCH = """
import json, sys
events = []
sys.addaudithook(lambda event, args: events.append((event, str(args[0]) if args else "")))
import sim
seen = list(events)
print(json.dumps({
    "files": [name for event, name in seen if event == "open"],
    "processes": [e for e, _ in seen if e in {"subprocess.Popen", "os.fork", "os.exec", "os.posix_spawn", "os.system"}],
    "doors": [event for event, _ in seen if event.startswith("socket.")],
    "modules": sorted({name.split(".")[0] for name in sys.modules}),
}))
"""

# All that `smarketing app` imports before it says where it is.
STARTED_APP = "import sim.app.routes, sim.app.server"


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh interpreter from the checkout; it must succeed."""
    run = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert run.returncode == 0, run.stderr
    return run


def test_import_reads_only_modules_and_says_nothing() -> None:
    run = python("-B", "-c", WATCH)
    assert run.stderr == ""
    (line,) = run.stdout.splitlines()
    seen = json.loads(line)
    assert [name for name in seen["files"] if not name.endswith((".py", ".pyc", ".so"))] == []
    assert any(Path(name).is_relative_to(ROOT / "sim") for name in seen["files"])
    assert seen["processes"] == []
    assert seen["doors"] == []
    assert LIBRARIES.isdisjoint(seen["modules"])


def test_public_names_are_sorted_and_resolve() -> None:
    assert sim.__all__ == sorted(set(sim.__all__))
    assert [name for name in sim.__all__ if getattr(sim, name, None) is None] == []


def test_help_is_quick() -> None:
    """Of processor time, the least of five: on a quiet computer it is the time it takes, else more."""
    used = []
    for _ in range(5):
        before = processor_of_children()
        python("-m", "sim", "--help")
        used.append(processor_of_children() - before)
    assert min(used) < 0.5, f"seconds: {[round(t, 2) for t in used]}"


def processor_of_children() -> float:
    """Seconds of processor that processes which this one began and which have ended used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def imported_by(*arguments: str) -> tuple[set[str], str]:
    """Packages that a fresh interpreter imports, and what it prints."""
    run = python("-X", "importtime", *arguments)
    lines = [line for line in run.stderr.splitlines() if line.count("|") == 2]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}, run.stdout


def test_help_imports_nothing_heavy() -> None:
    imported, printed = imported_by("-m", "sim", "--help")
    assert "sim" in imported
    assert HEAVY.isdisjoint(imported)
    assert "scenario" in printed


@pytest.mark.parametrize("command", [("run",), ("compare", "--replications", "2")], ids=lambda words: words[0])
def test_a_first_answer_waits_for_no_tables(command: tuple[str, ...]) -> None:
    """pandas and Mesa take longer to import than all else that these need."""
    verb, *options = command
    imported, _ = imported_by("-m", "sim", verb, "micro", *options)
    assert "numba" in imported
    assert {"matplotlib", "mesa", "pandas"}.isdisjoint(imported)


def test_the_app_imports_tables_before_its_threads_do() -> None:
    """The library of the pages looks whether pandas is there, and fails where a thread has imported half of it."""
    imported, _ = imported_by("-c", STARTED_APP)
    assert "pandas" in imported
    assert {"matplotlib", "mesa"}.isdisjoint(imported)


RUN_THEN_OWN = """
import sys
import numba
import numpy as np
import sim
from sim.engine.run import simulate
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of
simulate(blueprint_of(load_scenario("micro")), 1)
print("scipy.linalg" in sys.modules)
print(numba.njit(lambda a, b: np.dot(a, b))(2.0 * np.eye(2), np.ones((2, 2))).sum())
"""


def test_a_run_leaves_linear_algebra_to_those_who_use_it() -> None:
    """The compiler would import it to see whether it is there: a third of a second."""
    assert python("-c", RUN_THEN_OWN).stdout.split() == ["False", "8.0"]
