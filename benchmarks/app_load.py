"""Measure the app with a class in it: ``python -m benchmarks.app_load --sessions 30 --seconds 600``.

Starts `smarketing app`, opens that many sessions that speak to it as a browser does but draw nothing, and lets the
floor play in each, all the time: they begin on days spread over the run, as in a class that has been at it for a while,
and where a run comes to its end it is begun again. Latency is the time from the moment that the server makes a frame,
which stands in its message, until it has arrived. Then all leave, and a second batch comes: what is left of the first
is what it did not give back. ``--browser`` measures what one real browser sees instead (see `benchmarks.app_browser`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

import sim.engine.entries  # noqa: F401 (compiled before anybody comes)
from benchmarks.app_browser import browsed
from benchmarks.app_visitor import Batch, Visitor
from sim.app.links import read_view
from sim.app.show import FRAMES_PER_SECOND
from sim.behaviours.kernel import prepare_all

ROOT = Path(__file__).parents[1]
#: Seconds from one session to the next, until figures are counted, and for sessions to end.
APART, SETTLING, ENDING = 0.1, 20.0, 15.0
#: Seconds between two looks at memory, and looks between two lines that tell of it.
LOOK, LINES = 5.0, 6
MEGABYTE = 2**20
#: What is asked of the app: milliseconds, percent of a core, percent of memory within a batch and from one to the next.
LATENCY, CORE, FLAT, NEXT = 100.0, 100.0, 3.0, 10.0
#: Below this part of the frames that are due, it was not play all the time.
PLAYED = 0.97


@contextlib.contextmanager
def app() -> Iterator[tuple[str, psutil.Process]]:
    """The app on a free port, with code that is compiled already, and its process."""
    prepare_all("sim.engine.entries")
    command = [sys.executable, "-m", "sim", "app", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        line = next(line for line in server.stdout or () if "http://" in line)
        yield next(word for word in line.split() if word.startswith("http://")).rstrip("/"), psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def paths(path: str, sessions: int) -> list[str]:
    """The path of every session: the same view, on days that are spread over its run."""
    days = read_view(path.partition("?")[2]).base().run.days
    joined = path + ("&" if "?" in path else "?")
    return [f"{joined}day={days * place // sessions}" for place in range(sessions)]


async def attend(url: str, process: psutil.Process, asked: argparse.Namespace, name: str) -> dict[str, Any]:
    """Let a batch come, stay and leave; returns what was measured."""
    batch = Batch()
    visitors = [Visitor(url, path, batch) for path in paths(asked.path, asked.sessions)]
    tasks = []
    for visitor in visitors:
        tasks.append(asyncio.create_task(visitor.stay()))
        await asyncio.sleep(APART)
    await asyncio.sleep(SETTLING)
    batch.counts = True
    begun, used = time.perf_counter(), busy(process)
    memory = await watched(process, asked.seconds, name)
    seconds, used = time.perf_counter() - begun, busy(process) - used
    batch.counts = False
    for visitor, task in zip(visitors, tasks, strict=True):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await visitor.say_goodbye()
    await asyncio.sleep(ENDING)
    return {
        **figures(batch, asked.sessions, seconds),
        "cpu_percent": 100 * used / seconds,
        "memory_mb": memory,
        "memory_after_mb": megabytes(process),
        "threads_after": process.num_threads(),
        "cpu_percent_after": idle(process),
    }


async def watched(process: psutil.Process, seconds: float, name: str) -> list[float]:
    """Memory of the server while it is at work, looked at every few seconds; a line now and then tells of it."""
    memory, begun = [megabytes(process)], time.perf_counter()
    while (left := seconds - (time.perf_counter() - begun)) > 0:
        await asyncio.sleep(min(LOOK, left))
        memory.append(megabytes(process))
        if (len(memory) - 1) % LINES == 0:
            passed = time.perf_counter() - begun
            print(f"  {name}, {passed:4.0f} s: {memory[-1]:.0f} MB", file=sys.stderr, flush=True)
    return memory


def figures(batch: Batch, n_sessions: int, seconds: float) -> dict[str, Any]:
    """What a batch met, in figures."""
    late = sorted(batch.latency_ms) or [float("nan")]
    return {
        "sessions": len(batch.first_ms),
        "frames_per_second": len(batch.latency_ms) / seconds / n_sessions,
        "runs_begun_again": batch.n_runs,
        "latency_ms": {"p50": late[len(late) // 2], "p95": late[int(0.95 * len(late))], "worst": late[-1]},
        "first_ms": {"p50": statistics.median(batch.first_ms or [float("nan")]), "worst": max(batch.first_ms or [0])},
        "kb_per_second": batch.n_bytes / seconds / n_sessions / 1024,
        "errors": batch.errors,
    }


def busy(process: psutil.Process) -> float:
    """Seconds of processor that the server has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def idle(process: psutil.Process) -> float:
    """How much of a core the server uses with nobody there, in percent over 5 seconds."""
    before = busy(process)
    time.sleep(5)
    return 100 * (busy(process) - before) / 5


def megabytes(process: psutil.Process) -> float:
    """Resident memory of the server."""
    return float(process.memory_info().rss / MEGABYTE)


def growth(memory: list[float]) -> float:
    """Growth of memory from the mean of its first third to that of its last, in percent."""
    third = max(1, len(memory) // 3)
    first, last = statistics.mean(memory[:third]), statistics.mean(memory[-third:])
    return 100 * (last / first - 1)


def later(batches: list[dict[str, Any]]) -> float:
    """Memory of the last batch against that of the first, over the last third of each, in percent."""
    first, last = (statistics.mean(each["memory_mb"][-max(1, len(each["memory_mb"]) // 3) :]) for each in batches)
    return 100 * (last / first - 1)


def table(name: str, batch: dict[str, Any]) -> str:
    """A batch in lines."""
    late, first, memory = batch["latency_ms"], batch["first_ms"], batch["memory_mb"]
    return "\n".join(
        [
            f"{name}: {batch['sessions']} sessions, {batch['frames_per_second']:.2f} frames/s each,"
            f" {batch['runs_begun_again']} runs begun again, {batch['kb_per_second']:.1f} KB/s each,"
            f" {len(batch['errors'])} errors",
            f"  latency       p50 {late['p50']:.1f} ms, p95 {late['p95']:.1f} ms, worst {late['worst']:.0f} ms",
            f"  first picture p50 {first['p50']:.0f} ms, worst {first['worst']:.0f} ms",
            f"  processor     {batch['cpu_percent']:.0f} % of a core, {batch['cpu_percent_after']:.1f} % when all left",
            f"  memory        {memory[0]:.0f} -> {memory[-1]:.0f} MB ({growth(memory):+.1f} % first third to last),"
            f" {batch['memory_after_mb']:.0f} MB after all left, {batch['threads_after']} threads",
            *(f"  {error}" for error in batch["errors"][:3]),
        ]
    )


def verdicts(batches: list[dict[str, Any]], sessions: int) -> list[tuple[str, str, bool]]:
    """What is asked of the app, what was measured in the worst batch, and whether it holds."""
    frames = min(batch["frames_per_second"] for batch in batches)
    present = min(batch["sessions"] for batch in batches)
    late = max(batch["latency_ms"]["p95"] for batch in batches)
    core, grown = max(batch["cpu_percent"] for batch in batches), max(growth(batch["memory_mb"]) for batch in batches)
    errors = sum(len(batch["errors"]) for batch in batches)
    found = [
        (f"all {sessions} sessions come, no error", f"{present}, {errors} errors", present == sessions and not errors),
        (f"they play: {FRAMES_PER_SECOND} frames/s", f"{frames:.2f}", frames >= PLAYED * FRAMES_PER_SECOND),
        (f"latency p95 <= {LATENCY:.0f} ms", f"{late:.1f} ms", late <= LATENCY),
        (f"server <= {CORE:.0f} % of a core", f"{core:.0f} %", core <= CORE),
        (f"memory flat within a batch (< {FLAT:+.0f} %)", f"{grown:+.1f} %", grown < FLAT),
    ]
    if len(batches) > 1:
        more = later([batches[0], batches[-1]])
        found.append((f"the last batch adds < {NEXT:+.0f} %", f"{more:+.1f} %", more < NEXT))
    return found


def told(found: list[tuple[str, str, bool]]) -> str:
    """Verdicts in lines."""
    return "\n".join(f"  {'holds      ' if holds else 'FALLS SHORT'}  {line}: {value}" for line, value, holds in found)


def asked_for() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_load", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=30, help="at the same time (default 30)")
    parser.add_argument("--seconds", type=float, default=60, help="that figures are counted, a batch (default 60)")
    parser.add_argument("--batches", type=int, default=2, help="one after the other (default 2)")
    parser.add_argument("--path", default="/?speed=5", help="what they look at (default /?speed=5)")
    parser.add_argument("--browser", action="store_true", help="measure what one real browser sees instead")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    return parser.parse_args()


async def measure(url: str, process: psutil.Process, asked: argparse.Namespace) -> dict[str, Any]:
    """All batches, with memory before anybody came."""
    await asyncio.sleep(10)  # compiled code is loaded meanwhile
    found: dict[str, Any] = {"memory_before_mb": megabytes(process), "batches": []}
    for place in range(asked.batches):
        batch = await attend(url, process, asked, f"batch {place + 1}")
        print(table(f"Batch {place + 1}", batch), flush=True)
        found["batches"].append(batch)
    print("Verdicts:", told(verdicts(found["batches"], asked.sessions)), sep="\n")
    return found


def main() -> None:
    """Measure and tell."""
    asked = asked_for()
    print(f"Load of the machine now: {os.getloadavg()[0]:.1f}; {platform.machine()}, {os.cpu_count()} cores")
    with app() as (url, process):
        if asked.browser:
            seen = browsed(url)
            print("One real browser:", told(seen), sep="\n")
            found: dict[str, Any] = {"browser": seen}
        else:
            print(f"{asked.sessions} sessions for {asked.seconds:.0f} s in {asked.batches} batches")
            found = asyncio.run(measure(url, process, asked))
    if asked.out:
        asked.out.write_text(json.dumps({"asked": vars(asked), **found}, indent=1, default=str))


if __name__ == "__main__":
    main()
