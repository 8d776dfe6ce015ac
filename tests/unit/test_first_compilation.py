"""The first compilation is shared by two processes: each takes its part, and what one did the other finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numba
import pytest

from sim.behaviours import kernel

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


#: Adds to USE: how often each entry was compiled here instead of taken from the cache.
COUNT = """
import json
from sim.behaviours.kernel import Entry
mine = [each for each in Entry._all if each.compiled is not None]
print(json.dumps({each.function.__name__: sum(each.compiled.stats.cache_misses.values()) for each in mine}))
"""


def begin(code: str, folder: Path, **variables: str) -> subprocess.Popen[str]:
    """Begin to run code in a process with a cache of its own that can import `tiny`."""
    paths = os.pathsep.join([str(folder), str(ROOT)])
    environment = {**os.environ, "SMARKETING_CACHE": str(folder / "cache"), "PYTHONPATH": paths, **variables}
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, cwd=folder, stdout=pipe, stderr=pipe, text=True
    )


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait for a process that was begun, which must not fail."""
    out, err = process.communicate()
    assert process.returncode == 0, err
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process with a cache of its own that can import `tiny`."""
    return finished(begin(code, folder, **variables))


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


@pytest.mark.slow
def test_processes_that_start_at_once_compile_every_entry_once_between_them(folder: Path) -> None:
    together = [finished(process) for process in [begin(USE + COUNT, folder) for _ in range(3)]]
    assert {done.stdout.splitlines()[0] for done in together} == {"7"}
    counts = [json.loads(done.stdout.splitlines()[1]) for done in together]
    assert {name: sum(count[name] for count in counts) for name in NAMES} == dict.fromkeys(NAMES, 1)


@pytest.mark.slow
def test_with_a_warm_cache_nothing_is_compiled(folder: Path) -> None:
    run(USE, folder)
    done = run(USE + COUNT, folder)
    assert json.loads(done.stdout.splitlines()[1]) == dict.fromkeys(NAMES, 0)


@pytest.mark.slow
def test_a_cache_folder_that_cannot_be_written_is_replaced_by_one_that_the_next_process_finds(folder: Path) -> None:
    (folder / "file").write_text("no folder can be made in a file", encoding="utf-8")
    (folder / "temporary").mkdir()
    variables = {"SMARKETING_CACHE": str(folder / "file" / "cache"), "TMPDIR": str(folder / "temporary")}
    first = run(USE + COUNT, folder, **variables)
    assert first.stdout.startswith("7\n") and "Compiling the simulation" in first.stderr
    second = run(USE + COUNT, folder, **variables)
    assert json.loads(second.stdout.splitlines()[1]) == dict.fromkeys(NAMES, 0)
    assert "Compiling" not in second.stderr and not (folder / "cache").exists()


@pytest.mark.slow
def test_a_cache_folder_without_leave_to_write_is_replaced_too(folder: Path) -> None:
    (folder / "cache").mkdir()
    (folder / "temporary").mkdir()
    (folder / "cache").chmod(0o555)
    if os.access(folder / "cache", os.W_OK):
        pytest.skip("who may do anything writes anywhere")
    assert run(USE, folder, TMPDIR=str(folder / "temporary")).stdout == "7\n"
    assert list((folder / "temporary").rglob("*.nbi"))


def test_code_in_a_folder_of_another_user_is_not_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    ours = kernel._writable(folder / "file" / "kernels-1")
    assert ours.parent == folder and ours == kernel._writable(folder / "file" / "kernels-1")
    somebody = os.getuid() + 1
    (folder / f"smarketing-{somebody}-kernels-1").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    other = kernel._writable(folder / "file" / "kernels-1")
    assert other.is_dir() and other.name != f"smarketing-{somebody}-kernels-1"
