"""The invariants again with the compiler's bounds checks on: without them an index out of range reads garbage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SNIPPET = """
from sim.behaviours.kernel import entry
import numpy as np

@entry
def beyond(table: object, row: int) -> float:
    return table[row]

beyond(np.zeros(3), 3)
"""


def environment(cache: Path) -> dict[str, str]:
    """With a cache of its own: code with and without checks must not be taken for each other."""
    return os.environ | {"NUMBA_BOUNDSCHECK": "1", "SMARKETING_CACHE": str(cache), "SMARKETING_EXAMPLES": "20"}


@pytest.mark.slow
def test_the_invariants_hold_with_bounds_checks_on(tmp_path):
    """Compiles everything anew, which takes about 25 s."""
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
