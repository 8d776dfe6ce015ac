"""The first compilation is shared by two processes: each takes its part, and what one did the other finds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
ROOT = Path(__file__).parents[2]
NAMES = ("first", "second", "third", "caller")
ENTRY = '''
@entry
def {name}(world: World, day: int) -> None:
    """Write the day."""
    {body}
'''
HEAD = """
from __future__ import annotations

from sim.behaviours.kernel import entry
from sim.domain.records import World
"""
USE = """
import tiny
from sim.domain.blueprint import empty_world
from tests.blueprints import build
world = empty_world(build())
tiny.caller(world, 7)
print(world.organization.day)
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a process with a cache of its own that can import `tiny`."""
    paths = os.pathsep.join([str(folder), str(ROOT)])
    environment = {**os.environ, "SMARKETING_CACHE": str(folder / "cache"), "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, check=True
    )


def compiled(folder: Path) -> set[str]:
    """Entries whose machine code lies in the cache."""
    return {name for name in NAMES if list((folder / "cache").rglob(f"*.{name}-*.nbi"))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a module of three entries and one that calls the first."""
    parts = [ENTRY.format(name=name, body="world.organization.day = day") for name in NAMES[:-1]]
    parts.append(ENTRY.format(name="caller", body="first(world, day)"))
    (tmp_path / "tiny.py").write_text(HEAD + "".join(parts), encoding="utf-8")
    return tmp_path


def test_the_second_process_compiles_all_but_the_caller_and_the_first_goes_on_from_there(folder: Path) -> None:
    run("import tiny; from sim.behaviours.kernel import help_preparing; help_preparing('tiny')", folder)
    assert compiled(folder) == set(NAMES[:-1])
    before = {path: path.stat().st_mtime_ns for path in (folder / "cache").rglob("*.nbi")}
    assert run(USE, folder).stdout == "7\n"
    assert compiled(folder) == set(NAMES)
    assert all(path.stat().st_mtime_ns == written for path, written in before.items()), "compiled twice"


def test_one_process_alone_does_it_all_and_says_so_once(folder: Path) -> None:
    done = run(USE, folder)
    assert done.stdout == "7\n"
    assert done.stderr.count("Compiling the simulation") == 1
    assert compiled(folder) == set(NAMES)
    assert "Compiling" not in run(USE, folder).stderr
