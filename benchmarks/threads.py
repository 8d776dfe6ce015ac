"""Two threads against two processes that only spin: what a study gets of what the machine gives.

The processes spin in the same minutes, in turn with the runs; what they reach together is the ceiling, since a shared
machine seldom gives two cores whole. ``python -m benchmarks.threads`` is one of them: a line, a spin, a line.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.results import ROOT
from benchmarks.speed import SECONDS_PER_HOUR, firm_years
from benchmarks.timing import interleaved
from benchmarks.workloads import firm
from sim.ensemble.design import relationship_points
from sim.ensemble.executors import n_cpus
from sim.ensemble.runner import run_points
from sim.spec.catalogue import load_scenario

WORKERS = 2
#: Seconds that a task takes on one core, about.
SECONDS = 1.5
#: Seconds for which all cores run: by default, and where it has to be sure.
SHORT, LONG = 8.0, 125.0
#: So many times the rounds of other parts where it has to be sure, since neighbours disturb each of the four tasks.
MORE_ROUNDS = 4
#: So many times the replications of a task in the study that runs on all cores for minutes, as a large one would.
LARGE = 8


@contextmanager
def spinners(n: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that wait for a line before each spin."""
    command = [sys.executable, "-m", "benchmarks.threads"]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(n)]
    try:
        yield running
    finally:
        for process in running:
            process.communicate()


def spin(processes: list[subprocess.Popen[str]], turns: int) -> None:
    """Let processes spin at once, and wait for the last."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{turns}\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()


def study(replications: int, workers: int) -> None:
    """A study of one point, as the product runs it."""
    run_points(relationship_points(load_scenario("mid"), ["undefined"]), replications, seed=1, workers=workers)


def per_second(replications: int, workers: int, seconds: float) -> float:
    """Runs per second of studies one after the other, for so many seconds at least."""
    done, start = 0, time.perf_counter()
    while (gone := time.perf_counter() - start) < seconds:
        study(replications, workers)
        done += replications
    return done / gone


def measure(effort: Effort) -> list[Row]:
    """Rows of the speed-up of processes that spin, of threads that simulate, and of firm-years on all cores."""
    study(20, 1)  # the first one loads the compiled code, which would count as runs otherwise
    replications = max(20, round(SECONDS * per_second(20, 1, 0.5)))
    with spinners(WORKERS) as processes:
        start = time.perf_counter()
        spin(processes[:1], 1_000_000)
        turns = round(1_000_000 * SECONDS / 2.0 / (time.perf_counter() - start))
        tasks = {
            "one thread": partial(study, replications, 1),
            "threads": partial(study, replications, WORKERS),
            "one process": partial(spin, processes[:1], turns),
            "processes": partial(spin, processes, turns),
        }
        seconds = interleaved(tasks, effort.rounds * (MORE_ROUNDS if effort.is_long else 1))
    return [*speed_ups(seconds), _all_cores(LONG if effort.is_long else SHORT, LARGE * replications)]


def speed_ups(seconds: dict[str, list[float]]) -> list[Row]:
    """Speed-up of processes and of threads, and the share of the one in the other, taken round by round."""
    spun = [WORKERS * one / all_ for one, all_ in zip(seconds["one process"], seconds["processes"], strict=True)]
    ran = [one / all_ for one, all_ in zip(seconds["one thread"], seconds["threads"], strict=True)]
    share = median(thread / process for thread, process in zip(ran, spun, strict=True))
    return [
        {"what": f"{WORKERS} processes that spin, against one", "value": median(spun)},
        {"what": f"{WORKERS} threads that simulate, against one", "value": median(ran)},
        {"what": "share that threads get of what processes get", "value": share, "key": "share"},
    ]


def _all_cores(seconds: float, replications: int) -> Row:
    cores = n_cpus()
    pace = per_second(replications, cores, seconds)
    years = pace * firm_years(firm()) * SECONDS_PER_HOUR
    return {"what": f"firm-years per hour, {cores} threads for {seconds:.0f} s", "value": years, "key": "years"}


PART = Part(
    "threads",
    "Many runs at once: a study of the firm of 60 people",
    (Column("what", "what"), Column("value", "median", ",.2f")),
    measure,
)


def main() -> None:
    """Spin as often as each line says."""
    for line in sys.stdin:
        for _ in range(int(line)):
            pass
        print("done", flush=True)


if __name__ == "__main__":
    main()
