"""From nothing to a first result: fresh processes, with a cold and with a warm cache of compiled code."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from statistics import median

from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.timing import interleaved, seconds_of

RESULT = """
from sim.engine.run import outcomes_of, simulate
from sim.spec.catalogue import load_scenario
from sim.spec.resolve import blueprint_of
outcomes_of(simulate(blueprint_of(load_scenario("mid")), 1))
"""
COMMANDS = {
    "Python and nothing else": ("-c", "pass"),
    "import sim": ("-c", "import sim"),
    "smarketing --help": ("-m", "sim", "--help"),
    "import numba": ("-c", "import numba"),
    "first result, compiled before": ("-c", RESULT),
    "smarketing run mid, compiled before": ("-m", "sim", "run", "mid"),
}
COLD = "first result, nothing compiled yet"


def process(command: tuple[str, ...], cache: str) -> None:
    """A process of its own to its end, with a cache folder of its own."""
    environment = {**os.environ, "SMARKETING_CACHE": cache}
    subprocess.run([sys.executable, *command], env=environment, capture_output=True, check=True)


def measure(effort: Effort) -> list[Row]:
    """A row for each command; the cold one once, since it fills the cache that the others find."""
    with tempfile.TemporaryDirectory() as cache:
        cold = seconds_of(partial(process, ("-c", RESULT), cache))
        tasks = {what: partial(process, command, cache) for what, command in COMMANDS.items()}
        seconds = interleaved(tasks, effort.rounds)
    rows = [{"what": what, "seconds": median(each), "best": min(each)} for what, each in seconds.items()]
    return [*rows, {"what": COLD, "seconds": cold}]


PART = Part(
    "start",
    "From nothing to a first result: fresh processes",
    (Column("what", "what"), Column("seconds", "s", ".2f"), Column("best", "best, s", ".2f")),
    measure,
)
