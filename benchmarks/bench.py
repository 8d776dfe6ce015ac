"""Speed of the product on this computer: cold compile, first result, milliseconds per run, Mesa's year.

Prints a table and writes ``results/bench.json``. Absolute times depend on the machine and on what else it does; the
column "loop" relates each to a calibration loop timed right beside it, and that ratio is what to compare.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numba

from sim.engine.run import simulate
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of

ROUNDS = 15
BUDGETS = {"cold compile": 20.0, "run: 60 people, 650 days": 0.015, "Mesa: 60 people, 260 days": 0.5}
FIRST_RUN = """
import time
start = time.perf_counter()
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of
plan = blueprint_of(load_scenario("mid"))
imported = time.perf_counter()
outcomes_of(simulate(plan, 1))
print(imported - start, time.perf_counter() - imported)
"""


@numba.njit
def calibration(n: int) -> float:
    """A fixed amount of dependent floating-point work."""
    x = 0.5
    for _ in range(n):
        x = 3.9 * x * (1.0 - x)
    return x


def loop_seconds() -> float:
    """Seconds of the calibration loop, best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        calibration(2_000_000)
        times.append(time.perf_counter() - start)
    return min(times)


def first_run(cache: str) -> tuple[float, float]:
    """Seconds of import and of the first run in a fresh process."""
    environment = {**os.environ, "SMARKETING_CACHE": cache}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_RUN], env=environment, capture_output=True, text=True, check=True
    )
    imported, ran = map(float, done.stdout.split())
    return imported, ran


def run_seconds(name: str) -> list[float]:
    """Seconds of single runs of a scenario on one core, memory used again as in a study."""
    plan = blueprint_of(load_scenario(name))
    world = simulate(plan, 0)
    times = []
    for seed in range(1, ROUNDS + 1):
        start = time.perf_counter()
        world = simulate(plan, seed, world)
        times.append(time.perf_counter() - start)
    return times


def mesa_seconds() -> list[float]:
    """Seconds of a Mesa-driven year of 60 people, after import and compile."""
    from sim.model.organization import Organization

    times = []
    for seed in range(4):
        model = Organization("mid", seed=seed)
        start = time.perf_counter()
        for _ in range(260):
            model.step()
        times.append(time.perf_counter() - start)
    return times[1:]


def main() -> None:
    """Measure, print and write."""
    calibration(1)
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as cache:
        imported, cold = first_run(cache)
        _, warm = first_run(cache)
    figures["import"], figures["cold compile"], figures["first run, compiled before"] = [imported], [cold], [warm]
    for name, people in (("micro", 5), ("small", 12), ("mid", 60), ("large", 120)):
        figures[f"run: {people} people, 650 days"] = run_seconds(name)
    figures["Mesa: 60 people, 260 days"] = mesa_seconds()
    loop = loop_seconds()
    print(f"{'':32}{'min':>12}{'median':>12}{'loops':>10}  budget")
    for name, times in figures.items():
        budget = f"{BUDGETS[name] * 1000:,.0f} ms" if name in BUDGETS else ""
        low, middle = 1e3 * min(times), 1e3 * median(times)
        print(f"{name:32}{low:>9,.1f} ms{middle:>9,.1f} ms{median(times) / loop:>10.1f}  {budget}")
    path = Path("results/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"loop_seconds": loop, "seconds": figures}, indent=1), encoding="utf-8")
    print(f"Calibration loop: {loop * 1e3:.2f} ms. Written to {path}.")


if __name__ == "__main__":
    main()
