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

from sim.behaviours.kernel import entry, kernel
from sim.domain.blueprint import empty_world
from sim.domain.records import World
from tests.blueprints import build

@kernel
def beyond(world: World, row: int) -> float:
    return world.people[row].strain

@entry
def looks_beyond(world: World, row: int) -> float:
    return beyond(world, row)

world = empty_world(build())
looks_beyond(world, len(world.people) - 1)
looks_beyond(world, len(world.people))
"""


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
def test_the_bounds_checks_are_indeed_on(tmp_path):
    (tmp_path / "beyond.py").write_text(SNIPPET)
    run = subprocess.run(
        [sys.executable, str(tmp_path / "beyond.py")],
        cwd=ROOT,
        env=environment(tmp_path) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert "out of bounds" in run.stderr
