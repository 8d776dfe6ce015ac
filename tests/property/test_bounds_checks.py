"""The invariants again with the compiler's bounds checks on: without them an index out of range reads garbage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SNIPPET = """
from __future__ import annotations

import sys

from sim.behaviours.kernel import entry, kernel
from sim.domain.blueprint import empty_world
from sim.domain.records import World
from tests.blueprints import build

@kernel
def row(world: World, number: int) -> float:
    return world.people[number].strain

@kernel
def cell(world: World, number: int) -> float:
    return world.people[0].hours[number]

@entry
def look(world: World, at_row: int, at_cell: int) -> float:
    return row(world, at_row) + cell(world, at_cell)

world = empty_world(build())
rows, cells = len(world.people), len(world.people[0].hours)
look(world, 0, 0)
look(world, rows - 1, cells - 1)
print("within", flush=True)
look(world, {row}, {cell})
print("beyond", flush=True)
"""
BEYOND = {
    "after the last row": {"row": "rows", "cell": "0"},
    "before the first row": {"row": "-1", "cell": "0"},
    "after the last number of a field": {"row": "0", "cell": "cells"},
    "before the first number of a field": {"row": "0", "cell": "-1"},
}


def environment(cache: Path) -> dict[str, str]:
    """With a cache of its own: code with and without checks must not be taken for each other."""
    return os.environ | {"NUMBA_BOUNDSCHECK": "1", "SMARKETING_CACHE": str(cache), "SMARKETING_EXAMPLES": "20"}


@pytest.mark.slow
def test_the_invariants_hold_with_bounds_checks_on(tmp_path):
    """Compiles everything anew, which takes about 15 s."""
    options = ["-q", "-x", "-p", "no:cacheprovider", str(Path(__file__).with_name("test_invariants.py"))]
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout[-5000:] + checked.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("where", BEYOND)
def test_the_bounds_checks_are_indeed_on(where, tmp_path):
    (tmp_path / "beyond.py").write_text(SNIPPET.format(**BEYOND[where]))
    run = subprocess.run(
        [sys.executable, str(tmp_path / "beyond.py")],
        cwd=ROOT,
        env=environment(tmp_path) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.split() == ["within"]
    assert "out of bounds" in run.stderr
