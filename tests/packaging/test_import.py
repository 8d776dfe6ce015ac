"""Importing ``sim`` and asking for help must be quick, quiet and without side effects."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

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
    times = []
    for _ in range(5):
        start = time.perf_counter()
        python("-m", "sim", "--help")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5, f"seconds: {[round(t, 2) for t in times]}"


def test_help_imports_nothing_heavy() -> None:
    run = python("-X", "importtime", "-m", "sim", "--help")
    imported = {
        line.rsplit("|", 1)[1].strip().split(".")[0] for line in run.stderr.splitlines() if line.count("|") == 2
    }
    assert "sim" in imported
    assert HEAVY.isdisjoint(imported)
    assert "scenario" in run.stdout
