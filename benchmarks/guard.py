"""A guard against slowing down that does not trust the clock: counted work, and a ratio to other work beside it.

Counted: lines of the kernels that a small run executes as plain Python. That number is the same on every machine, and
names the kernel that grew; it sees every scan and every repeated step, but not what the compiler makes of a line.

Timed: the processor time of compiled runs over that of a fixed amount of plain Python timed in the same breath. It
sees what counting cannot: a call no longer inlined, references counted again.

``python -m benchmarks --renew-guard`` writes anew what is expected; ``python -m benchmarks.guard UNITS DAYS`` counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from types import FrameType
from typing import Any

from benchmarks.machine import processor
from benchmarks.parts import Column, Effort, Part, Row
from benchmarks.results import ROOT
from benchmarks.workloads import firm, run

EXPECTED = Path(__file__).with_name("guard.json")
SCENARIO = "small"
#: Days of the run whose lines are counted; a quarter's end is among them.
DAYS = 65
#: Lines may grow by so much, all together.
MOST_LINES = 1.05
#: The ratio may grow by so much on the kind of machine that it was measured on, and on any other.
MOST_RATIO, MOST_RATIO_ELSEWHERE = 1.15, 2.0
ROUNDS = 60
#: Short runs of a round: what they touch fits into a core's own cache, so that neighbours matter little.
RUNS = 6
KERNELS = ("/sim/behaviours/", "/sim/engine/")


# --- Counted ----------------------------------------------------------------------------------------------------------


def count_lines(work: Callable[[], Any]) -> Counter[str]:
    """Lines that each kernel executes, by file and function; the compiler must be off."""
    lines: Counter[Any] = Counter()

    def in_kernel(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines[frame.f_code] += 1
        return in_kernel

    def entered(frame: FrameType, _event: str, _: Any) -> Any:
        return in_kernel if any(room in frame.f_code.co_filename for room in KERNELS) else None

    sys.settrace(entered)
    try:
        work()
    finally:
        sys.settrace(None)
    return Counter({f"{Path(code.co_filename).stem}.{code.co_name}": n for code, n in lines.items()})


def counted(units: int = 1, days: int = DAYS) -> dict[str, int]:
    """Lines by kernel of a run of small units, counted in a process without the compiler."""
    command = [sys.executable, "-m", "benchmarks.guard", str(units), str(days)]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def grown(now: dict[str, int], before: dict[str, int]) -> list[str]:
    """The kernels that execute most lines more than before, in words."""
    more = {name: lines - before.get(name, 0) for name, lines in now.items()}
    worst = sorted(more, key=lambda name: -more[name])[:8]
    return [f"{name}: {before.get(name, 0):,} → {now[name]:,} lines" for name in worst if more[name] > 0]


# --- Timed ------------------------------------------------------------------------------------------------------------


@dataclass
class Lead:
    """What the reference moves about: a lead of a toy funnel, in plain objects."""

    number: int
    stage: int = 0
    value: float = 1.0

    def touch(self, draw: float) -> bool:
        """Whether this touch closes it."""
        if draw < 0.2:
            self.stage += 1
        elif draw < 0.5:
            self.value *= 1.01
        elif draw < 0.6:
            self.value -= 0.1
        else:
            return False
        return self.stage > 3


def reference() -> str:
    """A fixed amount of everyday Python: objects, branches, sorting, text.

    The interpreter is held up by the same things as compiled behaviours are, branches and code that does not fit the
    smallest cache; loops of arithmetic or of steps through memory are not, and their ratio to a run moved by a half
    where this one moves by a twentieth.
    """
    leads, won, luck = [Lead(number) for number in range(60)], dict[int, float](), 12345
    for _ in range(40):
        for lead in leads:
            luck = (luck * 1103515245 + 12345) & 0x7FFFFFFF
            if lead.touch((luck >> 7) % 1000 / 1000):
                won[lead.number] = won.get(lead.number, 0.0) + lead.value
                lead.stage = 0
        leads.sort(key=lambda lead: -lead.value)
    text = json.dumps([asdict(lead) for lead in leads])
    for _ in range(8):
        text = json.dumps(json.loads(text), indent=1)
    return text


def measured_ratio(rounds: int = ROUNDS) -> float:
    """Median over rounds of the processor time of short runs over that of the reference, in turn in this thread."""
    plan = firm(SCENARIO, run__warmup_days=DAYS, run__days=DAYS)
    world = run(plan, 1)
    ratios = []
    for _ in range(rounds):
        start = time.thread_time()
        for seed in range(RUNS):
            run(plan, seed, world)
        middle = time.thread_time()
        reference()
        ratios.append((middle - start) / (time.thread_time() - middle))
    return median(ratios)


def kind_of_machine() -> str:
    """What the ratio depends on beside the product: processor and Python."""
    return f"{processor()}, Python {sys.version_info.major}.{sys.version_info.minor}"


def most_ratio(expected: dict[str, Any]) -> float:
    """The ratio from which the product counts as slower, on this machine."""
    is_same = expected["machine"] == kind_of_machine()
    return float(expected["ratio"]) * (MOST_RATIO if is_same else MOST_RATIO_ELSEWHERE)


# --- Expected ---------------------------------------------------------------------------------------------------------


def expected() -> dict[str, Any]:
    """What was stored: kind of machine, ratio and lines by kernel."""
    return dict(json.loads(EXPECTED.read_text(encoding="utf-8")))


def renew() -> None:
    """Measure and count anew, and store it: the change of speed was meant."""
    found: dict[str, Any] = {
        "machine": kind_of_machine(),
        "ratio": round(median(measured_ratio() for _ in range(15)), 4),
        "lines": dict(sorted(counted().items())),
    }
    EXPECTED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"Ratio {found['ratio']}, {sum(found['lines'].values()):,} lines. Written to {EXPECTED.name}.")


def measure(effort: Effort) -> list[Row]:
    """A row for what is counted and one for what is timed, against what is expected and from where it is too much."""
    stored = expected()
    before, now = sum(stored["lines"].values()), sum(counted().values())
    ratio = median(measured_ratio() for _ in range(effort.rounds))
    return [
        {"what": "lines of kernels in a small run", "expected": before, "now": now, "most": before * MOST_LINES},
        {
            "what": "short runs over plain Python beside them",
            "expected": stored["ratio"],
            "now": ratio,
            "most": most_ratio(stored),
        },
    ]


PART = Part(
    "guard",
    "Regression guard: what does not depend on the clock",
    (
        Column("what", "what"),
        Column("expected", "expected", ",.6g"),
        Column("now", "now", ",.6g"),
        Column("most", "limit", ",.6g"),
    ),
    measure,
)


def main(units: int, days: int) -> None:
    """Count the lines of a run, as JSON."""
    plan = firm(SCENARIO, people__units=units, run__warmup_days=days // 5, run__days=days - days // 5)
    world = run(plan, 1)
    print(json.dumps(count_lines(lambda: run(plan, 1, world))))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
