"""Streams of luck through the whole dieharder battery, kept, judged by a rule that was written down before.

The rule. A battery has 114 p-values; dieharder calls one WEAK beyond 0.005 at either end, and FAILED beyond 0.000001.
Of a perfect generator about one is WEAK. A battery passes with as few WEAK or FAILED ones as a perfect generator stays
below but once in 10,000 batteries (`most_remarkable`). A FAILED one is moreover tried again on three other stretches of
the same stream: it is confirmed, and the battery fails, if any of the three is FAILED or two are WEAK.

A result belongs to a stream: its file carries a digest of the stream's first four million draws, so a change of the
luck makes it void. Results lie in `verification/batteries`, those of this checkout in `.verification`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from verification.checks import ERROR, LUCK, Effort, Finding, Picture, check, likely, none_of
from verification.streams import digest_of

ROOT = Path(__file__).resolve().parents[1]
KEPT, OWN = ROOT / "verification" / "batteries", ROOT / ".verification"
LAST_TEST = "dab_monobit2"
ROW = re.compile(r"^\s*(\w+)\|\s*(\d+)\|\s*\d+\|\s*\d+\|\s*([\d.]+)\|\s*(PASSED|WEAK|FAILED)\s*$")
STREAMS = (
    *(("splitmix", pattern) for pattern in ("seed", "key", "purpose", "occurrence", "all")),
    ("pcg64", "none"),
)
#: Tests that a FAILED one may be followed up with, by dieharder's numbers.
NUMBERS = {"diehard_runs": 15, "diehard_sums": 14, "diehard_craps": 16, "diehard_birthdays": 0, "diehard_operm5": 1}
#: Draws between two stretches of a follow-up, more than a battery reads.
STRETCH = 1 << 36


class Test(NamedTuple):
    """One line of a battery: test, its parameter, p-value and verdict."""

    name: str
    parameter: int
    p: float
    verdict: str


def read_tests(text: str) -> list[Test]:
    """All results in the output of dieharder, in their order.

    Examples
    --------
    >>> read_tests("   diehard_birthdays|   0|       100|     100|0.46627664|  PASSED  ")
    [Test(name='diehard_birthdays', parameter=0, p=0.46627664, verdict='PASSED')]
    """
    found = (ROW.match(line) for line in text.splitlines())
    return [Test(row[1], int(row[2]), float(row[3]), row[4]) for row in found if row]


class MissingError(Exception):
    """Something outside of Python is not there."""


def dieharder() -> str:
    """Where the program is.

    Raises
    ------
    MissingError
        With how to get it.
    """
    found = shutil.which("dieharder")
    if found is None:
        raise MissingError("dieharder is not installed; on Debian and Ubuntu: apt install dieharder")
    return found


@cache
def name_of(mixer: str, pattern: str) -> str:
    """File name of a battery's result, with the digest of its stream."""
    return f"{mixer}-{pattern}-{digest_of(mixer, pattern)}.txt"


def result_of(mixer: str, pattern: str) -> Path | None:
    """Where the whole result of a stream lies, if it does."""
    places = (folder / name_of(mixer, pattern) for folder in (OWN, KEPT))
    return next((path for path in places if path.exists()), None)


def part_of(mixer: str, pattern: str) -> Path | None:
    """Where the result of a battery that has not come to its end lies, if it does."""
    places = (folder / name_of(mixer, pattern).replace(".txt", ".part") for folder in (OWN, KEPT))
    return next((path for path in places if path.exists()), None)


@contextmanager
def tested(mixer: str, pattern: str, start: int, options: list[str]) -> Iterator[IO[str]]:
    """Dieharder at work on a stream; its output by lines. Both programs end with the block."""
    source = [sys.executable, "-m", "verification.streams", mixer, pattern, str(start)]
    stream = subprocess.Popen(source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)
    program = subprocess.Popen(
        [dieharder(), "-g", "200", *options], stdin=stream.stdout, stdout=subprocess.PIPE, text=True
    )
    try:
        assert stream.stdout is not None and program.stdout is not None
        stream.stdout.close()
        yield program.stdout
    finally:
        for each in (program, stream):
            each.terminate()
            each.wait()


def run_battery(mixer: str, pattern: str) -> Path:
    """Send a stream through the whole battery; what is written before its end has another name. Half an hour."""
    OWN.mkdir(exist_ok=True)
    path = OWN / name_of(mixer, pattern)
    began, unfinished = time.monotonic(), path.with_suffix(".part")
    with tested(mixer, pattern, 0, ["-a"]) as lines, unfinished.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(line)
            out.flush()
        out.write(f"# {(time.monotonic() - began) / 60:.0f} minutes\n")
    if read_tests(unfinished.read_text("utf-8"))[-1].name != LAST_TEST:
        raise MissingError(f"dieharder ended before its last test on {mixer} {pattern}: {unfinished}")
    return unfinished.rename(path)


def run_missing(lanes: int, is_anew: bool = False) -> None:
    """Run the batteries that have no result, so many side by side; an interrupted one begins again, others stay."""
    if is_anew:
        for mixer, pattern in STREAMS:
            (OWN / name_of(mixer, pattern)).unlink(missing_ok=True)
    missing = [stream for stream in STREAMS if is_anew or result_of(*stream) is None]
    if not missing:
        return
    print(f"Running {len(missing)} whole batteries, {lanes} side by side, about half an hour each …", flush=True)
    with ThreadPoolExecutor(lanes) as pool:
        for path in pool.map(lambda stream: run_battery(*stream), missing):
            print(f"  {path.name}", flush=True)


def follow_up(mixer: str, pattern: str, test: Test) -> list[Test]:
    """The same test on three other stretches of a stream, kept like a battery."""
    name = name_of(mixer, pattern).replace(".txt", f"-{test.name}.txt")
    found = next((path for path in (OWN / name, KEPT / name) if path.exists()), None)
    if found is None:
        OWN.mkdir(exist_ok=True)
        texts = []
        for stretch in (1, 2, 3):
            with tested(mixer, pattern, stretch * STRETCH, ["-d", str(NUMBERS[test.name])]) as lines:
                texts.append(lines.read())
        found = OWN / name
        found.write_text("".join(texts), encoding="utf-8")
    return read_tests(found.read_text("utf-8"))


def most_remarkable(n: int) -> int:
    """WEAK or FAILED ones of n that a perfect generator exceeds but once in 10,000 batteries.

    Examples
    --------
    >>> most_remarkable(114)
    7
    """
    from scipy.stats import binom

    return int(binom.isf(ERROR, n, 0.01))


def judged(mixer: str, pattern: str) -> Finding:
    """A battery held against the rule."""
    path = result_of(mixer, pattern) or part_of(mixer, pattern)
    tests = read_tests(path.read_text("utf-8")) if path else []
    if path is None or not tests:
        raise MissingError(f"no battery of {mixer} {pattern} yet; `make verify` runs it (half an hour)")
    remarkable = [test for test in tests if test.verdict != "PASSED"]
    told, confirmed = [], 0
    for test in remarkable:
        text = f"{test.name} {test.parameter} {test.p:.8g} {test.verdict}"
        if test.verdict == "FAILED":
            again = follow_up(mixer, pattern, test)
            verdicts = [each.verdict for each in again]
            confirmed += "FAILED" in verdicts or verdicts.count("WEAK") >= 2
            text += f" (again on other stretches: {', '.join(f'{each.p:.3f}' for each in again)})"
        told.append(text)
    figure = float("inf") if confirmed else float(len(remarkable))
    whole = "the whole battery" if path.suffix == ".txt" else "NOT WHOLE, the battery's first"
    text = f"{whole}, {len(tests)} tests, {len(remarkable)} weak or failed: {'; '.join(told) or 'none'}"
    return Finding(figure, most_remarkable(len(tests)), text)


def _battery(pattern: str, what: str, would_fail_if: str, mixer: str = "splitmix") -> None:
    @check(LUCK, f"battery-{pattern if mixer == 'splitmix' else 'control'}", what, would_fail_if)
    def run(effort: Effort) -> Finding:
        return judged(mixer, pattern)


_battery(
    "seed",
    "Neighbour seeds at one address through the whole dieharder battery (114 tests)",
    "runs of neighbouring seeds had luck in common",
)
_battery(
    "key",
    "Leads of day after day through the whole dieharder battery",
    "the luck of one lead told anything about that of the next one",
)
_battery(
    "purpose",
    "All purposes of a lead, then of the next one, through the whole dieharder battery",
    "a lead's luck in one matter told anything about its luck in another one",
)
_battery(
    "occurrence",
    "The days of a person, then of the next one, through the whole dieharder battery",
    "the luck of a day told anything about that of the next day",
)
_battery(
    "all",
    "The four patterns in turn, a million draws each, through the whole dieharder battery",
    "streams that are good alone were related to each other",
)
_battery(
    "none",
    "NumPy's PCG64 through the whole dieharder battery, judged by the same rule",
    "the battery or the rule refused a generator that is known to be good",
    "pcg64",
)


@check(
    LUCK,
    "battery-p-even",
    "p-values of the four patterns' batteries together against the even law (Kolmogorov–Smirnov)",
    "many tests leant to one side without any being remarkable",
)
def all_p(effort: Effort) -> Finding:
    """Only p-values that share no draws: of tests that give several from the same draws the first one counts."""
    from scipy.stats import kstest

    p_values: list[float] = []
    for mixer, pattern in STREAMS:
        path = result_of(mixer, pattern) or part_of(mixer, pattern)
        if mixer == "splitmix" and pattern != "all" and path is not None:  # `all` takes the draws of the other four
            p_values += [test.p for test in independent(read_tests(path.read_text("utf-8")))]
    counts = _histogram(p_values)
    picture = Picture([(k + 0.5) / 20 for k in range(20)], counts, [0.05] * 20, "p-value", "share of tests")
    mean = sum(p_values) / len(p_values)
    return likely(kstest(p_values, "uniform").pvalue, f"{len(p_values)} tests, mean {mean:.3f}", picture)


def independent(tests: list[Test]) -> list[Test]:
    """Without the further p-values that a test takes from the same draws."""
    several, kept, seen = {"sts_serial", "diehard_runs", "diehard_craps", "marsaglia_tsang_gcd"}, [], set()
    for test in tests:
        if test.name not in several or test.name not in seen:
            kept.append(test)
        seen.add(test.name)
    return kept


def _histogram(p_values: list[float]) -> Any:
    import numpy as np

    return np.histogram(p_values, 20, (0.0, 1.0))[0] / len(p_values)


@check(
    LUCK,
    "battery-kept-is-true",
    "First tests of each kept battery, run again now: the same p-values to the last digit",
    "a kept result were not that of this stream and this dieharder",
    error_rate=0.0,
)
def kept_is_true(effort: Effort) -> Finding:
    """Streams and tests have no luck of their own; so the results can be had again, all of them with --anew."""
    wrong = n = 0
    for mixer, pattern in STREAMS if not effort.is_quick else (("splitmix", "seed"),):
        path = result_of(mixer, pattern) or part_of(mixer, pattern)
        if path is None:
            continue
        kept, again = read_tests(path.read_text("utf-8")), []
        with tested(mixer, pattern, 0, ["-a"]) as lines:
            for line in lines:
                again += read_tests(line)
                if len(again) == 2:
                    break
        wrong += sum(one != other for one, other in zip(kept, again, strict=False))
        n += len(again)
    return none_of(wrong, n, "p-values differ")
